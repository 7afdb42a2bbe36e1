/**
 * The pods that the program can speak about: a workload, or several whose pods nothing tells apart, under labels that no other pod of the
 * namespace has.
 *
 * Laws: no pod is in two units; the labels of a unit select its own pods and no others; where that cannot be had, its pods are in none.
 */
import { byText } from './_order';
import { isPlatform, PlannedPort } from './plan';
import { declaredPorts, PodSource, sortedPorts } from './pods';
import { groupBy } from '../algebra/group';
import { Labels } from '../algebra/label-selector';
import { keyOfLabels, textOfWorkload } from '../analysis/pods';
import { Endpoint, Reachability } from '../analysis/reachability';
import { carries } from '../proof/closure';

export interface Unit {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Its pods, as the analysis has them. */
  readonly members: readonly Endpoint[];
  readonly sources: readonly PodSource[];
  readonly ports: readonly PlannedPort[];
  readonly serviceAccountName: string;
  /** Whether its pods ran under another ServiceAccount, or share theirs with others. */
  readonly renamed: boolean;
  /** Whether others own it. */
  readonly foreign: boolean;
  /** Whether no manifest shows it. */
  readonly guessed: boolean;
}

/** Pods that the program cannot speak about, and why. */
export interface Stray {
  readonly endpoint: Endpoint;
  readonly why: 'host network' | 'labels';
}

export interface Units {
  readonly units: readonly Unit[];
  readonly strays: readonly Stray[];
}

/** The ids of what every namespace has itself. */
const RESERVED = ['manifests', 'namespace', 'default-service-account', 'quota', 'limits', 'default-deny', 'allow-dns', 'allow-project', 'namespace-flows'];

interface Draft {
  readonly namespace: string;
  readonly full: Labels;
  readonly members: Endpoint[];
  readonly sources: readonly PodSource[];
}

/** @param secured the namespaces that become the program's own */
export function unitsOf(reach: Reachability, sources: readonly PodSource[], secured: ReadonlySet<string>): Units {
  const endpoints = reach.endpoints.filter(({ real, workload }) => real && !workload.foreign);
  const bySource = groupBy(sources, source => source.workload);
  const strays: Stray[] = endpoints.filter(({ hostNetwork }) => hostNetwork).map(endpoint => ({ endpoint, why: 'host network' }));
  const drafts = [...groupBy(endpoints.filter(({ hostNetwork }) => !hostNetwork).map(endpoint => draftOf(endpoint, bySource)),
    ({ namespace, full }) => `${namespace} ${keyOfLabels(full)}`).values()].map(joined);
  const units: Unit[] = [];
  for (const inside of groupBy(drafts, ({ namespace }) => namespace).values()) {
    const found = inside.map(draft => ({ draft, labels: selecting(draft, reach) }));
    for (const { draft, labels } of found) if (!labels) strays.push(...draft.members.map((endpoint): Stray => ({ endpoint, why: 'labels' })));
    const told = found.flatMap(({ draft, labels }) => (labels ? [{ draft, labels }] : [])).sort(byText(({ draft }) => draft.members[0].text));
    const { namespace } = inside[0];
    const names = new Set(RESERVED);
    const accounts = new Accounts(sources.filter(source => source.namespace === namespace));
    for (const { draft, labels } of told) {
      const [{ workload, kind }] = draft.members;
      const name = unused(names, [workload.name, `${workload.name}-${kind.toLowerCase()}`]);
      const own = accounts.of(draft.sources);
      units.push({
        namespace,
        name,
        labels,
        members: draft.members,
        sources: draft.sources,
        ports: sortedPorts(draft.sources.flatMap(declaredPorts)),
        serviceAccountName: own ?? accounts.make(name),
        renamed: own === undefined && secured.has(namespace),
        foreign: !secured.has(namespace),
        guessed: false,
      });
    }
  }
  return { units, strays };
}

/** The namespaces that the program makes its own: those with pods or policies, but for the platform's. */
export function securedNamespaces({ model }: Reachability, left: readonly string[]): Set<string> {
  const used = [
    ...model.workloads.filter(({ real }) => real).map(({ namespace }) => namespace),
    ...model.policies.flatMap(({ ref }) => ref.namespace ?? []),
  ];
  return new Set(used.filter(name => !isPlatform(name) && !left.includes(name)).sort());
}

/** A DNS label near the wish that is not taken yet, and takes it. */
export function unused(taken: Set<string>, wishes: readonly string[]): string {
  const clean = wishes.map(wish => wish.toLowerCase().replace(/[^a-z0-9-]+/g, '-').slice(0, 50).replace(/^-+|-+$/g, '') || 'pods');
  const last = clean[clean.length - 1];
  let name = clean.find(wish => !taken.has(wish));
  for (let i = 2; name === undefined; i++) if (!taken.has(`${last}-${i}`)) name = `${last}-${i}`;
  taken.add(name);
  return name;
}

function draftOf(endpoint: Endpoint, bySource: ReadonlyMap<string, readonly PodSource[]>): Draft {
  const { namespace, workload } = endpoint;
  const whole = endpoint.name === workload.name && endpoint.kind === workload.kind;
  const sources = (bySource.get(textOfWorkload(workload)) ?? []).filter(({ ref }) => whole || ref.name === endpoint.name);
  const shown = whole ? workload.variants.map(({ shape }) => shape.labels) : [endpoint.labels];
  const labels = [...shown, ...sources.filter(({ owned }) => !owned).map(source => source.labels)];
  return { namespace, full: labels.reduce(common), members: [endpoint], sources };
}

function joined(drafts: readonly Draft[]): Draft {
  return { ...drafts[0], members: drafts.flatMap(({ members }) => members), sources: [...new Set(drafts.flatMap(({ sources }) => sources))] };
}

function common(a: Labels, b: Labels): Labels {
  return Object.fromEntries(Object.entries(a).filter(([key, value]) => b[key] === value));
}

/**
 * The labels by which the pods' own controller finds them, if policies see no pod that has these only and is treated otherwise; else all labels
 * they have. Undefined where other pods have them too.
 */
function selecting({ namespace, full, members, sources }: Draft, reach: Reachability): Labels | undefined {
  const others = reach.within(namespace).filter(other => !members.includes(other));
  const classes = new Set(members.map(({ peerClass }) => peerClass));
  const free = (labels: Labels, imagined: boolean) => Object.keys(labels).length > 0 && others.every(({ real, workload, peerClass }) =>
    !workload.variants.some(({ shape }) => carries(shape.labels, labels)) || (!real && (!imagined || classes.has(peerClass))));
  const selectors = [...new Set(sources.map(({ selector }) => JSON.stringify(selector)))];
  const own = selectors.length === 1 ? sources[0].selector : undefined;
  if (own && carries(full, own) && free(own, true)) return own;
  return free(full, false) ? full : undefined;
}

/** Who runs under which ServiceAccount in one namespace. */
class Accounts {
  private readonly taken: Set<string>;

  constructor(private readonly sources: readonly PodSource[]) {
    this.taken = new Set(['default', ...sources.map(accountOf)]);
  }

  /** The account of these pods, where they have one and no others have it. */
  of(own: readonly PodSource[]): string | undefined {
    const names = new Set(own.map(accountOf));
    const [name] = names;
    const shared = names.size !== 1 || name === 'default' || this.sources.some(source => !own.includes(source) && accountOf(source) === name);
    return shared ? undefined : name;
  }

  make(name: string): string {
    return unused(this.taken, [name, `${name}-identity`]);
  }
}

function accountOf({ spec }: PodSource): string {
  return spec.serviceAccountName ?? 'default';
}
