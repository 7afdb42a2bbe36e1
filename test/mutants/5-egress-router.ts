import { Mutant } from './mutant';

const TEST = 'test/constructs/egress-router.test.ts';

export const EGRESS_ROUTER: Mutant[] = [
  {
    title: 'the proxies may reach the destination on any port',
    file: 'src/constructs/egress-router.ts',
    find: '      ports: numbers.map(number => Port.tcp(number)),\n',
    replace: '      ports: [Port.tcpRange(1, 65535)],\n',
    test: TEST,
    name: '5. EgressRouter: who reaches it, and what it reaches a destination by name',
  },
  {
    title: 'a range is taken for a destination',
    file: 'src/constructs/egress-router.ts',
    find: "if (end.kind !== 'addresses' || !(end.host || end.address)) {",
    replace: "if (end.kind !== 'addresses') {",
    test: TEST,
    name: '9. Errors of a router a destination is one system outside',
  },
  {
    title: 'any clusterIp is taken',
    file: 'src/constructs/egress-router.ts',
    find: 'if (props.clusterIp !== undefined) checkClusterIp(props.clusterIp, facts);',
    replace: '',
    test: TEST,
    name: "9. Errors of a router the clusterIp '10.244.0.7' is refused",
  },
  {
    title: 'a changed configuration does not roll out',
    file: 'src/constructs/egress-router.ts',
    find: ".update(config).digest('hex')",
    replace: ".update(id).digest('hex')",
    test: TEST,
    name: '5. EgressRouter: the proxy a changed configuration rolls out',
  },
  {
    title: 'a name of the world outside includes the world inside',
    file: 'src/intent/peer.ts',
    find: 'blocks: facts.everywhere(text).map(cidr => blockOf(cidr, own)!)',
    replace: 'blocks: facts.everywhere(text).map(cidr => ({ cidr, except: own.isEmpty ? [] : [] as string[] }))',
    test: TEST,
    name: '5. EgressRouter: who reaches it, and what it reaches a destination by name',
  },
  {
    title: 'the image may move',
    file: 'src/constructs/egress-router.ts',
    find: 'if (/:latest$/.test(image) || !/[:@][^/]+$/.test(image)) {',
    replace: 'if (/:latest$/.test(image)) {',
    test: TEST,
    name: '5. EgressRouter: the proxy an image without a fixed version is refused',
  },
];
