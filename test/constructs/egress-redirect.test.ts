import { ApiObject, App, JsonPatch } from 'cdk8s';
import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { EgressRouter, EgressRouterProps } from '../../src/constructs/egress-router';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { Peer } from '../../src/intent/peer';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import '../../src/jest';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, deployment, namespacePeer, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

const MACVLAN = { address: '198.51.100.99/24', gateway: '198.51.100.1' };

function build(props: Partial<EgressRouterProps> = {}, make = Platform.openshift, network = NetworkProvider.ovnKubernetes()) {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform: make(FACTS), network });
  const egress = new SecureNamespace(app, 'egress', { edge });
  const router = new EgressRouter(egress, 'orders-db', { destination: Peer.address('203.0.113.10'), ports: [Port.postgres()], macvlan: MACVLAN, ...props });
  const shop = new SecureNamespace(app, 'shop', { edge });
  const api = deployment(shop, 'api', 8080);
  api.connections.allowTo(router);
  router.connections.allowFrom(api);
  return { app, egress, router, shop, api };
}

describe('9. EgressRouter with an interface outside', () => {
  test('the object redirects each port to the destination, and says nothing of a fallback', () => {
    const { app, egress } = build({ ports: [Port.postgres(), Port.https()] });
    expect(object(egress, 'EgressRouter', 'orders-db')).toMatchObject({
      apiVersion: 'network.operator.openshift.io/v1',
      spec: {
        mode: 'Redirect',
        networkInterface: { macvlan: { mode: 'Bridge' } },
        addresses: [{ ip: '198.51.100.99/24', gateway: '198.51.100.1' }],
        redirect: { redirectRules: [{ destinationIP: '203.0.113.10', port: 443, protocol: 'TCP' }, { destinationIP: '203.0.113.10', port: 5432, protocol: 'TCP' }] },
      },
    });
    expect(JSON.stringify(objects(app))).not.toContain('fallback');
    expect(objects(app).filter(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === 'egress')).toEqual([]);
    expect(refusal(app)).toBe('');
  });

  test('it has the Service that the operator leaves out, and clients dial it', () => {
    const { egress, router } = build();
    expect(object(egress, 'Service', 'orders-db').spec).toEqual({
      selector: { app: 'egress-router-cni' }, ports: [{ name: 'tcp-5432', protocol: 'TCP', port: 5432, targetPort: 5432 }],
    });
    expect([router.host, router.port]).toEqual(['orders-db.egress.svc', 5432]);
  });

  test('its policies let stated clients in and nothing out on the cluster\'s network', () => {
    const { egress, shop, api } = build();
    const pods = { ...namespacePeer('egress'), podSelector: { matchLabels: { app: 'egress-router-cni' } } };
    expect(policy(egress, 'orders-db-network-policy')).toEqual({
      podSelector: { matchLabels: { app: 'egress-router-cni' } }, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [podsPeer(api)], ports: tcp(5432) }], egress: [],
    });
    expect(policy(shop, 'api-network-policy').egress).toEqual([{ to: [pods], ports: tcp(5432) }]);
    expect(object(egress, 'EgressFirewall', 'default').spec.egress.map(({ type }: any) => type)).toEqual(['Deny', 'Deny']);
  });

  test('the analysis sees where it leads, although no policy says so', () => {
    const { app } = build();
    const net = Connectivity.ofApp(app);
    expect(net.rows().map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`)).toEqual(expect.arrayContaining([
      'egress/egress-router-cni-deployment[Deployment] => 203.0.113.10-203.0.113.10[External] : TCP 5432',
      'shop/api[Deployment] => egress/egress-router-cni-deployment[Deployment] : TCP 5432',
    ]));
    const router = 'egress/egress-router-cni-deployment';
    expect(net).toAllow(router, Peer.address('203.0.113.10'), Port.postgres());
    expect(net).toDeny(router, Peer.address('203.0.113.11'));
    expect(net).toDeny('shop/api', Peer.address('203.0.113.10'));
    const { allowed, reasons } = net.verdict({ src: router, dst: '203.0.113.10', port: 5432 });
    expect(allowed).toBe(true);
    expect(reasons.map(({ text }) => text)).toEqual(['EgressRouter egress/orders-db lists 203.0.113.10 for TCP 5432, and what leaves by its interface outside reaches what it lists only']);
    expect(net.verdict({ src: router, dst: '203.0.113.10', port: 22 }).denied).toBe(true);
    expect(net.warnings().join()).toContain('what reaches its interface outside the cluster passes no policy');
  });

  test.each([
    ['another destination', JsonPatch.replace('/spec/redirect/redirectRules/0/destinationIP', '203.0.113.11'), 'is not possible, although stated: no EgressRouter leads there'],
    ['another port', JsonPatch.add('/spec/redirect/redirectRules/-', { destinationIP: '203.0.113.10', port: 22, protocol: 'TCP' }), '203.0.113.10 : TCP 22 is possible, and nobody stated it'],
    ['one more destination', JsonPatch.add('/spec/redirect/redirectRules/-', { destinationIP: '203.0.113.66', port: 5432, protocol: 'TCP' }), '203.0.113.66 : TCP 5432 is possible'],
  ])('an object that was changed to lead elsewhere is found: %s', (_, patch, message) => {
    const { app, egress } = build();
    const found = egress.node.findAll().filter(ApiObject.isApiObject).map(each => each as ApiObject).find(({ kind }) => kind === 'EgressRouter')!;
    found.addJsonPatch(patch);
    expect(refusal(app)).toContain(message);
  });

  test('nobody else reaches the destination past it', () => {
    const { app, shop } = build();
    deployment(shop, 'job', 8080).connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.postgres()] });
    expect(refusal(app)).toContain("past the router 'egress/orders-db'");
  });
});

describe('9. EgressRouter with an interface outside: what is refused', () => {
  test('a second one in the namespace, which the operator would give the same names', () => {
    const { egress } = build();
    const add = (macvlan?: typeof MACVLAN) => () => new EgressRouter(egress, `r${macvlan ? 1 : 2}`, { destination: Peer.address('203.0.113.20'), ports: [Port.https()], macvlan });
    expect(add(MACVLAN)).toThrow("is the second router with 'macvlan' in 'egress'");
    expect(add()).not.toThrow();
  });

  test('a fallback, and what the operator decides', () => {
    expect(() => build({ macvlan: { ...MACVLAN, fallbackIP: '203.0.113.99' } as any })).toThrow('macvlan.fallbackIP is not taken: nobody obeys it');
    expect(() => build({ macvlan: { ...MACVLAN, master: 'eth1' } as any })).toThrow('macvlan.master is not taken: the operator decides it');
  });

  test.each([
    [{ destination: Peer.host('orders.db.example') }, "redirects to addresses alone, and 'orders.db.example' is a name"],
    [{ destination: Peer.address('2001:db8::10') }, 'are of different families'],
    [{ replicas: 2 }, "'replicas' is of no effect beside 'macvlan'"],
    [{ sourceAddresses: ['192.0.2.60'] }, "'sourceAddresses' is of no effect beside 'macvlan'"],
    [{ macvlan: { address: '198.51.100.99', gateway: '198.51.100.1' } }, 'has no prefix length'],
    [{ macvlan: { address: '198.51.100.99/24', gateway: '203.0.113.1' } }, 'is no other address of the network'],
    [{ macvlan: { address: '198.51.100.99/24', gateway: '198.51.100.99' } }, 'is no other address of the network'],
  ])('%j', (props, message) => expect(() => build(props)).toThrow(message));

  test('a platform or a network without the operator', () => {
    expect(() => build({}, Platform.kubernetes)).toThrow('needs the operator of OpenShift on OVN-Kubernetes, and this is kubernetes');
    expect(() => build({}, Platform.openshift, NetworkProvider.upstream())).toThrow('and this is openshift with NetworkProvider.upstream()');
    expect(() => build({ macvlan: undefined }, Platform.kubernetes)).not.toThrow();
  });
});

describe('11. reading EgressRouter', () => {
  const router = (name: string, spec: object = {}) => ({
    apiVersion: 'network.operator.openshift.io/v1',
    kind: 'EgressRouter',
    metadata: { namespace: 'egress', name },
    spec: {
      addresses: [{ ip: '198.51.100.99/24', gateway: '198.51.100.1' }],
      redirect: { redirectRules: [{ destinationIP: '203.0.113.10', port: 5432, protocol: 'TCP' }] },
      ...spec,
    },
  });
  const warnings = (...found: object[]) => Connectivity.ofObjects(found, { keepGoing: true }).warnings().join('\n');

  test('a port may lead to another', () => {
    const net = Connectivity.ofObjects([router('a', { redirect: { redirectRules: [{ destinationIP: '203.0.113.10', port: 5432, targetPort: 6432, protocol: 'TCP' }] } })]);
    expect(net.verdict({ src: 'egress/egress-router-cni-deployment', dst: '203.0.113.10', protocol: 'TCP' }).conn).toBe('TCP 6432');
  });

  test('a fallback is said to have no effect', () => {
    expect(warnings(router('a', { redirect: { redirectRules: [], fallbackIP: '203.0.113.99' } }))).toContain('fallbackIP has no effect');
    expect(warnings(router('a'))).not.toContain('fallbackIP');
  });

  test('a second one in a namespace, another mode, and no gateway are problems', () => {
    expect(warnings(router('a'), router('b'))).toContain("is the second of namespace 'egress'");
    expect(warnings(router('a', { mode: 'HTTP' }))).toContain("mode 'HTTP' is unknown");
    expect(warnings(router('a', { addresses: [{ ip: '198.51.100.99/24' }] }))).toContain('needs an ip and a gateway');
  });
});
