import { ApiObject, App } from 'cdk8s';
import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { EgressPool, EgressPoolProps } from '../../src/constructs/egress-pool';
import { EgressRouter } from '../../src/constructs/egress-router';
import { SecureNamespace, SecureNamespaceProps } from '../../src/constructs/secure-namespace';
import { IPeer, Peer } from '../../src/intent/peer';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, deployment, object, objects, refusal } from '../support/app';

const ADDRESSES = ['192.0.2.60', '192.0.2.61', '192.0.2.62'];
const NODES = ['worker-1', 'worker-2'];

function cluster(pools = [EgressPool.of('public', { addresses: ADDRESSES, nodes: NODES })], facts: PlatformFacts = FACTS, make = Platform.kubernetes) {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform: make(facts), network: NetworkProvider.ovnKubernetes(), egressPools: pools });
  return { app, edge, namespace: (name: string, props: Partial<SecureNamespaceProps> = {}) => new SecureNamespace(app, name, { edge, ...props }) };
}

describe('7. static addresses: who has them', () => {
  test('all pods of a namespace, by its name, in an object of the cluster', () => {
    const c = cluster();
    c.namespace('shop', { egressAddresses: ['192.0.2.61', '192.0.2.60'] });
    expect(object(c.app, 'EgressIP', 'shop')).toEqual({
      apiVersion: 'k8s.ovn.org/v1',
      kind: 'EgressIP',
      metadata: { name: 'shop', labels: expect.anything() },
      spec: { egressIPs: ['192.0.2.60', '192.0.2.61'], namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } },
    });
    expect(refusal(c.app)).toBe('');
  });

  test('one workload, by the labels that are its own, and several by one label', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    const [orders, stock, web] = ['orders', 'stock', 'web'].map(name => deployment(shop, name, 8080));
    shop.addEgressAddresses('public', { addresses: ['192.0.2.60'], workloads: [web] });
    shop.addEgressAddresses('partners', { addresses: ['192.0.2.61'], workloads: [stock, orders] });
    expect(object(c.app, 'EgressIP', 'shop.public').spec.podSelector).toEqual({ matchLabels: web._end.labels });
    const [key] = Object.keys(orders._end.labels);
    expect(object(c.app, 'EgressIP', 'shop.partners').spec.podSelector).toEqual({
      matchExpressions: [{ key, operator: 'In', values: [orders._end.labels[key], stock._end.labels[key]].sort() }],
    });
    expect(refusal(c.app)).toBe('');
  });

  test('workloads that no one selector chooses are refused, one by one they are not', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    const a = shop.select('a', { labels: { app: 'a' }, serviceAccountName: 'a' });
    const b = shop.select('b', { labels: { app: 'b', tier: 'back' }, serviceAccountName: 'b' });
    expect(() => shop.addEgressAddresses('both', { addresses: ['192.0.2.60'], workloads: [a, b] })).toThrow('no selector chooses exactly shop/a, shop/b');
    const again = cluster().namespace('shop');
    const one = again.select('a', { labels: { app: 'a' }, serviceAccountName: 'a' });
    expect(() => again.addEgressAddresses('one', { addresses: ['192.0.2.60'], workloads: [one] })).not.toThrow();
  });

  test('no pod is chosen twice', () => {
    const c = cluster();
    const shop = c.namespace('shop', { egressAddresses: ['192.0.2.60'] });
    const api = deployment(shop, 'api', 8080);
    expect(() => shop.addEgressAddresses('api', { addresses: ['192.0.2.61'], workloads: [api] })).toThrow("pods of 'shop' would have two sets of egress addresses");
    const mail = c.namespace('mail');
    const mta = deployment(mail, 'mta', 25);
    mail.addEgressAddresses('out', { addresses: ['192.0.2.61'], workloads: [mta] });
    expect(() => mail.addEgressAddresses('more', { addresses: ['192.0.2.62'], workloads: [mta] })).toThrow("'mail/mta' would have two sets of egress addresses");
  });

  test('labels that one pod could carry together are no two sets of pods', () => {
    const build = (labels: Record<string, string>) => () => {
      const shop = cluster().namespace('shop');
      const a = shop.select('a', { labels: { app: 'a' }, serviceAccountName: 'a' });
      const b = shop.select('b', { labels, serviceAccountName: 'b' });
      shop.addEgressAddresses('one', { addresses: ['192.0.2.60'], workloads: [a] });
      shop.addEgressAddresses('two', { addresses: ['192.0.2.61'], workloads: [b] });
    };
    expect(build({ tier: 'back' })).toThrow('give the two workloads a label that differs');
    expect(build({ app: 'b' })).not.toThrow();
  });

  test('objects of others count too', () => {
    const build = (name: string) => {
      const c = cluster();
      deployment(c.namespace('shop', { egressAddresses: ['192.0.2.60'] }), 'api', 8080);
      new ApiObject(c.edge, 'foreign', {
        apiVersion: 'k8s.ovn.org/v1',
        kind: 'EgressIP',
        metadata: { name: 'foreign' },
        spec: { egressIPs: ['192.0.2.70'], namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
      } as any);
      return refusal(c.app);
    };
    expect(build('shop')).toContain('shop/api[Deployment] is chosen by EgressIP foreign and EgressIP shop');
    expect(build('mail')).toBe('');
  });

  test('workloads of another namespace, or none, are refused', () => {
    const c = cluster();
    const api = deployment(c.namespace('shop'), 'api', 8080);
    const mail = c.namespace('mail');
    expect(() => mail.addEgressAddresses('x', { addresses: ['192.0.2.60'], workloads: [api] })).toThrow("'shop/api' is of another namespace");
    expect(() => mail.addEgressAddresses('x', { addresses: ['192.0.2.60'], workloads: [] })).toThrow('names no workload');
  });
});

