import { Mutant } from './mutant';

const TEST = 'test/constructs/connections.test.ts';
const PURE = 'test/providers/network-policy.test.ts';
const LAWS = 'test/providers/network-policy-laws.test.ts';

export const CONNECTIONS: Mutant[] = [
  {
    title: 'the pod selector of a peer is dropped',
    file: 'src/providers/_network-policy.ts',
    find: 'return { ...namespacePeer([end.home.namespace]), podSelector: { matchLabels: end.labels } };',
    replace: 'return { ...namespacePeer([end.home.namespace]) };',
    test: TEST,
    name: '4. Connections: one statement, both ends a peer in another namespace',
  },
  {
    title: 'the namespace of a peer is dropped',
    file: 'src/providers/_network-policy.ts',
    find: 'return { ...namespacePeer([end.home.namespace]), podSelector: { matchLabels: end.labels } };',
    replace: 'return { namespaceSelector: {}, podSelector: { matchLabels: end.labels } };',
    test: LAWS,
    name: '4. whatever is stated a pod is never chosen in a namespace that is not pinned',
  },
  {
    title: 'a rule is written without its ports',
    file: 'src/providers/_network-policy.ts',
    find: 'egress: rulesOf(egress).map(({ peers, ports }) => ({ to: peers, ports })),',
    replace: 'egress: rulesOf(egress).map(({ peers }) => ({ to: peers, ports: [] })),',
    test: LAWS,
    name: '4. whatever is stated every policy isolates both ways',
  },
  {
    title: 'the exceptions of a block are dropped',
    file: 'src/providers/_network-policy.ts',
    find: 'return { ipBlock: except.length ? { cidr, except } : { cidr } };',
    replace: 'return { ipBlock: { cidr } };',
    test: LAWS,
    name: '4. whatever is stated no block holds an address',
  },
  {
    title: 'the metadata service is not cut out',
    file: 'src/intent/peer.ts',
    find: "const RANGES: ClusterRangeName[] = ['pods', 'services', 'nodes', 'metadata'];",
    replace: "const RANGES: ClusterRangeName[] = ['pods', 'services', 'nodes'];",
    test: TEST,
    name: '4. Connections: addresses lose what belongs to the cluster not only everything: 169.254.0.0/16',
  },
  {
    title: 'only the whole internet loses the cluster\'s own ranges',
    file: 'src/intent/peer.ts',
    find: 'const block = blockOf(cidr, clusterRanges(facts, text).union(IpSet.ofCidrs(exceptions)));',
    replace: "const block = blockOf(cidr, (cidr.endsWith('/0') ? clusterRanges(facts, text) : IpSet.none()).union(IpSet.ofCidrs(exceptions)));",
    test: TEST,
    name: '4. Connections: addresses lose what belongs to the cluster not only everything: 10.0.0.0/8',
  },
  {
    title: 'the user\'s exceptions are forgotten',
    file: 'src/intent/peer.ts',
    find: 'clusterRanges(facts, text).union(IpSet.ofCidrs(exceptions))',
    replace: 'clusterRanges(facts, text)',
    test: TEST,
    name: '4. Connections: addresses lose what belongs to the cluster exceptions of the user',
  },
  {
    title: 'a flow opens the way back too',
    file: 'src/providers/_network-policy.ts',
    find: 'flows.ingress.flatMap(flow => peersOf(flow.from, flow.ports, facts)),',
    replace: '[...flows.ingress.map(flow => ({ flow, peer: flow.from })), ...flows.egress.map(flow => ({ flow, peer: flow.to }))]\n      .flatMap(({ flow, peer }) => peersOf(peer, flow.ports, facts)),',
    test: TEST,
    name: '4. Connections: one statement, both ends allowTo: egress at the source',
  },
  {
    title: 'a range loses its end and its protocol',
    file: 'src/providers/_network-policy.ts',
    find: ': { protocol: port._transport, port: port._first, endPort: port._last };',
    replace: ": { protocol: 'TCP', port: 1, endPort: port._last };",
    test: PURE,
    name: '4. ports as pure functions TCP 8000-8100 has its protocol and its bounds',
  },
  {
    title: 'another tenant\'s word is not asked for',
    file: 'src/intent/ledger.ts',
    find: 'if (mine.length && missing.length) {',
    replace: 'if (mine.length && theirs.length && missing.length) {',
    test: TEST,
    name: '4. Connections: across tenants both ends say so one end alone is refused',
  },
  {
    title: 'a flow without a port opens all of them',
    file: 'src/intent/flow.ts',
    find: "return statement.ports ?? (statement.to.kind === 'workload' ? statement.to.ports().map(({ port }) => port) : []);",
    replace: 'return statement.ports ?? [Port.tcpRange(1, 65535)];',
    test: TEST,
    name: '4. Connections: one statement, both ends allowTo: egress at the source',
  },
  {
    title: 'a host name is opened as the world outside',
    file: 'src/providers/upstream.ts',
    find: "if (to.kind !== 'addresses' || to.host === undefined) return;",
    replace: "if (to.kind !== 'addresses' || to.host === '') return;",
    test: TEST,
    name: '4. Connections: a host name is refused with the remedy NetworkPolicy knows no names',
  },
];
