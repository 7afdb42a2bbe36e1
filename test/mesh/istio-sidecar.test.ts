import { ApiObject, App } from 'cdk8s';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { Isolation, PodSecurityLevel, SecureNamespace, SecureNamespaceProps } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { HttpMatch, IstioSidecarProps, MeshProvider, NetworkProvider, Peer } from '../../src/index';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { FACTS, deployment, object, objects } from '../support/app';

function mesh(props: IstioSidecarProps = {}, facts: PlatformFacts = FACTS) {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(facts), network: NetworkProvider.upstream(), mesh: MeshProvider.istioSidecar(props) });
  const namespace = (name: string, more: Partial<SecureNamespaceProps> = {}) => new SecureNamespace(app, name, { edge, tenant: 'acme', ...more });
  return { app, edge, namespace };
}

/** A shop whose workloads listen on one port each. */
function shop(props: IstioSidecarProps = {}) {
  const cluster = mesh(props);
  const home = cluster.namespace('shop');
  return { ...cluster, home, web: deployment(home, 'web', 8080), api: deployment(home, 'api', 9090), db: deployment(home, 'db', 5432) };
}

const policyOf = (home: SecureNamespace, workload: string) => object(home, 'AuthorizationPolicy', `${workload}-authorization`).spec;
const faults = (app: App) => app.node.findAll().flatMap(({ node }) => node.validate());

describe('2. the mesh: a namespace in it', () => {
  test('joins by its label, takes no plaintext, and answers nobody', () => {
    const { home } = shop();
    expect(object(home, 'Namespace', 'shop').metadata.labels['istio-injection']).toBe('enabled');
    expect(object(home, 'PeerAuthentication', 'default').spec).toEqual({ mtls: { mode: 'STRICT' } });
    expect(object(home, 'AuthorizationPolicy', 'allow-nothing').spec).toEqual({});
  });

  test('joins a revision, and then no other', () => {
    const { labels } = object(shop({ revision: '1-30' }).home, 'Namespace', 'shop').metadata;
    expect(labels).toMatchObject({ 'istio.io/rev': '1-30' });
    expect(labels).not.toHaveProperty('istio-injection');
  });

  test('stays out where it says so, and is then known by nothing of it', () => {
    const { app, namespace } = mesh();
    const out = namespace('legacy', { mesh: false });
    deployment(out, 'old', 80);
    expect(object(out, 'Namespace', 'legacy').metadata.labels).not.toHaveProperty('istio-injection');
    expect(objects(app).filter(({ apiVersion }) => apiVersion.includes('istio'))).toEqual([]);
  });

  test('without istio-cni it is refused where Pod Security would refuse its pods', () => {
    const { namespace } = mesh({ istioCni: false });
    expect(() => namespace('shop')).toThrow(/NET_ADMIN and NET_RAW.*'restricted'.*istio-cni/);
    expect(() => namespace('stock', { podSecurity: PodSecurityLevel.BASELINE })).toThrow(/'baseline'/);
    namespace('tools', { podSecurity: PodSecurityLevel.PRIVILEGED });
  });

  test('Jobs end where proxies end with them, and are refused where they would not', () => {
    const job = { containers: [{ image: 'registry.example/job:1.0.0' }] };
    mesh().namespace('shop').addJob('import', job);
    const old = mesh({}, { ...FACTS, version: '1.28' });
    expect(() => old.namespace('shop').addJob('import', job)).toThrow(/\[shop\/import\] a Job in the mesh does not end.*mesh: false/);
    old.namespace('legacy', { mesh: false }).addJob('import', job);
  });

  test('a mesh is of an edge', () => {
    const app = new App();
    const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream() });
    expect(() => new SecureNamespace(app, 'shop', { edge, mesh: true })).toThrow(/its edge has none.*MeshProvider/);
  });
});

describe('3. the mesh: its ports', () => {
  test('every proxy reaches istiod, and nothing else of its namespace', () => {
    const { home } = shop();
    expect(object(home, 'NetworkPolicy', 'namespace-flows').spec.egress).toEqual([{
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-system' } }, podSelector: { matchLabels: { app: 'istiod' } } }],
      ports: [{ protocol: 'TCP', port: 15012 }],
    }]);
  });

  test('of its own revision, in its own namespace', () => {
    const [rule] = object(shop({ revision: 'blue', rootNamespace: 'mesh' }).home, 'NetworkPolicy', 'namespace-flows').spec.egress;
    expect(rule.to).toEqual([{
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mesh' } }, podSelector: { matchLabels: { 'app': 'istiod', 'istio.io/rev': 'blue' } },
    }]);
  });

  test('a namespace outside reaches no istiod', () => {
    const out = mesh().namespace('legacy', { mesh: false });
    expect(out.node.findAll().filter(each => ApiObject.isApiObject(each) && (each as ApiObject).name === 'namespace-flows')).toEqual([]);
  });
});

