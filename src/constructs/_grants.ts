/**
 * Who was granted what, as roles and bindings: one of each for an access, in a namespace or in the whole cluster, with everybody who has it.
 *
 * Laws: nothing exists before the first grant; the same grants in any order give the same objects.
 */
import { Chart, Lazy } from 'cdk8s';
import { emit } from './_manifest';
import { Access } from './access';
import { Subject } from './subject';
import { PolicyRule, RbacSubject } from '../api/rbac';

const RBAC = 'rbac.authorization.k8s.io';
const granted = new WeakMap<Chart, Map<string, { rules: readonly PolicyRule[]; subjects: Map<string, RbacSubject> }>>();

/** Grants access in the namespace that the chart is. */
export function grantInNamespace(chart: Chart, subject: Subject, access: Access): void {
  grant(chart, subject, access, 'Role', access._rules);
}

/** Grants access in the whole cluster. Throws where that would be too much. */
export function grantEverywhere(chart: Chart, subject: Subject, access: Access): void {
  grant(chart, subject, access, 'ClusterRole', access._rulesEverywhere(chart.node.path));
}

function grant(chart: Chart, { _wire: subject }: Subject, { accessName: name }: Access, kind: 'Role' | 'ClusterRole', rules: readonly PolicyRule[]): void {
  const known = granted.get(chart) ?? new Map<string, { rules: readonly PolicyRule[]; subjects: Map<string, RbacSubject> }>();
  granted.set(chart, known);
  let entry = known.get(name);
  if (entry && JSON.stringify(entry.rules) !== JSON.stringify(rules)) {
    throw new Error(`[${chart.node.path}] two accesses are named '${name}' and grant different things: give each a name of its own`);
  }
  if (!entry) {
    const subjects = new Map<string, RbacSubject>();
    entry = { rules, subjects };
    known.set(name, entry);
    const common = { apiVersion: `${RBAC}/v1`, name };
    emit(chart, `access-${name}`, { ...common, kind, body: { rules } });
    emit(chart, `access-${name}-binding`, {
      ...common,
      kind: `${kind}Binding`,
      body: { roleRef: { apiGroup: RBAC, kind, name }, subjects: Lazy.any({ produce: () => sorted(subjects) }) },
    });
  }
  entry.subjects.set(keyOf(subject), subject);
}

function sorted(subjects: ReadonlyMap<string, RbacSubject>): RbacSubject[] {
  return [...subjects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}

function keyOf({ kind, namespace = '', name }: RbacSubject): string {
  return JSON.stringify([kind, namespace, name]);
}
