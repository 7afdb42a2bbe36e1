import { TIERS } from './_pages';
import { isAnywhere, rulesOf } from './_rules';
import { Check } from './finding';

export const ADMIN_ALLOWS_EVERYTHING: Check = {
  code: 'SN0701',
  name: 'admin-allows-everything',
  level: 'error',
  description: 'A rule of the admin tier allows every pod on every port',
  why: 'What the admin tier allows no NetworkPolicy can deny: all policies of the namespaces it is about are void in that direction.',
  source: TIERS,
  remedy: 'use the action Pass, so that each namespace decides, or name the pods and ports',
  * find({ policies }) {
    for (const { rule, direction, field, source } of policies.filter(({ policy }) => policy.layer === 'admin').flatMap(rulesOf)) {
      const { action, peers, ports } = rule;
      const everybody = peers.any || peers.pods.some(match => isAnywhere(match) && match.pods.isEverything);
      if (action !== 'allow' || !everybody || !ports.numbers.isAll) continue;
      yield { object: source.ref, path: field, message: `it voids the ${direction} of every NetworkPolicy of the pods it is about` };
    }
  },
};
