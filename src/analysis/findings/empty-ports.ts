import { POLICY_API } from './_pages';
import { rulesOf } from './_rules';
import { isWritten, listIn } from './_sources';
import { Check } from './finding';

export const EMPTY_PORTS: Check = {
  code: 'SN0105',
  name: 'empty-ports',
  level: 'error',
  description: 'A rule writes an empty list of ports, which means all of them',
  why: '`ports: []` reads like "no port" and is the same as no `ports` at all: every port of every protocol.',
  source: POLICY_API,
  remedy: 'name the ports, or remove the rule to let nothing pass',
  * find({ networkPolicies }) {
    for (const { field, json, source } of networkPolicies.flatMap(rulesOf)) {
      if (!isWritten(json, 'ports') || listIn(json.ports).length > 0) continue;
      yield { object: source.ref, path: `${field}.ports`, message: 'the empty list opens every port of every protocol' };
    }
  },
};
