import { Mutant } from './mutant';

const TEST = 'test/constructs/egress-addresses.test.ts';
const BOOK = 'src/constructs/_egress-book.ts';

export const EDGE_ADDRESSES: Mutant[] = [
  {
    title: 'an address is given to two namespaces',
    file: BOOK,
    find: 'if (shared) throw new Error(',
    replace: 'if (false) throw new Error(',
    test: TEST,
    name: '7. static addresses: each in one place an address is given away once',
  },
  {
    title: 'a pod is chosen twice where its labels allow both',
    file: BOOK,
    find: 'return Object.entries(a.labels).some(([key, value]) => key in b.labels && b.labels[key] !== value);',
    replace: 'return Object.entries(a.labels).some(([key, value]) => b.labels[key] !== value);',
    test: TEST,
    name: '7. static addresses: who has them labels that one pod could carry together',
  },
  {
    title: 'a set of workloads means all pods of the namespace',
    file: 'src/providers/_egress-ip.ts',
    find: '      ...(pods ? { podSelector: pods } : {}),\n',
    replace: '',
    test: TEST,
    name: '7. static addresses: who has them one workload',
  },
  {
    title: 'addresses of one namespace are those of every namespace',
    file: 'src/providers/_egress-ip.ts',
    find: 'namespaceSelector: namespacePeer([namespace]).namespaceSelector!',
    replace: 'namespaceSelector: namespace ? {} : {}',
    test: TEST,
    name: '7. static addresses: who has them all pods of a namespace',
  },
  {
    title: 'an address that no node can hold is taken',
    file: BOOK,
    find: 'if (nodeCidrs && !inside(address, nodeCidrs))',
    replace: 'if (nodeCidrs && !inside(address, [...nodeCidrs, \'0.0.0.0/0\']))',
    test: TEST,
    name: '7. static addresses: each in one place 203.0.113.5 lies outside nodeCidrs',
  },
];
