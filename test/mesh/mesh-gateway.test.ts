import { Duration } from 'cdk8s';
import { GatewayCertificate, MeshGateway, MeshGatewayProps, Peer, RequestJwt, TlsVersion } from '../../src/index';
import { deployment, object, objects, policy, refusal } from '../support/app';
import { newMesh } from '../support/mesh';

const CERTIFICATE = GatewayCertificate.fromIssuer('letsencrypt');
const LOGIN = RequestJwt.of({ issuer: 'https://login.example', audiences: ['shop'] });

/** A gateway before the workloads of the same tenant. */
function shop(props: Partial<MeshGatewayProps> = {}, mesh: Parameters<typeof newMesh>[0] = {}) {
  const cluster = newMesh(mesh);
  const home = cluster.namespace('shop');
  const web = cluster.namespace('web');
  const gateway = new MeshGateway(web, 'public', { hosts: ['shop.example'], certificate: CERTIFICATE, ...props });
  return { ...cluster, home, web, gateway, frontend: deployment(home, 'frontend', 8080), api: deployment(home, 'api', 9090) };
}

type Shop = ReturnType<typeof shop>;
const spec = ({ web }: Shop, kind: string, name: string) => object(web, kind, name).spec;
const routes = (of: Shop, host = 'shop.example') => spec(of, 'VirtualService', `public-${host}`).http;
const rules = (of: Shop) => spec(of, 'AuthorizationPolicy', 'public-authorization').rules ?? [];
/** What the rules of HTTPS allow, each in a line. */
const allowed = (of: Shop) => rules(of).filter(({ to }: any) => to[0].operation.ports[0] === '8443').map(({ from, to, when = [] }: any) => {
  const { paths, notPaths = [], methods = [], notMethods = [] } = to[0].operation;
  const claims = when.map(({ key, values, notValues }: any) => `${key}${values ? '=' : '!='}${values ?? notValues}`);
  const token = from[0].source.requestPrincipals;
  return [methods.join('|'), ...notMethods.map((method: string) => `not ${method}`), paths.join(), ...notPaths.map((path: string) => `not ${path}`), token ? `token ${token}` : '', ...claims]
    .filter(word => word).join(' ');
});

