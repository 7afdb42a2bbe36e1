import { Connectivity } from '../../src/index';

const GROUP = 'gateway.networking.k8s.io';
const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (home: string, name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: home, labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'x' }] } });
const service = (home: string, name: string, protocol = 'TCP') =>
  ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: home }, spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080, protocol }] } });
const gateway = (listener: object) => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'Gateway',
  metadata: { name: 'public', namespace: 'edge' },
  spec: { gatewayClassName: 'istio', listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', ...listener }] },
});
const route = (spec: object, kind = 'HTTPRoute', backend: object = {}) => ({
  apiVersion: `${GROUP}/v1`,
  kind,
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { parentRefs: [{ name: 'public', namespace: 'edge' }], rules: [{ backendRefs: [{ name: 'api', port: 80, ...backend }] }], ...spec },
});
const CLUSTER = [namespace('edge'), namespace('shop', { public: 'yes' }), namespace('stock'), ...['shop', 'stock'].flatMap(home => [pod(home, 'api'), service(home, 'api')])];
const all = { allowedRoutes: { namespaces: { from: 'All' } } };

const rows = (...objects: object[]) => Connectivity.ofObjects([...CLUSTER, ...objects]).rows().filter(({ src }) => src === '{ingress-controller}').map(({ dst, conn }) => `${dst} ${conn}`);
const warnings = (...objects: object[]) => Connectivity.ofObjects([...CLUSTER, ...objects]).warnings().join('\n');
const SHOP = ['shop/api[Pod] TCP 8080'];

describe('1. Input: Gateway API', () => {
  test('a route that a listener takes lets the world in, on the port of the pods', () => {
    expect(rows(gateway(all), route({}))).toEqual(SHOP);
    expect(rows(gateway(all))).toEqual([]);
  });

  test('routes of other namespaces need the word of the listener, which is Same where nothing is said', () => {
    expect(rows(gateway({}), route({}))).toEqual([]);
    expect(rows(gateway({ allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { public: 'yes' } } } } }), route({}))).toEqual(SHOP);
    expect(rows(gateway({ allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { public: 'no' } } } } }), route({}))).toEqual([]);
  });

  test('section, port and host have to meet', () => {
    const parent = (more: object) => ({ parentRefs: [{ name: 'public', namespace: 'edge', ...more }] });
    expect(rows(gateway(all), route(parent({ sectionName: 'https', port: 443 })))).toEqual(SHOP);
    expect(rows(gateway(all), route(parent({ sectionName: 'http' })))).toEqual([]);
    expect(rows(gateway(all), route(parent({ port: 80 })))).toEqual([]);
    expect(rows(gateway({ ...all, hostname: '*.example.com' }), route({ hostnames: ['shop.example.com'] }))).toEqual(SHOP);
    expect(rows(gateway({ ...all, hostname: '*.example.com' }), route({ hostnames: ['shop.example.net'] }))).toEqual([]);
    expect(rows(gateway({ ...all, hostname: '*.example.com' }), route({ hostnames: ['example.com'] }))).toEqual([]);
  });

  test('a gateway that is not among the manifests is taken to take the route', () => {
    expect(rows(route({}))).toEqual(SHOP);
  });

  test('a Service of another namespace needs a grant there', () => {
    const far = route({}, 'HTTPRoute', { namespace: 'stock' });
    const grant = (from: object, to: object = {}) => ({
      apiVersion: `${GROUP}/v1beta1`,
      kind: 'ReferenceGrant',
      metadata: { name: 'shop', namespace: 'stock' },
      spec: { from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'shop', ...from }], to: [{ group: '', kind: 'Service', ...to }] },
    });
    expect(rows(gateway(all), far)).toEqual([]);
    expect(warnings(gateway(all), far)).toMatch(/no ReferenceGrant there lets it/);
    expect(rows(gateway(all), far, grant({}))).toEqual(['stock/api[Pod] TCP 8080']);
    expect(rows(gateway(all), far, grant({}, { name: 'api' }))).toEqual(['stock/api[Pod] TCP 8080']);
    expect(rows(gateway(all), far, grant({}, { name: 'web' }))).toEqual([]);
    expect(rows(gateway(all), far, grant({ namespace: 'other' }))).toEqual([]);
    expect(rows(gateway(all), far, grant({ kind: 'TLSRoute' }))).toEqual([]);
  });

  test('a mirror is a way in too, and UDP is UDP', () => {
    const mirror = { rules: [{ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'api', port: 80 } } }] }] };
    expect(rows(gateway(all), route(mirror))).toEqual(SHOP);
    expect(rows(gateway(all), route({}, 'UDPRoute'))).toEqual([]);
    expect(rows(gateway(all), route({}, 'UDPRoute', { name: 'dns' }), pod('shop', 'dns'), service('shop', 'dns', 'UDP'))).toEqual(['shop/dns[Pod] UDP 8080']);
  });

  test('policies of the destination hold', () => {
    const closed = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'closed', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } };
    expect(rows(gateway(all), route({}), closed)).toEqual([]);
  });

  test('what cannot be followed is said', () => {
    expect(warnings(gateway(all), route({}, 'HTTPRoute', { group: 'example.com', kind: 'Bucket' }))).toMatch(/leads to Bucket shop\/api, which is no Service/);
    expect(warnings(gateway(all), route({}))).not.toMatch(/Gateway|HTTPRoute/);
    expect(() => rows(gateway({ allowedRoutes: { namespaces: { from: 'Some' } } }))).toThrow(/from 'Some' is unknown/);
  });
});
