import { POLICY_API } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

export const POLICY_TYPES_MISSING: Check = {
  code: 'SN0101',
  name: 'policy-types-missing',
  level: 'note',
  description: 'A NetworkPolicy does not say which directions it speaks about',
  why: 'Without `policyTypes` a policy closes ingress always, and egress only if it has an egress rule: deleting its last egress rule opens egress.',
  source: POLICY_API,
  remedy: 'write spec.policyTypes: [{types}]',
  * find({ networkPolicies }) {
    for (const { ref, json } of networkPolicies) {
      if (listIn(json.spec?.policyTypes).length > 0) continue;
      const speaks = listIn(json.spec?.egress).length > 0;
      yield {
        object: ref,
        path: 'spec.policyTypes',
        message: speaks ? 'it closes egress only as long as it has an egress rule' : 'it closes ingress, and leaves egress as it is',
        words: { types: speaks ? 'Ingress, Egress' : 'Ingress' },
      };
    }
  },
};
