import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { GatewayCertificate, MeshGateway, Peer } from '../../src/index';
import { Port } from '../../src/intent/port';
import { deployment, object, objects, refusal, tcp } from '../support/app';
import { newMesh, newShop } from '../support/mesh';

const report = ({ edge }: { edge: { files(): Record<string, string> } }) => edge.files()['mesh/plaintext.md'];
const rows = (text: string) => text.split('\n').filter(line => line.startsWith('| ')).slice(2);

describe('1. the mesh: the report of plaintext', () => {
  test('names workload, port, peer and reason of every exception, and no port that has none', () => {
    const shop = newShop();
    const { namespace, web, api, db } = shop;
    web.connections.allowTo(api);
    web.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'load balancer' });
    deployment(namespace('legacy', { mesh: false }), 'old', 80).connections.allowTo(db, { reason: 'not moved | yet' });
    expect(rows(report(shop))).toEqual([
      '| shop/db | TCP 5432 | legacy/old | not moved \\| yet |',
      '| shop/web | TCP 8080 | 198.51.100.0/24 | load balancer |',
    ]);
  });

  test('says the same as the exceptions themselves', () => {
    const shop = newShop();
    shop.web.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcp(8080), Port.udp(53)], reason: 'x' });
    expect(rows(report(shop))).toHaveLength(1);
    expect(Object.keys(object(shop.home, 'PeerAuthentication', 'web-plaintext').spec.portLevelMtls)).toEqual(['8080']);
  });

  test('leaves a gateway out, whose listeners say themselves what they take', () => {
    const shop = newShop();
    const gateway = new MeshGateway(shop.namespace('public'), 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromIssuer('letsencrypt') });
    gateway.route('/', shop.web);
    expect(report(shop)).toBeUndefined();
    shop.web.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'past the gateway' });
    expect(rows(report(shop))).toEqual(['| shop/web | TCP 8080 | 198.51.100.0/24 | past the gateway |']);
  });

  test('is not written where there is no exception', () => {
    const shop = newShop();
    shop.web.connections.allowTo(shop.api);
    deployment(shop.namespace('legacy', { mesh: false }), 'old', 80).connections.allowFrom(Peer.cidr('198.51.100.0/24'));
    expect(report(shop)).toBeUndefined();
  });
});

describe('2. the mesh: mutual TLS of the whole mesh', () => {
  test('by choice, in the root namespace, and otherwise in ours alone', () => {
    const strict = objects(newShop({ strictMesh: true, rootNamespace: 'mesh' }).app).filter(({ kind, metadata }) => kind === 'PeerAuthentication' && metadata.namespace === 'mesh');
    expect(strict.map(({ metadata, spec }) => [metadata.name, spec])).toEqual([['default', { mtls: { mode: 'STRICT' } }]]);
    expect(objects(newShop().app).filter(({ kind }) => kind === 'PeerAuthentication').map(({ metadata }) => metadata.namespace)).toEqual(['shop']);
  });
});

describe('3. the mesh: metrics of the proxies', () => {
  test('in one line, of every workload there is and will be, on these two ports and from that namespace', () => {
    const shop = newShop();
    shop.home.allowMetrics(SecureNamespace.imported(shop.edge, 'monitoring'));
    const late = deployment(shop.home, 'late', 7000);
    const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }];
    for (const each of ['web', 'api', 'db', 'late']) {
      expect(object(shop.home, 'NetworkPolicy', `${each}-network-policy`).spec.ingress).toEqual([{ from, ports: tcp(15020, 15090) }]);
      expect(rows(report(shop)).filter(line => line.includes(`shop/${each} `))).toEqual([15020, 15090].map(port => `| shop/${each} | TCP ${port} | monitoring/* | metrics of the mesh |`));
    }
    expect(late._end.ports()).toHaveLength(1);
    expect(refusal(shop.app)).toBe('');
  });

  test('nobody reads them where it is not said, and there are none outside the mesh', () => {
    const { home, namespace } = newShop();
    expect(object(home, 'NetworkPolicy', 'web-network-policy').spec.ingress ?? []).toEqual([]);
    expect(() => namespace('legacy', { mesh: false }).allowMetrics(home)).toThrow(/\[legacy\] is in no mesh/);
  });

  test('the tunnel of another kind of mesh is never opened', () => {
    const shop = newShop({ accessLogs: true });
    shop.web.connections.allowTo(shop.api);
    shop.home.allowMetrics(SecureNamespace.imported(shop.edge, 'monitoring'));
    const text = JSON.stringify(objects(shop.app));
    expect(text).not.toContain('15008');
    expect(text).toContain('15012');
  });

  test('the webhook of an istiod in this App is opened to the API server, and its port for proxies to each of them', () => {
    const { app, edge, namespace } = newMesh();
    const system = namespace('istio-system', { mesh: false, tenant: 'operators' });
    const istiod: SecureWorkload = system.select('istiod', { labels: { app: 'istiod' }, serviceAccountName: 'istiod', ports: [Port.tcp(15017)] });
    edge.apiServer.connections.allowTo(istiod, { reason: 'injection' });
    const home = namespace('shop');
    deployment(home, 'web', 8080);
    expect(object(home, 'Sidecar', 'web-scope').spec.egress).toEqual([{ hosts: ['kube-system/kube-dns.kube-system.svc.cluster.local'] }]);
    const rules = object(system, 'NetworkPolicy', 'istiod-network-policy').spec.ingress as any[];
    expect(rules.map(({ ports }) => ports)).toEqual(expect.arrayContaining([tcp(15012), tcp(15017)]));
    expect(rules).toHaveLength(2);
    expect(rules.find(({ ports }) => ports[0].port === 15012).from).toEqual([{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }]);
    expect(refusal(app)).toBe('');
  });
});
