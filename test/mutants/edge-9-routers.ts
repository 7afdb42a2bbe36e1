import { Mutant } from './mutant';

const TEST = 'test/constructs/egress-addresses.test.ts';

export const EDGE_ROUTERS: Mutant[] = [
  {
    title: 'a range leads past the router',
    file: 'src/constructs/_one-way.ts',
    find: 'addresses.overlaps(addressesIn(destination, facts))',
    replace: 'addresses.equals(addressesIn(destination, facts))',
    test: TEST,
    name: '9. EgressRouter: no way past it a range that holds the destination',
  },
  {
    title: 'the whole world leads past a router to a name',
    file: 'src/constructs/_one-way.ts',
    find: ' : addresses.contains(addressesIn(destination, facts));',
    replace: ' : false;',
    test: TEST,
    name: '9. EgressRouter: no way past it the same name, and the whole world',
  },
  {
    title: 'proxies run where their addresses are not',
    file: 'src/constructs/egress-router.ts',
    find: '.scheduling.attract(kplus.Node.labeled(label));',
    replace: '.scheduling.attract(kplus.Node.labeled(label), { weight: 1 });',
    test: TEST,
    name: '9. EgressRouter on OVN-Kubernetes the proxies leave under an address of their own',
  },
  {
    title: 'a router holds apart what a workload beside it cannot',
    file: 'src/providers/_firewall-faults.ts',
    find: 'if (named.to.host === undefined || named.to.proxied) return [];',
    replace: 'if (named.to.host === undefined || all.some(({ to }) => to.proxied)) return [];',
    test: TEST,
    name: '9. EgressRouter on OVN-Kubernetes a workload beside a router',
  },
  {
    title: 'the operator\'s router leads to whatever its object says',
    file: 'src/proof/names.ts',
    find: 'message(row.conn.subtract(meantAt(row.addresses)),',
    replace: 'message(row.conn.subtract(row.conn.union(meantAt(row.addresses))),',
    test: 'test/constructs/egress-redirect.test.ts',
    name: '9. EgressRouter with an interface outside an object that was changed to lead elsewhere is found: another port',
  },
  {
    title: 'policies of the operator\'s router let it out on the cluster\'s network',
    file: 'src/providers/_network-policy.ts',
    find: 'return end.apart ? [] : addressPeers(end, ports, facts);',
    replace: 'return addressPeers(end, ports, facts);',
    test: 'test/constructs/egress-redirect.test.ts',
    name: '9. EgressRouter with an interface outside its policies let stated clients in',
  },
  {
    title: 'two routers of one namespace overwrite each other',
    file: 'src/constructs/_redirect-router.ts',
    find: '  TAKEN.add(namespace);\n',
    replace: '',
    test: 'test/constructs/egress-redirect.test.ts',
    name: '9. EgressRouter with an interface outside: what is refused a second one in the namespace',
  },
  {
    title: 'a fallback is passed over in silence',
    file: 'src/constructs/_redirect-router.ts',
    find: "!['address', 'gateway'].includes(key)",
    replace: "!['address', 'gateway', 'fallbackIP'].includes(key)",
    test: 'test/constructs/egress-redirect.test.ts',
    name: '9. EgressRouter with an interface outside: what is refused a fallback',
  },
];
