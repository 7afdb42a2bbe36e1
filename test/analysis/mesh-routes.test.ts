import { RegisteredHosts, routesOf } from '../../src/analysis/mesh-routes';
import { ClusterModel } from '../../src/analysis/model';

const istio = (kind: string, home: string, name: string, spec: object) => ({ apiVersion: 'networking.istio.io/v1', kind, metadata: { namespace: home, name }, spec });
const GATEWAY = istio('Gateway', 'egress', 'out', { selector: { app: 'out' }, servers: [{ port: { number: 443, protocol: 'TLS' }, hosts: ['*'] }] });
const routes = (spec: object, name = 'out', home = 'egress') => istio('VirtualService', home, name, { hosts: ['x'], gateways: ['egress/out'], ...spec });
const to = (host: string, port?: number) => ({ destination: { host, ...(port === undefined ? {} : { port: { number: port } }) } });
const entry = (spec: object, home = 'egress', name = 'entry') => istio('ServiceEntry', home, name, { hosts: ['pay.example'], ports: [{ number: 443, name: 'tls' }], resolution: 'DNS', ...spec });

/** Where the pods labelled `app: out` lead, each as `host:port`. */
function leads(...objects: any[]): { servers: string[]; unreadable: readonly string[] } {
  const model = ClusterModel.of([GATEWAY, ...objects]);
  expect(model.problems).toEqual([]);
  const { servers, unreadable } = routesOf(model.mesh, 'egress', { app: 'out' });
  return { servers: servers.map(({ host, port }) => `${host}:${port}`).sort(), unreadable };
}
const servers = (...objects: any[]) => leads(...objects).servers;

describe('9. the mesh is read: where a gateway leads', () => {
  test('through every kind of route, to what the registry resolves', () => {
    expect(servers(routes({ tcp: [{ route: [to('pay.example', 443)] }] }), entry({}))).toEqual(['pay.example:443']);
    expect(servers(routes({ tls: [{ match: [], route: [to('pay.example', 443)] }] }), entry({}))).toEqual(['pay.example:443']);
    expect(servers(routes({ http: [{ route: [to('pay.example', 443)] }] }), entry({}))).toEqual(['pay.example:443']);
  });

  test('copies of requests count too', () => {
    const more = entry({ hosts: ['copy.example'] }, 'egress', 'more');
    expect(servers(routes({ http: [{ route: [to('pay.example', 443)], mirror: { host: 'copy.example', port: { number: 443 } } }] }), entry({}), more)).toEqual(['copy.example:443', 'pay.example:443']);
    expect(servers(routes({ http: [{ mirrors: [to('copy.example', 443)] }] }), more)).toEqual(['copy.example:443']);
  });

  test('a name that the registry does not know leads nowhere, nor does one that it knows elsewhere only', () => {
    const route = routes({ tcp: [{ route: [to('pay.example', 443)] }] });
    expect(servers(route)).toEqual([]);
    expect(servers(route, entry({ exportTo: ['.'] }, 'shop'))).toEqual([]);
    expect(servers(route, entry({ exportTo: ['egress'] }, 'shop'))).toEqual(['pay.example:443']);
    expect(servers(route, entry({}, 'shop'))).toEqual(['pay.example:443']);
    expect(servers(route, entry({ hosts: ['*.example'] }))).toEqual(['pay.example:443']);
    expect(servers(route, entry({ hosts: ['*.pay.example'] }))).toEqual([]);
  });

  test('an entry may say that a name is somewhere else, and on another port', () => {
    const route = routes({ tcp: [{ route: [to('pay.example', 443)] }] });
    expect(servers(route, entry({ resolution: 'STATIC', endpoints: [{ address: '203.0.113.9' }] }))).toEqual(['203.0.113.9:443']);
    expect(servers(route, entry({ endpoints: [{ address: 'evil.example' }] }))).toEqual(['evil.example:443']);
    expect(servers(route, entry({ ports: [{ number: 443, name: 'tls', targetPort: 8443 }] }))).toEqual(['pay.example:8443']);
    expect(servers(route, entry({ endpoints: [{ address: 'a.example', ports: { tls: 9443 } }, { address: 'b.example' }] }))).toEqual(['a.example:443', 'a.example:9443', 'b.example:443', 'b.example:9443']);
    expect(servers(route, entry({ ports: [{ number: 80, name: 'http' }] }))).toEqual([]);
    expect(servers(routes({ tcp: [{ route: [to('pay.example')] }] }), entry({ ports: [{ number: 80, name: 'a' }, { number: 443, name: 'b' }] }))).toEqual(['pay.example:443', 'pay.example:80']);
  });

  test('a Service may stand for a name outside', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'egress', name: 'alias' }, spec: { type: 'ExternalName', externalName: 'evil.example', ports: [{ port: 443 }] } };
    expect(servers(routes({ tcp: [{ route: [to('alias', 443)] }] }), service)).toEqual(['evil.example:443']);
    expect(servers(routes({ tcp: [{ route: [to('alias.egress.svc.cluster.local')] }] }), service)).toEqual(['evil.example:443']);
    expect(servers(routes({ tcp: [{ route: [to('alias', 443)] }] }), { ...service, spec: { ...service.spec, type: 'ClusterIP' } })).toEqual([]);
  });

  test('what says not where it leads cannot be relied on', () => {
    const route = routes({ tcp: [{ route: [to('pay.example', 443)] }] });
    expect(leads(route, entry({ resolution: 'NONE' })).unreadable).toEqual(["VirtualService egress/out leads to 'pay.example', of which ServiceEntry egress/entry does not say where it is"]);
    expect(leads(route, entry({ resolution: undefined })).unreadable).toHaveLength(1);
    expect(leads(routes({ http: [{ delegate: { name: 'more' } }] })).unreadable).toEqual(['VirtualService egress/out leaves some requests to more']);
  });

  test('only routes of its own Gateways count, from whichever namespace', () => {
    const route = (gateways: string[] | undefined, home: string) => routes({ gateways, tcp: [{ route: [to('pay.example', 443)] }] }, 'r', home);
    expect(servers(route(['out'], 'egress'), entry({}))).toEqual(['pay.example:443']);
    expect(servers(route(['egress/out'], 'shop'), entry({}))).toEqual(['pay.example:443']);
    expect(servers(route(['out'], 'shop'), entry({}))).toEqual([]);
    expect(servers(route(undefined, 'egress'), entry({}))).toEqual([]);
    expect(servers(route(['mesh', 'out'], 'egress'), entry({}))).toEqual(['pay.example:443']);
  });

  test('pods that no Gateway selects lead nowhere by it', () => {
    const { mesh } = ClusterModel.of([GATEWAY, routes({ tcp: [{ route: [to('pay.example', 443)] }] }), entry({})]);
    expect(routesOf(mesh, 'egress', { app: 'other' })).toEqual({ servers: [], configs: [], unreadable: [] });
    const hosts: RegisteredHosts[] = [...mesh.hosts];
    expect(hosts).toHaveLength(1);
  });
});
