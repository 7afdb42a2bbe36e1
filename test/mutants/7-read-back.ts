import { Mutant } from './mutant';

const READ = 'test/analysis/agreement.test.ts';
const CHECK = 'test/proof/intent-check.test.ts';

export const READ_BACK: Mutant[] = [
  {
    title: 'a policy without types is read as if it closed egress',
    file: 'src/analysis/readers/network-policy.ts',
    find: 'return egress.length > 0 ? BOTH : INGRESS;',
    replace: 'return BOTH;',
    test: READ,
    name: '7. read-back: NetworkPolicy agrees with the packet evaluator',
  },
  {
    title: 'the exceptions of a block are not read',
    file: 'src/analysis/readers/network-policy.ts',
    find: 'return except.length === 0 ? cidr : cidr.subtract(IpSet.unionOf(except));',
    replace: 'return cidr;',
    test: READ,
    name: '7. read-back: NetworkPolicy agrees with the packet evaluator',
  },
  {
    title: 'a rule without peers is read as one for nobody',
    file: 'src/analysis/readers/network-policy.ts',
    find: 'peers: { any: peers.length === 0, pods,',
    replace: 'peers: { any: rule?.[list] === undefined, pods,',
    test: CHECK,
    name: '7. intent check a rule without peers fails the synth',
  },
  {
    title: 'the namespace of a peer is not read',
    file: 'src/analysis/readers/network-policy.ts',
    find: "{ namespaces: at('namespaceSelector', () => LabelSelector.of(namespaceSelector)), pods }",
    replace: '{ namespace, pods }',
    test: READ,
    name: '7. read-back: NetworkPolicy agrees with the packet evaluator',
  },
  {
    title: 'only one direction is compared with what was stated',
    file: 'src/proof/intent-check.ts',
    find: "const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];",
    replace: "const DIRECTIONS: readonly Direction[] = ['egress'];",
    test: CHECK,
    name: '7. intent check a peer without its pod selector fails the synth',
  },
  {
    title: 'nobody is imagined: only pods that exist are asked about',
    file: 'src/proof/intent-check.ts',
    find: 'return { model: stated.with(peers), nowhere };',
    replace: 'return { model: stated.with(peers.slice(peers.length)), nowhere };',
    test: CHECK,
    name: '7. intent check a rule without peers fails the synth',
  },
  {
    title: 'peers without a manifest are forgotten, and nobody misses what was stated about them',
    file: 'src/constructs/cluster-edge.ts',
    find: 'declarePeers(this.node.root, shown => statedPeers(shown, this.books()));',
    replace: 'declarePeers(this.node.root, shown => statedPeers(shown, this.books()).slice(1e6));',
    test: 'test/proof/intent-check-unseen.test.ts',
    name: '7. intent check: peers without a manifest',
  },
  {
    title: 'less than what was stated passes',
    file: 'src/proof/differences.ts',
    find: 'if (this.wanted.less && !less.isEmpty) this.less(arrow, direction, endpoint, less, statements);',
    replace: 'void less; void statements;',
    test: CHECK,
    name: '7. intent check a flow closed at its source fails the synth',
  },
  {
    title: 'one acknowledgement hides what all others open',
    file: 'src/proof/intent-check.ts',
    find: '{ more: true, less: false });',
    replace: '{ more: false, less: false });',
    test: CHECK,
    name: '7. intent check what a foreign object opens passes once it is acknowledged, and only that',
  },
];
