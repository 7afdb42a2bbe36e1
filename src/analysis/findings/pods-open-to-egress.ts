import { coverageOf, isBare } from './_coverage';
import { namesOf } from './_evidence';
import { DEFAULTS } from './_pages';
import { Check } from './finding';

export const PODS_OPEN_TO_EGRESS: Check = {
  code: 'SN0303',
  name: 'pods-open-to-egress',
  level: 'note',
  description: 'Some pods of a namespace may connect to everywhere',
  why: 'A pod that is broken into sends what it finds to wherever its egress leads; a policy without egress rules and types leaves it open.',
  source: DEFAULTS,
  remedy: 'add a NetworkPolicy to {namespace} with an empty podSelector and policyTypes: [Egress]',
  * find(evidence) {
    for (const coverage of coverageOf(evidence)) {
      const { ref, namespace, open } = coverage;
      if (isBare(coverage) || open.egress.length === 0) continue;
      yield { object: ref, path: '', message: `${namesOf(open.egress)} may connect to everything inside and outside the cluster`, words: { namespace } };
    }
  },
};
