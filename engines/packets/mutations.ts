/** Breaks a scene on purpose: what was computed for the right one must then no longer be what is seen. */
import { Scene } from './scene';
import { PlannedTry, verdictsOf } from './tries';
import { Manifest, keyOf } from '../lib/manifests';

export interface Mutation {
  readonly what: string;
  readonly scene: Scene;
  /** How many tries it should turn. */
  readonly turned: number;
}

/** One policy removed, and one selector widened to everybody: of each the one that turns most. */
export function mutationsOf(scene: Scene, tries: readonly PlannedTry[], right: readonly boolean[]): Mutation[] {
  const judged = (what: string, policies: readonly Manifest[]): Mutation => {
    const mutated = { ...scene, policies };
    return { what, scene: mutated, turned: verdictsOf(mutated, tries).filter((open, i) => open !== right[i]).length };
  };
  const removed = scene.policies.map(policy => judged(`without ${keyOf(policy)}`, scene.policies.filter(other => other !== policy)));
  const widened = scene.policies.flatMap(policy => widenings(policy).map(({ path, policy: wide }) =>
    judged(`${keyOf(policy)} with ${path} widened to every pod`, scene.policies.map(other => other === policy ? wide : other))));
  return [removed, widened].flatMap(mutations => mutations.sort((a, b) => b.turned - a.turned).slice(0, 1));
}

function widenings(policy: Manifest): { path: string; policy: Manifest }[] {
  return (['ingress', 'egress'] as const).flatMap(direction => (policy.spec[direction] ?? []).flatMap((rule: any, i: number) => {
    const side = direction === 'ingress' ? 'from' : 'to';
    return (rule[side] ?? []).flatMap((peer: any, k: number) => {
      if (!peer.podSelector && !peer.namespaceSelector) return [];
      const peers = rule[side].map((other: any, n: number) => n === k ? { namespaceSelector: {}, podSelector: {} } : other);
      const rules = policy.spec[direction].map((other: any, n: number) => n === i ? { ...rule, [side]: peers } : other);
      return [{ path: `${direction}[${i}].${side}[${k}]`, policy: { ...policy, spec: { ...policy.spec, [direction]: rules } } }];
    });
  }));
}
