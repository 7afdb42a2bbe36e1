import { isSystem } from './_evidence';
import { POD_SECURITY } from './_pages';
import { Check } from './finding';

export const ENFORCE = 'pod-security.kubernetes.io/enforce';

export const POD_SECURITY_NOT_ENFORCED: Check = {
  code: 'SN0505',
  name: 'pod-security-not-enforced',
  level: 'note',
  description: 'A namespace does not say which pods may run in it',
  why: 'Whoever may create a pod may put it on the network of its node, or give it NET_ADMIN, and walk around every policy.',
  source: POD_SECURITY,
  remedy: "label it '{label}: restricted', or 'baseline' where pods need more",
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('/Namespace')) {
      if (isSystem(ref.name) || json.metadata?.labels?.[ENFORCE] !== undefined) continue;
      yield { object: ref, path: 'metadata.labels', message: 'any pod may run in it, also one on the network of its node', words: { label: ENFORCE } };
    }
  },
};
