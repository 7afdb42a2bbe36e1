import { Connectivity, EgressProxy, EgressRouter, EgressRouterProps, Peer, Port } from '../../src/index';
import { deployment, object, objects, policy, podsPeer, refusal, tcp } from '../support/app';
import { newMesh } from '../support/mesh';
import '../../src/jest';

function routed(props: Partial<EgressRouterProps> = {}) {
  const cluster = newMesh();
  const egress = cluster.namespace('egress');
  const home = cluster.namespace('shop');
  const router = new EgressRouter(egress, 'orders-db', { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], through: EgressProxy.MESH_GATEWAY, ...props });
  const api = deployment(home, 'api', 9090);
  api.connections.allowTo(router, { reason: 'orders' });
  return { ...cluster, egress, home, router, api, web: deployment(home, 'web', 8080) };
}
const HOST = 'orders-db.egress.svc.cluster.local';

describe('5. EgressRouter through a gateway of the mesh', () => {
  test('callers are wrapped into mutual TLS and led to one destination, as bytes', () => {
    const { app, egress } = routed();
    expect(object(egress, 'Gateway', 'orders-db').spec.servers).toEqual([{ port: { number: 5432, name: 'tls-5432', protocol: 'TLS' }, hosts: [`./${HOST}`], tls: { mode: 'ISTIO_MUTUAL' } }]);
    expect(object(egress, 'VirtualService', 'orders-db').spec).toEqual({
      hosts: [HOST],
      gateways: ['orders-db'],
      exportTo: ['.'],
      tcp: [{ match: [{ gateways: ['orders-db'], port: 5432 }], route: [{ destination: { host: 'orders-db-destination.egress.invalid', port: { number: 5432 } } }] }],
    });
    expect(object(egress, 'DestinationRule', 'orders-db').spec).toEqual({ host: HOST, exportTo: ['.', 'shop'], trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: HOST } } });
    expect(refusal(app)).toBe('');
  });

  test('the gateway knows callers by identity: who stated it, and nobody else', () => {
    const { egress, home, api, web } = routed();
    const { rules } = object(egress, 'AuthorizationPolicy', 'orders-db-authorization').spec;
    expect(rules).toEqual([{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/api'] } }], to: [{ operation: { ports: ['5432'] } }] }]);
    expect(object(home, 'Sidecar', 'api-scope').spec.egress[0].hosts).toContain(`egress/${HOST}`);
    expect(object(home, 'Sidecar', 'web-scope').spec.egress[0].hosts).not.toContain(`egress/${HOST}`);
    expect([api, web]).toHaveLength(2);
  });

  test('without a caller nobody is let in, and no rule is empty', () => {
    const cluster = newMesh();
    const egress = cluster.namespace('egress');
    new EgressRouter(egress, 'orders-db', { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], through: EgressProxy.MESH_GATEWAY });
    const { action, rules, selector } = object(egress, 'AuthorizationPolicy', 'orders-db-authorization').spec;
    expect({ action, rules }).toEqual({ action: 'ALLOW', rules: undefined });
    expect(Object.keys(selector.matchLabels)).not.toHaveLength(0);
    expect(object(egress, 'DestinationRule', 'orders-db').spec.exportTo).toEqual(['.']);
  });

  test('the network closes the way around it', () => {
    const { app, egress, api, web, router } = routed();
    expect(policy(egress, 'orders-db-network-policy').ingress).toEqual([{ from: [podsPeer(api)], ports: tcp(5432) }]);
    const net = Connectivity.ofApp(app);
    expect(net).toAllow(api, router, Port.tcp(5432));
    expect(net).toDeny(web, router);
    expect(net).toAllow(router, Peer.address('203.0.113.10'), Port.tcp(5432));
    expect(net).toDeny(api, Peer.address('203.0.113.10'));
  });

  test('an address is told to the gateway as where to go, not as where somebody dialled', () => {
    const { egress } = routed();
    expect(object(egress, 'ServiceEntry', 'orders-db-destination').spec).toMatchObject({ resolution: 'STATIC', endpoints: [{ address: '203.0.113.10' }], exportTo: ['.'] });
  });

  test('its pods read no Secret', () => {
    const { app } = routed();
    expect(objects(app).filter(({ kind, metadata }) => kind === 'Role' && metadata.namespace === 'egress')).toEqual([]);
  });

  test("refused outside the mesh, for a name, with an image, on the proxy's own ports, and for callers without identity", () => {
    const { namespace } = newMesh();
    const out = namespace('out', { mesh: false });
    const props = { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], through: EgressProxy.MESH_GATEWAY };
    expect(() => new EgressRouter(out, 'db', props)).toThrow(/needs a mesh, and its namespace 'out' is in none/);
    expect(() => routed({ destination: Peer.host('orders.db.example') })).toThrow(/only an address is held, and 'orders.db.example' is a name/);
    expect(() => routed({ image: 'registry.example/p:1.0' })).toThrow(/of no effect/);
    expect(() => routed({ ports: [Port.tcp(15090)] })).toThrow(/listens for itself/);
    const { router, namespace: more } = routed();
    const legacy = deployment(more('legacy', { mesh: false }), 'old', 8080);
    expect(() => router.connections.allowFrom(legacy, { reason: 'old' })).toThrow(/takes mutual TLS alone/);
  });
});
