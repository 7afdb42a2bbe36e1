import { ApiObject, App, JsonPatch } from 'cdk8s';
import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { Guardrails } from '../../src/constructs/guardrails';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { Subject } from '../../src/constructs/subject';
import { ClusterRange, Peer } from '../../src/intent/peer';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, NODE_CIDR, deployment, object, objects, refusal } from '../support/app';

const OVN_FACTS: PlatformFacts = { ...FACTS, apiServerEndpoints: ['192.0.2.10:6443'] };
const METADATA_SERVICE = '169.254.169.254';
const NODE = '192.0.2.77';

function guarded(options: { network?: NetworkProvider; facts?: PlatformFacts; priority?: number } = {}) {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes(options.facts ?? OVN_FACTS),
    network: options.network ?? NetworkProvider.ovnKubernetes(),
    guardrails: Guardrails.of({ platformSubjects: [Subject.group('platform-admins')], adminPolicyPriority: options.priority }),
  });
  const shop = new SecureNamespace(app, 'shop', { edge });
  const [web, api] = [deployment(shop, 'web', 8080), deployment(shop, 'api', 9090)];
  web.connections.allowTo(api);
  return { app, edge, shop, web, api };
}

const { podCidrs, serviceCidrs, nodeCidrs } = FACTS;
const read = (manifests: any[]) => Connectivity.ofObjects(manifests, { facts: { podCidrs, serviceCidrs, nodeCidrs } });
const allowed = (net: Connectivity, src: string, dst: string, port: number, protocol = 'TCP') => net.verdict({ src, dst, port, protocol }).allowed;
const admin = (app: App) => object(app, 'AdminNetworkPolicy', 'secure-network').spec;
const baseline = (app: App) => object(app, 'BaselineAdminNetworkPolicy', 'default').spec;

/** The policy with which somebody opens the whole namespace, both ways. */
const OPEN = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
};

/** A DNS pod, and one of somebody else. */
const STRANGERS = [['kube-system', 'dns', { 'k8s-app': 'kube-dns' }], ['other', 'stranger', { app: 'x' }]].map(([namespace, name, labels]) =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { containers: [{ name: 'a', image: 'a:1' }] } }));

describe('6. Guardrails: tiers, where the network has them', () => {
  test('on OVN-Kubernetes they are there and the loop closes; upstream has none', () => {
    const { app } = guarded();
    expect(refusal(app)).toBe('');
    expect(admin(app).priority).toBe(50);
    expect(objects(guarded({ network: NetworkProvider.upstream() }).app).filter(({ apiVersion }) => apiVersion.startsWith('policy.networking'))).toEqual([]);
  });

  test('the subjects are the namespaces of this program', () => {
    const { app, edge } = guarded();
    new SecureNamespace(app, 'back', { edge });
    for (const spec of [admin(app), baseline(app)]) {
      expect(spec.subject).toEqual({ namespaces: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['back', 'shop'] }] } });
    }
  });

  test('a priority that OVN-Kubernetes does not enforce is refused', () => {
    for (const priority of [-1, 100, 1.5]) expect(() => guarded({ priority })).toThrow(`[edge] adminPolicyPriority '${priority}' is outside 0-99, and NetworkProvider.ovnKubernetes() enforces no other`);
    for (const priority of [0, 99]) expect(() => guarded({ priority })).not.toThrow();
  });
});

