/**
 * The shop in a mesh: the flows of examples/shop, with callers known by their identity, everything said between workloads encrypted, no more
 * asked of the API than the frontend has to ask, and a gateway in front.
 */
import {
  ClusterApp, ClusterEdge, EgressRouter, GatewayCertificate, HttpMatch, MeshGateway, MeshProvider, NetworkProvider, Peer, Platform, Port, SecureNamespace,
  Tracing,
} from 'cdk8s-secure-network';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', {
  platform: Platform.kubernetes({
    version: '1.31',
    podCidrs: ['10.244.0.0/16'],
    serviceCidrs: ['10.96.0.0/12'],
    nodeCidrs: ['192.0.2.0/24'],
  }),
  network: NetworkProvider.upstream(),
  mesh: MeshProvider.istioSidecar({
    trustDomain: 'prod.example',
    tracing: Tracing.jaeger({ namespace: 'observability', service: 'jaeger-collector', labels: { app: 'jaeger' }, sampling: 5 }),
    accessLogs: true,
  }),
});

// The platform team's way out to the order database: in the mesh, so that it knows who asks.
const egress = new SecureNamespace(app, 'egress', { edge, tenant: 'platform' });
const orders = new EgressRouter(egress, 'orders-db', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });

// The shop.
const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/shop/frontend:1.4.2', portNumber: 8080 }] });
const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/shop/api:2.0.1', portNumber: 9090 }] });
const cart = shop.addStatefulSet('cart', { replicas: 3, containers: [{ image: 'registry.example/shop/cart:7.2.5', portNumber: 6379 }] });

frontend.connections.allowTo(api, { http: [HttpMatch.get('/catalogue/*'), HttpMatch.post('/checkout')], reason: 'catalogue and checkout' });
api.connections.allowTo(cart, { reason: 'carts' });
cart.connections.allowInternally({ reason: 'replication' });

// Another tenant's router: both ends say so.
api.connections.allowTo(orders, { reason: 'orders and stock' });
orders.connections.allowFrom(api, { reason: 'orders and stock' });

// Customers come in through the platform's gateway, which leads to the frontend and nowhere else.
const web = new SecureNamespace(app, 'web', { edge, tenant: 'platform' });
const gateway = new MeshGateway(web, 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromIssuer('letsencrypt') });
gateway.route('/', frontend);
gateway.deny('/admin');
frontend.connections.allowFrom(gateway, { reason: 'the shop is public' });

app.synth();
console.log(app.summary());
