import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { EgressRouter } from '../../src/constructs/egress-router';
import { Isolation, SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Access, HttpMatch, NetworkProvider, Peer, Tracing } from '../../src/index';
import { AddressEnd } from '../../src/intent/endpoint';
import { Port } from '../../src/intent/port';
import { externalFault, externalName } from '../../src/mesh/_scope';
import { deployment, object, objects, refusal } from '../support/app';
import { newMesh, newShop } from '../support/mesh';

const DNS = 'kube-system/kube-dns.kube-system.svc.cluster.local';
const scopeOf = (home: SecureNamespace, workload: string) => object(home, 'Sidecar', `${workload}-scope`).spec;
const hosts = (home: SecureNamespace, workload: string): string[] =>
  scopeOf(home, workload).egress.flatMap((each: any) => each.hosts).filter((host: string) => host !== DNS);
const entries = (home: SecureNamespace) => objects(home.node.root as any).filter(({ kind }) => kind === 'ServiceEntry');

describe('4. the mesh: a proxy knows of what is stated, and of nothing else', () => {
  test('a workload about which nothing is said knows of the DNS only, and what it does not know of is not passed on', () => {
    const { home, web } = newShop();
    expect(scopeOf(home, 'web')).toEqual({
      workloadSelector: { labels: web._end.labels }, egress: [{ hosts: [DNS] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    });
  });

  test('one Sidecar without a selector is for all other pods of the namespace, and one is for each workload', () => {
    const { home, app } = newShop();
    expect(object(home, 'Sidecar', 'default').spec).toEqual({ egress: [{ hosts: [DNS] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } });
    const selectors = objects(app).filter(({ kind }) => kind === 'Sidecar').map(({ spec }) => JSON.stringify(spec.workloadSelector));
    expect(new Set(selectors).size).toBe(selectors.length);
    expect(selectors.filter(each => each === undefined)).toHaveLength(1);
  });

  test('the Service in front of a destination, for its caller alone', () => {
    const { home, web, api } = newShop();
    web.connections.allowTo(api);
    expect(hosts(home, 'web')).toEqual(['shop/api.shop.svc.cluster.local']);
    expect(hosts(home, 'api')).toEqual([]);
    expect(hosts(home, 'db')).toEqual([]);
  });

  test('by whichever end the flow is stated, also across namespaces and out of the mesh', () => {
    const { home, namespace, web, edge } = newShop();
    const legacy = deployment(namespace('legacy', { mesh: false }), 'old', 80);
    legacy.connections.allowFrom(web);
    const vault = SecureWorkload.imported(SecureNamespace.imported(edge, 'vault'), 'vault', { labels: { app: 'vault' }, serviceAccountName: 'vault' });
    web.connections.allowTo(vault, { ports: [Port.tcp(8200)] });
    // How others call their Service is not known here.
    expect(hosts(home, 'web')).toEqual(['legacy/old.legacy.svc.cluster.local', 'vault/*']);
  });

  test('a whole namespace, for all pods of one, and inside a project', () => {
    const { home, namespace, web, api } = newShop();
    const tools = namespace('tools');
    web.connections.allowTo(tools, { ports: [Port.tcp(80)] });
    expect(hosts(home, 'web')).toEqual(['tools/*']);
    tools.connections.allowTo(api);
    deployment(tools, 'cron', 80);
    expect(hosts(tools, 'cron')).toEqual(['shop/api.shop.svc.cluster.local']);
    expect(object(tools, 'Sidecar', 'default').spec.egress[0].hosts).toContain('shop/api.shop.svc.cluster.local');
    const project = namespace('project', { isolation: Isolation.PROJECT });
    deployment(project, 'one', 80);
    expect(hosts(project, 'one')).toEqual(['project/*']);
  });

  test('a headless Service of a StatefulSet, for its replicas too', () => {
    const { home, web } = newShop();
    const store = home.addStatefulSet('store', { containers: [{ image: 'registry.example/store:1.0.0', portNumber: 5432 }] });
    store.connections.allowInternally();
    web.connections.allowTo(store);
    for (const each of ['store', 'web']) expect(hosts(home, each)).toEqual(['shop/store.shop.svc.cluster.local']);
  });

  test('the API server by its Service, without an entry of its own', () => {
    const { edge, home, api } = newShop();
    edge.apiServer.grant(api, Access.VIEW);
    expect(hosts(home, 'api')).toEqual(['default/kubernetes.default.svc.cluster.local']);
    expect(hosts(home, 'web')).toEqual([]);
    expect(entries(home)).toEqual([]);
  });

  test('istiod is reached by no Sidecar, the collector of traces by each', () => {
    const { home } = newShop({ tracing: Tracing.jaeger({ namespace: 'observability', service: 'jaeger-collector', labels: { app: 'jaeger' } }) });
    expect(hosts(home, 'web')).toEqual(['observability/jaeger-collector.observability.svc.cluster.local']);
    expect(object(home, 'Sidecar', 'default').spec.egress[0].hosts).toContain('observability/jaeger-collector.observability.svc.cluster.local');
  });

  test('the domain of Services is the one of the cluster', () => {
    const { home, web, api } = newShop({ clusterDomain: 'prod.example' });
    web.connections.allowTo(api);
    expect(hosts(home, 'web')).toContain('shop/api.shop.svc.prod.example');
  });
});

describe('4. the mesh: what is outside is known where it was stated', () => {
  test('addresses without their exceptions, in the one namespace and to the one workload', () => {
    const { home, namespace, web } = newShop();
    deployment(namespace('tools'), 'cron', 80);
    web.connections.allowTo(Peer.cidr('198.51.100.0/24', { except: ['198.51.100.128/25'] }), { ports: [Port.tcp(8443), Port.udp(53)] });
    const [entry, ...more] = entries(home);
    expect(more).toEqual([]);
    expect(entry.metadata.namespace).toBe('shop');
    expect(entry.spec).toEqual({
      hosts: [expect.stringMatching(/^198-51-100-0-24.*\.shop\.invalid$/)],
      addresses: ['198.51.100.0/25'],
      ports: [{ number: 8443, name: 'tcp-8443', protocol: 'TCP' }],
      location: 'MESH_EXTERNAL',
      resolution: 'NONE',
      exportTo: ['.'],
    });
    expect(hosts(home, 'web')).toEqual([`./${entry.spec.hosts[0]}`]);
    expect(hosts(home, 'api')).toEqual([]);
  });

  test('one entry for what several state, with all their ports', () => {
    const { home, web, api } = newShop();
    web.connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.tcp(5432)] });
    api.connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.tcp(5433)] });
    expect(entries(home).map(({ spec }) => spec.ports.map(({ number }: any) => number))).toEqual([[5432, 5433]]);
  });

  test('of other protocols than TCP a proxy sees nothing, so nothing is entered', () => {
    const { home, web } = newShop();
    web.connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.udp(123)] });
    expect(entries(home)).toEqual([]);
    expect(hosts(home, 'web')).toEqual([]);
  });

  test('never without addresses on a TCP port, but where the proxy itself looks the name up', () => {
    const { home, app } = newShop();
    const router = new EgressRouter(home, 'orders-db', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });
    deployment(home, 'orders', 80).connections.allowTo(router);
    const [entry] = entries(home);
    expect(entry.spec).toMatchObject({ hosts: ['orders.db.example'], ports: [{ number: 5432, protocol: 'TCP' }], resolution: 'DNS' });
    expect(entry.spec).not.toHaveProperty('addresses');
    expect(hosts(home, 'orders-db')).toEqual(['./orders.db.example']);
    // Its clients know the router, and not what is behind it.
    expect(hosts(home, 'orders')).toEqual(['shop/orders-db.shop.svc.cluster.local']);
    expect(refusal(app)).toBe('');
  });

  test('names where policies know them: TLS by the name it opens with, and no wildcard where none can be told', () => {
    const { home, web, api } = newShop({}, NetworkProvider.ovnKubernetes());
    web.connections.allowTo(Peer.host('api.partner.example'), { ports: [Port.https()] });
    expect(entries(home)[0].spec).toMatchObject({ hosts: ['api.partner.example'], ports: [{ number: 443, protocol: 'TLS' }], resolution: 'DNS' });
    expect(() => api.connections.allowTo(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcpRange(1000, 2000)] })).toThrow(/a ServiceEntry lists each/);
    api.connections.allowTo(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcpRange(1000, 1010)] });
  });

  test('a name that stands for many is entered where it can be told from the connection, and refused elsewhere', () => {
    const many = Peer.host('*.partner.example')._end as AddressEnd;
    expect(externalFault(many, [Port.postgres()])).toMatch(/on port 5432 a proxy cannot tell/);
    expect(externalFault(many, [Port.https(), Port.tcp(80)])).toBeUndefined();
    expect(externalFault(Peer.host('one.partner.example')._end as AddressEnd, [Port.postgres()])).toBeUndefined();
  });

  test('what loses letters as the name of an object is told apart by more than them', () => {
    const names = ['a-b.example', 'a.b.example', '2001:db8::/32', '2001:db8::32'].map(text => externalName({ text } as AddressEnd));
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  });

  test('two names on one port on which none can be told are refused, on two ports or by two workloads they are not', () => {
    const stated = (second: Port, both: boolean) => {
      const { app, web, api } = newShop({}, NetworkProvider.ovnKubernetes());
      web.connections.allowTo(Peer.host('one.example'), { ports: [Port.postgres()] });
      (both ? web : api).connections.allowTo(Peer.host('two.example'), { ports: [second] });
      return refusal(app);
    };
    expect(stated(Port.postgres(), true)).toMatch(/\[shop\/web\] flows to 'one\.example' and 'two\.example' share port 5432.*EgressRouter/);
    expect(stated(Port.postgres(), false)).not.toMatch(/share port/);
    expect(stated(Port.tcp(5433), true)).not.toMatch(/share port/);
  });

  test('outside the mesh there is none of it', () => {
    const { namespace } = newMesh();
    const out = namespace('legacy', { mesh: false });
    deployment(out, 'old', 80).connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.tcp(5432)] });
    expect(objects(out.node.root as any).filter(({ kind }) => ['ServiceEntry', 'Sidecar'].includes(kind))).toEqual([]);
  });
});

