/**
 * The NetworkPolicies every provider that enforces NetworkPolicy v1 answers with: a namespace closed but for DNS, and one policy for
 * each subject that has flows.
 */
import { PeerPorts, closedPolicy, joinPolicy, namespacePeer, renderNetworkPolicy } from './_network-policy';
import { ManifestPlan, NamespaceIntent, WorkloadIntent } from '../intent/network-provider';
import { hostCidr } from '../intent/platform';
import { Port } from '../intent/port';

const NETWORK_POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' };

export function planClosedNamespace(intent: NamespaceIntent): ManifestPlan[] {
  return [
    { ...NETWORK_POLICY, name: 'default-deny', render: () => closedPolicy({}, [], []) },
    { ...NETWORK_POLICY, name: 'allow-dns', render: () => closedPolicy({}, [], dnsPeers(intent)) },
    ...(intent.joined().length ? [{ ...NETWORK_POLICY, name: 'allow-project', render: () => joinPolicy(intent.joined()) }] : []),
  ];
}

export function planNamespacePolicy({ end, facts }: NamespaceIntent): ManifestPlan[] {
  return [{ ...NETWORK_POLICY, name: 'namespace-flows', render: flows => renderNetworkPolicy(end, flows, facts) }];
}

export function planWorkloadPolicy({ end, facts }: WorkloadIntent): ManifestPlan[] {
  return [{ ...NETWORK_POLICY, name: `${end.name}-network-policy`, render: flows => renderNetworkPolicy(end, flows, facts) }];
}

/** DNS over UDP, and over TCP for answers that do not fit: on the port of the DNS pods, which policies see after translation. */
function dnsPeers({ dns }: NamespaceIntent): PeerPorts[] {
  const pods = { ...namespacePeer([dns.namespace]), podSelector: { matchLabels: dns.labels } };
  return [
    { peer: pods, ports: [Port.udp(dns.port), Port.tcp(dns.port)] },
    ...dns.nodeLocalAddresses.map(address => ({ peer: { ipBlock: { cidr: hostCidr(address) } }, ports: [Port.udp(53), Port.tcp(53)] })),
  ];
}
