/**
 * What becomes of each object of the manifests: replaced by what the library writes, left out because another object makes it, or kept as it is.
 */
import { byText } from './_order';
import { KeptObject, PlannedNamespace } from './plan';
import { PodSource, Source } from './pods';
import { Unit } from './units';
import { podSecurityViolations } from '../admission/pod-security';
import { groupBy } from '../algebra/group';
import { groupOf, isClusterScoped } from '../api/scope';

export interface Kept {
  readonly kept: readonly KeptObject[];
  /** Objects that are not applied, although nothing replaces them. */
  readonly leftOut: readonly string[];
  /** What is lost with the objects that are replaced, in words. */
  readonly notes: readonly string[];
}

const OF_THE_CLUSTER = new Set(['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy']);

/** A policy that speaks about all namespaces, and opens or closes by itself. */
export function isOfTheCluster({ ref }: Source): boolean {
  return OF_THE_CLUSTER.has(ref.kind);
}

export function keptObjects(sources: readonly Source[], pods: readonly PodSource[], units: readonly Unit[], secured: ReadonlySet<string>): Kept {
  const owned = new Set(pods.filter(each => each.owned).map(({ json }) => json));
  const accounts = new Map(units.filter(({ renamed }) => renamed).flatMap(unit => unit.sources.map(({ json }) => [json, unit.serviceAccountName] as const)));
  const kept: KeptObject[] = [];
  const leftOut: string[] = [];
  const notes: string[] = [];
  for (const { ref, json } of sources) {
    const namespace = namespaceOf(json);
    if (owned.has(json) || ref.kind === 'Node') leftOut.push(keyOfObject(json));
    else if (isReplaced(json, secured)) notes.push(...lostWith(json));
    else kept.push({ json, file: ref.origin ?? '', namespace: namespace !== undefined && secured.has(namespace) ? namespace : undefined, account: accounts.get(json) });
  }
  return { kept, leftOut: leftOut.sort(), notes };
}

/** What stands twice in the manifests, one line each: a cluster has it once, and which one nobody knows. */
export function declaredTwice(sources: readonly Source[]): string[] {
  const seen = new Map<string, Source>();
  return sources.flatMap(source => {
    const key = `${groupOf(source.ref.apiVersion)} ${keyOfObject(source.json)}`;
    const first = seen.get(key);
    if (!first) seen.set(key, source);
    const { ref: { kind, name, origin } } = source;
    return first ? [`${origin}: ${kind}/${name}: is declared twice (also in ${first.ref.origin}): remove one of them`] : [];
  });
}

/** How to be rid of the policies that are replaced: where the manifests were applied they stay, and add to what the program states. */
export function removalNotes(sources: readonly Source[], secured: ReadonlySet<string>, written: ReadonlySet<string>): string[] {
  const replaced = sources.filter(({ json }) => json.kind === 'NetworkPolicy' && isReplaced(json, secured) && !written.has(keyOfObject(json)));
  return [...groupBy(replaced, ({ json }) => namespaceOf(json)!)].sort(byText(([namespace]) => namespace)).map(([namespace, policies]) =>
    `once the program's output is applied, delete what it replaces: kubectl -n ${namespace} delete networkpolicy ${policies.map(({ ref }) => ref.name).sort().join(' ')}`);
}

/** Who runs under another ServiceAccount from now on, a line for each that was left. */
export function accountNotes(units: readonly Unit[]): string[] {
  const left = groupBy(units.filter(({ renamed }) => renamed).flatMap(unit => unit.sources.map(({ spec }) =>
    ({ unit, account: `${unit.namespace}/${spec.serviceAccountName ?? 'default'}` }))), ({ account }) => account);
  return [...left].sort(byText(([account]) => account)).map(([account, users]) => {
    const names = [...new Set(users.map(({ unit }) => unit.name))].sort();
    return `ServiceAccount ${account}: ${names.join(', ')} ${names.length > 1 ? 'have' : 'has'} one of ${names.length > 1 ? 'their' : 'its'} own instead, because an identity that `
      + 'several share is none: grant there what was granted to it, and give there the pull secrets it had';
  });
}

