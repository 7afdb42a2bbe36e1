import { SELECTORS } from './_pages';
import { rulesOf } from './_rules';
import { isWritten, listIn } from './_sources';
import { Check } from './finding';

export const EMPTY_PEERS: Check = {
  code: 'SN0104',
  name: 'empty-peers',
  level: 'error',
  description: 'A rule writes an empty list of peers, which means everybody',
  why: '`from: []` reads like "from nobody" and is the same as no `from` at all: every pod of every namespace, and every address outside.',
  source: SELECTORS,
  remedy: 'name the peers, or remove the rule to let nobody pass',
  * find({ networkPolicies }) {
    for (const { field, json, list, direction, source } of networkPolicies.flatMap(rulesOf)) {
      if (!isWritten(json, list) || listIn(json[list]).length > 0) continue;
      const meaning = direction === 'ingress' ? 'lets everybody in' : 'lets out to everywhere';
      yield { object: source.ref, path: `${field}.${list}`, message: `the empty list ${meaning}: every pod of every namespace, and every address outside` };
    }
  },
};
