import { Mutant } from './mutant';

const TEST = 'test/constructs/cluster-edge.test.ts';

export const CLUSTER_EDGE: Mutant[] = [
  {
    title: 'DNS on OpenShift is opened on the port of the Service, not that of the pods',
    file: 'src/intent/platform.ts',
    find: "'dns.operator.openshift.io/daemonset-dns': 'default' }, port: 5353,",
    replace: "'dns.operator.openshift.io/daemonset-dns': 'default' }, port: 53,",
    test: TEST,
    name: '1. DNS is a fact of the platform OpenShift: port 5353',
  },
  {
    title: 'facts about nodes are not compared with the others',
    file: 'src/intent/platform.ts',
    find: "const named = (['podCidrs', 'serviceCidrs', 'nodeCidrs'] as const)",
    replace: "const named = (['podCidrs', 'serviceCidrs'] as const)",
    test: TEST,
    name: '1. Platform facts: demanded by the first statement that needs them podCidrs and nodeCidrs that overlap are refused',
  },
  {
    title: 'a missing fact counts as an empty range',
    file: 'src/intent/platform.ts',
    find: 'clusterRange: (name, neededBy) => demand(facts[name], this.ranges[name], neededBy),',
    replace: 'clusterRange: (name, neededBy) => this.ranges[name] ?? (name === \'nodes\' ? IpSet.none() : demand(facts[name], this.ranges[name], neededBy)),',
    test: TEST,
    name: '1. Platform facts: demanded by the first statement that needs them a CIDR without nodeCidrs',
  },
  {
    title: 'the API server is opened as a whole service range',
    file: 'src/intent/platform.ts',
    find: '{ blocks: [{ cidr: hostCidr(formatAddress(first + 1n, family)), except: [] }], ports: [Port.https()] },',
    replace: '{ blocks: [{ cidr: primary, except: [] }], ports: [Port.https()] },',
    test: TEST,
    name: '1. The API server, told apart by its facts as a destination',
  },
];
