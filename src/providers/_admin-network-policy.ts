/**
 * The tiers before and after NetworkPolicy (policy.networking.k8s.io/v1alpha1), for all namespaces of a program at once.
 *
 * AdminNetworkPolicy `secure-network`: nobody reaches the metadata service and the nodes (their kubelets, their node ports), whatever
 * policies a namespace has. What was stated of them, the API server before all, passes on to NetworkPolicy, which lets through those who
 * stated it: it is never allowed here, because that would be for everybody.
 *
 * BaselineAdminNetworkPolicy `default`: closed in both directions but for DNS, for pods that no NetworkPolicy is about. It is asked the day
 * somebody takes a namespace's policies away. It cannot speak of what comes from outside the cluster.
 *
 * Laws: where NetworkPolicies stand as rendered, neither changes who reaches whom; the same statements in any order give the same objects.
 */
import { parseCidr } from '../algebra/cidr';
import { IpSet } from '../algebra/ip-set';
import { LabelSelector } from '../api/core';
import { AdminNetworkPolicySpec, AdminPolicyPeer, AdminPolicyPort, AdminPolicyRule } from '../api/policy';
import { namespacesNamed } from '../api/selectors';
import { addressesOf } from '../intent/address-block';
import { ClusterIntent, ClusterPlan } from '../intent/cluster-intent';
import { Flow } from '../intent/flow';
import { METADATA, Platform, hostCidr } from '../intent/platform';
import { Port, compareText, uniquePorts } from '../intent/port';

const API_VERSION = 'policy.networking.k8s.io/v1alpha1';
const EVERYWHERE = ['0.0.0.0/0', '::/0'];
const MOST_RULES = 100;
const MOST_NETWORKS = 25;

/** Both tiers. `highest` is the last priority that the network enforces. */
export function planTiers(title: string, intent: ClusterIntent, highest: number): ClusterPlan[] {
  const { path, priority } = intent;
  if (!Number.isInteger(priority) || priority < 0 || priority > highest) {
    throw new Error(`[${path}] adminPolicyPriority '${priority}' is outside 0-${highest}, and ${title} enforces no other: give one that no other AdminNetworkPolicy has`);
  }
  return [
    { apiVersion: API_VERSION, kind: 'AdminNetworkPolicy', name: 'secure-network', render: () => renderAdminPolicy(intent) },
    { apiVersion: API_VERSION, kind: 'BaselineAdminNetworkPolicy', name: 'default', render: () => renderBaseline(intent) },
  ];
}

/** What must hold whatever a namespace's own policies say. */
export function renderAdminPolicy(intent: ClusterIntent): AdminNetworkPolicySpec {
  const { platform, priority } = intent;
  const nodes = nodeAddresses(platform);
  const stated = statedExceptions(intent, nodes?.union(IpSet.ofCidrs(METADATA)));
  const egress: AdminPolicyRule[] = [
    ...stated,
    ...dnsRules(platform, 'Pass'),
    { name: 'metadata-service', action: 'Deny', to: networks(familiesOf(platform, METADATA)) },
    { name: 'nodes', action: 'Deny', to: nodes ? networks(nodes.toCidrs()) : [{ nodes: {} }] },
  ];
  if (egress.length > MOST_RULES || egress.some(({ to = [] }) => to.length > MOST_RULES)) {
    throw new Error(`[${intent.path}] flows to nodes or the metadata service are stated on so many ports that an AdminNetworkPolicy cannot hold the rules: state ranges, or fewer of them`);
  }
  return { priority, subject: subjectOf(intent), egress };
}

/** Nodes also have addresses among those of pods, on which everything of theirs answers too: as far as the platform facts tell them. */
function nodeAddresses({ _facts: { nodeCidrs, apiServerSources = [] } }: Platform): IpSet | undefined {
  return nodeCidrs && IpSet.ofCidrs([...nodeCidrs, ...apiServerSources.map(hostCidr)]);
}