describe('7. static addresses: each in one place', () => {
  test('an address is given away once, and is of a pool', () => {
    const c = cluster();
    c.namespace('shop', { egressAddresses: ['192.0.2.60'] });
    expect(() => c.namespace('mail', { egressAddresses: ['192.0.2.60'] })).toThrow("'192.0.2.60' is given to 'shop' already");
    expect(() => c.namespace('post', { egressAddresses: ['192.0.2.99'] })).toThrow("'192.0.2.99' is in no pool of the edge: use one of 192.0.2.60");
    expect(() => c.namespace('news', { egressAddresses: ['192.0.2.61'] })).not.toThrow();
  });

  test('an address is in one pool, in whatever way it is written', () => {
    const pools = (second: string) => () => cluster([
      EgressPool.of('one', { addresses: ['2001:db8::60'], nodes: NODES }), EgressPool.of('two', { addresses: [second], nodes: NODES }),
    ], { version: '1.31' });
    expect(pools('2001:0db8::60')).toThrow("is in the pool 'one' as well");
    expect(pools('2001:db8::61')).not.toThrow();
  });

  test.each([
    ['203.0.113.5', 'lies outside nodeCidrs'],
    ['10.244.3.3', 'lies inside podCidrs'],
    ['10.96.0.9', 'lies inside serviceCidrs'],
    ['192.0.2.10', 'is that of an API server'],
  ])('%s %s', (address, why) => {
    const pool = EgressPool.of('public', { addresses: [address], nodes: NODES });
    expect(() => cluster([pool])).toThrow(`the address '${address}' of egress pool 'public' ${why}`);
    expect(() => cluster([pool], { version: '1.31' })).not.toThrow();
  });

  test('more addresses than nodes cannot be held', () => {
    const c = cluster();
    expect(() => c.namespace('shop', { egressAddresses: ADDRESSES })).toThrow('need as many nodes, because a node holds one of them at most, and the pool has 2');
    expect(() => c.namespace('mail', { egressAddresses: ADDRESSES.slice(0, 2) })).not.toThrow();
  });
});

