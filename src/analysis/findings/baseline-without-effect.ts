import { TIERS } from './_pages';
import { Check } from './finding';
import { DIRECTIONS } from '../rules';

export const BASELINE_WITHOUT_EFFECT: Check = {
  code: 'SN0703',
  name: 'baseline-without-effect',
  level: 'note',
  description: 'The baseline tier denies nothing to any pod, because NetworkPolicies decide for all of them',
  why: 'The baseline is asked only where no NetworkPolicy selects the pod: it cannot hold what a namespace must not open.',
  source: TIERS,
  remedy: 'move what must always hold to the admin tier',
  * find(evidence) {
    for (const { ref, policy } of evidence.policies) {
      const denied = DIRECTIONS.filter(direction => policy.rules.some(rule => rule.direction === direction && rule.action === 'deny'));
      const shapes = evidence.shapes(policy.subject);
      if (policy.layer !== 'baseline' || denied.length === 0 || shapes.length === 0) continue;
      if (!shapes.every(shape => denied.every(direction => evidence.isolates(shape, direction)))) continue;
      yield { object: ref, path: 'spec.subject', message: `all pods that it is about have NetworkPolicies that decide ${denied.join(' and ')}` };
    }
  },
};
