import { App } from 'cdk8s';
import { checksum } from '../../src/constructs/_http01';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import {
  GatewayCertificate, Guardrails, Http01Props, IPeer, MeshGateway, MeshGatewayProps, MeshProvider, NetworkProvider, Peer, Platform, SecureNamespace,
  SecureWorkload, Subject,
} from '../../src/index';
import { refusals } from '../support/admission';
import { FACTS, deployment, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

/** A gateway whose names are proven by HTTP-01, under guardrails. */
function proven(props: Partial<MeshGatewayProps> = {}, http01: (certManager: IPeer) => Http01Props | undefined = certManager => ({ certManager })) {
  const app = new App();
  const guardrails = Guardrails.of({ platformSubjects: [Subject.group('platform-admins')] });
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream(), mesh: MeshProvider.istioSidecar(), guardrails });
  const web = new SecureNamespace(app, 'web', { edge, tenant: 'acme' });
  const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
  const certManager = SecureWorkload.imported(SecureNamespace.imported(edge, 'cert-manager'), 'cert-manager',
    { labels: { 'app.kubernetes.io/name': 'cert-manager' }, serviceAccountName: 'cert-manager' });
  const gateway = new MeshGateway(web, 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromIssuer('letsencrypt', { http01: http01(certManager) }), ...props });
  const frontend = deployment(shop, 'frontend', 8080);
  gateway.route('/', frontend);
  return { app, edge, web, shop, gateway, frontend };
}

type Cluster = ReturnType<typeof proven>;
const NAME = `http01-${checksum('shop.example')}`;
const spec = ({ web }: Cluster, kind: string, name: string) => object(web, kind, name).spec;
const plainRules = (of: Cluster) => spec(of, 'AuthorizationPolicy', 'public-authorization').rules.filter(({ to }: any) => to[0].operation.ports[0] === '8080');