describe('6. Guardrails: the tier before NetworkPolicy', () => {
  test('metadata service and nodes stay out of reach, whatever a policy opens', () => {
    const net = read([...objects(guarded().app), OPEN]).onlyLayers('admin', 'network-policy', 'baseline');
    const without = net.onlyLayers('network-policy');
    for (const [address, port] of [[METADATA_SERVICE, 80], [NODE, 10250], [NODE, 30080], [NODE, 22]] as const) {
      expect(allowed(net, 'shop/web', address, port)).toBe(false);
      expect(allowed(without, 'shop/web', address, port)).toBe(true);
    }
    expect(allowed(net, 'shop/web', '203.0.113.1', 443)).toBe(true);
    expect(allowed(net, 'shop/web', 'shop/api', 9090)).toBe(true);
  });

  test('what was stated of nodes and the API server is for those who stated it', () => {
    const { app, api } = guarded();
    api.connections.allowTo(Peer.apiServer());
    api.connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcpRange(9100, 9102)] });
    expect(refusal(app)).toBe('');
    const net = read(objects(app)).onlyLayers('admin', 'network-policy', 'baseline');
    for (const [address, port] of [['192.0.2.10', 6443], [NODE, 9101]] as const) {
      expect(allowed(net, 'shop/api', address, port)).toBe(true);
      expect(allowed(net, 'shop/web', address, port)).toBe(false);
    }
    expect(allowed(net, 'shop/api', NODE, 10250)).toBe(false);
    expect(allowed(net, 'shop/api', '192.0.2.10', 22)).toBe(false);
  });

  test('nothing is allowed there, only passed on, and denials come last', () => {
    const { app, api } = guarded({ facts: { ...OVN_FACTS, dns: { nodeLocalAddresses: ['169.254.20.10'] } } });
    api.connections.allowTo(Peer.apiServer());
    const { egress, ingress } = admin(app);
    expect(ingress).toBeUndefined();
    expect(egress.map(({ name, action }: any) => `${action} ${name}`)).toEqual(['Pass stated-1', 'Pass dns', 'Pass dns-on-the-node', 'Deny metadata-service', 'Deny nodes']);
    expect(egress[0]).toEqual({
      name: 'stated-1', action: 'Pass', to: [{ networks: ['192.0.2.10/32'] }], ports: [{ portNumber: { protocol: 'TCP', port: 6443 } }],
    });
    expect(egress[4].to).toEqual([{ networks: [NODE_CIDR] }]);
  });

  test('nodes are denied on the addresses too that they have among those of pods', () => {
    const { app, api } = guarded({ facts: { ...OVN_FACTS, apiServerSources: ['10.244.0.2', '100.64.0.2'] } });
    expect(admin(app).egress.find(({ name }: any) => name === 'nodes').to).toEqual([{ networks: ['10.244.0.2/32', '100.64.0.2/32', NODE_CIDR] }]);
    api.connections.allowTo(Peer.clusterRange(ClusterRange.PODS), { ports: [Port.tcp(9100)] });
    expect(admin(app).egress[0]).toMatchObject({ action: 'Pass', to: [{ networks: ['10.244.0.2/32'] }] });
  });

  test('only families that pods have; without the nodes\' ranges the nodes themselves', () => {
    expect(admin(guarded().app).egress.find(({ name }: any) => name === 'metadata-service').to).toEqual([{ networks: [`${METADATA_SERVICE}/32`] }]);
    const { app, web } = guarded({ facts: { version: '1.31', apiServerEndpoints: ['192.0.2.10:6443'], serviceCidrs: FACTS.serviceCidrs } });
    web.connections.allowTo(Peer.apiServer());
    const { egress } = admin(app);
    expect(egress.find(({ name }: any) => name === 'nodes').to).toEqual([{ nodes: {} }]);
    expect(egress.find(({ name }: any) => name === 'metadata-service').to).toEqual([{ networks: [`${METADATA_SERVICE}/32`, 'fd00:ec2::254/128'] }]);
    const passed = egress.filter(({ name }: any) => name.startsWith('stated-')).flatMap(({ to }: any) => to[0].networks);
    expect(passed.sort()).toEqual(['10.96.0.1/32', '192.0.2.10/32']);
  });
});

describe('6. Guardrails: the tier after NetworkPolicy', () => {
  const without = (manifests: any[], ...kinds: string[]) => manifests.filter(({ kind }) => !kinds.includes(kind));

  test('a namespace whose policies are gone is closed all the same, but for DNS', () => {
    const all = [...objects(guarded().app), ...STRANGERS];
    const net = read(without(all, 'NetworkPolicy', 'EgressFirewall'));
    const bare = read(without(all, 'NetworkPolicy', 'EgressFirewall', 'BaselineAdminNetworkPolicy'));
    for (const [src, dst, port] of [['shop/web', 'shop/api', 9090], ['other/stranger', 'shop/api', 9090], ['shop/web', 'other/stranger', 80], ['shop/web', '203.0.113.1', 443]] as const) {
      expect(allowed(net, src, dst, port)).toBe(false);
      expect(allowed(bare, src, dst, port)).toBe(true);
    }
    for (const protocol of ['UDP', 'TCP']) expect(allowed(net, 'shop/web', 'kube-system/dns', 53, protocol)).toBe(true);
    expect(allowed(net, 'shop/web', 'kube-system/dns', 80)).toBe(false);
    expect(allowed(net, 'other/stranger', 'kube-system/dns', 80)).toBe(true);
  });

  test('while they stand it changes nothing, and neither does the tier before', () => {
    const all = [...objects(guarded().app), ...STRANGERS];
    expect(read(all).toText()).toBe(read(without(all, 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy')).toText());
  });
});

describe('6. Guardrails: tiers are checked like every policy', () => {
  test('a tier that somebody widens or narrows is found at synth', () => {
    const { app, web } = guarded();
    web.connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcp(9100)] });
    expect(refusal(app)).toBe('');
    const tier = app.node.findAll().find(child => ApiObject.isApiObject(child) && child.kind === 'AdminNetworkPolicy') as ApiObject;
    tier.addJsonPatch(JsonPatch.replace('/spec/egress/0/action', 'Deny'));
    expect(refusal(app)).toContain('is not possible, although stated as shop/web -> cluster range');
  });
});
