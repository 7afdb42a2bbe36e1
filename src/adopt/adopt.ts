/**
 * From manifests to a program: `adopt(reach, options)` reads what they allow, states it in the library's words, builds the App that the
 * program would build, and holds what it writes against the manifests.
 *
 * Laws: the same manifests in any order of files give the same program; nothing is opened that was closed, but for DNS, which every namespace
 * of the library has; whatever is closed that was open is in a remark.
 */
import { addressFlows, familiesOf } from './addresses';
import { buildApp, platformOf } from './build';
import { Grants } from './grants';
import { imaginedPods } from './imagined';
import { accountNotes, declaredTwice, isOfTheCluster, keptObjects, plannedNamespaces, removalNotes } from './manifests';
import { mentionedPeers, namedNamespaces } from './mentioned';
import { AdoptionPlan, keyOfEnd, PlannedPlatform, PlannedStatement, PlannedWorkload } from './plan';
import { podSources } from './pods';
import { notesOf, Remark, remarksOf } from './remarks';
import { podFlows } from './statements';
import { securedNamespaces, Unit, unitsOf } from './units';
import { diff, opens } from '../analysis/diff';
import { readDocuments } from '../analysis/input/documents';
import { ClusterModel } from '../analysis/model';
import { AssumedPeer, keyOfLabels } from '../analysis/pods';
import { Reachability } from '../analysis/reachability';
import { textOfRef } from '../analysis/rules';

export { printProgram } from './print';

export interface AdoptOptions {
  readonly platform: PlannedPlatform;
  /** Who answers for the namespaces, until somebody says more. */
  readonly tenant: string;
  /** Namespaces that stay as they are, beside those of the platform. */
  readonly leave: readonly string[];
}

export interface Adoption {
  readonly plan: AdoptionPlan;
  readonly remarks: readonly Remark[];
  readonly notes: readonly string[];
  /** Whether the program would open anything that is closed today. */
  readonly opens: boolean;
}

/** Throws where the library refuses what the manifests hold beside the network. */
export function adopt(reach: Reachability, { platform, tenant, leave }: AdoptOptions): Adoption {
  const secured = securedNamespaces(reach, leave);
  const mentioned = mentionedPeers(reach.model, secured);
  const named = reach.model.with(mentioned);
  const wide = Reachability.of(named.with(imaginedPods(named)));
  const grants = new Grants(wide);
  const sources = [...reach.model.sources()];
  const twice = declaredTwice(sources);
  if (twice.length > 0) throw new Error(['these manifests are of no cluster:', ...twice].join('\n  '));
  const pods = podSources(sources);
  const units = unitsOf(wide, pods, secured);
  const all = [...units.units, ...importedUnits(mentioned, wide)];
  const { projects, statements: inside } = podFlows({ reach: wide, grants, units: all, secured, named: namedNamespaces(reach.model) });
  const everyNamespaces = dnsOf(platform, all);
  const statements = [...inside.filter(statement => !everyNamespaces(statement)), ...addressFlows(wide, grants, units.units, platform)];
  const keep = (withClusterPolicies: boolean) => {
    const own = withClusterPolicies ? sources : sources.filter(source => !isOfTheCluster(source));
    const { kept, leftOut, notes: lost } = keptObjects(own, pods, units.units, secured);
    const plan: AdoptionPlan = {
      platform,
      namespaces: plannedNamespaces(sources, pods, secured, { projects, minor: Number(platform.version.split('.')[1]), tenant }),
      workloads: all.filter(({ foreign }) => !foreign).map(plannedOf),
      imported: all.filter(({ foreign }) => foreign).filter(unit => isNamed(unit, statements)).map(plannedOf),
      statements,
      acknowledged: withClusterPolicies ? sources.filter(isOfTheCluster).map(({ ref }) => textOfRef(ref)).sort() : [],
      kept,
      leftOut: [...leftOut, ...withClusterPolicies ? [] : sources.filter(isOfTheCluster).map(({ ref }) => textOfRef(ref))].sort(),
    };
    return { plan, lost, after: writtenBy(plan, reach) };
  };
  const { plan, lost, after, refused } = keepOrLeave(keep, sources.some(isOfTheCluster));
  const changes = diff(reach, after);
  return {
    plan,
    remarks: remarksOf(changes, { reach: wide, grants, units, families: familiesOf(platform) }),
    notes: [...refused, ...accountNotes(units.units), ...lost, ...notesOf(reach, grants, secured),
      ...removalNotes(sources, secured, new Set(after.model.policies.map(({ ref }) => textOfRef(ref))))],
    opens: changes.some(opens),
  };
}

interface Attempt {
  readonly plan: AdoptionPlan;
  readonly lost: readonly string[];
  readonly after: Reachability;
}

/** Policies of the whole cluster stay, unless they deny what a namespace of the library has to have. */
function keepOrLeave(keep: (withClusterPolicies: boolean) => Attempt, any: boolean): Attempt & { readonly refused: readonly string[] } {
  try {
    return { ...keep(true), refused: [] };
  } catch (error) {
    const [, fault] = /\n {2}(.*? is not possible, although .*?): /.exec((error as Error).message) ?? [];
    if (!any || fault === undefined) throw error;
    return {
      ...keep(false),
      refused: [`the policies of the whole cluster are left out: with them ${fault}. What they deny between the namespaces of the program stays denied; `
        + 'what they say of other namespaces does not hold any more'],
    };
  }
}

/** Whether a statement is what every namespace of the library has without it. */
function dnsOf(platform: PlannedPlatform, units: readonly Unit[]): (statement: PlannedStatement) => boolean {
  const { namespace, labels, port } = platformOf(platform)._dns;
  const dns = units.find(unit => unit.foreign && unit.namespace === namespace && keyOfLabels(unit.labels) === keyOfLabels(labels));
  return ({ to, ports }) => dns !== undefined && keyOfEnd(to) === `${dns.namespace}/${dns.name}`
    && ports !== 'all' && ports.every(({ transport, first, last }) => transport !== 'SCTP' && first === port && last === port);
}

/** What the program would write, as the command line reads it: from its manifests alone. */
function writtenBy(plan: AdoptionPlan, { model }: Reachability): Reachability {
  const { objects } = readDocuments(buildApp(plan).synthYaml());
  return Reachability.of(ClusterModel.of(objects, { facts: model.facts }));
}

function importedUnits(mentioned: readonly AssumedPeer[], wide: Reachability): Unit[] {
  return mentioned.map(({ namespace, name, labels }) => ({
    namespace,
    name,
    labels,
    members: wide.find(namespace, name, 'Pod'),
    sources: [],
    ports: [],
    serviceAccountName: name,
    renamed: false,
    foreign: true,
    guessed: true,
  }));
}

function isNamed({ namespace, name }: Unit, statements: readonly PlannedStatement[]): boolean {
  const key = `${namespace}/${name}`;
  return statements.some(({ from, to }) => keyOfEnd(from) === key || keyOfEnd(to) === key);
}

function plannedOf({ namespace, name, labels, serviceAccountName, ports, guessed }: Unit): PlannedWorkload {
  return { namespace, name, labels, serviceAccountName, ports, guessed };
}
