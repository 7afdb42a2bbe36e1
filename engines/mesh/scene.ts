/** A shop behind a gateway of the mesh, to be tried in real proxies: `web` for everybody, some requests of `orders` for customers with a token. */
import {
  ClusterApp, ClusterEdge, EgressProxy, EgressRouter, GatewayCertificate, HttpMatch, MeshGateway, MeshProvider, NetworkProvider, Peer, Platform, Port,
  RequestJwt, SecureNamespace, SecureWorkload,
} from 'cdk8s-secure-network';
import { Manifest, readManifests } from '../lib/manifests';

export const TRUST_DOMAIN = 'prod.example';
export const ISSUER = 'https://login.example';
export const HOST = 'shop.example';
export const OTHER_HOST = 'stock.example';

function edgeOf(app: ClusterApp): ClusterEdge {
  return new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ version: '1.31', podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] }),
    network: NetworkProvider.upstream(),
    mesh: MeshProvider.istioSidecar({ trustDomain: TRUST_DOMAIN }),
  });
}

/**
 * Ways out through gateways of the mesh, to a name and to an address; a port that takes plaintext; names that are proven by HTTP-01.
 *
 * @param outdir a folder to write to
 */
export function egressScene(outdir: string): Manifest[] {
  const app = new ClusterApp({ outdir });
  const edge = edgeOf(app);
  const egress = new SecureNamespace(app, 'egress', { edge, tenant: 'acme' });
  const pay = new EgressRouter(egress, 'pay', { destination: Peer.host('pay.example'), ports: [Port.https()], through: EgressProxy.MESH_GATEWAY });
  const ledger = new EgressRouter(egress, 'ledger', { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], through: EgressProxy.MESH_GATEWAY });
  const till = new SecureNamespace(app, 'till', { edge, tenant: 'acme' });
  const [cash, books, legacy] = ['cash', 'books', 'legacy'].map(name => till.addDeployment(name, { containers: [{ image: `registry.example/${name}:1.0.0`, portNumber: 8080 }] }));
  cash.connections.allowTo(pay, { reason: 'payments' });
  books.connections.allowTo(ledger, { reason: 'bookings' });
  cash.connections.allowTo(books);
  legacy.connections.allowFrom(Peer.cidr('203.0.113.0/24'), { reason: 'terminals that speak no TLS' });
  const certManager = SecureWorkload.imported(SecureNamespace.imported(edge, 'cert-manager'), 'cert-manager', {
    labels: { 'app.kubernetes.io/name': 'cert-manager' }, serviceAccountName: 'cert-manager',
  });
  const shop = new SecureNamespace(app, 'front', { edge, tenant: 'acme' });
  const gateway = new MeshGateway(shop, 'proven', { hosts: ['till.example'], certificate: GatewayCertificate.fromIssuer('letsencrypt', { http01: { certManager } }) });
  gateway.route('/', cash);
  app.synth();
  const written = readManifests(outdir);
  const { metadata: { namespace }, spec: { selector } } = written.find(({ kind, metadata }) => kind === 'Service' && metadata.name.startsWith('http01-'))!;
  // As cert-manager makes it, while a name is being proven.
  const metadata = { namespace, name: 'cm-acme-http-solver', labels: selector, annotations: { 'sidecar.istio.io/inject': 'false' } };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const spec = { automountServiceAccountToken: false, containers: [{ name: 'acmesolver', image: 'registry.example/acmesolver:1.0.0', ports: [{ containerPort: 8089 }], securityContext }] };
  const solver = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  return [...written, solver];
}

/** @param outdir a folder to write to */
export function meshScene(outdir: string): Manifest[] {
  const app = new ClusterApp({ outdir });
  const edge = edgeOf(app);
  const store = new SecureNamespace(app, 'store', { edge, tenant: 'acme' });
  const [web, orders] = ['web', 'orders'].map(name => store.addDeployment(name, { containers: [{ image: `registry.example/${name}:1.0.0`, portNumber: 8080 }] }));
  web.connections.allowTo(orders, { http: [HttpMatch.get('/orders/*')], reason: 'shows orders' });
  const entrance = new SecureNamespace(app, 'entrance', { edge, tenant: 'platform' });
  const gateway = new MeshGateway(entrance, 'public', {
    hosts: [HOST, OTHER_HOST], certificate: GatewayCertificate.fromSecret('shop-tls'), jwt: [RequestJwt.of({ issuer: ISSUER, audiences: ['shop'] })],
  });
  gateway.route('/orders', orders, { methods: ['GET'] });
  gateway.route('/', web, { anonymous: true });
  gateway.deny('/admin');
  web.connections.allowFrom(gateway);
  orders.connections.allowFrom(gateway, { http: [HttpMatch.get('/orders'), HttpMatch.get('/orders/*')] });
  app.synth();
  return readManifests(outdir);
}