/** Whether the library writes it: a namespace of the program, its network policies, its default ServiceAccount. */
export function isReplaced(json: any, secured: ReadonlySet<string>): boolean {
  const { kind, metadata } = json;
  if (kind === 'Namespace') return secured.has(metadata?.name);
  return (kind === 'NetworkPolicy' || (kind === 'ServiceAccount' && metadata?.name === 'default')) && secured.has(namespaceOf(json) ?? '');
}

/** The namespace an object lives in; undefined where it lives in none. */
export function namespaceOf({ apiVersion, kind, metadata }: any): string | undefined {
  return isClusterScoped(String(apiVersion), kind) ? undefined : metadata?.namespace ?? 'default';
}

/** `Deployment shop/web`, `ClusterRole view` */
export function keyOfObject(json: any): string {
  const namespace = namespaceOf(json);
  return `${json.kind} ${namespace === undefined ? '' : `${namespace}/`}${json.metadata?.name ?? json.metadata?.generateName ?? ''}`;
}

/** Each namespace at the strictest level of Pod Security that the pods it has meet. */
export function plannedNamespaces(sources: readonly Source[], pods: readonly PodSource[], secured: ReadonlySet<string>,
  { projects, minor, tenant }: { readonly projects: ReadonlySet<string>; readonly minor: number; readonly tenant: string }): PlannedNamespace[] {
  const manifests = new Map(sources.filter(({ ref }) => ref.kind === 'Namespace').map(({ ref, json }) => [ref.name, json]));
  return [...secured].map(name => {
    const own = pods.filter(({ namespace, owned }) => namespace === name && !owned).sort(byText(({ json }) => keyOfObject(json)));
    const rejected = (level: 'restricted' | 'baseline') => own.flatMap(({ json, spec }) =>
      podSecurityViolations({ spec, metadata: templateMetadata(json) }, level, minor).slice(0, 1).map(violation =>
        `'${level}' would reject ${json.kind} ${json.metadata?.name}: ${violation.path} is ${violation.value}`))[0];
    const [restricted, baseline] = [rejected('restricted'), rejected('baseline')];
    const podSecurity = restricted === undefined ? 'restricted' : baseline === undefined ? 'baseline' : 'privileged';
    const project = projects.has(name);
    const rejection = (baseline ?? restricted)?.replace(/\s+/g, ' ');
    const labels = keptLabels(manifests.get(name)?.metadata?.labels ?? {});
    return { name, tenant: project ? undefined : tenant, project, podSecurity, rejected: rejection, labels };
  });
}

function keptLabels(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort().filter(([key]) =>
    !['kubernetes.io/metadata.name', 'app.kubernetes.io/managed-by', 'secure-network/tenant'].includes(key) && !key.startsWith('pod-security.kubernetes.io/')));
}

function templateMetadata({ kind, metadata, spec }: any): any {
  return kind === 'Pod' ? metadata : kind === 'CronJob' ? spec?.jobTemplate?.spec?.template?.metadata : spec?.template?.metadata;
}

function lostWith(json: any): string[] {
  const { kind, metadata } = json;
  if (kind === 'Namespace' && Object.keys(metadata?.annotations ?? {}).some(key => key !== LAST_APPLIED)) {
    return [`Namespace ${metadata.name}: its annotations are left out, because the library writes the Namespace: add those that are needed with ApiObject.of(...)`];
  }
  if (kind === 'ServiceAccount' && (json.secrets ?? json.imagePullSecrets)) {
    return [`ServiceAccount ${namespaceOf(json)}/default: its secrets are left out, because the library writes it without any: give them to the accounts of the workloads`];
  }
  return [];
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

