/**
 * k8s.ovn.org/v1 ClusterUserDefinedNetwork: a primary network for the namespaces it names. Pods on it have no other way into the cluster
 * than DNS and the API server, whatever policies say.
 */
import { parseCidr } from '../algebra/ip-set';
import { ClusterPlan } from '../intent/cluster-intent';
import { Endpoint, homeOf } from '../intent/endpoint';
import { Statement, describe } from '../intent/flow';
import { TenantNetworkIntent } from '../intent/tenant-network';

/** A namespace is on its network only if it had this label when it was created. */
export const PRIMARY_NETWORK = { 'k8s.ovn.org/primary-user-defined-network': '' };

/** What nodes have of an IPv6 range: a subnet of the usual size. */
const IPV6_SHARE = 64;

export function planNetwork({ name, subnets, hostPrefix, namespaces }: TenantNetworkIntent): ClusterPlan[] {
  const shares = () => subnets.map(cidr => ({ cidr, hostSubnet: parseCidr(cidr).family === 4 ? hostPrefix : IPV6_SHARE }));
  return [{
    apiVersion: 'k8s.ovn.org/v1',
    kind: 'ClusterUserDefinedNetwork',
    name,
    render: () => ({
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces()] }] },
      network: hostPrefix === undefined
        ? { topology: 'Layer2', layer2: { role: 'Primary', subnets } }
        : { topology: 'Layer3', layer3: { role: 'Primary', subnets: shares() } },
    }),
  }];
}

/** Throws where the two ends of a statement are on networks that never meet. */
export function refuseAcrossNetworks(title: string, statement: Statement, path: string): void {
  const { from, to } = statement;
  const [source, destination] = [homeOf(from), homeOf(to)];
  const called = from.kind === 'addresses' && from.calls && destination?.network !== undefined;
  if (!called && (!source || !destination || source.network === destination.network)) return;
  throw new Error(`[${path}] ${describe(statement)} leads from ${networkOf(from)} to ${networkOf(to)}, and ${title} keeps them apart whatever policies say: `
    + 'put both ends on one network, or leave tenantNetwork out and isolate them by policy');
}

function networkOf(end: Endpoint): string {
  const network = homeOf(end)?.network;
  return network === undefined ? "the cluster's own network" : `the network '${network}'`;
}
