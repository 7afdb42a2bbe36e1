import { allowances } from './_mesh';
import { AUTHORIZATION } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

export const AUTHORIZATION_ALLOWS_EVERYBODY: Check = {
  code: 'SN0801',
  name: 'authorization-allows-everybody',
  level: 'warning',
  description: 'An AuthorizationPolicy has a rule that nothing limits',
  why: 'Rules add up: one without `from`, `to` and `when` lets in everybody for everything, whatever the other rules and policies say.',
  source: AUTHORIZATION,
  remedy: 'name who may ask under {field}.from, or remove the rule',
  * find(evidence) {
    for (const { source, json, field } of allowances(evidence)) {
      if (['from', 'to', 'when'].some(part => listIn(json[part]).length > 0)) continue;
      yield { object: source.ref, path: field, message: 'it lets in everybody for everything, with or without an identity', words: { field } };
    }
  },
};
