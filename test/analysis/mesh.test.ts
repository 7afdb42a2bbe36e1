import { Connectivity } from '../../src/analysis/connectivity';

/** A namespace in the mesh, one outside of it, and three callers of one pod: by their names, without anything of the network in the way. */
const namespace = (name: string, labels = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
const pod = (home: string, name: string, labels = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: home, name, labels: { app: name, ...labels } },
  spec: { serviceAccountName: name, containers: [{ name: 'main', image: 'x' }] },
});
const CLUSTER = [
  namespace('shop', { 'istio-injection': 'enabled' }), namespace('plain'), namespace('istio-system'),
  pod('shop', 'api'), pod('shop', 'web'), pod('shop', 'other'), pod('plain', 'old'),
];
let count = 0;
const object = (kind: string, spec: any, home = 'shop', metadata = {}) =>
  ({ apiVersion: 'security.istio.io/v1', kind, metadata: { namespace: home, name: `${kind.toLowerCase()}-${count++}`, ...metadata }, spec });
const policy = (spec: any, home?: string, metadata?: any) => object('AuthorizationPolicy', { selector: { matchLabels: { app: 'api' } }, ...spec }, home, metadata);
const WEB = 'cluster.local/ns/shop/sa/web';
const read = (...objects: any[]) => Connectivity.ofObjects([...CLUSTER, ...objects]);
/** What a caller may send to the API over TCP. */
const asked = (net: Connectivity, src: string, port = 8080, protocol = 'TCP') => net.verdict({ src, dst: 'shop/api', port, protocol }).allowed;
/** Of the pod in the mesh that is meant, another one, one outside of the mesh and an address, who may ask the API. */
const who = (net: Connectivity, port = 8080) => ['shop/web', 'shop/other', 'plain/old', '203.0.113.7'].filter(src => asked(net, src, port));
const ALL = ['shop/web', 'shop/other', 'plain/old', '203.0.113.7'];

