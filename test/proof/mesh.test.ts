import { mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, JsonPatch } from 'cdk8s';
import {
  ClusterApp, ClusterEdge, EgressProxy, EgressRouter, GatewayCertificate, HttpMatch, IstioSidecarProps, MeshGateway, MeshProvider, NetworkProvider, Peer,
  Platform, Port, SecureNamespace,
} from '../../src';

/** Two tenants' workloads in a mesh: `web` may ask `orders` for some requests and `stock` for all, a load balancer asks `web` in plaintext. */
function program(options: IstioSidecarProps = {}) {
  const app = new ClusterApp({ outdir: mkdtempSync(join(tmpdir(), 'mesh-')) });
  const platform = Platform.kubernetes({ version: '1.31', podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] });
  const edge = new ClusterEdge(app, 'edge', { platform, network: NetworkProvider.upstream(), mesh: MeshProvider.istioSidecar(options) });
  const store = new SecureNamespace(app, 'store', { edge });
  const [web, orders, stock] = ['web', 'orders', 'stock'].map(name => store.addDeployment(name, { containers: [{ image: 'registry.example/x:1', portNumber: 8080 }] }));
  web.connections.allowTo(orders, { http: [HttpMatch.get('/orders/*')], reason: 'shows orders' });
  web.connections.allowTo(stock, { reason: 'shows stock' });
  web.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'load balancer' });
  const find = (kind: string, name: string) => app.node.findAll().find((each): each is ApiObject =>
    ApiObject.isApiObject(each) && each.kind === kind && each.metadata.name === name)!;
  const patch = (kind: string, name: string, ...patches: JsonPatch[]) => find(kind, name).addJsonPatch(...patches);
  const add = (spec: any) => new ApiObject(store, 'by-hand', { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'by-hand' }, spec });
  return { app, edge, web, patch, add };
}

const SOURCE = '/spec/rules/0/from/0/source';

