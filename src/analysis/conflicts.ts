import { PodShape } from './pods';
import { LAYERS, ObjectRef, PodMatch, Policy, textOfRef } from './rules';
import { groupBy } from '../algebra/group';
import { Labels } from '../algebra/label-selector';

/** Policies of one rank that are about the same pods: which of them decides first is not defined. */
export interface Conflict {
  readonly ref: ObjectRef;
  readonly message: string;
}

export function conflictsOf(policies: readonly Policy[], shapes: readonly PodShape[], namespaces: ReadonlyMap<string, Labels>): Conflict[] {
  const ordered = new Set(LAYERS.filter(layer => layer.decides === 'first-match' && !layer.agrees).map(({ name }) => name));
  const ranks = groupBy(policies.filter(({ layer }) => ordered.has(layer)), ({ layer, ref, order }) => `${layer} ${ref.kind} ${order}`);
  const pods = shapes.filter(({ hostNetwork }) => !hostNetwork);
  const inNamespace = groupBy(pods, ({ namespace }) => namespace);
  const chosenBy = ({ namespace, namespaces: selector, pods: chosen }: PodMatch) => (namespace === undefined ? pods : inNamespace.get(namespace) ?? [])
    .filter(shape => (selector?.matches(namespaces.get(shape.namespace) ?? {}) ?? true) && chosen.matches(shape.labels));
  return [...ranks.values()].flatMap(equals => conflictsAmong(equals, chosenBy));
}

/** Each policy with the first one before it that is about a pod of its own. */
function conflictsAmong(equals: readonly Policy[], chosenBy: (subject: PodMatch) => readonly PodShape[]): Conflict[] {
  if (equals.length < 2) return [];
  const firstAbout = new Map<PodShape, number>();
  return equals.flatMap((policy, i) => {
    let both: PodShape | undefined;
    for (const shape of chosenBy(policy.subject)) {
      const first = firstAbout.get(shape);
      if (first === undefined) firstAbout.set(shape, i);
      else if (both === undefined || first < firstAbout.get(both)!) both = shape;
    }
    if (!both) return [];
    const message = `has the priority ${policy.order} of ${textOfRef(equals[firstAbout.get(both)!].ref)}, and both are about pods in namespace '${both.namespace}': `
      + 'which decides first is not defined; give each its own priority';
    return [{ ref: policy.ref, message }];
  });
}
