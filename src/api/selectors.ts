import { LabelSelector } from './core';

/** The one label of a namespace that nobody can give to another. */
const NAME = 'kubernetes.io/metadata.name';

/** The namespaces with exactly these names; none where there are none, because an empty selector would mean all. */
export function namespacesNamed(names: readonly string[]): LabelSelector {
  if (names.length === 0) return { matchExpressions: [{ key: NAME, operator: 'DoesNotExist' }] };
  return { matchExpressions: [{ key: NAME, operator: 'In', values: [...names].sort() }] };
}
