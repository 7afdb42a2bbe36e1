/**
 * A small shop: a frontend, an API, a cart kept in a StatefulSet, and a PostgreSQL outside the cluster that only the API may reach,
 * through an egress router that the platform team owns.
 */
import { EnvValue, Probe } from 'cdk8s-plus-28';
import { ClusterApp, ClusterEdge, EgressRouter, NetworkProvider, Peer, Platform, Port, SecureNamespace, SecureWorkload } from 'cdk8s-secure-network';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', {
  platform: Platform.kubernetes({
    version: '1.31',
    podCidrs: ['10.244.0.0/16'],
    serviceCidrs: ['10.96.0.0/12'],
    nodeCidrs: ['192.0.2.0/24'],
  }),
  network: NetworkProvider.upstream(),
});

// The platform team's way out to the order database: the only pods that may reach it.
const egress = new SecureNamespace(app, 'egress', { edge, tenant: 'platform' });
const orders = new EgressRouter(egress, 'orders-db', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });

// The shop.
const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme', quota: { 'pods': '20', 'requests.cpu': '16' } });
const frontend = shop.addDeployment('frontend', {
  containers: [{ image: 'registry.example/shop/frontend:1.4.2', portNumber: 8080 }],
  servicePorts: [{ port: 80, targetPort: 8080 }],
});
const api = shop.addDeployment('api', {
  containers: [{
    image: 'registry.example/shop/api:2.0.1',
    ports: [{ number: 9090, name: 'http' }, { number: 9102, name: 'metrics' }],
    envVariables: {
      ORDERS_HOST: EnvValue.fromValue(orders.host),
      ORDERS_PORT: EnvValue.fromValue(`${orders.port}`),
    },
    readiness: Probe.fromHttpGet('/ready', { port: 9090 }),
  }],
});
const cart = shop.addStatefulSet('cart', { replicas: 3, containers: [{ image: 'registry.example/shop/cart:7.2.5', portNumber: 6379 }] });

frontend.connections.allowTo(api, { ports: [Port.tcpNamed('http')], reason: 'catalogue and checkout' });
api.connections.allowTo(cart, { reason: 'carts' });
cart.connections.allowInternally({ reason: 'replication' });

// Customers come in through the cloud's load balancer, whose addresses are known.
frontend.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'load balancer' });

// Another tenant's router: both ends say so.
api.connections.allowTo(orders, { reason: 'orders and stock' });
orders.connections.allowFrom(api, { reason: 'orders and stock' });

// Prometheus belongs to others; only our half of the flow is ours to open.
const monitoring = SecureNamespace.imported(edge, 'monitoring');
const prometheus = SecureWorkload.imported(monitoring, 'prometheus', {
  labels: { 'app.kubernetes.io/name': 'prometheus' },
  serviceAccountName: 'prometheus',
});
api.connections.allowFrom(prometheus, { ports: [Port.tcpNamed('metrics')], reason: 'metrics' });

app.synth();
console.log(app.summary());