describe('6. MeshGateway: HTTP-01, opened explicitly', () => {
  test('nothing is opened where nobody asked for it', () => {
    const cluster = proven({}, () => undefined);
    expect(refusal(cluster.app)).toBe('');
    expect(objects(cluster.app).filter(({ metadata }) => /http01|public-http/.test(metadata.name))).toEqual([]);
    expect(spec(cluster, 'Gateway', 'public').servers[1].tls).toEqual({ httpsRedirect: true });
    expect(JSON.stringify(plainRules(cluster))).not.toContain('acme-challenge');
  });

  test('the label of a solver is the checksum that cert-manager makes of its name', () => {
    // As observed in clusters of others.
    expect(checksum('test.dev.azureservicemesh.io')).toBe(2715880231);
    expect(checksum('testcertmanager.ankitrathi.info')).toBe(3409775745);
    expect(checksum('')).toBe(1);
  });

  test('one path leads to the solver of its host, and all else to HTTPS, by routes that no other can be reached by', () => {
    const cluster = proven();
    expect(refusal(cluster.app)).toBe('');
    expect(spec(cluster, 'Gateway', 'public').servers.map(({ port }: any) => port.number)).toEqual([443]);
    expect(spec(cluster, 'Gateway', 'public-http').servers).toEqual([{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['./shop.example'] }]);
    const { gateways, http } = spec(cluster, 'VirtualService', 'public-http-shop.example');
    expect(gateways).toEqual(['web/public-http']);
    expect(http).toEqual([
      {
        match: [{ uri: { prefix: '/.well-known/acme-challenge/' }, method: { exact: 'GET' } }],
        route: [{ destination: { host: `${NAME}.web.svc.cluster.local`, port: { number: 8089 } } }],
        timeout: '10s',
        retries: { attempts: 0 },
      },
      { redirect: { scheme: 'https', redirectCode: 301 } },
    ]);
    expect(spec(cluster, 'VirtualService', 'public-shop.example').gateways).toEqual(['web/public']);
  });

  test('each host has a solver of its own, by the label that cert-manager gives it', () => {
    const cluster = proven({ hosts: ['shop.example', 'www.shop.example'] });
    const [one, two] = ['shop.example', 'www.shop.example'].map(host => spec(cluster, 'Service', `http01-${checksum(host)}`).selector);
    expect(one).toEqual({ 'acme.cert-manager.io/http01-solver': 'true', 'acme.cert-manager.io/http-domain': String(checksum('shop.example')) });
    expect(two).not.toEqual(one);
    expect(refusal(cluster.app)).toBe('');
  });

  test('two hosts whose solvers could not be told apart are refused', () => {
    expect(checksum('aca.example')).toBe(checksum('bab.example'));
    expect(() => proven({ hosts: ['aca.example', 'bab.example'] })).toThrow(/http01-/);
  });

  test('the gateway takes one method and one path there of whoever validates, and of its clients the way to HTTPS', () => {
    const cluster = proven({ clients: [Peer.cidr('203.0.113.0/24')] });
    expect(plainRules(cluster)).toEqual([
      { from: [{ source: { ipBlocks: ['203.0.113.0/24'] } }], to: [{ operation: { ports: ['8080'], hosts: ['shop.example', 'shop.example:*'] } }] },
      { to: [{ operation: { ports: ['8080'], hosts: ['shop.example', 'shop.example:*'], methods: ['GET'], paths: ['/.well-known/acme-challenge/*'] } }] },
    ]);
  });

  test('the network opens port 80 alone to whoever validates, and to cert-manager, which asks first', () => {
    const { ingress } = policy(proven({ clients: [Peer.cidr('203.0.113.0/24')] }).web, 'public-network-policy');
    const textOf = ({ ipBlock, podSelector }: any) => ipBlock?.cidr ?? JSON.stringify(podSelector.matchLabels);
    const opened = (ingress as any[]).map(({ from, ports }) => [from.map(textOf).join(), ports.map(({ port }: any) => port).join()]);
    expect(opened).toEqual([['0.0.0.0/0,{"app.kubernetes.io/name":"cert-manager"}', '8080'], ['203.0.113.0/24', '8080,8443']]);
  });

  test('those who validate can be named, and the load balancer then takes nobody else', () => {
    const some = proven({ clients: [Peer.cidr('203.0.113.0/24')] }, certManager => ({ certManager, validators: [Peer.cidr('198.51.100.0/24')] }));
    expect(spec(some, 'Service', 'public').loadBalancerSourceRanges).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
    expect(JSON.stringify(policy(some.web, 'public-network-policy').ingress)).not.toContain('0.0.0.0/0');
    const everybody = proven({ clients: [Peer.cidr('203.0.113.0/24')] });
    expect(spec(everybody, 'Service', 'public')).not.toHaveProperty('loadBalancerSourceRanges');
  });

  test('behind proxies nobody but them connects', () => {
    const cluster = proven({ trustedProxies: 1, proxies: [Peer.cidr('203.0.113.0/28')] });
    expect(JSON.stringify(policy(cluster.web, 'public-network-policy').ingress)).not.toContain('0.0.0.0/0');
    expect(refusal(cluster.app)).toBe('');
  });

  test('the solver is reached by the gateway alone, and reaches nothing but DNS', () => {
    const { web, gateway } = proven();
    const solver = policy(web, `${NAME}-network-policy`);
    expect(solver.ingress).toEqual([{ from: [podsPeer(gateway as any)], ports: tcp(8089) }]);
    expect(solver.egress ?? []).toEqual([]);
    expect(solver.podSelector.matchLabels).toHaveProperty(['acme.cert-manager.io/http-domain']);
  });

  test('it is outside of the mesh: plaintext to it, and nothing of the mesh made for it', () => {
    const cluster = proven();
    expect(spec(cluster, 'DestinationRule', `public-${NAME}.web`).trafficPolicy.tls).toEqual({ mode: 'DISABLE' });
    for (const kind of ['AuthorizationPolicy', 'PeerAuthentication', 'Sidecar']) expect(objects(cluster.app).filter(one => one.kind === kind && one.metadata.name.includes('http01'))).toEqual([]);
  });

  test('a denial under which names are proven is refused, and one beside it is not', () => {
    const { gateway } = proven();
    expect(() => gateway.deny('/.well-known')).toThrow("[web/gateway-public] denies '/.well-known', under which the names of its certificate are proven by HTTP-01");
    expect(() => gateway.deny('/.well-known/acme-challenge/x', { methods: ['GET'] })).toThrow('proven by HTTP-01');
    gateway.deny('/.well-known', { methods: ['POST'] });
    gateway.deny('/.well-known/security.txt');
    proven({}, () => undefined).gateway.deny('/.well-known');
  });

  test('it needs port 80, and an identity that makes the solvers', () => {
    expect(() => proven({ redirectHttp: false })).toThrow('[web/gateway-public] proves its names by HTTP-01, which is asked for on port 80');
    expect(() => proven({}, () => ({ certManager: Peer.cidr('10.9.0.0/24') }))).toThrow('certManager is no workload');
  });
});