describe('1. the mesh: every stated flow is a rule at its destination', () => {
  test('a workload about which nothing is said answers nobody: a policy without rules, never with an empty one', () => {
    const { home, web } = shop();
    expect(policyOf(home, 'web')).toEqual({ selector: { matchLabels: web._end.labels }, action: 'ALLOW' });
  });

  test('the caller by its identity, on the port of the pods', () => {
    const { app, home, web, api } = shop();
    web.connections.allowTo(api);
    expect(policyOf(home, 'api').rules).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { ports: ['9090'] } }] },
    ]);
    expect(policyOf(home, 'web')).not.toHaveProperty('rules');
    expect(policyOf(home, 'db')).not.toHaveProperty('rules');
    expect(faults(app)).toEqual([]);
  });

  test('in the trust domain that is stated', () => {
    const { home, web, api } = shop({ trustDomain: 'prod.example' });
    web.connections.allowTo(api);
    expect(policyOf(home, 'api').rules[0].from[0].source.principals).toEqual(['prod.example/ns/shop/sa/web']);
  });

  test('requests, each a rule: method and path, host and header', () => {
    const { home, web, api } = shop();
    web.connections.allowTo(api, { http: [HttpMatch.get('/orders/*'), HttpMatch.post('/orders', { hosts: ['api.shop'], headers: { 'X-Kind': 'web' } })] });
    const from = [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }];
    expect(policyOf(home, 'api').rules).toEqual([
      { from, to: [{ operation: { ports: ['9090'], methods: ['GET'], paths: ['/orders/*'] } }] },
      { from, to: [{ operation: { ports: ['9090'], methods: ['POST'], paths: ['/orders'], hosts: ['api.shop'] } }], when: [{ key: 'request.headers[x-kind]', values: ['web'] }] },
    ]);
  });

  test('some requests on one port, and whatever is sent on another', () => {
    const { home, web, api } = shop();
    web.connections.allowTo(api, { http: [HttpMatch.get('/')] });
    web.connections.allowTo(api, { ports: [Port.tcp(9091)] });
    expect(policyOf(home, 'api').rules.map(({ to }: any) => to[0].operation)).toEqual([{ ports: ['9090'], methods: ['GET'], paths: ['/'] }, { ports: ['9091'] }]);
  });

  test('names and ranges of ports become numbers, other protocols are left to the network', () => {
    const { home, web, api } = shop();
    web.connections.allowTo(api, { ports: [Port.tcpRange(7000, 7002), Port.udp(53)] });
    expect(policyOf(home, 'api').rules[0].to).toEqual([{ operation: { ports: ['7000', '7001', '7002'] } }]);
    expect(() => web.connections.allowTo(api, { ports: [Port.tcpRange(1000, 2000)] })).toThrow(/more than 64 ports/);
  });

  test('replicas among themselves by their one identity, a whole namespace by its name', () => {
    const { home, namespace, web, api } = shop();
    api.connections.allowInternally();
    const tools = namespace('tools');
    web.connections.allowFrom(tools);
    expect(policyOf(home, 'api').rules[0].from).toEqual([{ source: { principals: ['cluster.local/ns/shop/sa/api'] } }]);
    expect(policyOf(home, 'web').rules[0].from).toEqual([{ source: { namespaces: ['tools'] } }]);
  });

  test('flows to a whole namespace, and a project', () => {
    const { home, namespace, web } = shop();
    web.connections.allowTo(home, { ports: [Port.tcp(9102)] });
    expect(object(home, 'AuthorizationPolicy', 'namespace-flows').spec).toEqual({
      action: 'ALLOW', rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/web'] } }], to: [{ operation: { ports: ['9102'] } }] }],
    });
    const project = namespace('project', { isolation: Isolation.PROJECT });
    expect(object(project, 'AuthorizationPolicy', 'allow-project').spec).toEqual({ action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['project'] } }] }] });
  });
});

