import { Mutant } from './mutant';

const TEST = 'test/analysis/egress-firewall.test.ts';
const READER = 'src/analysis/readers/egress-firewall.ts';

export const EDGE_EGRESS_READERS: Mutant[] = [
  {
    title: 'a firewall is taken to hold pods apart',
    file: READER,
    find: 'const meant = pods ? addresses.subtract(pods) : addresses;',
    replace: 'const meant = addresses;',
    test: TEST,
    name: '11. reading EgressFirewall pods are never meant',
  },
  {
    title: 'a firewall and the policies need not agree',
    file: 'src/analysis/rules.ts',
    find: "{ name: 'egress-firewall', stage: 'egress-firewall', decides",
    replace: "{ name: 'egress-firewall', stage: 'cluster-network', decides",
    test: TEST,
    name: '11. reading EgressFirewall both it and the policies have to agree',
  },
  {
    title: 'a name opens every address',
    file: READER,
    find: 'return { any: false, pods: [], hosts: type',
    replace: "return { any: type === 'Allow', pods: [], hosts: type",
    test: TEST,
    name: '11. reading EgressFirewall a name is a peer of its own',
  },
  {
    title: 'nodes that nobody shows are no nodes',
    file: READER,
    find: "return type === 'Allow' && range ? range : IpSet.none();",
    replace: 'return IpSet.none();',
    test: TEST,
    name: '11. reading EgressFirewall nodes are chosen by their labels',
  },
  {
    title: 'one firewall is every namespace\'s',
    file: READER,
    find: 'subject: { namespace: ref.namespace!, pods: LabelSelector.EVERYTHING },',
    replace: 'subject: { namespaces: LabelSelector.EVERYTHING, pods: LabelSelector.EVERYTHING },',
    test: TEST,
    name: '11. reading EgressFirewall it is about its own namespace',
  },
  {
    title: 'two objects about one pod go unnoticed',
    file: 'src/analysis/source-addresses.ts',
    find: 'return found.length < 2 ? []',
    replace: 'return found.length < 3 ? []',
    test: 'test/constructs/egress-addresses.test.ts',
    name: '7. static addresses: who has them objects of others count too',
  },
];
