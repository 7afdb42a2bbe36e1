import * as fc from 'fast-check';
import { joining, meshed, meshPolicies } from './random-mesh';

/** Small random clusters over few words, so that selectors, ports and addresses meet often. */
const NAMESPACES = ['red', 'blue', 'green'];
const label = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
const expression = fc.oneof(
  fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 1 }) }),
  fc.record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 4, arbitrary: label.map(matchLabels => ({ matchLabels })) },
  { weight: 2, arbitrary: fc.array(expression, { minLength: 1, maxLength: 2 }).map(matchExpressions => ({ matchExpressions })) },
);
const namespaceSelector = fc.oneof(selector, fc.constantFrom(...NAMESPACES).map(name => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })));
const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const portName = fc.constantFrom('web', 'dns');

export const PORTS = [1, 53, 54, 80, 81, 90, 8080, 65535];
const number = fc.constantFrom(53, 80, 81, 90, 8080);

/** The addresses that rules speak about, and some on each side of them. */
const ADDRESSES = ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.7', '10.0.0.8', '10.255.0.1', '192.0.2.1', '0.0.0.0',
  '2001:db8::', '2001:db8::1', '2001:db8::2', '2001:db8::5', '2001:db8:1::1', 'ffff::1'];
const BLOCKS = [
  { cidr: '10.0.0.0/29', excepts: ['10.0.0.0/31', '10.0.0.4/32', '10.0.0.2/31'] },
  { cidr: '10.0.0.0/8', excepts: ['10.0.0.0/29', '10.255.0.0/16'] },
  { cidr: '0.0.0.0/0', excepts: ['10.0.0.0/8', '10.0.0.0/30', '192.0.2.0/24'] },
  { cidr: '192.0.2.1/32', excepts: [] },
  { cidr: '::/0', excepts: ['2001:db8::/32'] },
  { cidr: '2001:db8::/125', excepts: ['2001:db8::/127', '2001:db8::5/128'] },
];
const ipBlock = fc.constantFrom(...BLOCKS).chain(({ cidr, excepts }) => fc.subarray(excepts).map(except => except.length > 0 ? { cidr, except } : { cidr }));
const network = fc.constantFrom('10.0.0.0/29', '10.0.0.0/31', '10.0.0.2/32', '0.0.0.0/0', '2001:db8::/125', '2001:db8::1/128', '192.0.2.0/24');

const policyPeer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.record({ namespaceSelector, podSelector: selector }),
  fc.record({ ipBlock }),
);
const policyPort = fc.oneof(
  fc.record({ protocol, port: number }, { requiredKeys: ['port'] }),
  fc.record({ protocol }),
  fc.record({ protocol, port: fc.constantFrom(53, 80), endPort: fc.constantFrom(81, 90, 65535) }),
  fc.record({ protocol, port: portName }, { requiredKeys: ['port'] }),
);
const policyRule = (list: string) => fc.record({
  [list]: fc.array(policyPeer, { maxLength: 2 }),
  ports: fc.array(policyPort, { maxLength: 2 }),
}, { requiredKeys: [] });
const networkPolicy = fc.record({
  metadata: fc.record({ namespace: fc.constantFrom(...NAMESPACES) }),
  spec: fc.record({
    podSelector: fc.oneof(fc.constant({}), selector),
    policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
    ingress: fc.array(policyRule('from'), { maxLength: 2 }),
    egress: fc.array(policyRule('to'), { maxLength: 2 }),
  }, { requiredKeys: ['podSelector'] }),
}).map(policy => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', ...policy }));

const scope = fc.oneof(fc.record({ namespaces: namespaceSelector }), fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }));
const adminPort = fc.oneof(
  fc.record({ portNumber: fc.record({ protocol, port: number }) }),
  fc.record({ portRange: fc.record({ protocol, start: fc.constantFrom(53, 80), end: fc.constantFrom(81, 90, 65535) }) }),
  fc.record({ namedPort: portName }),
);
const clusterPort = fc.oneof(
  fc.tuple(fc.constantFrom('tcp', 'udp', 'sctp'), fc.oneof(
    number.map(n => ({ number: n })),
    fc.record({ range: fc.record({ start: fc.constantFrom(53, 80), end: fc.constantFrom(81, 90, 65535) }) }),
  )).map(([name, destinationPort]) => ({ [name]: { destinationPort } })),
  portName.map(destinationNamedPort => ({ destinationNamedPort })),
);

/** Port names and networks exclude each other. */
const rules = (list: string, actions: string[], ports: fc.Arbitrary<any>, field: string, networks: boolean) => fc.array(
  fc.record({
    action: fc.constantFrom(...actions),
    [list]: fc.array(networks ? fc.oneof({ weight: 3, arbitrary: scope as fc.Arbitrary<any> },
      { weight: 1, arbitrary: fc.record({ networks: fc.array(network, { minLength: 1, maxLength: 2 }) }) }) : scope, { minLength: 1, maxLength: 2 }),
    [field]: fc.array(ports, { minLength: 1, maxLength: 2 }),
  }, { requiredKeys: ['action', list] as any }).filter((rule: any) => !(rule[list].some((peer: any) => peer.networks) && JSON.stringify(rule[field] ?? []).includes('amedPort'))),
  { maxLength: 3 });

