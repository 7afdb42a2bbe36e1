import { coverageOf, isBare } from './_coverage';
import { namesOf } from './_evidence';
import { DEFAULTS } from './_pages';
import { Check } from './finding';

export const NAMESPACE_WITHOUT_POLICY: Check = {
  code: 'SN0301',
  name: 'namespace-without-policy',
  level: 'warning',
  description: 'No policy holds any pod of a namespace',
  why: 'Pods that no policy selects talk to everybody and are reached by everybody. CIS 5.3.2 asks for policies in every namespace.',
  source: DEFAULTS,
  remedy: 'add a NetworkPolicy to {namespace} with an empty podSelector and policyTypes Ingress and Egress, and one for each flow that is meant',
  * find(evidence) {
    for (const coverage of coverageOf(evidence).filter(isBare)) {
      const { ref, namespace, workloads } = coverage;
      yield { object: ref, path: '', message: `everybody reaches ${namesOf(workloads)}, and they reach everybody`, words: { namespace } };
    }
  },
};
