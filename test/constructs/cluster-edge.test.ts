import { App, Chart } from 'cdk8s';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { EgressRouter } from '../../src/constructs/egress-router';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { ClusterRange, Peer } from '../../src/intent/peer';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, deployment, newCluster, objects, policy, refusal } from '../support/app';

const UPSTREAM = { network: NetworkProvider.upstream() };

/** Facts with some of them forgotten. */
function without(...forgotten: (keyof PlatformFacts)[]): PlatformFacts {
  return Object.fromEntries(Object.entries(FACTS).filter(([key]) => !forgotten.includes(key as keyof PlatformFacts))) as unknown as PlatformFacts;
}

describe('1. ClusterEdge: a platform and a network are enough', () => {
  test('the version is enough to start: workloads and their flows ask for no other fact', () => {
    const { app, namespace } = newCluster({ version: '1.31' });
    const shop = namespace('shop');
    deployment(shop, 'frontend', 8080).connections.allowTo(deployment(shop, 'api', 9090));
    expect(refusal(app)).toBe('');
  });

  test('the edge adds no object of its own', () => {
    expect(objects(newCluster().app)).toEqual([]);
  });

  test('one App is one cluster: a second edge is refused, in a second App it is welcome', () => {
    const { app, edge } = newCluster();
    expect(() => new ClusterEdge(app, 'second', { platform: edge.platform, ...UPSTREAM }))
      .toThrow("[second] the App already has the edge 'edge': one App is one cluster; use one App for each cluster");
    expect(() => new ClusterEdge(new App(), 'second', { platform: edge.platform, ...UPSTREAM })).not.toThrow();
  });

  test('an acknowledgement names an object and a reason, or is refused with what to write', () => {
    const { edge } = newCluster();
    expect(() => edge.acknowledge('NetworkPolicy shop/allow-prometheus', { reason: 'metrics' })).not.toThrow();
    expect(() => edge.acknowledge('allow-prometheus', { reason: 'metrics' }))
      .toThrow("[edge] 'allow-prometheus' does not name an object: write its kind, namespace and name, such as 'NetworkPolicy shop/allow-prometheus'");
    expect(() => edge.acknowledge('NetworkPolicy shop/allow-prometheus', { reason: ' ' }))
      .toThrow("[edge] acknowledging 'NetworkPolicy shop/allow-prometheus' needs a reason");
  });
});