const adminSpec = (actions: string[], ports: fc.Arbitrary<any>, field: string, networks: boolean) => ({
  subject: scope,
  ingress: rules('from', actions, ports, field, false),
  egress: rules('to', actions, ports, field, networks),
});
const adminPolicies = fc.array(fc.record(adminSpec(['Allow', 'Deny', 'Pass'], adminPort, 'ports', true)), { maxLength: 3 }).map(specs =>
  specs.map((spec, i) => ({ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', metadata: { name: `admin-${i}` }, spec: { priority: 10 * (specs.length - i), ...spec } })));
const baseline = fc.option(fc.record(adminSpec(['Allow', 'Deny'], adminPort, 'ports', true)), { nil: undefined }).map(spec =>
  spec ? [{ apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'BaselineAdminNetworkPolicy', metadata: { name: 'default' }, spec }] : []);
const clusterPolicies = fc.array(fc.record({ tier: fc.constantFrom('Admin', 'Baseline'), ...adminSpec(['Accept', 'Deny', 'Pass'], clusterPort, 'protocols', true) }), { maxLength: 3 })
  .map(specs => specs.map((spec, i) =>
    ({ apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name: `cluster-${i}` }, spec: { priority: 10 * (specs.length - i), ...spec } })));

/** One firewall for each namespace, at most. */
const firewallRule = fc.record({
  type: fc.constantFrom('Allow', 'Deny'),
  to: fc.oneof(
    { weight: 4, arbitrary: network.map((cidrSelector): any => ({ cidrSelector })) },
    { weight: 1, arbitrary: label.map((matchLabels): any => ({ nodeSelector: { matchLabels } })) },
  ),
  ports: fc.array(fc.record({ protocol, port: number }), { minLength: 1, maxLength: 2 }),
}, { requiredKeys: ['type', 'to'] });
const firewalls = fc.tuple(...NAMESPACES.map(namespace => fc.option(fc.array(firewallRule, { maxLength: 5 })).map(egress =>
  egress ? [{ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', metadata: { namespace, name: 'default' }, spec: { egress } }] : [])))
  .map(found => found.flat());
const nodes = fc.tuple(...['192.0.2.1', '192.0.2.9'].map((address, i) => label.map(labels =>
  ({ apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${i}`, labels }, status: { addresses: [{ type: 'InternalIP', address }] } }))));

const containerPort = fc.record({ name: portName, containerPort: number, protocol }, { requiredKeys: ['name', 'containerPort'] });
const pod = fc.record({
  metadata: fc.record({ namespace: fc.constantFrom(...NAMESPACES), labels: label }),
  spec: fc.record({
    hostNetwork: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    containers: fc.array(containerPort, { maxLength: 2 }).map(ports => [{ name: 'main', ports }]),
  }),
}).map(each => ({ apiVersion: 'v1', kind: 'Pod', ...each }));

export interface RandomCluster {
  readonly objects: any[];
  readonly pods: any[];
  /** Some addresses to try. */
  readonly addresses: string[];
}

export interface Kinds {
  readonly admin?: boolean;
  readonly cluster?: boolean;
  readonly firewall?: boolean;
  readonly mesh?: boolean;
}

const none = fc.constant([] as any[]);

export function clusters(kinds: Kinds = {}): fc.Arbitrary<RandomCluster> {
  const few = kinds.admin || kinds.cluster || kinds.firewall || kinds.mesh;
  return fc.record({
    namespaces: fc.subarray(NAMESPACES).chain(names => fc.tuple(...names.map(name => label.map(labels =>
      ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }))))),
    pods: fc.array(pod, { minLength: 2, maxLength: 4 }),
    policies: fc.array(networkPolicy, { minLength: few ? 0 : 3, maxLength: few ? 3 : 7 }),
    admin: kinds.admin ? adminPolicies : none,
    baseline: kinds.admin ? baseline : none,
    cluster: kinds.cluster ? clusterPolicies : none,
    firewall: kinds.firewall ? fc.tuple(firewalls, nodes).map(found => found.flat()) : none,
    mesh: kinds.mesh ? meshPolicies : none,
    joined: fc.array(joining, { minLength: 3, maxLength: 3 }),
    accounts: fc.array(meshed, { minLength: 4, maxLength: 4 }),
    addresses: fc.shuffledSubarray(ADDRESSES, { minLength: 5, maxLength: 5 }),
  }).map(({ namespaces, pods, policies, admin, baseline: base, cluster, firewall, mesh, joined, accounts, addresses }) => {
    const named = (objects: any[], prefix: string) => objects.map((object, i) => ({ ...object, metadata: { name: `${prefix}-${i}`, ...object.metadata } }));
    const all = named(kinds.mesh ? pods.map(({ metadata, spec, ...each }, i) => {
      const { labels, serviceAccountName } = accounts[i];
      return { ...each, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } }, spec: { ...spec, serviceAccountName } };
    }) : pods, 'pod');
    const homes = kinds.mesh ? namespaces.map(({ metadata, ...each }: any, i: number) =>
      ({ ...each, metadata: { ...metadata, labels: { ...metadata.labels, ...joined[i] } } })) : namespaces;
    return { addresses, pods: all, objects: [...homes, ...all, ...named(policies, 'policy'), ...admin, ...base, ...cluster, ...firewall, ...mesh] };
  });
}