describe('7. static addresses: nodes', () => {
  const pool = (props: Partial<EgressPoolProps>) => () => EgressPool.of('public', { addresses: ADDRESSES, nodes: NODES, ...props });

  test('two at least, or a reason', () => {
    expect(pool({ nodes: ['worker-1'] })).toThrow("has one node, 'worker-1', and while it is down nothing leaves");
    expect(pool({ nodes: ['worker-1'], singleNodeReason: ' ' })).toThrow('has one node');
    expect(pool({ nodes: ['worker-1'], singleNodeReason: 'a test cluster' })).not.toThrow();
    expect(pool({})).not.toThrow();
  });

  test.each([
    [{ addresses: ['192.0.2.0/24'] }, "holds '192.0.2.0/24', which is no address"],
    [{ addresses: ['192.0.2.60', '192.0.2.60'] }, "names the address '192.0.2.60' twice"],
    [{ nodes: ['worker-1', 'worker-1'] }, "names the node 'worker-1' twice"],
    [{ addresses: [] }, 'has no addresses'],
    [{ nodes: [] }, 'has no nodes'],
    [{ nodes: ['Worker 1', 'worker-2'] }, 'node'],
  ])('%j is refused', (props, message) => expect(pool(props)).toThrow(message));

  test('an address cannot be pinned to a node: pools with different nodes are refused, with the same they are not', () => {
    const pools = (nodes: string[]) => () => cluster([
      EgressPool.of('left', { addresses: ['192.0.2.60'], nodes: NODES }), EgressPool.of('right', { addresses: ['192.0.2.61'], nodes }),
    ]);
    expect(pools(['worker-3', 'worker-4'])).toThrow('OVN-Kubernetes cannot keep addresses on nodes of their own');
    expect(pools([...NODES].reverse())).not.toThrow();
  });

  test('their label is a command beside the output, never an object', () => {
    const c = cluster();
    c.namespace('shop', { egressAddresses: ['192.0.2.60'] });
    expect(c.edge.files()['egress-nodes.sh']).toContain('kubectl label --overwrite node worker-1 worker-2 k8s.ovn.org/egress-assignable=\n');
    expect(objects(c.app).map(({ kind }) => kind)).not.toContain('Node');
    expect(cluster([]).edge.files()['egress-nodes.sh']).toBeUndefined();
    expect(cluster(undefined, { version: '1.31' }, Platform.openshift).edge.files()['egress-nodes.sh']).toContain('oc label');
  });

  test('a network that has no such addresses refuses them', () => {
    const upstream = (egressPools?: EgressPool[]) => new ClusterEdge(new App(), 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream(), egressPools });
    expect(() => upstream([pool({})()])).toThrow('NetworkProvider.upstream() cannot let pods leave the cluster under static addresses: use NetworkProvider.ovnKubernetes()');
    const edge = upstream();
    expect(() => new SecureNamespace(App.of(edge), 'shop', { edge, egressAddresses: ['192.0.2.60'] })).toThrow('cannot let pods leave');
  });
});

describe('9. EgressRouter on OVN-Kubernetes', () => {
  const router = (sourceAddresses?: string[]) => {
    const c = cluster();
    const egress = c.namespace('egress', { tenant: 'platform' });
    const orders = new EgressRouter(egress, 'orders-db', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()], sourceAddresses });
    const api = deployment(c.namespace('shop', { tenant: 'acme' }), 'api', 8080);
    return { c, egress, orders, api };
  };

  test('the proxies leave under an address of their own, from the nodes that hold it', () => {
    const { c, egress, orders } = router(['192.0.2.60', '192.0.2.61']);
    expect(object(c.app, 'EgressIP', 'egress.orders-db').spec).toMatchObject({ egressIPs: ['192.0.2.60', '192.0.2.61'], podSelector: { matchLabels: orders._end.labels } });
    const { nodeAffinity } = object(egress, 'Deployment', 'orders-db').spec.template.spec.affinity;
    expect(nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'k8s.ovn.org/egress-assignable', operator: 'Exists' }] },
    ]);
    expect(refusal(c.app)).toBe('');
    const without = router();
    expect(object(without.egress, 'Deployment', 'orders-db').spec.template.spec.affinity.nodeAffinity).toBeUndefined();
    expect(objects(without.c.app).filter(({ kind }) => kind === 'EgressIP')).toEqual([]);
  });

  test('a destination of a family that no pod has is refused', () => {
    const to = (address: string, podCidrs: string[]) => () => {
      const egress = cluster([], { ...FACTS, podCidrs }).namespace('egress');
      new EgressRouter(egress, 'db', { destination: Peer.address(address), ports: [Port.postgres()] });
    };
    expect(to('2001:db8::10', ['10.244.0.0/16'])).toThrow("no pod has an IPv6 address, so no proxy can reach '2001:db8::10'");
    expect(to('2001:db8::10', ['10.244.0.0/16', 'fd00:10::/56'])).not.toThrow();
  });

  test('the firewall of its namespace lets nothing but its destination pass', () => {
    const { c } = router();
    const { egress } = objects(c.app).find(({ kind, metadata }) => kind === 'EgressFirewall' && metadata.namespace === 'egress').spec;
    expect(egress.slice(0, -2)).toEqual([{ type: 'Allow', to: { dnsName: 'orders.db.example' }, ports: [{ protocol: 'TCP', port: 5432 }] }]);
    expect(refusal(c.app)).toBe('');
  });

  test('two routers of one namespace lead to two names on one port: their configurations hold them apart', () => {
    const { c, egress } = router();
    new EgressRouter(egress, 'stock-db', { destination: Peer.host('stock.db.example'), ports: [Port.postgres()] });
    expect(refusal(c.app)).toBe('');
  });

  test('a workload beside a router that leads to another name on its port is refused', () => {
    const { c, egress } = router();
    deployment(egress, 'job', 8080).connections.allowTo(Peer.host('other.example.com'), { ports: [Port.postgres()] });
    expect(refusal(c.app)).toContain("'egress/job' would reach 'orders.db.example' too");
  });

  test('what reaches outside is explained with the address it is seen under', () => {
    const { c, orders, api } = router(['192.0.2.60']);
    api.connections.allowTo(orders);
    orders.connections.allowFrom(api);
    const { reasons } = Connectivity.ofApp(c.app).verdict({ src: 'egress/orders-db', dst: 'orders.db.example', port: 5432 });
    expect(reasons.map(({ text }) => text)).toContain('EgressIP egress.orders-db lets egress/orders-db[Deployment] leave the cluster as 192.0.2.60');
  });
});