describe('1. the mesh: peers without identity', () => {
  test('are let in as such, from where they come, on plaintext of that port alone', () => {
    const { app, home, web } = shop();
    web.connections.allowFrom(Peer.cidr('198.51.100.0/24', { except: ['198.51.100.64/26'] }), { reason: 'load balancer' });
    expect(policyOf(home, 'web').rules).toEqual([{
      from: [{ source: { notPrincipals: ['*'], ipBlocks: ['198.51.100.0/24'], notIpBlocks: ['198.51.100.64/26'] } }], to: [{ operation: { ports: ['8080'] } }],
    }]);
    expect(object(home, 'PeerAuthentication', 'web-plaintext').spec).toEqual({
      selector: { matchLabels: web._end.labels }, mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'PERMISSIVE' } },
    });
    expect(objects(app).filter(({ kind }) => kind === 'PeerAuthentication').map(({ metadata }) => metadata.name)).toEqual(['default', 'web-plaintext']);
    expect(faults(app)).toEqual([]);
  });

  test('2. the mesh: plaintext is not taken from those who have an identity', () => {
    const { home, web, api } = shop();
    web.connections.allowTo(api, { ports: [Port.tcp(9091)] });
    api.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'load balancer' });
    expect(object(home, 'PeerAuthentication', 'api-plaintext').spec.portLevelMtls).toEqual({ 9090: { mode: 'PERMISSIVE' } });
  });

  test('workloads outside the mesh too, and a reason is needed', () => {
    const { home, namespace, api, edge } = shop();
    const legacy = deployment(namespace('legacy', { mesh: false }), 'old', 80);
    expect(() => legacy.connections.allowTo(api)).toThrow(/'legacy\/old' has no identity in the mesh.*say why, with a 'reason'/);
    legacy.connections.allowTo(api, { reason: 'not moved yet' });
    expect(policyOf(home, 'api').rules[0].from).toEqual([{ source: { notPrincipals: ['*'] } }]);
    const prometheus = SecureWorkload.imported(SecureNamespace.imported(edge, 'monitoring'), 'prometheus', { labels: { app: 'prometheus' }, serviceAccountName: 'prometheus' });
    expect(() => api.connections.allowFrom(prometheus, { ports: [Port.tcp(15020)] })).toThrow(/no identity/);
    api.connections.allowFrom(prometheus, { ports: [Port.tcp(15020)], reason: 'metrics' });
    expect(object(home, 'PeerAuthentication', 'api-plaintext').spec.portLevelMtls).toEqual({ 9090: { mode: 'PERMISSIVE' }, 15020: { mode: 'PERMISSIVE' } });
  });

  test('do not reach a whole namespace', () => {
    const { home } = shop();
    expect(() => home.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcp(80)], reason: 'x' })).toThrow(/plaintext is taken by single workloads only/);
  });

  test('where the destination is outside the mesh nothing is asked', () => {
    const { namespace, web } = shop();
    const legacy = deployment(namespace('legacy', { mesh: false }), 'old', 80);
    legacy.connections.allowFrom(Peer.cidr('198.51.100.0/24'));
    web.connections.allowTo(legacy);
  });
});

describe('1. the mesh: requests that nothing could tell apart are refused', () => {
  const http = [HttpMatch.get('/orders/*')];

  test('without a mesh, or outside it', () => {
    const { namespace, web } = shop();
    const legacy = deployment(namespace('legacy', { mesh: false }), 'old', 80);
    expect(() => web.connections.allowTo(legacy, { http })).toThrow(/nothing at 'legacy\/old' can tell them apart.*leave 'http' out/);
    expect(() => web.connections.allowTo(namespace('tools'), { ports: [Port.tcp(80)], http })).toThrow(/nothing at 'tools\/\*'/);
    expect(() => web.connections.allowTo(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcp(80)], http })).toThrow(/can tell them apart/);
  });

  test('beside a statement for the same pair and port that means everything', () => {
    const { web, api, db } = shop();
    web.connections.allowTo(api, { http });
    expect(() => web.connections.allowTo(api)).toThrow(/opens TCP 9090 for whatever is sent.*both together would allow everything/);
    expect(() => web.connections.allowTo(api, { ports: [Port.tcpRange(9000, 9100)] })).toThrow(/both together/);
    web.connections.allowTo(db);
    expect(() => web.connections.allowTo(db, { http })).toThrow(/both together/);
    db.connections.allowTo(api);
  });

  test('across tenants both ends name the same requests', () => {
    const { app, namespace, web } = shop();
    const other = deployment(namespace('other', { tenant: 'globex' }), 'orders', 9090);
    web.connections.allowTo(other, { http });
    other.connections.allowFrom(web, { http: [HttpMatch.delete('/orders/*')] });
    expect(faults(app).join()).toMatch(/has not agreed to TCP 9090 GET \/orders\/\*/);
  });

  test.each(['orders', '/a*', '/a/*/b', '/a?b', '/a//b', '/a/../b', '/a%2fb', '', '*'])("the path '%s' is refused", path => {
    expect(() => HttpMatch.get(path)).toThrow(/path/);
  });

  test.each(['/', '/*', '/orders', '/orders/', '/orders/*', '/shop.Orders/List'])("the path '%s' is taken", path => {
    expect(HttpMatch.any(path).toString()).toBe(path);
  });

  test('hosts and headers are exact', () => {
    expect(() => HttpMatch.get('/', { hosts: ['*.example'] })).toThrow(/host/);
    expect(() => HttpMatch.get('/', { headers: { 'x-a': '*' } })).toThrow(/header/);
    expect(() => HttpMatch.get('/', { headers: { 'x a': 'b' } })).toThrow(/header/);
    expect(`${HttpMatch.get('/', { hosts: ['shop.example'], headers: { 'X-A': 'b' } })}`).toBe('GET shop.example/ x-a: b');
  });
});

describe('8. the mesh: dry run', () => {
  test('what would be denied is logged: every policy about identities says so, mutual TLS stays in force', () => {
    const { app, web, api } = shop({ dryRun: true });
    web.connections.allowTo(api);
    const policies = objects(app).filter(({ kind }) => kind === 'AuthorizationPolicy');
    expect(policies.length).toBe(4);
    for (const { metadata } of policies) expect(metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
    for (const { metadata } of objects(app).filter(({ kind }) => kind !== 'AuthorizationPolicy')) expect(metadata.annotations ?? {}).not.toHaveProperty('istio.io/dry-run');
    expect(objects(shop().app).some(({ metadata }) => metadata.annotations?.['istio.io/dry-run'])).toBe(false);
  });
});
