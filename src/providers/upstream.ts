/**
 * Plain NetworkPolicy v1, as any conforming network plugin enforces it: pods, namespaces and addresses on ports.
 * It knows no names, no order and no deny; what needs those is refused here with the remedy.
 */
import { PeerPorts, closedPolicy, joinPolicy, namespacePeer, renderNetworkPolicy } from './_network-policy';
import { Statement, describe } from '../intent/flow';
import { INetworkProvider, ManifestPlan, NamespaceIntent, WorkloadIntent } from '../intent/network-provider';
import { hostCidr } from '../intent/platform';
import { Port } from '../intent/port';

const NETWORK_POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

export class UpstreamNetwork implements INetworkProvider {
  public readonly title = 'NetworkProvider.upstream()';

  public refuse(statement: Statement): void {
    const { to } = statement;
    if (to.kind !== 'addresses' || to.host === undefined) return;
    const path = statement.from.kind === 'addresses' ? '' : statement.from.path;
    throw new Error(`${this.title} cannot limit egress to the name '${to.host}' ([${path}] ${describe(statement)}): NetworkPolicy knows addresses only. `
      + `put an EgressRouter with destination Peer.host('${to.host}') in front of it and allow connections to the router, or name its addresses with Peer.cidr(...)`);
  }

  public planNamespace(intent: NamespaceIntent): ManifestPlan[] {
    return [
      { ...NETWORK_POLICY, name: 'default-deny', render: () => closedPolicy({}, [], []) },
      { ...NETWORK_POLICY, name: 'allow-dns', render: () => closedPolicy({}, [], dnsPeers(intent)) },
      ...(intent.joined().length ? [{ ...NETWORK_POLICY, name: 'allow-project', render: () => joinPolicy(intent.joined()) }] : []),
    ];
  }

  public planNamespaceFlows({ end, facts }: NamespaceIntent): ManifestPlan[] {
    return [{ ...NETWORK_POLICY, name: 'namespace-flows', render: flows => renderNetworkPolicy(end, flows, facts) }];
  }

  public planWorkload(intent: WorkloadIntent): ManifestPlan[] {
    return [{
      ...NETWORK_POLICY,
      name: `${intent.end.name}-network-policy`,
      render: flows => renderNetworkPolicy(intent.end, flows, intent.facts),
    }];
  }
}

/** DNS over UDP, and over TCP for answers that do not fit: on the port of the DNS pods, which policies see after translation. */
function dnsPeers({ dns }: NamespaceIntent): PeerPorts[] {
  const pods = { ...namespacePeer([dns.namespace]), podSelector: { matchLabels: dns.labels } };
  return [
    { peer: pods, ports: [Port.udp(dns.port), Port.tcp(dns.port)] },
    ...dns.nodeLocalAddresses.map(address => ({ peer: { ipBlock: { cidr: hostCidr(address) } }, ports: [Port.udp(53), Port.tcp(53)] })),
  ];
}