describe('9. EgressRouter: no way past it', () => {
  const build = (destination: IPeer, peer: IPeer, port = 5432, network = NetworkProvider.ovnKubernetes()) => {
    const app = new App();
    const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network });
    new EgressRouter(new SecureNamespace(app, 'egress', { edge }), 'db', { destination: destination, ports: [Port.postgres()] });
    deployment(new SecureNamespace(app, 'shop', { edge }), 'api', 8080).connections.allowTo(peer, { ports: [Port.tcp(port)] });
    return refusal(app);
  };
  const DB = Peer.address('203.0.113.10');
  const PAST = "past the router 'egress/db', which is to be the one way there";

  test('a range that holds the destination, on its port, on whatever network', () => {
    expect(build(DB, Peer.cidr('203.0.113.0/24'))).toContain(PAST);
    expect(build(DB, Peer.cidr('203.0.113.0/24'), 5432, NetworkProvider.upstream())).toContain(PAST);
    expect(build(DB, Peer.cidr('203.0.113.0/24', { except: ['203.0.113.10/32'] }))).toBe('');
    expect(build(DB, Peer.cidr('203.0.113.0/24'), 443)).toBe('');
  });

  test('the analysis says so, at each gate by itself', () => {
    const c = cluster();
    const router = new EgressRouter(c.namespace('egress'), 'db', { destination: DB, ports: [Port.postgres()] });
    const api = deployment(c.namespace('shop'), 'api', 8080);
    api.connections.allowTo(router);
    router.connections.allowFrom(api);
    api.connections.allowTo(Peer.cidr('203.0.113.0/24', { except: ['203.0.113.10/32'] }), { ports: [Port.postgres()] });
    const net = Connectivity.ofApp(c.app);
    for (const gate of ['network-policy', 'egress-firewall']) {
      const asked = (src: string, dst: string) => net.onlyLayers(gate).verdict({ src, dst, port: 5432 });
      expect(asked('shop/api', '203.0.113.10').denied).toBe(true);
      expect(asked('shop/api', '203.0.113.11').allowed).toBe(true);
      expect(asked('egress/db', '203.0.113.10').allowed).toBe(true);
      expect(asked('egress/db', '203.0.113.11').denied).toBe(true);
    }
    expect(net.verdict({ src: 'shop/api', dst: '203.0.113.10', port: 5432 }).reasons.map(({ text }) => text)).toContain(
      'EgressFirewall shop/default denies TCP 5432 by rule egress[0] (egress of shop/api[Deployment])');
  });

  test('the same name, and the whole world', () => {
    const named = Peer.host('orders.db.example');
    expect(build(named, named)).toContain(PAST);
    expect(build(named, Peer.internet())).toContain(PAST);
    expect(build(named, Peer.host('other.db.example'))).toBe('');
    expect(build(named, Peer.cidr('203.0.113.0/24'))).toBe('');
  });
});