describe('1. Platform facts: demanded by the first statement that needs them', () => {
  const needs: [string, (namespace: SecureNamespace) => void, (keyof PlatformFacts)[]][] = [
    ['a CIDR', shop => shop.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] }), ['podCidrs', 'serviceCidrs', 'nodeCidrs']],
    ['a CIDR as a source', shop => shop.connections.allowFrom(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] }), ['podCidrs', 'serviceCidrs', 'nodeCidrs']],
    ['the internet', shop => shop.connections.allowTo(Peer.internet(), { ports: [Port.https()] }), ['podCidrs', 'serviceCidrs', 'nodeCidrs']],
    ['a cluster range', shop => shop.connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcp(10250)] }), ['nodeCidrs']],
    ['the API server', shop => shop.connections.allowTo(Peer.apiServer()), ['apiServerEndpoints', 'serviceCidrs']],
    ['the API server as a source', shop => shop.connections.allowFrom(Peer.apiServer(), { ports: [Port.tcp(8443)] }), ['apiServerEndpoints']],
    ['an egress router', shop => new EgressRouter(shop, 'db', { destination: Peer.host('db.example.com'), ports: [Port.postgres()] }), ['podCidrs', 'serviceCidrs', 'nodeCidrs']],
    ['a router\'s clusterIp', shop => new EgressRouter(shop, 'db', { destination: Peer.host('db.example.com'), ports: [Port.postgres()], clusterIp: '10.96.7.7' }), ['serviceCidrs']],
  ];

  test.each(needs)('%s: with the facts it needs, and only those, it stands', (_, state, facts) => {
    const own = Object.fromEntries(facts.map(fact => [fact, FACTS[fact]]));
    const complete = facts.length === 1 && facts[0] === 'serviceCidrs' ? FACTS : { version: '1.31', ...own };
    expect(() => state(newCluster(complete).namespace('shop'))).not.toThrow();
  });

  test.each(needs.flatMap(([what, state, facts]) => facts.map(fact => [what, fact, state] as const)))(
    '%s without %s is refused at the statement, with the construct, the fact and the command', (_, fact, state) => {
      const shop = newCluster(without(fact)).namespace('shop');
      expect(() => state(shop)).toThrow(new RegExp(`^\\[shop[^\\]]*\\] .* needs the platform fact '${fact}'.*pass ${fact} to Platform\\.kubernetes\\(.*find it with: kubectl `));
    });

  test('the commands are those of the distribution', () => {
    const shop = newCluster(without('podCidrs'), Platform.openshift).namespace('shop');
    expect(() => shop.connections.allowTo(Peer.internet(), { ports: [Port.https()] })).toThrow(/Platform\.openshift\(.*find it with: oc get network\.config\/cluster/);
  });

  test.each([
    ['podCidrs', 'serviceCidrs', { podCidrs: ['10.0.0.0/8'], serviceCidrs: ['10.96.0.0/12'] }],
    ['podCidrs', 'nodeCidrs', { podCidrs: ['10.0.0.0/16'], nodeCidrs: ['10.0.128.0/24'] }],
    ['serviceCidrs', 'nodeCidrs', { serviceCidrs: ['fd00::/108'], nodeCidrs: ['fd00::/64'] }],
  ])('%s and %s that overlap are refused, with both values and both commands', (one, other, facts: Partial<PlatformFacts>) => {
    const said = (fact: string) => `${fact} '${(facts as any)[fact][0]}'`;
    expect(() => Platform.kubernetes({ version: '1.31', ...facts })).toThrow(`platform facts overlap: ${said(one)} and ${said(other)}`);
    expect(() => Platform.kubernetes({ version: '1.31', ...facts })).toThrow(/check with kubectl .* and with kubectl /);
  });

  test('facts that touch and do not overlap are taken, in both families', () => {
    const facts = { version: '1.31', podCidrs: ['10.0.0.0/17', 'fd00:1::/48'], serviceCidrs: ['10.0.128.0/17', 'fd00:2::/108'], nodeCidrs: ['10.1.0.0/16'] };
    expect(() => Platform.kubernetes(facts)).not.toThrow();
  });

  test.each([
    [{ version: 'latest' }, "platform version 'latest' is not a Kubernetes version such as 1.31: find it with kubectl version"],
    [{ version: '1.24' }, "platform version '1.24' is older than 1.25"],
    [{ version: '1.31', podCidrs: [] }, "platform fact 'podCidrs' is an empty list: leave it out until a statement needs it"],
    [{ version: '1.31', nodeCidrs: ['10.1.2.3/8'] }, "'10.1.2.3/8' has host bits set: did you mean 10.0.0.0/8?"],
    [{ version: '1.31', apiServerEndpoints: ['192.0.2.10'] }, "API server endpoint '192.0.2.10' is not address:port: write 192.0.2.10:6443"],
    [{ version: '1.31', apiServerEndpoints: ['192.0.2.10:66000'] }, "port '66000' is not a whole number from 1 to 65535"],
    [{ version: '1.31', dns: { namespace: 'Kube_System' } }, "dns namespace 'Kube_System' is not a DNS label"],
    [{ version: '1.31', dns: { labels: {} } }, 'dns labels are empty, which would select every pod of the namespace'],
    [{ version: '1.31', dns: { labels: { 'k8s app': 'x' } } }, "label key of dns labels 'k8s app' is not a label key"],
    [{ version: '1.31', dns: { port: 0 } }, "port '0' is not a whole number from 1 to 65535"],
    [{ version: '1.31', dns: { nodeLocalAddresses: ['169.254.20.0/24'] } }, '169.254.20.0/24'],
  ])('%j is refused', (facts: PlatformFacts, message) => {
    expect(() => Platform.kubernetes(facts)).toThrow(message);
  });

  test.each(['1.25', '1.31', 'v1.31', '1.31.4'])('version %s is taken', version => {
    expect(() => Platform.kubernetes({ version })).not.toThrow();
  });
});