describe('9. the mesh is read: AuthorizationPolicy', () => {
  test('without one everybody is let in, and one without rules lets nobody in', () => {
    expect(who(read())).toEqual(ALL);
    expect(who(read(policy({})))).toEqual([]);
    expect(who(read(object('AuthorizationPolicy', {})))).toEqual([]);
    expect(who(read(policy({ rules: [{}] })))).toEqual(ALL);
  });

  test('a pod that says so stays out of the mesh, and nothing of it holds for it: by its annotation, unless its label says otherwise', () => {
    const inject = (value: string) => ({ 'sidecar.istio.io/inject': value });
    const closedPod = (labels: any, annotations: any) => {
      const api = pod('shop', 'api', labels);
      return Connectivity.ofObjects([...CLUSTER.filter(({ metadata }) => metadata.name !== 'api'), { ...api, metadata: { ...api.metadata, annotations } }, policy({})]);
    };
    expect(who(closedPod({}, undefined))).toEqual([]);
    expect(who(closedPod({}, inject('true')))).toEqual([]);
    expect(who(closedPod({}, inject('false')))).toEqual(ALL);
    expect(who(closedPod(inject('false'), undefined))).toEqual(ALL);
    expect(who(closedPod(inject('true'), inject('false')))).toEqual([]);
  });

  test('an ALLOW names who may ask, and on which ports', () => {
    const net = read(policy({ rules: [{ from: [{ source: { principals: [WEB] } }], to: [{ operation: { ports: ['8080'] } }] }] }));
    expect(who(net)).toEqual(['shop/web']);
    expect(who(net, 9090)).toEqual([]);
  });

  test('what is no TCP, and the ports on which a proxy answers itself, no proxy sees', () => {
    const net = read(policy({}));
    expect(asked(net, 'shop/other', 53, 'UDP')).toBe(true);
    expect(asked(net, 'shop/other', 15020)).toBe(true);
    expect(asked(net, 'shop/other', 15008)).toBe(false);
  });

  test('a pod without a proxy is held by none', () => {
    const net = read(object('AuthorizationPolicy', {}, 'plain'));
    expect(net.verdict({ src: 'shop/web', dst: 'plain/old', port: 8080 }).allowed).toBe(true);
  });

  test('sources are or, what one source says is and, operations are or', () => {
    const either = [{ source: { principals: [WEB] } }, { source: { namespaces: ['plain'] } }];
    expect(who(read(policy({ rules: [{ from: either }] })))).toEqual(['shop/web']);
    expect(who(read(policy({ rules: [{ from: [{ source: { principals: [WEB], namespaces: ['plain'] } }] }] })))).toEqual([]);
    const net = read(policy({ rules: [{ to: [{ operation: { ports: ['1'] } }, { operation: { ports: ['2'] } }] }] }));
    expect([1, 2, 3].filter(port => asked(net, 'shop/web', port))).toEqual([1, 2]);
  });

  test('any DENY goes before every ALLOW, and one without rules denies nothing', () => {
    const allow = policy({ rules: [{}] });
    expect(who(read(allow, policy({ action: 'DENY', rules: [{ from: [{ source: { principals: [WEB] } }] }] })))).toEqual(ALL.slice(1));
    expect(who(read(allow, policy({ action: 'DENY' })))).toEqual(ALL);
  });

  test('whoever has no identity meets nothing that is asked of one, and everything that excludes one', () => {
    expect(who(read(policy({ rules: [{ from: [{ source: { principals: ['*'] } }] }] })))).toEqual(['shop/web', 'shop/other']);
    expect(who(read(policy({ rules: [{ from: [{ source: { notPrincipals: ['*'] } }] }] })))).toEqual(['plain/old', '203.0.113.7']);
    expect(who(read(policy({ rules: [{ from: [{ source: { notNamespaces: ['shop'] } }] }] })))).toEqual(['plain/old', '203.0.113.7']);
    expect(who(read(policy({ action: 'DENY', rules: [{ from: [{ source: { notPrincipals: [WEB] } }] }] })))).toEqual(['shop/web']);
  });

  test('addresses without identity are these addresses, and no pod with an identity', () => {
    const net = read(policy({ rules: [{ from: [{ source: { notPrincipals: ['*'], ipBlocks: ['203.0.113.0/24'], notIpBlocks: ['203.0.113.9'] } }] }] }));
    expect(who(net)).toEqual(['203.0.113.7']);
    expect(asked(net, '203.0.113.9')).toBe(false);
    expect(asked(net, '198.51.100.1')).toBe(false);
  });

  test('conditions are said where they allow, and deny nothing for sure', () => {
    const net = read(policy({ rules: [{ from: [{ source: { principals: [WEB] } }], to: [{ operation: { methods: ['GET'], paths: ['/orders/*'] } }] }] }));
    expect(who(net)).toEqual(['shop/web']);
    expect(net.verdict({ src: 'shop/web', dst: 'shop/api', port: 8080 }).reasons.map(({ text }) => text).join('\n')).toContain('where method GET, path /orders/*');
    const denied = read(policy({ action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin'] } }] }, { from: [{ source: { principals: [WEB] } }] }] }));
    expect(who(denied)).toEqual(ALL.slice(1));
    expect(denied.warnings().join('\n')).toContain('denies under a condition (path /admin)');
  });

  test('on a port that is no HTTP an ALLOW for requests allows nothing, and a DENY for some denies all', () => {
    const service = (spec: any) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'shop', name: 'api' }, spec: { selector: { app: 'api' }, ports: [{ port: 80, targetPort: 8080, ...spec }] } });
    const get = policy({ rules: [{ to: [{ operation: { methods: ['GET'], ports: ['8080', '9090'] } }] }] });
    const not = policy({ action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin'] } }] }] });
    for (const opaque of [{ appProtocol: 'tcp' }, { name: 'redis' }, { name: 'tcp-api' }]) {
      expect([who(read(get, service(opaque))), who(read(get, service(opaque)), 9090)]).toEqual([[], ALL]);
      expect([who(read(not, service(opaque))), who(read(not, service(opaque)), 9090)]).toEqual([[], ALL]);
    }
    for (const spoken of [{ appProtocol: 'http' }, { name: 'http-api' }, {}]) {
      expect([who(read(get, service(spoken))), who(read(not, service(spoken)))]).toEqual([ALL, ALL]);
    }
  });

  test('`when` knows who asks, whence and where as the other fields do', () => {
    expect(who(read(policy({ rules: [{ when: [{ key: 'source.principal', values: [WEB] }, { key: 'destination.port', values: ['8080'] }] }] })))).toEqual(['shop/web']);
    expect(who(read(policy({ rules: [{ when: [{ key: 'source.namespace', notValues: ['shop'] }] }] })))).toEqual(['plain/old', '203.0.113.7']);
    expect(who(read(policy({ rules: [{ when: [{ key: 'source.ip', values: ['203.0.113.0/24'] }] }] })))).toEqual(['203.0.113.7']);
  });

  test('a dry run, AUDIT and CUSTOM decide nothing, and what may matter is said', () => {
    const dry = read(policy({}, 'shop', { annotations: { 'istio.io/dry-run': 'true' } }));
    expect(who(dry)).toEqual(ALL);
    expect(dry.warnings().join('\n')).toContain('is a dry run: it is not enforced');
    expect(who(read(policy({ action: 'AUDIT', rules: [{}] })))).toEqual(ALL);
    const custom = read(policy({ action: 'CUSTOM', provider: { name: 'x' }, rules: [{}] }));
    expect([who(custom), custom.warnings().join('\n')]).toEqual([ALL, expect.stringContaining('authorizer outside')]);
  });

  test('a policy of the root namespace holds in every other, and of any other namespace in its own', () => {
    expect(who(read(policy({}, 'istio-system')))).toEqual([]);
    expect(who(read(policy({}, 'plain')))).toEqual(ALL);
  });

  test('who decided is said with its layer', () => {
    const [reason] = read(policy({ rules: [{ from: [{ source: { principals: [WEB] } }] }] })).verdict({ src: 'shop/other', dst: 'shop/api', port: 8080 }).reasons
      .filter(({ allows }) => !allows);
    expect([reason.layer, reason.object]).toEqual(['authorization', expect.stringMatching(/^AuthorizationPolicy shop\//)]);
  });

  test('what the API server would refuse is refused', () => {
    expect(() => read(policy({ action: 'REFUSE' }))).toThrow("spec.action: 'REFUSE' is unknown: use ALLOW, DENY, CUSTOM, AUDIT");
    expect(() => read(policy({ rules: [{ from: [{ source: { principal: ['x'] } }] }] }))).toThrow("'principal' is unknown: use principals");
    expect(() => read(policy({ rules: [{ to: [{ operation: { ports: ['0'] } }] }] }))).toThrow('rules[0].to[0].ports');
  });
});

describe('9. the mesh is read: PeerAuthentication', () => {
  const mtls = (mode: string, spec: any = {}, home?: string, metadata?: any) => object('PeerAuthentication', { mtls: { mode }, ...spec }, home, metadata);
  const API = { selector: { matchLabels: { app: 'api' } } };

  test('STRICT keeps out whoever has no identity, and PERMISSIVE nobody', () => {
    expect(who(read(mtls('STRICT')))).toEqual(['shop/web', 'shop/other']);
    expect(who(read(mtls('PERMISSIVE')))).toEqual(ALL);
    expect(asked(read(mtls('STRICT')), 'plain/old', 53, 'UDP')).toBe(true);
  });

  test('what is said of a workload goes before what is said of its namespace, and that before the mesh', () => {
    expect(who(read(mtls('STRICT', {}, 'istio-system')))).toEqual(['shop/web', 'shop/other']);
    expect(who(read(mtls('STRICT', {}, 'istio-system'), mtls('PERMISSIVE')))).toEqual(ALL);
    expect(who(read(mtls('PERMISSIVE'), mtls('STRICT', API)))).toEqual(['shop/web', 'shop/other']);
    expect(who(read(mtls('STRICT'), mtls('UNSET', API)))).toEqual(['shop/web', 'shop/other']);
  });

  test('a port of a workload may differ, and no port of a namespace', () => {
    const port = { portLevelMtls: { 8080: { mode: 'PERMISSIVE' } } };
    const net = read(mtls('STRICT', { ...API, ...port }));
    expect([who(net), who(net, 9090)]).toEqual([ALL, ['shop/web', 'shop/other']]);
    expect(who(read(mtls('STRICT', port)))).toEqual(['shop/web', 'shop/other']);
  });

  test('of two that say it of the same, the older one holds', () => {
    const aged = (mode: string, creationTimestamp: string) => mtls(mode, {}, 'shop', { creationTimestamp });
    expect(who(read(aged('PERMISSIVE', '2026-02-01T00:00:00Z'), aged('STRICT', '2026-01-01T00:00:00Z')))).toEqual(['shop/web', 'shop/other']);
    expect(who(read(aged('PERMISSIVE', '2026-01-01T00:00:00Z'), aged('STRICT', '2026-02-01T00:00:00Z')))).toEqual(ALL);
  });

  test('a gateway listens to what its Gateway says', () => {
    const gateway = { apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { namespace: 'shop', name: 'g' }, spec: { selector: { app: 'api' }, servers: [] } };
    expect(who(read(mtls('STRICT'), gateway))).toEqual(ALL);
  });

  test('a mode that there is not is refused', () => {
    expect(() => read(mtls('SOFT'))).toThrow("mode 'SOFT' is unknown: use STRICT, PERMISSIVE, DISABLE or UNSET");
  });
});