/** What holds for pods that no NetworkPolicy is about. */
export function renderBaseline(intent: ClusterIntent): AdminNetworkPolicySpec {
  const everybody: AdminPolicyPeer = { namespaces: {} };
  return {
    subject: subjectOf(intent),
    ingress: [{ name: 'closed', action: 'Deny', from: [everybody] }],
    egress: [
      ...dnsRules(intent.platform, 'Allow'),
      { name: 'closed', action: 'Deny', to: [everybody, { networks: familiesOf(intent.platform, EVERYWHERE) }] },
    ],
  };
}

function subjectOf({ namespaces }: ClusterIntent): { namespaces: LabelSelector } {
  return { namespaces: namespacesNamed(namespaces()) };
}

/** Stated flows to what is denied, those with the same ports together. Without the nodes' ranges any address may be a node's. */
function statedExceptions({ platform, flows }: ClusterIntent, denied: IpSet | undefined): AdminPolicyRule[] {
  const byPorts = new Map<string, { ports: readonly Port[]; addresses: IpSet }>();
  for (const { addresses, ports } of flows().flatMap(flow => destinations(flow, platform))) {
    const meant = denied ? addresses.intersect(denied) : addresses;
    if (meant.isEmpty) continue;
    const key = uniquePorts([...ports]).join(',');
    const known = byPorts.get(key);
    byPorts.set(key, { ports, addresses: known ? known.addresses.union(meant) : meant });
  }
  return [...byPorts].sort(([a], [b]) => compareText(a, b)).map(([, { ports, addresses }], index) =>
    ({ name: `stated-${index + 1}`, action: 'Pass' as const, to: networks(addresses.toCidrs()), ports: uniquePorts([...ports]).map(renderPort) }));
}

/** Where a flow of ours leads, as far as it leads to addresses. */
function destinations({ from, to, ports }: Flow, platform: Platform): { addresses: IpSet; ports: readonly Port[] }[] {
  if (from.kind === 'addresses' || to.kind !== 'addresses' || to.host !== undefined) return [];
  if ((from.kind === 'workload' ? from.home : from).imported) return [];
  return to.resolve(platform._addressFacts(from.path)).map(target => ({ addresses: addressesOf(target.blocks), ports: target.ports ?? ports }));
}

/** The pods of DNS, and its cache on the nodes, which is otherwise one of the nodes' addresses. */
function dnsRules({ _dns: { namespace, labels, port, nodeLocalAddresses } }: Platform, action: 'Allow' | 'Pass'): AdminPolicyRule[] {
  const both = (number: number) => [Port.tcp(number), Port.udp(number)].map(renderPort);
  const pods: AdminPolicyPeer = { pods: { namespaceSelector: namespacesNamed([namespace]), podSelector: { matchLabels: labels } } };
  return [
    { name: 'dns', action, to: [pods], ports: both(port) },
    ...(nodeLocalAddresses.length ? [{ name: 'dns-on-the-node', action, to: networks(nodeLocalAddresses.map(hostCidr).sort(compareText)), ports: both(53) }] : []),
  ];
}

/** The CIDRs of the families that pods have, or of both where that is not known. */
function familiesOf({ _facts: { podCidrs } }: Platform, cidrs: readonly string[]): string[] {
  const families = podCidrs?.map(cidr => parseCidr(cidr).family);
  return cidrs.filter(cidr => !families || families.includes(parseCidr(cidr).family));
}

function networks(cidrs: readonly string[]): AdminPolicyPeer[] {
  return Array.from({ length: Math.ceil(cidrs.length / MOST_NETWORKS) }, (_, i) => ({ networks: cidrs.slice(i * MOST_NETWORKS, (i + 1) * MOST_NETWORKS) }));
}

function renderPort({ _transport: protocol, _first, _last }: Port): AdminPolicyPort {
  return _first === _last ? { portNumber: { protocol, port: _first } } : { portRange: { protocol, start: _first, end: _last } };
}