describe('9. the mesh holds by itself, also where policies of the network still do', () => {
  test('what is rendered is what was stated', () => {
    expect(() => program().app.synth()).not.toThrow();
  });

  test.each([
    ['a whole namespace', { namespaces: ['store'] }, 'store/anybody, by its identity'],
    ['anybody with an identity', { principals: ['*'] }, 'nowhere/anybody, by its identity'],
    ['another account', { principals: ['cluster.local/ns/store/sa/web', 'cluster.local/ns/store/sa/stock'] }, 'store/stock, by its identity'],
    ['the beginning of a name', { principals: ['cluster.local/ns/store/sa/w*'] }, 'store/w, by its identity'],
    ['everybody but one', { notPrincipals: ['cluster.local/ns/store/sa/orders'] }, 'nowhere/anybody, by its identity'],
  ])('a rule that was made to mean %s is found', (_what, source, who) => {
    const { app, patch } = program();
    patch('AuthorizationPolicy', 'stock-authorization', JsonPatch.replace(SOURCE, source));
    expect(() => app.synth()).toThrow(`${who} -> store/stock[Deployment] : TCP 8080 is let in by its proxy, and nobody stated it: `
      + 'AuthorizationPolicy store/stock-authorization opens it');
  });

  test('another port of the same caller is found', () => {
    const { app, patch } = program();
    patch('AuthorizationPolicy', 'stock-authorization', JsonPatch.replace('/spec/rules/0/to/0/operation/ports', ['8080', '9090']));
    expect(() => app.synth()).toThrow('store/web, by its identity -> store/stock[Deployment] : TCP 9090 is let in by its proxy');
  });

  test('a rule that lost its caller, and a policy by hand for everybody, are found', () => {
    const lost = program();
    lost.patch('AuthorizationPolicy', 'stock-authorization', JsonPatch.remove('/spec/rules/0/from'));
    expect(() => lost.app.synth()).toThrow('nowhere/anybody, by its identity -> store/stock[Deployment] : TCP 8080 is let in by its proxy');
    const more = program();
    more.add({ rules: [{}] });
    expect(() => more.app.synth()).toThrow('AuthorizationPolicy store/by-hand opens it');
  });

  test('what is meant is let be', () => {
    const { app, edge, add } = program();
    add({ selector: { matchLabels: { app: 'nothing' } }, rules: [{ from: [{ source: { namespaces: ['store'] } }], to: [{ operation: { ports: ['8080'] } }] }] });
    edge.acknowledge('AuthorizationPolicy store/by-hand', { reason: 'tried' });
    expect(() => app.synth()).not.toThrow();
  });

  test('requests that lost their limits are found', () => {
    const { app, patch } = program();
    patch('AuthorizationPolicy', 'orders-authorization', JsonPatch.replace('/spec/rules/0/to/0/operation', { ports: ['8080'] }));
    expect(() => app.synth()).toThrow('store/web, by its identity -> store/orders[Deployment] : TCP 8080 is let in whatever is asked for');
  });

  test('a flow that was stated and is refused is found', () => {
    const { app, patch } = program();
    patch('AuthorizationPolicy', 'stock-authorization', JsonPatch.remove('/spec/rules'));
    expect(() => app.synth()).toThrow(/store\/web, by its identity -> store\/stock\[Deployment\] : TCP 8080 is refused by its proxy, although stated as/);
  });

  test('plaintext where nobody needs it is found, and taken where it was stated', () => {
    const { app, patch } = program();
    patch('PeerAuthentication', 'default', JsonPatch.replace('/spec/mtls/mode', 'PERMISSIVE'));
    expect(() => app.synth()).toThrow(/store\/stock\[Deployment\] takes plaintext on TCP .*, and nobody without identity was let in there/);
  });

  test('more addresses without identity than were stated are found', () => {
    const wider = program();
    wider.patch('AuthorizationPolicy', 'web-authorization', JsonPatch.replace(SOURCE, { notPrincipals: ['*'], ipBlocks: ['198.51.0.0/16'] }));
    expect(() => wider.app.synth()).toThrow('-> store/web[Deployment] : AuthorizationPolicy store/web-authorization lets it in, and nobody stated it');
    const anywhere = program();
    anywhere.patch('AuthorizationPolicy', 'web-authorization', JsonPatch.replace(SOURCE, { notPrincipals: ['*'] }));
    expect(() => anywhere.app.synth()).toThrow('whoever has no identity -> store/web[Deployment] : TCP 8080 is let in by its proxy');
  });

  test('a gateway that lets in whatever is asked for is found', () => {
    const build = () => {
      const cluster = program();
      const entrance = new SecureNamespace(cluster.app, 'entrance', { edge: cluster.edge });
      const gateway = new MeshGateway(entrance, 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromSecret('shop-tls') });
      gateway.route('/', cluster.web);
      cluster.web.connections.allowFrom(gateway);
      return cluster;
    };
    expect(() => build().app.synth()).not.toThrow();
    const open = build();
    open.patch('AuthorizationPolicy', 'public-authorization', JsonPatch.remove('/spec/rules/0/to'));
    expect(() => open.app.synth()).toThrow('entrance/public[Deployment] lets in whatever is asked for, by rules[0] of AuthorizationPolicy entrance/public-authorization');
  });

  test('a way out that other callers may take is found', () => {
    const build = () => {
      const cluster = program();
      const egress = new SecureNamespace(cluster.app, 'egress', { edge: cluster.edge });
      const router = new EgressRouter(egress, 'bank', { destination: Peer.address('203.0.113.10'), ports: [Port.tcp(8443)], through: EgressProxy.MESH_GATEWAY });
      cluster.web.connections.allowTo(router);
      router.connections.allowFrom(cluster.web);
      return cluster;
    };
    expect(() => build().app.synth()).not.toThrow();
    const open = build();
    open.patch('AuthorizationPolicy', 'bank-authorization', JsonPatch.replace(SOURCE, { namespaces: ['store'] }));
    expect(() => open.app.synth()).toThrow('store/anybody, by its identity -> egress/bank[Deployment] : TCP 8443 is let in by its proxy');
  });

  test('a dry run decides nothing, and nothing is demanded of it', () => {
    const { app, patch } = program({ dryRun: true });
    patch('AuthorizationPolicy', 'stock-authorization', JsonPatch.replace(SOURCE, { principals: ['*'] }));
    expect(() => app.synth()).not.toThrow();
  });
});
