import { POLICY_API } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';
import { DIRECTIONS } from '../rules';

export const RULES_WITHOUT_TYPE: Check = {
  code: 'SN0103',
  name: 'rules-without-type',
  level: 'error',
  description: 'A NetworkPolicy has rules for a direction that its policyTypes do not list',
  why: 'Such rules mean nothing: the direction is not closed, and everything that the rules leave out stays open.',
  source: POLICY_API,
  remedy: "add '{type}' to spec.policyTypes, or remove spec.{direction}",
  * find({ networkPolicies }) {
    for (const { ref, json, policy } of networkPolicies) {
      for (const direction of DIRECTIONS) {
        if (listIn(json.spec?.[direction]).length === 0 || policy.directions.includes(direction)) continue;
        const type = direction === 'egress' ? 'Egress' : 'Ingress';
        yield { object: ref, path: `spec.${direction}`, message: `its ${direction} rules mean nothing: spec.policyTypes does not list ${type}`, words: { direction, type } };
      }
    }
  },
};
