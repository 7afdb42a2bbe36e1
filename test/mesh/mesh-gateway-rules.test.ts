import * as fc from 'fast-check';
import { WorkloadEnd } from '../../src/intent/endpoint';
import { GatewayIntent, GatewayRoute, RouteMatch, shadows } from '../../src/intent/mesh-gateway';
import { renderGatewayAllows } from '../../src/mesh/_gateway-authorization';

const HOSTS = ['a.example', 'b.example'];
const METHODS = ['GET', 'POST', 'PUT'];
const PATHS = ['/', '/x', '/x/y', '/x/y/z', '/xx', '/w'];
const ISSUER = 'https://login.example';

interface Asked {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly beta?: string;
  /** The groups of its token; undefined without one. */
  readonly groups?: string;
}

const match: fc.Arbitrary<RouteMatch> = fc.record({
  path: fc.constantFrom('/', '/x', '/x/y'),
  exact: fc.boolean(),
  methods: fc.subarray(METHODS.slice(0, 2)),
  hosts: fc.subarray(HOSTS, { minLength: 1 }),
  headers: fc.constantFrom([], [{ name: 'x-beta', value: 'yes' }]),
});
const demand = fc.constantFrom(undefined, { issuers: [ISSUER], claims: [] }, { issuers: [ISSUER], claims: [{ name: 'groups', values: ['staff'] }] });
/** Routes as a gateway takes them: none that could never match. */
const gateways = fc.array(fc.record({ match, token: demand }), { minLength: 1, maxLength: 5 })
  .map(routes => routes.filter((route, i) => !routes.slice(0, i).some(before => shadows(before.match, route.match))) as GatewayRoute[]);
const request: fc.Arbitrary<Asked> = fc.record({
  host: fc.constantFrom(...HOSTS),
  method: fc.constantFrom(...METHODS),
  path: fc.constantFrom(...PATHS),
  beta: fc.constantFrom(undefined, 'yes', 'no'),
  groups: fc.constantFrom(undefined, 'staff', 'guests'),
});

/** What routing says: the first route that is for a request, and whether the request brings what that one demands. */
function meant(routes: readonly GatewayRoute[], asked: Asked): boolean {
  const route = routes.find(({ match: { path, exact, methods, hosts, headers } }) =>
    hosts.includes(asked.host) && (methods.length === 0 || methods.includes(asked.method)) && (headers.length === 0 || asked.beta === 'yes')
    && (asked.path === path || (!exact && (path === '/' || asked.path.startsWith(`${path}/`)))));
  if (!route) return false;
  return !route.token || (asked.groups !== undefined && route.token.claims.every(({ values }) => values.includes(asked.groups!)));
}

/** What the policy says, as Istio reads it: any rule, of which all that is named has to hold. */
function admitted(routes: readonly GatewayRoute[], asked: Asked): boolean {
  const { rules = [] } = renderGatewayAllows(intentOf(routes));
  const fits = (value: string, patterns: readonly string[]) => patterns.some(one => (one.endsWith('*') ? value.startsWith(one.slice(0, -1)) : value === one));
  return rules.some(({ from, to: [{ operation }], when = [] }) => {
    const { hosts = [], paths = [], notPaths = [], methods, notMethods = [] } = operation;
    const needsToken = from!.every(({ source }) => source.requestPrincipals !== undefined);
    return fits(asked.host, hosts) && fits(asked.path, paths) && !fits(asked.path, notPaths)
      && (!methods || methods.includes(asked.method)) && !notMethods.includes(asked.method)
      && (!needsToken || asked.groups !== undefined)
      && when.every(({ key, values, notValues }) => {
        const value = key === 'request.headers[x-beta]' ? asked.beta : asked.groups;
        return values ? value !== undefined && values.includes(value) : value === undefined || !notValues!.includes(value);
      });
  });
}

function intentOf(routes: readonly GatewayRoute[]): GatewayIntent {
  const resolve = () => [{ blocks: [{ cidr: '198.51.100.0/24', except: [] }] }];
  return {
    end: { labels: { app: 'public' } } as unknown as WorkloadEnd,
    facts: undefined as any,
    hosts: HOSTS,
    https: { service: 443, pods: 8443 },
    secretName: 'tls',
    minTlsVersion: 'TLSV1_2',
    clientCertificates: false,
    clients: [{ kind: 'addresses', text: 'clients', resolve }],
    forwarded: false,
    issuers: [],
    solvers: [],
    routes: () => routes,
    denials: () => [],
  };
}

describe('6. MeshGateway: rules and routes', () => {
  test('a request is let in where the route it takes is satisfied, and nowhere else', () => {
    fc.assert(fc.property(gateways, fc.array(request, { minLength: 20, maxLength: 20 }), (routes, requests) => {
      for (const asked of requests) expect({ asked, admitted: admitted(routes, asked) }).toEqual({ asked, admitted: meant(routes, asked) });
    }), { numRuns: 200 });
  });
});