describe('4. the mesh: ports say what is spoken on them', () => {
  const protocols = (home: SecureNamespace, name: string) => object(home, 'Service', name).spec.ports.map(({ appProtocol }: any) => appProtocol);

  test('requests where they are stated, nothing that is to be guessed where the server speaks first, and else nothing', () => {
    const { home, web, api } = newShop();
    web.connections.allowTo(api, { http: [HttpMatch.get('/orders/*')] });
    expect(protocols(home, 'api')).toEqual(['http']);
    expect(protocols(home, 'db')).toEqual(['tcp']);
    expect(protocols(home, 'web')).toEqual([undefined]);
  });

  test('what a container calls its port is believed', () => {
    const { home, web } = newShop();
    const listening = (id: string, name: string, number: number) => home.addDeployment(id, { containers: [{ image: 'registry.example/x:1.0.0', ports: [{ number, name }] }] });
    listening('raw', 'tcp-raw', 7000);
    const rpc = listening('rpc', 'grpc', 7001);
    const odd = listening('odd', 'http', 5432);
    for (const each of [rpc, odd]) web.connections.allowTo(each, { http: [HttpMatch.post('/shop.Orders/List')] });
    expect(['raw', 'rpc', 'odd'].flatMap(name => protocols(home, name))).toEqual(['tcp', 'grpc', 'http']);
  });

  test('the port of the pods counts, also where the Service has another', () => {
    const { home, web } = newShop();
    const api = home.addDeployment('front', { containers: [{ image: 'registry.example/x:1.0.0', portNumber: 8080 }], servicePorts: [{ port: 80, targetPort: 8080 }] });
    web.connections.allowTo(api, { http: [HttpMatch.get('/')] });
    expect(object(home, 'Service', 'front').spec.ports).toEqual([{ appProtocol: 'http', port: 80, targetPort: 8080 }]);
  });

  test('requests on a port that has none are refused', () => {
    const { home, app, web, db, api } = newShop();
    const http = [HttpMatch.get('/')];
    expect(() => web.connections.allowTo(db, { http })).toThrow(/port 5432 is by custom that of PostgreSQL.*leave 'http' out/);
    const raw = home.addDeployment('raw', { containers: [{ image: 'registry.example/x:1.0.0', ports: [{ number: 7000, name: 'tcp-raw' }] }] });
    expect(() => web.connections.allowTo(raw, { http })).toThrow(/named 'tcp-raw'/);
    web.connections.allowTo(db);
    expect(refusal(app)).toBe('');
    // Containers may come later than what is stated about them.
    web.connections.allowTo(api, { ports: [Port.tcp(9091)], http });
    (api.pods as kplus.Deployment).addContainer({ image: 'registry.example/y:1.0.0', ports: [{ number: 9091, name: 'redis' }], securityContext: { allowPrivilegeEscalation: false } });
    expect(refusal(app)).toMatch(/shop\/web -> shop\/api.*named 'redis'/);
  });

  test('what somebody said of a port already stays, and outside the mesh nothing is said', () => {
    const { home, namespace, db } = newShop();
    ApiObject.of(db.service).addJsonPatch(JsonPatch.add('/spec/ports/0/appProtocol', 'kubernetes.io/wss'));
    expect(protocols(home, 'db')).toEqual(['kubernetes.io/wss']);
    const out = namespace('legacy', { mesh: false });
    deployment(out, 'db', 5432);
    expect(protocols(out, 'db')).toEqual([undefined]);
  });
});
