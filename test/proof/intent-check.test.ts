import { ApiObject, App, JsonPatch } from 'cdk8s';
import { ClusterApp, ClusterEdge, ClusterRange, EgressRouter, Isolation, NetworkProvider, Peer, Platform, Port, SecureNamespace, SecureWorkload } from 'cdk8s-secure-network';
import { FACTS } from '../support/app';

/** A small cluster with one flow of every kind, whose synth is tried after it was tampered with. */
function cluster() {
  const app = new ClusterApp();
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream() });
  const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
  const pods = (...ports: number[]) => ({ containers: [{ image: 'registry.example/app:1.0.0', ports: ports.map((number, i) => ({ number, name: `p${i}` })) }] });
  const frontend = shop.addDeployment('frontend', pods(8080));
  const api = shop.addDeployment('api', pods(9090, 9102));
  const cart = shop.addStatefulSet('cart', pods(6379));
  const batch = new SecureNamespace(app, 'batch', { edge, tenant: 'acme' });
  const report = batch.addDeployment('report', pods(7000));
  frontend.connections.allowTo(api, { ports: [Port.tcpNamed('p0')], reason: 'pages' });
  api.connections.allowTo(cart);
  cart.connections.allowInternally();
  report.connections.allowTo(api, { ports: [Port.tcpRange(9100, 9110)] });
  frontend.connections.allowFrom(Peer.cidr('198.51.100.0/24', { except: ['198.51.100.8/29'] }));
  const egress = new SecureNamespace(app, 'egress', { edge, tenant: 'acme' });
  const router = new EgressRouter(egress, 'orders', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });
  api.connections.allowTo(router);
  return { app, edge, shop, batch, frontend, api, cart, report, router };
}

const policy = (namespace: SecureNamespace, name: string) =>
  namespace.node.findAll().filter(ApiObject.isApiObject).map(found => found as ApiObject)
    .find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name)!;

const patched = (object: ApiObject, ...patches: JsonPatch[]) => patches.forEach(patch => object.addJsonPatch(patch));

const config = (router: EgressRouter) => router.node.findAll().filter(ApiObject.isApiObject).map(found => found as ApiObject).find(({ kind }) => kind === 'ConfigMap')!;

/** An object that no construct of this library made. */
function foreign(namespace: SecureNamespace, name: string, spec: object): ApiObject {
  return new ApiObject(namespace, name, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec });
}

const FOREIGN = {
  podSelector: {},
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }], ports: [{ protocol: 'TCP', port: 9102 }] }],
};

