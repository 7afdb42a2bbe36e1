/** The App that an adoption's program builds, built here from the same plan, to be held against the manifests. */
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { keyOfEnd, AdoptionPlan, KeptObject, PlannedEnd, PlannedPlatform, PlannedPort, PlannedWorkload } from './plan';
import { accountPath } from './pods';
import { groupBy } from '../algebra/group';
import { ClusterApp } from '../constructs/cluster-app';
import { ClusterEdge } from '../constructs/cluster-edge';
import { Isolation, PodSecurityLevel, SecureNamespace } from '../constructs/secure-namespace';
import { ISecureNamespace } from '../constructs/secure-namespace-like';
import { SecureWorkload } from '../constructs/secure-workload';
import { Connections } from '../intent/connections';
import { IPeer, Peer } from '../intent/peer';
import { Platform, PlatformFacts } from '../intent/platform';
import { Port } from '../intent/port';
import { NetworkProvider } from '../providers/network-provider';

export const ALL_PORTS: readonly PlannedPort[] = [
  { transport: 'TCP', first: 1, last: 65535 }, { transport: 'UDP', first: 1, last: 65535 }, { transport: 'SCTP', first: 1, last: 65535 },
];

/** The tree, not synthesized. Throws what the library throws where it refuses a name or a fact. */
export function buildApp(plan: AdoptionPlan): ClusterApp {
  const app = new ClusterApp({ outdir: 'dist' });
  const edge = new ClusterEdge(app, edgeId(plan), { platform: platformOf(plan.platform), network: NetworkProvider.upstream() });
  for (const object of plan.acknowledged) edge.acknowledge(object, { reason: ACKNOWLEDGED });
  const namespaces = new Map<string, SecureNamespace>();
  const imported = new Map<string, ISecureNamespace>();
  const connections = new Map<string, Connections>();
  const peers = new Map<string, IPeer>();
  for (const { name, tenant, project, podSecurity, labels } of plan.namespaces) {
    const namespace = new SecureNamespace(app, name, {
      edge, tenant, labels: { ...labels }, podSecurity: podSecurity as PodSecurityLevel, isolation: project ? Isolation.PROJECT : Isolation.WORKLOAD,
    });
    namespaces.set(name, namespace);
    connections.set(`${name}/*`, namespace.connections);
    include(namespace, plan.kept.filter(kept => kept.namespace === name));
  }
  for (const namespace of importedNamespaces(plan)) imported.set(namespace, SecureNamespace.imported(edge, namespace));
  for (const [name, namespace] of [...namespaces, ...imported]) peers.set(`${name}/*`, namespace);
  for (const workload of [...plan.workloads, ...plan.imported]) {
    const own = namespaces.get(workload.namespace);
    const key = `${workload.namespace}/${workload.name}`;
    if (own) {
      const selected = own.select(workload.name, propsOf(workload));
      connections.set(key, selected.connections);
      peers.set(key, selected);
    } else {
      peers.set(key, SecureWorkload.imported(imported.get(workload.namespace)!, workload.name, propsOf(workload)));
    }
  }
  const others = plan.kept.filter(kept => kept.namespace === undefined);
  if (others.length > 0) include(new Chart(app, othersId(plan)), others);
  for (const { from, to, ports, declared, reason } of plan.statements) {
    const options = { reason, ...(declared ? {} : { ports: (ports === 'all' ? ALL_PORTS : ports).map(portOf) }) };
    const [source, destination] = [connections.get(keyOfEnd(from)), connections.get(keyOfEnd(to))];
    if (source && keyOfEnd(from) === keyOfEnd(to)) {
      source.allowInternally(options);
      continue;
    }
    if (source) source.allowTo(peerOf(to, peers), options);
    if (destination && (!source || needsBoth(plan, from, to))) destination.allowFrom(peerOf(from, peers), options);
  }
  return app;
}

export function platformOf({ distribution, ...facts }: PlannedPlatform): Platform {
  const copy: PlatformFacts = JSON.parse(JSON.stringify(facts));
  return distribution === 'openshift' ? Platform.openshift(copy) : Platform.kubernetes(copy);
}

export const ACKNOWLEDGED = 'a policy of the whole cluster, kept as it was';

/** Namespaces that are named and are not the program's own, sorted. */
export function importedNamespaces({ namespaces, statements, imported }: AdoptionPlan): string[] {
  const own = new Set(namespaces.map(({ name }) => name));
  const named = [...statements.flatMap(({ from, to }) => [from, to]), ...imported].flatMap(end => ('namespace' in end ? [end.namespace] : []));
  return [...new Set(named)].filter(name => !own.has(name)).sort();
}

/** Across tenants both ends have to say so. */
export function needsBoth({ namespaces }: AdoptionPlan, from: PlannedEnd, to: PlannedEnd): boolean {
  if (!('namespace' in from) || !('namespace' in to) || from.namespace === to.namespace) return false;
  const tenantOf = (name: string) => namespaces.find(each => each.name === name)?.tenant;
  const tenant = tenantOf(from.namespace);
  return tenant === undefined || tenant !== tenantOf(to.namespace);
}

export function edgeId(plan: AdoptionPlan): string {
  return freeId(plan, ['edge', 'cluster-edge']);
}

/** The chart of what lives in no namespace of the program. */
export function othersId(plan: AdoptionPlan): string {
  return freeId(plan, ['cluster', 'cluster-objects']);
}

function freeId({ namespaces }: AdoptionPlan, [wish, ...others]: readonly string[]): string {
  return others.length === 0 || !namespaces.some(({ name }) => name === wish) ? wish : freeId({ namespaces } as AdoptionPlan, others);
}

function include(chart: Chart, kept: readonly KeptObject[]): void {
  const scope = new Construct(chart, 'manifests');
  const known = new Set(kept.filter(({ json }) => json.kind === 'ServiceAccount').map(({ json }) => json.metadata.name));
  for (const { json } of kept) new ApiObject(scope, idOf(json), json);
  for (const [account, objects] of groupBy(kept.filter(each => each.account !== undefined), each => each.account!)) {
    if (!known.has(account)) new ServiceAccount(scope, `account-${account}`, { metadata: { name: account } });
    for (const { json } of objects) (scope.node.findChild(idOf(json)) as ApiObject).addJsonPatch(JsonPatch.add(accountPath(json.kind), account));
  }
}

/** The id of a kept object's construct, as the program makes it. */
export function idOf({ apiVersion, kind, metadata }: any): string {
  return [apiVersion, kind, metadata?.namespace ?? '', metadata?.name ?? metadata?.generateName].join(' ').replace(/\//g, '-');
}

function propsOf({ labels, serviceAccountName, ports }: PlannedWorkload): { labels: Record<string, string>; serviceAccountName: string; ports: Port[] } {
  return { labels: { ...labels }, serviceAccountName, ports: ports.map(portOf) };
}

function portOf({ transport, first, last }: PlannedPort): Port {
  return Port._of(transport, first, last);
}

function peerOf(end: PlannedEnd, peers: ReadonlyMap<string, IPeer>): IPeer {
  switch (end.kind) {
    case 'cidr': return Peer.cidr(end.cidr, { except: [...end.except] });
    case 'internet': return Peer.internet();
    default: return peers.get(keyOfEnd(end))!;
  }
}