describe('1. DNS is a fact of the platform', () => {
  const dns = (facts: PlatformFacts, make = Platform.kubernetes) => policy(newCluster(facts, make).namespace('shop'), 'allow-dns').egress;

  test('Kubernetes: port 53 of the kube-dns pods in kube-system', () => {
    expect(dns({ version: '1.31' })).toStrictEqual([dnsRule('kube-system', { 'k8s-app': 'kube-dns' }, 53)]);
  });

  test('OpenShift: port 5353 of the DNS pods, because policy comes after translation, and not 53', () => {
    expect(dns({ version: '1.31' }, Platform.openshift))
      .toStrictEqual([dnsRule('openshift-dns', { 'dns.operator.openshift.io/daemonset-dns': 'default' }, 5353)]);
  });

  test('where the cluster differs, what is stated holds', () => {
    expect(dns({ version: '1.31', dns: { namespace: 'dns', labels: { app: 'coredns' }, port: 1053 } }))
      .toStrictEqual([dnsRule('dns', { app: 'coredns' }, 1053)]);
  });

  test('NodeLocal DNSCache: single addresses on port 53, in both families, because no label selects the host network', () => {
    const [local4, local6, pods] = dns({ version: '1.31', dns: { nodeLocalAddresses: ['169.254.20.10', 'fd00::a'] } }).flatMap(({ to, ports }: any) => to.map((peer: any) => ({ peer, ports })));
    const port53 = [{ protocol: 'TCP', port: 53 }, { protocol: 'UDP', port: 53 }];
    expect(local4).toStrictEqual({ peer: { ipBlock: { cidr: '169.254.20.10/32' } }, ports: port53 });
    expect(local6).toStrictEqual({ peer: { ipBlock: { cidr: 'fd00::a/128' } }, ports: port53 });
    expect(pods.peer.podSelector).toBeDefined();
  });

  function dnsRule(namespace: string, labels: Record<string, string>, port: number): object {
    return {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: { matchLabels: labels } }],
      ports: [{ protocol: 'TCP', port }, { protocol: 'UDP', port }],
    };
  }
});

describe('1. The API server, told apart by its facts', () => {
  const facts: PlatformFacts = { ...FACTS, serviceCidrs: ['10.96.0.0/12', 'fd00:2::/108'], apiServerEndpoints: ['192.0.2.10:6443', '[2001:db8::10]:6443'] };

  test('as a destination: its endpoints on their port, and the Service on 443, each alone', () => {
    const shop = newCluster(facts).namespace('shop');
    const api = deployment(shop, 'api', 9090);
    api.connections.allowTo(Peer.apiServer());
    expect(policy(shop, 'api-network-policy').egress).toStrictEqual([
      { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] },
      { to: [{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '2001:db8::10/128' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
    ]);
  });

  test('as a source, for webhooks: from its own addresses, on the port the webhook listens on', () => {
    const shop = newCluster(facts).namespace('shop');
    deployment(shop, 'webhook', 8443).connections.allowFrom(Peer.apiServer());
    expect(policy(shop, 'webhook-network-policy').ingress).toStrictEqual([
      { from: [{ ipBlock: { cidr: '192.0.2.10/32' } }, { ipBlock: { cidr: '2001:db8::10/128' } }], ports: [{ protocol: 'TCP', port: 8443 }] },
    ]);
  });

  test('ports stated for it are refused, because it answers on its own', () => {
    const shop = newCluster(facts).namespace('shop');
    expect(() => shop.connections.allowTo(Peer.apiServer(), { ports: [Port.tcp(8443)] })).toThrow(/^\[shop\] the flow shop\/\* -> API server .* leave 'ports' out$/);
  });
});

describe('9. Errors of the edge', () => {
  test('an edge inside a chart is refused, under a plain App it stands', () => {
    const app = new App();
    const chart = new Chart(app, 'outer');
    expect(() => new ClusterEdge(chart, 'edge', { platform: Platform.kubernetes(FACTS), ...UPSTREAM }))
      .toThrow("[outer/edge] a ClusterEdge cannot stand inside the chart 'outer': give it the App or a plain Construct as its scope");
    expect(() => new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), ...UPSTREAM })).not.toThrow();
  });
});
