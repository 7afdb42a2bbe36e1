import { DEFAULTS } from './_pages';
import { isWritten, listIn } from './_sources';
import { Check } from './finding';
import { DIRECTIONS } from '../rules';

export const CLOSED_DIRECTION_WITHOUT_TYPE: Check = {
  code: 'SN0102',
  name: 'closed-direction-without-type',
  level: 'error',
  description: 'A NetworkPolicy writes an empty list of rules for a direction that it does not speak about',
  why: '`egress: []` looks like "nothing may leave", and means nothing at all unless `policyTypes` lists Egress.',
  source: DEFAULTS,
  remedy: "add '{type}' to spec.policyTypes, or remove spec.{direction}",
  * find({ networkPolicies }) {
    for (const { ref, json, policy } of networkPolicies) {
      for (const direction of DIRECTIONS) {
        const { spec } = json;
        if (!isWritten(spec, direction) || listIn(spec[direction]).length > 0 || policy.directions.includes(direction)) continue;
        yield {
          object: ref,
          path: `spec.${direction}`,
          message: `the empty list closes nothing: spec.policyTypes ${listIn(spec.policyTypes).length > 0 ? `lists only ${spec.policyTypes.join(', ')}` : 'is missing'}`,
          words: { direction, type: direction === 'egress' ? 'Egress' : 'Ingress' },
        };
      }
    }
  },
};
