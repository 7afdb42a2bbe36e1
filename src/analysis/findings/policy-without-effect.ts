import { Evidence, listed } from './_evidence';
import { POLICIES } from './_pages';
import { PolicySource } from './_sources';
import { isSubset } from './_subset';
import { Check } from './finding';
import { Direction, textOfRef } from '../rules';

export const POLICY_WITHOUT_EFFECT: Check = {
  code: 'SN0309',
  name: 'policy-without-effect',
  level: 'warning',
  description: 'A policy is voided by broader ones that select the same pods',
  why: 'Policies are added up, so what one allows no other can take back: a policy that allows everything voids every other one for its pods.',
  source: POLICIES,
  remedy: 'narrow {broader}, or remove it',
  * find(evidence) {
    const broad = new Map<string, Record<Direction, PolicySource[]>>();
    for (const source of evidence.networkPolicies) {
      const known = broad.get(source.ref.namespace!) ?? { egress: [], ingress: [] };
      broad.set(source.ref.namespace!, known);
      for (const direction of source.policy.directions) if (allowsAll(source, direction)) known[direction].push(source);
    }
    for (const source of evidence.networkPolicies) {
      const { ref, policy } = source;
      for (const direction of policy.directions) {
        if (allowsAll(source, direction)) continue;
        const voiding = voidedBy(evidence, source, broad.get(ref.namespace!)![direction]);
        if (voiding.length === 0) continue;
        const broader = listed(voiding.map(each => textOfRef(each.ref)));
        yield { object: ref, path: `spec.${direction}`, message: `its ${direction} holds nothing: ${broader} allows everything to the same pods`, words: { broader } };
      }
    }
  },
};

function allowsAll({ policy }: PolicySource, direction: Direction): boolean {
  return policy.rules.some(rule => rule.direction === direction && rule.peers.any && rule.ports.numbers.isAll);
}

/** The policies that together allow everything to each pod that the policy is about; without pods, one whose selector covers its own. */
function voidedBy(evidence: Evidence, { policy: { subject } }: PolicySource, broad: readonly PolicySource[]): PolicySource[] {
  if (broad.length === 0) return [];
  const covering = broad.find(each => isSubset(subject.pods, each.policy.subject.pods));
  if (covering) return [covering];
  const own = evidence.shapes(subject);
  const open = broad.map(each => ({ each, pods: new Set(evidence.shapes(each.policy.subject)) }));
  if (own.length === 0 || !own.every(shape => open.some(({ pods }) => pods.has(shape)))) return [];
  return open.filter(({ pods }) => own.some(shape => pods.has(shape))).map(({ each }) => each);
}
