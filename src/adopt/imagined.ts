/**
 * Pods that nobody runs and the policies of today would treat in some way of their own: whatever is stated about all pods of a namespace has to
 * be true of them too, or it would open something the day they come.
 */
import { LabelSelector, Requirement } from '../algebra/label-selector';
import { ClusterModel } from '../analysis/model';
import { AssumedPeer } from '../analysis/pods';
import { NamespaceIndex } from '../analysis/selection';
import { selectorWitnesses, strangers } from '../analysis/witnesses';

/** More than this many in one namespace differ in one label at a time only. */
const MOST = 64;

/** A pod without labels in every namespace, the smallest pods of every selector, and those with every other choice of the labels it asks for. */
export function imaginedPods(model: ClusterModel): AssumedPeer[] {
  const asked = requirementsByNamespace(model);
  const chosen = [...model.namespaces.keys()].flatMap(namespace => choices(namespace, asked.get(namespace) ?? []));
  return [...strangers(model), ...selectorWitnesses(model).map(({ peer }) => peer), ...chosen];
}

/** What the policies ask of the labels of pods, by the namespaces in which they ask it. */
function requirementsByNamespace({ policies, namespaces }: ClusterModel): Map<string, Requirement[]> {
  const asked = new Map([...namespaces.keys()].map((name): [string, Requirement[]] => [name, []]));
  const all = policies.flatMap(({ subject, rules }) => [subject, ...rules.flatMap(({ peers }) => peers.pods)]);
  const index = new NamespaceIndex(namespaces);
  for (const { namespace, namespaces: selector = LabelSelector.EVERYTHING, pods } of all) {
    if (pods.isEverything) continue;
    const homes = namespace === undefined ? index.chosenBy(selector) : [namespace];
    for (const home of homes) asked.get(home)?.push(...pods.requirements);
  }
  return asked;
}

function choices(namespace: string, requirements: readonly Requirement[]): AssumedPeer[] {
  const values = new Map<string, Set<string>>();
  for (const requirement of requirements) {
    const known = values.get(requirement.key) ?? new Set<string>();
    values.set(requirement.key, known);
    for (const value of requirement.values) known.add(value);
    if (requirement.operator !== 'In') known.add(OTHER);
  }
  const keys = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, all]) => ({ key, all: [...all].sort() }));
  const count = keys.reduce((product, { all }) => product * (all.length + 1), 1);
  const sets = count <= MOST ? products(keys) : keys.flatMap(({ key, all }) => all.map(value => ({ [key]: value })));
  return sets.filter(set => Object.keys(set).length > 0)
    .map((set, i) => ({ namespace, name: `choice-${i}`, kind: 'Witness', labels: set, real: false }));
}

/** A value that no selector names. */
const OTHER = 'some-other';

function products(keys: readonly { readonly key: string; readonly all: readonly string[] }[]): Record<string, string>[] {
  return keys.reduce((sets: Record<string, string>[], { key, all }) =>
    sets.flatMap(set => [set, ...all.map(value => ({ ...set, [key]: value }))]), [{}]);
}
