import { PodShape } from './pods';
import { LAYERS, ObjectRef, PodMatch, Policy, textOfRef } from './rules';
import { Labels } from '../algebra/label-selector';

/** Policies of one rank that are about the same pods: which of them decides first is not defined. */
export interface Conflict {
  readonly ref: ObjectRef;
  readonly message: string;
}

export function conflictsOf(policies: readonly Policy[], shapes: readonly PodShape[], namespaces: ReadonlyMap<string, Labels>): Conflict[] {
  const ordered = new Set(LAYERS.filter(layer => layer.decides === 'first-match' && !layer.agrees).map(({ name }) => name));
  const ranks = new Map<string, Policy[]>();
  for (const policy of policies) {
    if (!ordered.has(policy.layer)) continue;
    const rank = `${policy.layer} ${policy.ref.kind} ${policy.order}`;
    ranks.set(rank, [...ranks.get(rank) ?? [], policy]);
  }
  const isAbout = ({ namespace, namespaces: selector, pods }: PodMatch, shape: PodShape) =>
    !shape.hostNetwork && (namespace === undefined || namespace === shape.namespace)
    && (selector?.matches(namespaces.get(shape.namespace) ?? {}) ?? true) && pods.matches(shape.labels);
  return [...ranks.values()].flatMap(equals => equals.flatMap((policy, i) => {
    for (const other of equals.slice(0, i)) {
      const both = shapes.find(shape => isAbout(policy.subject, shape) && isAbout(other.subject, shape));
      if (!both) continue;
      const message = `has the priority ${policy.order} of ${textOfRef(other.ref)}, and both are about pods in namespace '${both.namespace}': `
        + 'which decides first is not defined; give each its own priority';
      return [{ ref: policy.ref, message }];
    }
    return [];
  }));
}
