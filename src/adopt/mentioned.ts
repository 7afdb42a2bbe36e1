/**
 * Peers that policies name and no manifest shows: the monitoring that scrapes, the ingress controller, the cluster's DNS. Where a policy names
 * them by their namespace and by labels, they can be imported.
 */
import { unused } from './units';
import { LabelSelector, Labels } from '../algebra/label-selector';
import { ClusterModel } from '../analysis/model';
import { AssumedPeer, CONTROLLER, keyOfLabels, NAME_LABEL } from '../analysis/pods';
import { PodMatch } from '../analysis/rules';

/** What policies name in namespaces that are neither the program's own nor shown: workloads by labels, and whole namespaces. */
export function mentionedPeers(model: ClusterModel, secured: ReadonlySet<string>): AssumedPeer[] {
  const shown = new Set(model.workloads.filter(({ real }) => real).map(({ namespace }) => namespace));
  const peers = new Map<string, AssumedPeer>();
  const names = new Map<string, Set<string>>();
  for (const { rules } of model.policies) {
    for (const match of rules.flatMap(rule => rule.peers.pods)) {
      for (const namespace of namespacesOf(match) ?? []) {
        if (secured.has(namespace) || shown.has(namespace)) continue;
        for (const labels of labelsOf(match.pods) ?? []) {
          const key = `${namespace} ${keyOfLabels(labels)}`;
          if (peers.has(key)) continue;
          const taken = names.get(namespace) ?? new Set<string>();
          names.set(namespace, taken);
          peers.set(key, { namespace, name: unused(taken, [nameFor(labels)]), labels, foreign: true });
        }
      }
    }
  }
  return [...peers.values()];
}

/** Every namespace that manifests show or policies name. */
export function namedNamespaces(model: ClusterModel): Set<string> {
  const named = model.policies.flatMap(({ rules }) => rules.flatMap(rule => rule.peers.pods.flatMap(match => namespacesOf(match) ?? [])));
  const shown = model.workloads.filter(({ real }) => real).map(({ namespace }) => namespace);
  return new Set([...named, ...shown, ...[...model.namespaces.keys()].filter(name => name !== CONTROLLER.namespace)]);
}

/** The namespaces that a match names one by one. Undefined where it chooses them otherwise. */
export function namespacesOf({ namespace, namespaces }: PodMatch): readonly string[] | undefined {
  if (namespace !== undefined) return [namespace];
  const [only, ...others] = namespaces?.requirements ?? [];
  return only?.key === NAME_LABEL && only.operator === 'In' && others.length === 0 ? only.values : undefined;
}

/** The label sets that a selector names one by one; none where it names everything, undefined where it says what labels are not, or that they exist. */
export function labelsOf(pods: LabelSelector): readonly Labels[] | undefined {
  if (pods.isEverything) return [];
  if (!pods.requirements.every(({ operator }) => operator === 'In')) return undefined;
  let sets: Labels[] = [{}];
  for (const { key, values } of pods.requirements) {
    sets = sets.flatMap(labels => values.filter(value => labels[key] === undefined || labels[key] === value).map(value => ({ ...labels, [key]: value })));
    if (sets.length > 32) return undefined;
  }
  return sets;
}

function nameFor(labels: Labels): string {
  const telling = ['app.kubernetes.io/name', 'app', 'k8s-app', 'name', 'app.kubernetes.io/component'].find(key => labels[key]);
  return labels[telling ?? Object.keys(labels).sort()[0]] || 'pods';
}
