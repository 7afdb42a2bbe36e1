import { Mutant } from './mutant';

const TEST = 'test/mesh/mesh-gateway.test.ts';
const ALLOWS = 'src/mesh/_gateway-authorization.ts';
const RENDER = 'src/mesh/_gateway.ts';

/** What a slip at the gateway would let in. */
export const MESH_GATEWAY: Mutant[] = [
  {
    title: 'a route for everybody lets everybody into the routes before it that demand a token',
    file: ALLOWS,
    find: 'return others.reduce((cells, other) => cells.flatMap(cell => without(cell, other.match)), whole);',
    replace: 'return others.length ? whole : whole;',
    test: TEST,
    name: '6. MeshGateway: tokens a wider route for everybody',
  },
  {
    title: 'tokens are believed and demanded of nobody',
    file: ALLOWS,
    find: 'const demanded = token ? { requestPrincipals: token.issuers.map(issuer => `${issuer}/*`).sort(compareText) } : {};',
    replace: 'const demanded = {};',
    test: TEST,
    name: '6. MeshGateway: tokens are believed of an issuer',
  },
  {
    title: 'what is below a denied path is not denied',
    file: ALLOWS,
    find: "return path === '/' ? ['/*'] : [path, `${path}/*`];",
    replace: "return path === '/' ? ['/*'] : [path];",
    test: TEST,
    name: '6. MeshGateway: what is denied a path and all below it',
  },
  {
    title: 'the methods of a route are led on, and all others let in too',
    file: ALLOWS,
    find: '        ...(methods.length ? { methods } : {}),',
    replace: '',
    test: TEST,
    name: '6. MeshGateway: routes what is let in is what has a route',
  },
  {
    title: 'behind proxies clients are judged by the address of the proxy',
    file: ALLOWS,
    find: 'return forwarded ? ',
    replace: 'return forwarded && cidr === undefined ? ',
    test: TEST,
    name: '6. MeshGateway: clients behind proxies',
  },
  {
    title: 'any namespace may say what becomes of requests for a host',
    file: RENDER,
    find: 'const own = hosts.map(host => `./${host}`);',
    replace: 'const own = hosts.map(host => `*/${host}`);',
    test: TEST,
    name: '6. MeshGateway: what it is TLS from a certificate',
  },
  {
    title: 'slashes are not merged before a path is judged',
    file: RENDER,
    find: "'merge_slashes': true,",
    replace: "'merge_slashes': false,",
    test: TEST,
    name: '6. MeshGateway: what it is paths are read',
  },
  {
    title: 'port 80 leads on what is asked in plaintext',
    file: RENDER,
    find: 'tls: { httpsRedirect: true as const }',
    replace: 'tls: {}',
    test: TEST,
    name: '6. MeshGateway: what it is port 80',
  },
  {
    title: 'rules about clients are taken where their addresses are not seen',
    file: 'src/constructs/_gateway-clients.ts',
    find: 'if (clients && !preserves) {',
    replace: 'if (clients && !preserves && inside) {',
    test: TEST,
    name: '6. MeshGateway: clients are refused where',
  },
  {
    title: 'whoever uses the identity of the gateway may run pods of any kind as gateways',
    file: 'src/constructs/_guardrail-pods.ts',
    find: '    ...selecting.map(([key, value]) => `${celText(key)} in variables.labels && variables.labels[${celText(key)}] == ${celText(value)}`),\n',
    replace: '    ...selecting.slice(0, 0).map(([key]) => key),\n',
    test: 'test/mesh/mesh-gateway-guardrails.test.ts',
    name: '6. MeshGateway: under the guardrails of its own program its own pods',
  },
  {
    title: 'a header that leads elsewhere goes round what that route demands',
    file: ALLOWS,
    find: '    ...other.headers.map(header => ({ ...cell, match: meeting, notHeaders: [...cell.notHeaders, header] })),',
    replace: '    ...other.headers.map(() => ({ ...cell, match: meeting })),',
    test: 'test/mesh/mesh-gateway-rules.test.ts',
    name: '6. MeshGateway: rules and routes a request is let in',
  },
  {
    title: 'a wider route lets everybody into a narrower one of the same host, because it has other hosts too',
    file: ALLOWS,
    find: 'const apart = match.hosts.filter(host => !other.hosts.includes(host));',
    replace: 'const apart = match.hosts;',
    test: 'test/mesh/mesh-gateway-rules.test.ts',
    name: '6. MeshGateway: rules and routes a request is let in',
  },
];
