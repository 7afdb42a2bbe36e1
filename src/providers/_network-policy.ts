/**
 * NetworkPolicy v1 as a pure function of flows, shared by every provider that enforces it.
 *
 * Laws: what is emitted allows the flows and nothing else; `policyTypes` always names both directions, because a direction that is not
 * named is open; a direction without rules has no list, which is the same to the API server as an empty one, but an empty one makes every
 * server-side apply a change; a namespace is matched by `kubernetes.io/metadata.name` only, because any other label can be
 * given to any namespace (a policy group of OpenShift is asked for by that name); the same flows in any order give the same object.
 */
import { LabelSelector, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../api/core';
import { AddressBlock } from '../intent/address-block';
import { AddressEnd, AddressFacts, Endpoint, Subject, WorkloadEnd } from '../intent/endpoint';
import { SubjectFlows } from '../intent/ledger';
import { Port, compareText, uniquePorts } from '../intent/port';

/** One peer with the ports it may use, the smallest thing a rule is made of. */
export interface PeerPorts {
  readonly peer: NetworkPolicyPeer;
  readonly ports: readonly Port[];
}

/** The policy of one subject: what its flows allow, in both directions. */
export function renderNetworkPolicy(subject: Subject, flows: SubjectFlows, facts: AddressFacts): NetworkPolicySpec {
  return closedPolicy(
    podSelectorOf(subject),
    flows.ingress.flatMap(flow => peersOf(flow.from, flow.ports, facts)),
    flows.egress.flatMap(flow => peersOf(flow.to, flow.ports, facts)),
  );
}

/** A policy that isolates in both directions and then allows what is listed. */
export function closedPolicy(podSelector: LabelSelector, ingress: readonly PeerPorts[], egress: readonly PeerPorts[]): NetworkPolicySpec {
  return {
    podSelector,
    policyTypes: ['Ingress', 'Egress'],
    ...(ingress.length ? { ingress: rulesOf(ingress).map(({ peers, ports }) => ({ from: peers, ports })) } : {}),
    ...(egress.length ? { egress: rulesOf(egress).map(({ peers, ports }) => ({ to: peers, ports })) } : {}),
  };
}

/** Peers that may use the same ports share a rule. */
function rulesOf(allowed: readonly PeerPorts[]): { peers: NetworkPolicyPeer[]; ports: NetworkPolicyPort[] }[] {
  const portsByPeer = new Map<string, { peer: NetworkPolicyPeer; ports: Port[] }>();
  for (const { peer, ports } of allowed) {
    const key = JSON.stringify(peer);
    const known = portsByPeer.get(key);
    if (known) known.ports.push(...ports);
    else portsByPeer.set(key, { peer, ports: [...ports] });
  }
  const rules = new Map<string, { peers: string[]; ports: Port[] }>();
  for (const [key, { ports }] of portsByPeer) {
    const sorted = uniquePorts(ports);
    if (sorted.length === 0) throw new Error('a rule without ports would allow every port: this is a defect of the library, please report it');
    const portsKey = sorted.join(',');
    const known = rules.get(portsKey);
    if (known) known.peers.push(key);
    else rules.set(portsKey, { peers: [key], ports: sorted });
  }
  return [...rules.values()]
    .map(({ peers, ports }) => ({ peers: peers.sort(compareText), ports }))
    .sort((a, b) => compareText(a.peers[0], b.peers[0]) || compareText(a.ports.join(), b.ports.join()))
    .map(({ peers, ports }) => ({ peers: peers.map(key => portsByPeer.get(key)!.peer), ports: ports.map(renderPort) }));
}

function renderPort(port: Port): NetworkPolicyPort {
  if (port._name) return { protocol: port._transport, port: port._name };
  return port._first === port._last
    ? { protocol: port._transport, port: port._first }
    : { protocol: port._transport, port: port._first, endPort: port._last };
}

function peersOf(end: Endpoint, ports: readonly Port[], facts: AddressFacts): PeerPorts[] {
  switch (end.kind) {
    case 'workload': return [{ peer: workloadPeer(end), ports }];
    case 'namespace': return [{ peer: end.group ? { namespaceSelector: { matchLabels: { ...end.group } } } : namespacePeer([end.namespace]), ports }];
    case 'addresses': return end.apart ? [] : addressPeers(end, ports, facts);
  }
}

function addressPeers(end: AddressEnd, ports: readonly Port[], facts: AddressFacts): PeerPorts[] {
  return end.resolve(facts).flatMap(target =>
    target.blocks.map(block => ({ peer: blockPeer(block), ports: target.ports ?? ports })));
}

/** Both selectors in one peer: the pods with these labels *in* this namespace. */
function workloadPeer(end: WorkloadEnd): NetworkPolicyPeer {
  return { ...namespacePeer([end.home.namespace]), podSelector: { matchLabels: end.labels } };
}

/** All pods of the namespaces with exactly these names. */
export function namespacePeer(names: readonly string[]): NetworkPolicyPeer {
  const label = 'kubernetes.io/metadata.name';
  return {
    namespaceSelector: names.length === 1
      ? { matchLabels: { [label]: names[0] } }
      : { matchExpressions: [{ key: label, operator: 'In', values: [...names].sort(compareText) }] },
  };
}

function podSelectorOf(subject: Subject): LabelSelector {
  return subject.kind === 'workload' ? { matchLabels: subject.labels } : {};
}

function blockPeer({ cidr, except }: AddressBlock): NetworkPolicyPeer {
  return { ipBlock: except.length ? { cidr, except } : { cidr } };
}

/** Everything between the namespaces of one project, and nothing across: the one place where "all ports" is what was asked for. */
export function joinPolicy(namespaces: readonly string[]): NetworkPolicySpec {
  const peer = namespacePeer(namespaces);
  return { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [peer] }], egress: [{ to: [peer] }] };
}
