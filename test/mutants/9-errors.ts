import { Mutant } from './mutant';

export const ERRORS: Mutant[] = [
  {
    title: 'a CIDR with host bits is taken as the larger range it may mean',
    file: 'src/algebra/cidr.ts',
    find: "if (first !== value && options.hostBits !== 'mask') throw",
    replace: "if (first !== value && options.hostBits === 'refuse') throw",
    test: 'test/intent/peer.test.ts',
    name: '9. Errors of addresses and names, where they enter the CIDR 203.0.113.10/24 is refused',
  },
  {
    title: 'an IPv4 address written as IPv6 slips past the exceptions',
    file: 'src/algebra/cidr.ts',
    find: 'if (address.isIPv4MappedAddress()) throw',
    replace: 'if (address.isIPv4MappedAddress() && text === "") throw',
    test: 'test/intent/peer.test.ts',
    name: '9. Errors of addresses and names, where they enter the CIDR ::ffff:10.0.0.0/104 is refused',
  },
  {
    title: 'port 0, which some read as any, is a port',
    file: 'src/intent/port.ts',
    find: 'if (!Number.isInteger(number) || number < 1 || number > 65535) {',
    replace: 'if (!Number.isInteger(number) || number < 0 || number > 65535) {',
    test: 'test/intent/peer.test.ts',
    name: '9. Errors of ports, where they enter 0 is no port',
  },
  {
    title: 'a namespace may use the edge of another App',
    file: 'src/constructs/secure-namespace.ts',
    find: 'if (root && root !== this.node.root) {',
    replace: 'if (root && !this.node.root) {',
    test: 'test/constructs/secure-namespace.test.ts',
    name: '9. Errors of a namespace the edge of another App is refused',
  },
  {
    title: 'a peer of another cluster is taken for one of this',
    file: 'src/intent/connections.ts',
    find: 'if (home && home.ledger !== this.context.ledger) {',
    replace: 'if (home && !home.ledger) {',
    test: 'test/constructs/connections.test.ts',
    name: '9. Errors of a statement a peer of another cluster is refused',
  },
  {
    title: 'two workloads of one name share their flows',
    file: 'src/constructs/_placement.ts',
    find: 'if (owner) throw',
    replace: "if (owner === '') throw",
    test: 'test/constructs/secure-workload.test.ts',
    name: '9. Errors of a workload the same name twice is refused',
  },
];
