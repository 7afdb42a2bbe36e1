import { ClusterModel } from './model';
import { AssumedPeer } from './pods';
import { Direction, keyOfMatch, ObjectRef, PodMatch } from './rules';
import { LabelSelector } from '../algebra/label-selector';

/**
 * Pods that nobody runs but somebody could: the smallest ones that satisfy a selector. What a rule opens to them shows which selector is
 * wider than meant, where no running pod would.
 */
export interface SelectorWitness {
  /** The imagined pod; it never has a row. */
  readonly peer: AssumedPeer;
  /** An object whose selector it satisfies. */
  readonly ref: ObjectRef;
  /** Whether the selector says whom the policy is about, or whom one of its rules lets pass. */
  readonly role: 'subject' | 'peer';
  readonly direction?: Direction;
  readonly index?: number;
  /** The selector as text. */
  readonly selector: string;
}

/** A pod for every selector of every rule, and for every value that the selector lets in. Selectors that say the same are asked once. */
export function selectorWitnesses(model: ClusterModel): SelectorWitness[] {
  const witnesses = new Map<string, SelectorWitness>();
  const imagine = (match: PodMatch, found: Omit<SelectorWitness, 'peer' | 'selector'>) => {
    const selector = keyOfMatch(match);
    if (witnesses.has(`${selector} 0`)) return;
    podsFor(match, model).forEach((pod, i) => {
      witnesses.set(`${selector} ${i}`, { ...found, selector, peer: { ...pod, name: `pod-for-${witnesses.size}`, kind: 'Witness', real: false } });
    });
  };
  for (const { ref, subject, rules } of model.policies) {
    imagine(subject, { ref, role: 'subject' });
    for (const { direction, index, peers } of rules) for (const match of peers.pods) imagine(match, { ref, role: 'peer', direction, index });
  }
  return [...witnesses.values()];
}

/** A pod without labels in every namespace, and one in a namespace that nobody declared. */
export function strangers(model: ClusterModel): AssumedPeer[] {
  const inside = [...model.namespaces.keys()].sort().map((namespace): AssumedPeer =>
    ({ namespace, name: 'stranger', kind: 'Witness', labels: {}, real: false }));
  return [...inside, { namespace: unusedName(model), name: 'stranger', kind: 'Witness', labels: {}, namespaceLabels: {}, real: false }];
}

function podsFor({ namespace, namespaces, pods, identity }: PodMatch, model: ClusterModel): Pick<AssumedPeer, 'namespace' | 'namespaceLabels' | 'labels' | 'serviceAccount'>[] {
  if (identity?.witnesses.length) return identity.witnesses.map(each => ({ ...each, namespaceLabels: {}, labels: { 'sidecar.istio.io/inject': 'true' } }));
  const places = namespace !== undefined ? [{ namespace }] : placesFor(namespaces ?? LabelSelector.EVERYTHING, model);
  const [place, ...others] = places;
  if (!place) return [];
  const labels = pods.witnesses();
  return [...labels.map(each => ({ ...place, labels: each })), ...labels.length > 0 ? others.map(each => ({ ...each, labels: labels[0] })) : []];
}

const NAME = 'kubernetes.io/metadata.name';

/** A namespace with the smallest labels that will do; where the selector asks for a name, the namespace of that name. */
function placesFor(selector: LabelSelector, model: ClusterModel): { namespace: string; namespaceLabels: Record<string, string> }[] {
  return selector.witnesses().flatMap((witness, i) => {
    const { [NAME]: name, ...namespaceLabels } = witness;
    const namespace = name ?? `${unusedName(model)}-${i}-${hash(selector.key)}`;
    const labels = model.namespaces.get(namespace) ?? { ...namespaceLabels, [NAME]: namespace };
    return selector.matches(labels) ? [{ namespace, namespaceLabels }] : [];
  });
}

function unusedName(model: ClusterModel): string {
  let name = 'nowhere';
  while (model.namespaces.has(name)) name += '-else';
  return name;
}

/** Keeps the imagined namespaces of different selectors apart. */
function hash(text: string): string {
  let value = 7;
  for (let i = 0; i < text.length; i++) value = (value * 31 + text.charCodeAt(i)) % 0xffffffff;
  return value.toString(36);
}
