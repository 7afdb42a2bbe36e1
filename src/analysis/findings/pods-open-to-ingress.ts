import { coverageOf, isBare } from './_coverage';
import { namesOf } from './_evidence';
import { DEFAULTS } from './_pages';
import { Check } from './finding';

export const PODS_OPEN_TO_INGRESS: Check = {
  code: 'SN0302',
  name: 'pods-open-to-ingress',
  level: 'warning',
  description: 'Some pods of a namespace take connections from everybody',
  why: 'A policy that selects them for egress only, or the policies of other pods, do not close their ingress.',
  source: DEFAULTS,
  remedy: 'add a NetworkPolicy to {namespace} with an empty podSelector and policyTypes: [Ingress]',
  * find(evidence) {
    for (const coverage of coverageOf(evidence)) {
      const { ref, namespace, open } = coverage;
      if (isBare(coverage) || open.ingress.length === 0) continue;
      yield { object: ref, path: '', message: `everybody reaches ${namesOf(open.ingress)}`, words: { namespace } };
    }
  },
};