describe('6. MeshGateway: HTTP-01 under the guardrails of its own program', () => {
  const CERT_MANAGER = { user: 'system:serviceaccount:cert-manager:cert-manager', groups: ['system:serviceaccounts', 'system:serviceaccounts:cert-manager', 'system:authenticated'] };
  const LABELS = { 'acme.cert-manager.io/http01-solver': 'true', 'acme.cert-manager.io/http-domain': String(checksum('shop.example')), 'acme.cert-manager.io/http-token': '7' };
  const solver = (metadata: object = {}, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cm-acme-http-solver-x', namespace: 'web', labels: LABELS, annotations: { 'sidecar.istio.io/inject': 'false' }, ...metadata },
    spec: { serviceAccountName: 'default', containers: [{ name: 'acmesolver', image: 'x', securityContext: { capabilities: { drop: ['ALL'] } } }], ...more },
  });
  const asked = ({ app }: Cluster, object_: any, resource: string, who: any = CERT_MANAGER, operation: 'CREATE' | 'DELETE' = 'CREATE') => refusals(objects(app),
    { ...who, operation, resource, group: resource === 'ingresses' ? 'networking.k8s.io' : '', namespace: object_.metadata.namespace, ...(operation === 'DELETE' ? { oldObject: object_ } : { object: object_ }) });

  test('cert-manager makes its solver, and nobody makes another pod that stays out', () => {
    const cluster = proven();
    expect(asked(cluster, solver(), 'pods')).toEqual([]);
    expect(asked(cluster, solver({ labels: { ...LABELS, 'acme.cert-manager.io/http-domain': '1' } }), 'pods')).toHaveLength(1);
    expect(asked(cluster, solver({ namespace: 'shop' }), 'pods')).toHaveLength(1);
    expect(asked(cluster, solver({}, { serviceAccountName: 'public' }), 'pods')).toHaveLength(1);
    expect(asked(cluster, solver({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '5432' } }), 'pods')).toHaveLength(1);
    expect(asked(cluster, solver(), 'pods', { user: 'eve', groups: ['system:authenticated'] })).toHaveLength(1);
    expect(asked(proven({}, () => undefined), solver(), 'pods')).toHaveLength(1);
  });

  test('and an Ingress of its own for it, which nobody has to serve', () => {
    const cluster = proven();
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'cm-acme-http-solver-x', namespace: 'web', labels: LABELS }, spec: {} };
    expect(asked(cluster, ingress, 'ingresses')).toEqual([]);
    expect(asked(cluster, ingress, 'ingresses', CERT_MANAGER, 'DELETE')).toEqual([]);
    expect(asked(cluster, { ...ingress, metadata: { ...ingress.metadata, labels: {} } }, 'ingresses')).toHaveLength(1);
    expect(asked(cluster, { ...ingress, metadata: { ...ingress.metadata, labels: undefined } }, 'ingresses')).toHaveLength(1);
    expect(asked(cluster, { ...ingress, metadata: { ...ingress.metadata, namespace: 'shop' } }, 'ingresses')).toHaveLength(1);
    expect(asked(cluster, ingress, 'ingresses', { user: 'eve', groups: ['system:authenticated'] })).toHaveLength(1);
  });
});
