/** A shop behind a gateway of the mesh, to be tried in real proxies: `web` for everybody, some requests of `orders` for customers with a token. */
import { ClusterApp, ClusterEdge, GatewayCertificate, HttpMatch, MeshGateway, MeshProvider, NetworkProvider, Platform, RequestJwt, SecureNamespace } from 'cdk8s-secure-network';
import { Manifest, readManifests } from '../lib/manifests';

export const TRUST_DOMAIN = 'prod.example';
export const ISSUER = 'https://login.example';
export const HOST = 'shop.example';
export const OTHER_HOST = 'stock.example';

/** @param outdir a folder to write to */
export function meshScene(outdir: string): Manifest[] {
  const app = new ClusterApp({ outdir });
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ version: '1.31', podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] }),
    network: NetworkProvider.upstream(),
    mesh: MeshProvider.istioSidecar({ trustDomain: TRUST_DOMAIN }),
  });
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
