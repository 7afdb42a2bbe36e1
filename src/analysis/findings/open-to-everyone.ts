import { POLICIES } from './_pages';
import { rulesOf } from './_rules';
import { isWritten } from './_sources';
import { Check } from './finding';

export const OPEN_TO_EVERYONE: Check = {
  code: 'SN0306',
  name: 'open-to-everyone',
  level: 'warning',
  description: 'An ingress rule names no peer, which lets everybody in',
  why: 'A rule without `from` lets in every pod of every namespace, those of strangers too, and every address outside.',
  source: POLICIES,
  remedy: 'name who may connect under {field}.from',
  * find({ networkPolicies }) {
    for (const { rule, direction, json, field, source } of networkPolicies.flatMap(rulesOf)) {
      // An empty list that is written out is a finding of its own.
      if (direction !== 'ingress' || isWritten(json, 'from')) continue;
      const ports = rule.ports.numbers.isAll ? ', on every port' : '';
      yield { object: source.ref, path: field, message: `it lets in every pod of every namespace and every address outside${ports}`, words: { field } };
    }
  },
};
