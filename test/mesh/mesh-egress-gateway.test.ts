import { ApiObject, JsonPatch } from 'cdk8s';
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
const SAFE = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
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

  test('a name is asked for by the gateway, which goes there and nowhere else', () => {
    const { app, egress, router, api } = routed({ destination: Peer.host('orders.db.example') });
    expect(object(egress, 'ServiceEntry', 'orders-db-destination').spec).toEqual({
      hosts: ['orders.db.example'], ports: [{ number: 5432, name: 'tcp-5432', protocol: 'TCP' }], location: 'MESH_EXTERNAL', resolution: 'DNS', exportTo: ['.'],
    });
    expect(object(egress, 'VirtualService', 'orders-db').spec.tcp[0].route).toEqual([{ destination: { host: 'orders.db.example', port: { number: 5432 } } }]);
    expect(refusal(app)).toBe('');
    const net = Connectivity.ofApp(app);
    const leads = (src: string, dst: string) => net.verdict({ src, dst, port: 5432 }).allowed;
    expect(leads('egress/orders-db', 'orders.db.example')).toBe(true);
    expect(leads('egress/orders-db', 'other.example')).toBe(false);
    expect(leads('shop/api', 'orders.db.example')).toBe(false);
    expect(leads('egress/orders-db', '203.0.113.10')).toBe(false);
    expect(net).toAllow(api, router);
    expect(objects(app).filter(({ kind, metadata }) => kind === 'ServiceEntry' && metadata.namespace === 'egress')).toHaveLength(1);
  });

  test('what opens TLS with the name is led there by the proxies of callers, and of nobody else', () => {
    const { app, egress, home } = routed({ destination: Peer.host('pay.example'), ports: [Port.https()] });
    expect(object(egress, 'VirtualService', 'orders-db-callers').spec).toEqual({
      hosts: ['pay.example'],
      gateways: ['mesh'],
      exportTo: ['.', 'shop'],
      tls: [{ match: [{ port: 443, sniHosts: ['pay.example'] }], route: [{ destination: { host: HOST, port: { number: 443 } } }] }],
    });
    expect(object(egress, 'ServiceEntry', 'orders-db-destination').spec).toMatchObject({ hosts: ['pay.example'], ports: [{ number: 443, protocol: 'TLS' }], exportTo: ['.', 'shop'] });
    expect(object(home, 'Sidecar', 'api-scope').spec.egress[0].hosts).toEqual(expect.arrayContaining([`egress/${HOST}`, 'egress/pay.example']));
    expect(object(home, 'Sidecar', 'web-scope').spec.egress[0].hosts).not.toContain('egress/pay.example');
    expect(refusal(app)).toBe('');
  });

  test('a name with other ports is not told to callers, whose proxies would take every connection there for it', () => {
    const { app, egress, home } = routed({ destination: Peer.host('pay.example'), ports: [Port.https(), Port.postgres()] });
    expect(objects(app).filter(({ metadata }) => metadata.name === 'orders-db-callers')).toEqual([]);
    expect(object(egress, 'ServiceEntry', 'orders-db-destination').spec.exportTo).toEqual(['.']);
    expect(object(home, 'Sidecar', 'api-scope').spec.egress[0].hosts).not.toContain('egress/pay.example');
  });

  describe('its routes are read back: the synth stops where they lead elsewhere', () => {
    const changed = (kind: string, name: string, ...patch: JsonPatch[]) => {
      const { app, egress } = routed({ destination: Peer.host('orders.db.example') });
      const found = egress.node.findAll().find(one => ApiObject.isApiObject(one) && one.kind === kind && one.name === name) as ApiObject;
      found.addJsonPatch(...patch);
      return refusal(app);
    };
    const destination = '/spec/tcp/0/route/0/destination';

    test('to another name', () => {
      const entry = { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'more' }, spec: { hosts: ['evil.example'], ports: [{ number: 5432, name: 'tcp', protocol: 'TCP' }], resolution: 'DNS' } };
      const { app, egress } = routed({ destination: Peer.host('orders.db.example') });
      new ApiObject(egress, 'more', entry);
      expect(refusal(app)).toBe('');
      const spec = { hosts: ['orders-db.egress.svc.cluster.local'], gateways: ['orders-db'], tcp: [{ route: [{ destination: { host: 'evil.example', port: { number: 5432 } } }] }] };
      new ApiObject(egress, 'stray', { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'stray' }, spec });
      expect(refusal(app)).toContain('egress/orders-db -> evil.example : TCP 5432 is possible, and nobody stated it: VirtualService egress/orders-db and VirtualService egress/stray leads there');
    });

    test('to an address that the name does not have', () => {
      expect(changed('ServiceEntry', 'orders-db-destination', JsonPatch.add('/spec/endpoints', [{ address: '198.51.100.66' }])))
        .toContain('egress/orders-db -> 198.51.100.66-198.51.100.66 : TCP 5432 is possible, and nobody stated it');
    });

    test('to another port', () => {
      expect(changed('ServiceEntry', 'orders-db-destination', JsonPatch.replace('/spec/ports', [{ number: 5432, targetPort: 5433, name: 'tcp', protocol: 'TCP' }])))
        .toContain('TCP 5432 is not possible, although stated');
    });

    test('nowhere', () => {
      expect(changed('VirtualService', 'orders-db', JsonPatch.replace(`${destination}/host`, 'unknown.example'))).toContain('TCP 5432 is not possible, although stated');
      expect(changed('VirtualService', 'orders-db', JsonPatch.replace('/spec/gateways', ['other']))).toContain('TCP 5432 is not possible, although stated');
    });

    test('wherever a client dialled', () => {
      expect(changed('ServiceEntry', 'orders-db-destination', JsonPatch.replace('/spec/resolution', 'NONE'))).toContain("neither a rule by name nor a proxy's configuration holds that");
    });

    test('past a container beside the proxy', () => {
      const { app, egress } = routed({ destination: Peer.host('orders.db.example') });
      const found = egress.node.findAll().find(one => ApiObject.isApiObject(one) && one.kind === 'Deployment') as ApiObject;
      found.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/-', { name: 'more', image: 'x', securityContext: SAFE }));
      expect(refusal(app)).toContain("neither a rule by name nor a proxy's configuration holds that");
    });
  });

  test("refused outside the mesh, with an image, on the proxy's own ports, and for callers without identity", () => {
    const { namespace } = newMesh();
    const out = namespace('out', { mesh: false });
    const props = { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], through: EgressProxy.MESH_GATEWAY };
    expect(() => new EgressRouter(out, 'db', props)).toThrow(/needs a mesh, and its namespace 'out' is in none/);
    expect(() => routed({ image: 'registry.example/p:1.0' })).toThrow(/of no effect/);
    expect(() => routed({ ports: [Port.tcp(15090)] })).toThrow(/listens for itself/);
    const { router, namespace: more } = routed();
    const legacy = deployment(more('legacy', { mesh: false }), 'old', 8080);
    expect(() => router.connections.allowFrom(legacy, { reason: 'old' })).toThrow(/takes mutual TLS alone/);
  });
});
