import { ClusterRange, Connectivity, EgressRouter, Peer, Port, SecureNamespace, SecureWorkload } from 'cdk8s-secure-network';
import 'cdk8s-secure-network/lib/jest';
import { newCluster } from '../support/app';

/** A container that listens on these TCP ports. */
function containers(...ports: number[]) {
  return { containers: [{ image: 'registry.example/app:1.0.0', ports: ports.map(number => ({ number })) }] };
}

describe('8. jest matchers', () => {
  function shop() {
    const { app, edge } = newCluster();
    const namespace = new SecureNamespace(app, 'shop', { edge });
    const frontend = namespace.addDeployment('frontend', containers(8080));
    const api = namespace.addDeployment('api', containers(9090, 9102));
    const cart = namespace.addStatefulSet('cart', containers(6379));
    frontend.connections.allowTo(api, { ports: [Port.tcp(9090)], reason: 'catalogue' });
    cart.connections.allowInternally();
    api.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] });
    return { app, edge, namespace, frontend, api, cart };
  }

  /** The message of the assertion that is expected to fail. */
  function failure(assertion: () => void): string {
    try {
      assertion();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('the assertion held, and was expected to fail');
  }

  test('toAllow and toDeny tell a stated flow from one that is not', () => {
    const { app, frontend, api, cart } = shop();
    const net = Connectivity.ofApp(app);
    expect(net).toAllow(frontend, api, Port.tcp(9090));
    expect(net).toAllow(frontend, api);
    expect(net).toDeny(frontend, api, Port.tcp(9102), Port.udp(9090));
    expect(net).toDeny(api, frontend);
    expect(net).toDeny(frontend, cart);
    expect(net).not.toAllow(frontend, cart);
    expect(net).not.toDeny(frontend, api);
  });

  test('toOnlyAllow fails for a port too many and for one too few', () => {
    const { app, frontend, api } = shop();
    const net = Connectivity.ofApp(app);
    expect(net).toOnlyAllow(frontend, api, Port.tcp(9090));
    expect(failure(() => expect(net).toOnlyAllow(frontend, api, Port.tcp(9090), Port.tcp(9102)))).toContain('TCP 9102 is denied');
    expect(failure(() => expect(net).toOnlyAllow(frontend, api, Port.tcp(9102)))).toContain('TCP 9102 is denied');
    frontend.connections.allowTo(api, { ports: [Port.udp(5000)] });
    expect(failure(() => expect(Connectivity.ofApp(app)).toOnlyAllow(frontend, api, Port.tcp(9090)))).toContain('UDP 5000 is allowed too');
    expect(() => expect(net).toOnlyAllow(frontend, api)).toThrow(/needs the ports/);
  });

  test('a failure shows the connection, the deciding object and rule, and the line that stated the flow', () => {
    const { app, frontend, api } = shop();
    const message = failure(() => expect(Connectivity.ofApp(app)).toDeny(frontend, api));
    expect(message).toContain('TCP 9090 is allowed from shop/frontend[Deployment] -> shop/api[Deployment]');
    expect(message).toContain('NetworkPolicy shop/frontend-network-policy allows TCP 9090 by rule egress[0]');
    expect(message).toContain('NetworkPolicy shop/api-network-policy allows TCP 9090 by rule ingress[0]');
    expect(message).toMatch(/stated by the source at test\/proof\/matchers\.test\.ts:\d+:\d+ \(catalogue\)/);
  });

  test('a failed allowance names what denies it, and that nobody stated it', () => {
    const { app, frontend, cart } = shop();
    const message = failure(() => expect(Connectivity.ofApp(app)).toAllow(frontend, cart, Port.tcp(6379)));
    expect(message).toContain('TCP 6379 is denied from shop/frontend[Deployment] -> shop/cart[StatefulSet]');
    expect(message).toContain('NetworkPolicy shop/default-deny selects shop/frontend[Deployment], and no egress rule allows TCP 6379');
    expect(message).toContain('no statement in the program allows it');
  });

  test('peers may be constructs, addresses, whole namespaces, imported workloads or text', () => {
    const { app, edge, namespace, frontend, api, cart } = shop();
    const prometheus = SecureWorkload.imported(SecureNamespace.imported(edge, 'monitoring'), 'prometheus', {
      labels: { app: 'prometheus' },
      serviceAccountName: 'prometheus',
    });
    api.connections.allowFrom(prometheus, { ports: [Port.tcp(9102)] });
    const net = Connectivity.ofApp(app);
    expect(net).toOnlyAllow(prometheus, api, Port.tcp(9102));
    expect(net).toDeny(prometheus, frontend);
    expect(net).toAllow(cart, cart, Port.tcp(6379));
    expect(net).toDeny(frontend, frontend);
    expect(net).toOnlyAllow(api, Peer.cidr('203.0.113.0/24'), Port.https());
    expect(net).not.toAllow(api, Peer.cidr('203.0.112.0/23'), Port.https());
    expect(net).not.toDeny(api, Peer.cidr('203.0.112.0/23'), Port.https());
    expect(net).toDeny(api, Peer.address('203.0.112.7'));
    expect(net).toDeny(namespace, cart, Port.tcp(9090));
    expect(net).toAllow('shop/frontend', 'shop/api[Deployment]', Port.tcp(9090));
    expect(() => expect(net).toAllow('shop/frontend', 'shop/apy')).toThrow(/no workload of this cluster/);
  });

  test('only the router reaches the world outside', () => {
    const { app, edge, api } = shop();
    const egress = new SecureNamespace(app, 'egress', { edge, tenant: 'shop' });
    const router = new EgressRouter(egress, 'orders-db', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });
    api.connections.allowTo(router);
    const net = Connectivity.ofApp(app);
    expect(net).toOnlyAllow(api, router, Port.postgres());
    expect(net).toDeny(api, Peer.address('198.51.100.7'));
    expect(net).toDeny(router, Peer.clusterRange(ClusterRange.NODES));
    expect(net).toDeny(router, '169.254.169.254');
  });

  test('anything but a Connectivity is refused', () => {
    const { app, frontend, api } = shop();
    expect(() => expect(app).toAllow(frontend, api)).toThrow(/is for a Connectivity/);
  });
});
