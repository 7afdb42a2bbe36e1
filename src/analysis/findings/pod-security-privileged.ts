import { isSystem } from './_evidence';
import { POD_SECURITY } from './_pages';
import { Check } from './finding';
import { ENFORCE } from './pod-security-not-enforced';

export const POD_SECURITY_PRIVILEGED: Check = {
  code: 'SN0506',
  name: 'pod-security-privileged',
  level: 'warning',
  description: 'A namespace with policies accepts privileged pods',
  why: 'At the level `privileged` whoever may create a pod may put it on the network of its node, where no policy holds it.',
  source: POD_SECURITY,
  remedy: "set '{label}' to restricted or baseline, or move the pods that need more to a namespace of their own",
  * find(evidence) {
    const guarded = new Set(evidence.networkPolicies.map(({ ref }) => ref.namespace));
    for (const { ref, json } of evidence.ofKind('/Namespace')) {
      if (isSystem(ref.name) || !guarded.has(ref.name) || json.metadata?.labels?.[ENFORCE] !== 'privileged') continue;
      yield { object: ref, path: `metadata.labels['${ENFORCE}']`, message: 'its policies do not hold pods that ask for the network of their node, and it accepts such pods', words: { label: ENFORCE } };
    }
  },
};
