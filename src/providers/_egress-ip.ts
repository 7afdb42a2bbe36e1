/**
 * OVN-Kubernetes' EgressIP: whichever node holds the address, pods that are chosen appear under it outside the cluster, and nobody else
 * does. An address is held by any node that has the label; which one is the network's own choice.
 */
import { namespacePeer } from './_network-policy';
import { EgressIpSpec } from '../api/ovn';
import { EgressAddressIntent, EgressPoolIntent, IEgressAddresses } from '../intent/egress-addresses';

const LABEL = 'k8s.ovn.org/egress-assignable';

export const EGRESS_IP: IEgressAddresses = {
  nodeLabel: LABEL,

  refusePools(path: string, [first, ...others]: readonly EgressPoolIntent[]): void {
    const nodesOf = ({ nodes }: EgressPoolIntent) => [...nodes].sort().join(', ');
    const other = others.find(pool => nodesOf(pool) !== nodesOf(first));
    if (!other) return;
    throw new Error(`[${path}] OVN-Kubernetes cannot keep addresses on nodes of their own: any node with the label ${LABEL} may hold any address, and the egress pools `
      + `'${first.name}' (${nodesOf(first)}) and '${other.name}' (${nodesOf(other)}) name different ones: give both the same nodes`);
  },

  planEgressAddresses({ name, namespace, addresses, pods }: EgressAddressIntent) {
    const spec: EgressIpSpec = {
      egressIPs: [...addresses].sort(),
      namespaceSelector: namespacePeer([namespace]).namespaceSelector!,
      ...(pods ? { podSelector: pods } : {}),
    };
    return { apiVersion: 'k8s.ovn.org/v1', kind: 'EgressIP', name, spec };
  },
};