describe('7. intent check', () => {
  test('what was stated is what the manifests allow: the synth passes', () => {
    expect(() => cluster().app.synthYaml()).not.toThrow();
  });

  test.each<[string, (made: ReturnType<typeof cluster>) => void, RegExp]>([
    ['a peer without its pod selector', ({ shop }) => patched(policy(shop, 'api-network-policy'), JsonPatch.remove('/spec/ingress/1/from/0/podSelector')),
      /shop\/(cart|stranger).* -> shop\/api : TCP 9090 is possible, and nobody stated it: NetworkPolicy shop\/api-network-policy/],
    ['a peer without its namespace', ({ shop }) => patched(policy(shop, 'api-network-policy'), JsonPatch.remove('/spec/ingress/0/from/0/namespaceSelector')),
      /shop\/pod-for-\d+ \(a pod that nobody stated\) -> shop\/api/],
    ['any namespace instead of one', ({ shop }) => patched(policy(shop, 'api-network-policy'), JsonPatch.replace('/spec/ingress/0/from/0/namespaceSelector', {})),
      /nowhere-.*pod-for-\d+ \(a pod that nobody stated\) -> shop\/api/],
    ['a namespace by a label that anybody can set', ({ shop }) => patched(policy(shop, 'api-network-policy'),
      JsonPatch.replace('/spec/ingress/0/from/0/namespaceSelector', { matchLabels: { 'secure-network/tenant': 'acme' } })), /pod-for-\d+ \(a pod that nobody stated\) -> shop\/api/],
    ['a rule without ports', ({ shop }) => patched(policy(shop, 'cart-network-policy'), JsonPatch.remove('/spec/ingress/0/ports')),
      /shop\/api -> shop\/cart : SCTP 1-65535,TCP 1-6378,6380-65535,UDP 1-65535 is possible/],
    ['a rule without peers', ({ shop }) => patched(policy(shop, 'cart-network-policy'), JsonPatch.replace('/spec/ingress/0/from', [])),
      /nowhere\/stranger \(a pod that nobody stated\) -> shop\/cart : TCP 6379/],
    ['a direction forgotten', ({ shop }) => ['api-network-policy', 'default-deny', 'allow-dns'].forEach(name =>
      patched(policy(shop, name), JsonPatch.replace('/spec/policyTypes', ['Ingress']), JsonPatch.replace('/spec/egress', []))), /shop\/cart .*|shop\/api -> /],
    ['a policy for every pod instead of one workload', ({ shop }) => patched(policy(shop, 'api-network-policy'), JsonPatch.replace('/spec/podSelector', {})),
      /shop\/stranger \(a pod that nobody stated\)/],
    ['an exception lost', ({ shop }) => patched(policy(shop, 'frontend-network-policy'), JsonPatch.remove('/spec/ingress/0/from/0/ipBlock/except')),
      /198\.51\.100\.8-198\.51\.100\.15 -> shop\/frontend : TCP 8080 is possible/],
    ['a wider range', ({ shop }) => patched(policy(shop, 'frontend-network-policy'), JsonPatch.replace('/spec/ingress/0/from/0/ipBlock/cidr', '198.51.0.0/16')),
      /198\.51\.0\.0.* -> shop\/frontend : TCP 8080 is possible/],
    ['a longer port range', ({ batch }) => patched(policy(batch, 'report-network-policy'), JsonPatch.replace('/spec/egress/0/ports/0/endPort', 9200)),
      /batch\/report -> shop\/api : TCP 9111-9200 is possible/],
    ['another protocol', ({ shop }) => patched(policy(shop, 'allow-dns'), JsonPatch.replace('/spec/egress/0/ports/0/protocol', 'SCTP')), /SCTP 53 is possible/],
    ['a flow closed at its source', ({ shop }) => patched(policy(shop, 'frontend-network-policy'), JsonPatch.replace('/spec/egress', [])),
      /shop\/frontend -> shop\/api : TCP 9090 is not possible, although stated as .*intent-check\.test\.ts:\d+/],
    ['a flow closed at its destination', ({ shop }) => patched(policy(shop, 'cart-network-policy'), JsonPatch.replace('/spec/ingress', [])),
      /shop\/api -> shop\/cart : TCP 6379 is not possible/],
    ['the router opened to nodes', made => patched(policy(made.router.proxy.node.scope as SecureNamespace, 'orders-network-policy'),
      JsonPatch.remove('/spec/egress/0/to/0/ipBlock/except')), /egress\/orders -> .*192\.0\.2\.0.* TCP 5432 is possible|169\.254\.169\.254/],
    ['a router whose configuration leads elsewhere', made => patched(config(made.router), JsonPatch.replace('/data/haproxy.cfg',
      'listen x\n  bind *:5432\n  server destination evil.example:5432\n')), /egress\/orders -> evil\.example : TCP 5432 is possible, and nobody stated it/],
    ['a router whose configuration no longer leads there', made => patched(config(made.router), JsonPatch.replace('/data/haproxy.cfg',
      'listen x\n  bind *:5432\n  server destination evil.example:5432\n')), /egress\/orders -> orders\.db\.example : TCP 5432 is not possible, although stated/],
    ['a router without a configuration', made => patched(config(made.router), JsonPatch.replace('/metadata/name', 'other')), /egress\/orders is stated to lead to orders\.db\.example alone/],
    ['a policy of others that opens a port', ({ shop }) => foreign(shop, 'allow-scrape', FOREIGN),
      /monitoring.* -> shop\/api : TCP 9102 is possible, and nobody stated it: NetworkPolicy shop\/allow-scrape \(ingress rule 1\) opens it/],
    ['an object that the API server would refuse', ({ shop }) => foreign(shop, 'broken', { ...FOREIGN, ingress: [{ from: [{}] }] }), /NetworkPolicy shop\/broken would be refused/],
  ])('%s fails the synth', (_, tamper, message) => {
    const made = cluster();
    tamper(made);
    expect(() => made.app.synthYaml()).toThrow(message);
  });

  test('what a foreign object opens passes once it is acknowledged, and only that', () => {
    const made = cluster();
    foreign(made.shop, 'allow-scrape', FOREIGN);
    made.edge.acknowledge('NetworkPolicy shop/allow-scrape', { reason: 'Prometheus scrapes every pod' });
    expect(() => made.app.synthYaml()).not.toThrow();
    foreign(made.shop, 'allow-more', { ...FOREIGN, ingress: [{}] });
    expect(() => made.app.synthYaml()).toThrow(/NetworkPolicy shop\/allow-more \(ingress rule 1\) opens it/);
  });

  test('an acknowledgement hides nothing that our own objects lack', () => {
    const made = cluster();
    foreign(made.shop, 'allow-scrape', FOREIGN);
    made.edge.acknowledge('NetworkPolicy shop/allow-scrape', { reason: 'Prometheus scrapes every pod' });
    patched(policy(made.shop, 'cart-network-policy'), JsonPatch.replace('/spec/ingress', []));
    expect(() => made.app.synthYaml()).toThrow(/shop\/api -> shop\/cart : TCP 6379 is not possible/);
  });

  test('an acknowledgement of nothing is refused, and so is one without a name or a reason', () => {
    const made = cluster();
    made.edge.acknowledge('NetworkPolicy shop/gone', { reason: 'was here once' });
    expect(() => made.app.synthYaml()).toThrow(/acknowledges 'NetworkPolicy shop\/gone', which is no policy of this App/);
    expect(() => made.edge.acknowledge('allow-scrape', { reason: 'x' })).toThrow(/does not name an object/);
    expect(() => made.edge.acknowledge('NetworkPolicy shop/allow-scrape', { reason: ' ' })).toThrow(/needs a reason/);
  });

  test('ranges of the cluster that are asked for by name are expected, those that are not are found', () => {
    const asked = cluster();
    asked.report.connections.allowTo(Peer.clusterRange(ClusterRange.PODS), { ports: [Port.tcp(4000)] });
    asked.report.connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcp(9100)] });
    asked.report.connections.allowTo(Peer.apiServer());
    expect(() => asked.app.synthYaml()).not.toThrow();
    const tampered = cluster();
    tampered.report.connections.allowTo(Peer.cidr('10.0.0.0/8'), { ports: [Port.tcp(4000)] });
    patched(policy(tampered.batch, 'report-network-policy'), JsonPatch.remove('/spec/egress/0/to/0/ipBlock/except'));
    expect(() => tampered.app.synthYaml()).toThrow(/batch\/report -> shop\/\w+ : TCP 4000 is possible/);
  });

  test('a project is open inside and closed across', () => {
    const app = new ClusterApp();
    const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream() });
    const [one, two] = ['one', 'two'].map(name => new SecureNamespace(app, name, { edge, tenant: 'acme', isolation: Isolation.PROJECT }));
    const other = new SecureNamespace(app, 'other', { edge, tenant: 'other', isolation: Isolation.PROJECT });
    for (const namespace of [one, two, other]) namespace.addDeployment('web', { containers: [{ image: 'registry.example/web:1.0.0', portNumber: 80 }] });
    expect(() => app.synthYaml()).not.toThrow();
    patched(policy(one, 'allow-project'), JsonPatch.replace('/spec/ingress/0/from/0', { namespaceSelector: {} }));
    expect(() => app.synthYaml()).toThrow(/nowhere\/stranger \(a pod that nobody stated\) -> one\/web : All Connections is possible/);
  });

  test('a policy in a namespace of others cannot close our half unseen, nor do pods without a statement change anything', () => {
    const made = cluster();
    new ApiObject(made.shop, 'stray', {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stray', labels: { app: 'stray' } }, spec: { containers: [{ name: 'main', image: 'registry.example/stray:1.0.0' }] },
    });
    const imported = SecureWorkload.imported(SecureNamespace.imported(made.edge, 'monitoring'), 'prometheus', { labels: { app: 'prometheus' }, serviceAccountName: 'prometheus' });
    made.api.connections.allowFrom(imported, { ports: [Port.tcpNamed('p1')] });
    expect(() => made.app.synthYaml()).not.toThrow(/is possible/);
  });

  test('in a plain App the same check runs', () => {
    const app = new App();
    const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream() });
    const shop = new SecureNamespace(app, 'shop', { edge });
    shop.addDeployment('web', { containers: [{ image: 'registry.example/web:1.0.0', portNumber: 80 }] });
    expect(() => app.synthYaml()).not.toThrow();
    foreign(shop, 'allow-all', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] });
    expect(() => app.synthYaml()).toThrow(/NetworkPolicy shop\/allow-all \(ingress rule 1\) opens it/);
  });
});