describe('6. MeshGateway: what it is', () => {
  test('pods that the mesh makes a gateway, under an identity of their own, that the namespace admits', () => {
    const cluster = shop();
    cluster.gateway.route('/', cluster.frontend);
    const { template } = spec(cluster, 'Deployment', 'public');
    expect(template.metadata.annotations).toEqual({ 'inject.istio.io/templates': 'gateway' });
    expect(template.spec.serviceAccountName).toBe('public');
    expect(template.spec.containers.map(({ name, image }: any) => ({ name, image }))).toEqual([{ name: 'istio-proxy', image: 'auto' }]);
    expect(spec(cluster, 'Deployment', 'public')).not.toHaveProperty('replicas');
    expect(spec(cluster, 'HorizontalPodAutoscaler', 'public')).toMatchObject({ minReplicas: 2, maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'public' } });
    expect(spec(cluster, 'PodDisruptionBudget', 'public').selector.matchLabels).toEqual(cluster.gateway._end.labels);
    expect(object(cluster.web, 'Role', 'public-certificates').rules).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }]);
    expect(refusal(cluster.app)).toBe('');
  });

  test('no Sidecar and no policy of a workload beside its own', () => {
    const cluster = shop();
    cluster.gateway.route('/', cluster.frontend);
    const own = objects(cluster.app).filter(({ metadata }) => metadata.namespace === 'web' && metadata.name.startsWith('public')).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(own.filter(name => /Sidecar|PeerAuth|AuthorizationPolicy/.test(name))).toEqual(['AuthorizationPolicy public-authorization']);
  });

  test('a load balancer that keeps the addresses of clients, from the internet alone', () => {
    const cluster = shop();
    expect(spec(cluster, 'Service', 'public')).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      ports: [{ name: 'https', port: 443, targetPort: 8443 }, { name: 'http', port: 80, targetPort: 8080 }],
    });
    const [rule, ...more] = policy(cluster.web, 'public-network-policy').ingress;
    expect(more).toEqual([]);
    expect(rule.ports).toEqual([{ protocol: 'TCP', port: 8080 }, { protocol: 'TCP', port: 8443 }]);
    expect(rule.from).toEqual([{ ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.244.0.0/16', '192.0.2.0/24']) } }]);
  });

  test('TLS from a certificate of an issuer, or of a Secret', () => {
    const cluster = shop();
    expect(spec(cluster, 'Certificate', 'public-tls')).toMatchObject({ secretName: 'public-tls', dnsNames: ['shop.example'], issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' } });
    expect(spec(cluster, 'Gateway', 'public').servers[0]).toEqual({
      port: { number: 443, name: 'https-0', protocol: 'HTTPS' }, hosts: ['./shop.example'], tls: { mode: 'SIMPLE', credentialName: 'public-tls', minProtocolVersion: 'TLSV1_2' },
    });
    const own = shop({ certificate: GatewayCertificate.fromSecret('mine'), minTlsVersion: TlsVersion.TLS_1_3, clientCertificates: true });
    expect(spec(own, 'Gateway', 'public').servers[0].tls).toEqual({ mode: 'MUTUAL', credentialName: 'mine', minProtocolVersion: 'TLSV1_3' });
    expect(objects(own.app).filter(({ kind }) => kind === 'Certificate')).toEqual([]);
  });

  test('port 80 answers with the way to HTTPS, or is closed', () => {
    const { servers, selector } = spec(shop(), 'Gateway', 'public');
    expect(selector).toEqual(shop().gateway._end.labels);
    expect(servers[1]).toEqual({ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['./shop.example'], tls: { httpsRedirect: true } });
    const closed = shop({ redirectHttp: false });
    expect(spec(closed, 'Gateway', 'public').servers).toHaveLength(1);
    expect(policy(closed.web, 'public-network-policy').ingress[0].ports).toEqual([{ protocol: 'TCP', port: 8443 }]);
  });

  test('a server for each host, and a request for another host than its connection was made for is answered 421', () => {
    const cluster = shop({ hosts: ['b.example', 'a.example'] });
    expect(spec(cluster, 'Gateway', 'public').servers.map(({ hosts }: any) => hosts)).toEqual([['./a.example'], ['./b.example'], ['./a.example', './b.example']]);
    const [{ patch: { value } }] = spec(cluster, 'EnvoyFilter', 'public-requests').configPatches;
    expect(value.typed_config.local_reply_config.mappers).toEqual([{ filter: { response_flag_filter: { flags: ['NR'] } }, status_code: 421 }]);
    // What has no route is a reply of its own, so that only requests for other hosts find nothing.
    expect(routes(cluster, 'a.example')).toEqual([{ directResponse: { status: 404 } }]);
  });

  test('paths are read before they are judged', () => {
    const [{ patch: { value: { typed_config: config } } }] = spec(shop(), 'EnvoyFilter', 'public-requests').configPatches;
    // The analyzer warns about every EnvoyFilter; nothing but this warning is silenced.
    expect(object(shop().web, 'EnvoyFilter', 'public-requests').metadata.annotations).toEqual({ 'galley.istio.io/analyze-suppress': 'IST0133' });
    expect(config).toMatchObject({ normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD' });
  });
});

describe('6. MeshGateway: routes', () => {
  test('a route is the way to the Service, by its full name and port, and both ends of the flow', () => {
    const cluster = shop();
    cluster.gateway.route('/', cluster.frontend);
    expect(routes(cluster)).toEqual([
      {
        match: [{ uri: { prefix: '/' } }],
        route: [{ destination: { host: 'frontend.shop.svc.cluster.local', port: { number: 8080 } } }],
        timeout: '15s',
        retries: { attempts: 2, retryOn: 'connect-failure,refused-stream' },
      },
      { directResponse: { status: 404 } },
    ]);
    expect(spec(cluster, 'VirtualService', 'public-shop.example')).toMatchObject({ hosts: ['shop.example'], gateways: ['web/public'], exportTo: ['.'] });
    expect(object(cluster.home, 'AuthorizationPolicy', 'frontend-authorization').spec.rules).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/web/sa/public'] } }], to: [{ operation: { ports: ['8080'] } }] },
    ]);
    expect(object(cluster.home, 'AuthorizationPolicy', 'api-authorization').spec).not.toHaveProperty('rules');
    expect(policy(cluster.web, 'public-network-policy').egress).toHaveLength(1);
    expect(refusal(cluster.app)).toBe('');
  });

  test('without a route nobody is let in', () => {
    const cluster = shop();
    expect(spec(cluster, 'AuthorizationPolicy', 'public-authorization')).toEqual({ selector: { matchLabels: cluster.gateway._end.labels }, action: 'ALLOW' });
    expect(refusal(cluster.app)).toMatch(/\[web\/gateway-public\] has no route/);
  });

  test('what is let in is what has a route: host, path and method', () => {
    const cluster = shop();
    cluster.gateway.route('/orders', cluster.api, { methods: ['GET', 'POST'], headers: { 'X-Kind': 'web' } });
    expect(rules(cluster)[0]).toMatchObject({
      from: [{ source: { ipBlocks: ['0.0.0.0/0'] } }],
      to: [{ operation: { ports: ['8443'], hosts: ['shop.example', 'shop.example:*'], paths: ['/orders', '/orders/*'], methods: ['GET', 'POST'] } }],
      when: [{ key: 'request.headers[x-kind]', values: ['web'] }],
    });
    expect(routes(cluster)[0].match).toEqual([
      { uri: { exact: '/orders' }, method: { regex: 'GET|POST' }, headers: { 'x-kind': { exact: 'web' } } },
      { uri: { prefix: '/orders/' }, method: { regex: 'GET|POST' }, headers: { 'x-kind': { exact: 'web' } } },
    ]);
    const { rules: atApi } = object(cluster.home, 'AuthorizationPolicy', 'api-authorization').spec;
    expect(atApi.map(({ to }: any) => `${to[0].operation.methods} ${to[0].operation.paths}`).sort()).toEqual(['GET /orders', 'GET /orders/*', 'POST /orders', 'POST /orders/*']);
    expect(refusal(cluster.app)).toBe('');
  });

  test('a narrow route and then all the rest to the same destination', () => {
    const cluster = shop();
    cluster.gateway.route('/slow', cluster.frontend, { timeout: Duration.seconds(60) });
    cluster.gateway.route('/', cluster.frontend);
    expect(routes(cluster).map(({ timeout }: any) => timeout)).toEqual(['60s', '15s', undefined]);
    const { rules: asked } = object(cluster.home, 'AuthorizationPolicy', 'frontend-authorization').spec;
    expect(asked.map(({ to }: any) => to[0].operation.paths[0]).sort()).toEqual(['/*', '/slow', '/slow/*']);
    expect(refusal(cluster.app)).toBe('');
  });

  test('the path is replaced as it was matched, and the destination is asked for what arrives', () => {
    const cluster = shop();
    cluster.gateway.route('/shop', cluster.api, { rewrite: '/v2' });
    expect(routes(cluster).slice(0, 2).map(({ match, rewrite }: any) => [match[0].uri, rewrite.uri])).toEqual([[{ exact: '/shop' }, '/v2'], [{ prefix: '/shop/' }, '/v2/']]);
    expect(object(cluster.home, 'AuthorizationPolicy', 'api-authorization').spec.rules.map(({ to }: any) => to[0].operation.paths[0])).toEqual(['/v2', '/v2/*']);
    expect(allowed(cluster)).toEqual(['/shop,/shop/*']);
  });

  test('routes of one host each lead to a destination that agrees to both in one line', () => {
    const cluster = shop({ hosts: ['a.example', 'b.example'] });
    const theirs = deployment(cluster.namespace('theirs', { tenant: 'globex' }), 'site', 8080);
    cluster.gateway.route('/', theirs, { hosts: ['a.example'] });
    expect(routes(cluster, 'a.example')).toHaveLength(2);
    expect(routes(cluster, 'b.example')).toHaveLength(1);
    expect(rules(cluster)[0].to[0].operation.hosts).toEqual(['a.example', 'a.example:*']);
    cluster.gateway.route('/', theirs, { hosts: ['b.example'] });
    theirs.connections.allowFrom(cluster.gateway);
    expect(refusal(cluster.app)).toBe('');
  });

  test('weights add up to a hundred', () => {
    const cluster = shop();
    const parts = (a: number, b: number) => [{ destination: cluster.frontend, weight: a }, { destination: cluster.api, weight: b }];
    expect(() => cluster.gateway.split('/', parts(90, 20))).toThrow(/add up to 110/);
    expect(() => cluster.gateway.split('/', parts(100, 0))).toThrow(/weight '0'/);
    cluster.gateway.split('/', parts(90, 10));
    expect(routes(cluster)[0].route.map(({ weight }: any) => weight)).toEqual([90, 10]);
    expect(policy(cluster.web, 'public-network-policy').egress).toHaveLength(2);
  });

  test('a redirect leads to a path, or to an HTTPS URL', () => {
    const cluster = shop();
    cluster.gateway.redirect('/old', '/new', { code: 308 });
    cluster.gateway.redirect('/blog', 'https://blog.example/shop');
    expect(routes(cluster).slice(0, 2).map(({ redirect }: any) => redirect)).toEqual([
      { uri: '/new', redirectCode: 308 }, { scheme: 'https', authority: 'blog.example', uri: '/shop', redirectCode: 302 },
    ]);
    expect(allowed(cluster)).toEqual(['/old,/old/*', '/blog,/blog/*']);
    expect(() => cluster.gateway.redirect('/x', 'http://blog.example')).toThrow(/HTTPS URL/);
  });

  test('destinations are left alone when they fail, by mutual TLS', () => {
    const cluster = shop();
    cluster.gateway.route('/', cluster.frontend, { circuitBreaker: { maxConnections: 10 } });
    expect(spec(cluster, 'DestinationRule', 'public-frontend.shop')).toEqual({
      host: 'frontend.shop.svc.cluster.local',
      exportTo: ['.'],
      trafficPolicy: {
        tls: { mode: 'ISTIO_MUTUAL' },
        connectionPool: { tcp: { maxConnections: 10 }, http: { http1MaxPendingRequests: 1024 } },
        outlierDetection: { consecutive5xxErrors: 5, interval: '10s', baseEjectionTime: '30s' },
      },
    });
  });

  test('a destination outside the mesh needs a reason', () => {
    const cluster = shop();
    const legacy = deployment(cluster.namespace('legacy', { mesh: false }), 'old', 80);
    expect(() => cluster.gateway.route('/', legacy)).toThrow(/outside the mesh.*plaintext.*'reason'/);
    cluster.gateway.route('/', legacy, { reason: 'not moved yet' });
    expect(spec(cluster, 'DestinationRule', 'public-old.legacy').trafficPolicy.tls.mode).toBe('DISABLE');
    expect(refusal(cluster.app)).toBe('');
  });

  test("another tenant's destination has to agree", () => {
    const alone = shop();
    const theirs = deployment(alone.namespace('theirs', { tenant: 'globex' }), 'orders', 9090);
    alone.gateway.route('/', theirs);
    expect(refusal(alone.app)).toMatch(/has not agreed/);
    theirs.connections.allowFrom(alone.gateway);
    expect(refusal(alone.app)).toBe('');
  });
});

describe('6. MeshGateway: what is denied', () => {
  test('a path and all below it, to everybody, whatever route leads there', () => {
    const cluster = shop();
    cluster.gateway.deny('/admin');
    cluster.gateway.route('/', cluster.frontend);
    expect(spec(cluster, 'AuthorizationPolicy', 'public-denials')).toEqual({
      selector: { matchLabels: cluster.gateway._end.labels },
      action: 'DENY',
      rules: [{ to: [{ operation: { ports: ['8080', '8443'], hosts: ['shop.example', 'shop.example:*'], paths: ['/admin', '/admin/*'] } }] }],
    });
    expect(allowed(cluster)).toEqual(['/*']);
  });

  test('nothing is denied unless it is said', () => {
    const cluster = shop();
    cluster.gateway.route('/', cluster.frontend);
    expect(objects(cluster.app).filter(({ spec: { action } = {} as any }) => action === 'DENY')).toEqual([]);
  });

  test('a route that is denied as a whole can never match, whichever is said first', () => {
    const cluster = shop();
    cluster.gateway.deny('/admin');
    expect(() => cluster.gateway.route('/admin/users', cluster.api)).toThrow(/can never match.*is denied/);
    cluster.gateway.route('/', cluster.frontend);
    expect(() => cluster.gateway.deny('/')).toThrow(/can then never match/);
  });
});

describe('6. MeshGateway: tokens', () => {
  test('are believed of an issuer for an audience, and always demanded too', () => {
    const cluster = shop({ jwt: [LOGIN] });
    cluster.gateway.route('/', cluster.frontend);
    expect(spec(cluster, 'RequestAuthentication', 'public-tokens')).toEqual({
      selector: { matchLabels: cluster.gateway._end.labels }, jwtRules: [{ issuer: 'https://login.example', audiences: ['shop'] }],
    });
    expect(allowed(cluster)).toEqual(['/* token https://login.example/*']);
    const open = shop();
    open.gateway.route('/', open.frontend);
    expect(allowed(open)).toEqual(['/*']);
    expect(objects(open.app).filter(({ kind }) => kind === 'RequestAuthentication')).toEqual([]);
  });

  test('claims are demanded of the route that says so', () => {
    const cluster = shop({ jwt: [LOGIN] });
    cluster.gateway.route('/account', cluster.api, { claims: { groups: ['staff', 'customers'] } });
    cluster.gateway.route('/', cluster.frontend);
    expect(allowed(cluster)).toEqual([
      '/account,/account/* token https://login.example/* request.auth.claims[groups]=customers,staff',
      '/* not /account not /account/* token https://login.example/*',
    ]);
  });

  test('a wider route for everybody does not let everybody into a narrower one', () => {
    const cluster = shop({ jwt: [LOGIN] });
    cluster.gateway.route('/account', cluster.api, { methods: ['GET'] });
    cluster.gateway.route('/', cluster.frontend, { anonymous: true });
    expect(allowed(cluster)).toEqual([
      'GET /account,/account/* token https://login.example/*',
      '/* not /account not /account/*',
      'not GET /account,/account/*',
    ]);
  });

  test('a header that leads elsewhere leads to what that route demands', () => {
    const cluster = shop({ jwt: [LOGIN] });
    cluster.gateway.route('/', cluster.api, { headers: { 'x-beta': 'yes' } });
    cluster.gateway.route('/', cluster.frontend, { anonymous: true });
    expect(allowed(cluster)).toEqual(['/* token https://login.example/* request.headers[x-beta]=yes', '/* request.headers[x-beta]!=yes']);
  });

  test('are refused without issuer or audience, and claims without tokens', () => {
    expect(() => RequestJwt.of({ issuer: '', audiences: ['a'] })).toThrow(/HTTPS URL/);
    expect(() => RequestJwt.of({ issuer: 'http://login.example', audiences: ['a'] })).toThrow(/HTTPS URL/);
    expect(() => RequestJwt.of({ issuer: 'https://login.example', audiences: [] })).toThrow(/need an audience/);
    const cluster = shop();
    expect(() => cluster.gateway.route('/', cluster.frontend, { claims: { groups: ['a'] } })).toThrow(/believes no token/);
    expect(() => cluster.gateway.route('/', cluster.frontend, { anonymous: true })).toThrow(/demands no token/);
    const tokens = shop({ jwt: [LOGIN] });
    expect(() => tokens.gateway.route('/', tokens.frontend, { claims: { groups: ['*'] } })).toThrow(/exact values/);
    tokens.gateway.route('/', tokens.frontend, { claims: { groups: ['a'] } });
  });
});

describe('6. MeshGateway: clients', () => {
  const office = [Peer.cidr('198.51.100.0/24')];

  test('by address, in every layer', () => {
    const cluster = shop({ clients: office });
    cluster.gateway.route('/', cluster.frontend);
    expect(spec(cluster, 'Service', 'public').loadBalancerSourceRanges).toEqual(['198.51.100.0/24']);
    expect(policy(cluster.web, 'public-network-policy').ingress[0].from).toEqual([{ ipBlock: { cidr: '198.51.100.0/24' } }]);
    for (const { from } of rules(cluster)) expect(from).toEqual([{ source: { ipBlocks: ['198.51.100.0/24'] } }]);
    expect(refusal(cluster.app)).toBe('');
  });

  test('are refused where their addresses are not seen', () => {
    expect(() => shop({ clients: office, preservesClientAddress: false })).toThrow(/sees other addresses than theirs.*trustedProxies/);
    expect(spec(shop({ preservesClientAddress: false }), 'Service', 'public').externalTrafficPolicy).toBe('Cluster');
    expect(() => shop({ trustedProxies: 1 })).toThrow(/state both/);
    expect(() => shop({ proxies: office })).toThrow(/state both/);
  });

  test('behind proxies: they connect, and what they saw counts', () => {
    const cluster = shop({ clients: office, trustedProxies: 1, proxies: [Peer.cidr('203.0.113.0/28')] });
    cluster.gateway.route('/', cluster.frontend);
    expect(spec(cluster, 'Deployment', 'public').template.metadata.annotations['proxy.istio.io/config']).toBe('{"gatewayTopology":{"numTrustedProxies":1}}');
    expect(policy(cluster.web, 'public-network-policy').ingress[0].from).toEqual([{ ipBlock: { cidr: '203.0.113.0/28' } }]);
    expect(rules(cluster)[0].from).toEqual([{ source: { remoteIpBlocks: ['198.51.100.0/24'] } }]);
    expect(refusal(cluster.app)).toBe('');
  });

  test('health checks of the load balancer reach their port, from where it is', () => {
    const cluster = shop({ healthChecks: [Peer.cidr('203.0.113.128/28')] });
    cluster.gateway.route('/', cluster.frontend);
    expect(policy(cluster.web, 'public-network-policy').ingress).toContainEqual({ from: [{ ipBlock: { cidr: '203.0.113.128/28' } }], ports: [{ protocol: 'TCP', port: 15021 }] });
    expect(spec(cluster, 'Service', 'public').ports.map(({ port }: any) => port)).toEqual([443, 80, 15021]);
    expect(spec(shop(), 'Service', 'public').ports.map(({ port }: any) => port)).toEqual([443, 80]);
    expect(refusal(cluster.app)).toBe('');
  });
});

describe('6. MeshGateway: what is refused', () => {
  test.each([[['*'], /wildcard/], [['*.example'], /wildcard/], [[], /no hosts/], [['Shop.example'], /not a name/], [['localhost'], /not a name/]])('the hosts %p', (hosts, message) => {
    expect(() => shop({ hosts })).toThrow(message);
  });

  test('one host at two gateways, and not another', () => {
    const cluster = shop();
    expect(() => new MeshGateway(cluster.web, 'second', { hosts: ['shop.example'], certificate: CERTIFICATE })).toThrow(/belongs to the gateway 'web\/gateway-public'/);
    new MeshGateway(cluster.namespace('web2'), 'second', { hosts: ['other.example'], certificate: CERTIFICATE });
  });

  test('no certificate, and no mesh', () => {
    expect(() => shop({ certificate: undefined })).toThrow(/plaintext/);
    const { namespace } = newMesh();
    expect(() => new MeshGateway(namespace('out', { mesh: false }), 'public', { hosts: ['a.example'], certificate: CERTIFICATE })).toThrow(/needs a mesh/);
  });

  test('a route behind one that takes all of it', () => {
    const cluster = shop({ hosts: ['a.example', 'b.example'] });
    cluster.gateway.route('/shop', cluster.frontend, { methods: ['GET'], hosts: ['a.example'] });
    expect(() => cluster.gateway.route('/shop/cart', cluster.api, { methods: ['GET'], hosts: ['a.example'] })).toThrow(/can never match.*narrower route first/);
    cluster.gateway.route('/shop/cart', cluster.api, { methods: ['POST'], hosts: ['a.example'] });
    cluster.gateway.route('/shop/cart', cluster.api, { methods: ['GET'], hosts: ['b.example'] });
    cluster.gateway.route('/shopping', cluster.api, { methods: ['GET'], hosts: ['a.example'] });
  });

  test.each(['admin', '/a/*', '/a/', '/a//b', '/a?b'])("the path '%s'", path => {
    const cluster = shop();
    expect(() => cluster.gateway.route(path, cluster.frontend)).toThrow(/path/);
    cluster.gateway.route('/a', cluster.frontend);
  });

  test('a Service port that is not there', () => {
    const cluster = shop();
    expect(() => cluster.gateway.route('/', cluster.frontend, { port: 9 })).toThrow(/has no TCP port 9: it has 8080/);
    expect(() => cluster.gateway.route('/', deployment(cluster.home, 'worker'))).toThrow(/no TCP port|no Service/);
    cluster.gateway.route('/', cluster.frontend, { port: 8080 });
  });

  test('8. the mesh: dry run: in a dry run its policies are logged only', () => {
    const cluster = shop({}, { dryRun: true });
    expect(object(cluster.web, 'AuthorizationPolicy', 'public-authorization').metadata.annotations).toEqual({ 'istio.io/dry-run': 'true' });
    expect(object(shop().web, 'AuthorizationPolicy', 'public-authorization').metadata).not.toHaveProperty('annotations');
  });
});
