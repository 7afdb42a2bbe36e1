import { POLICIES } from './_pages';
import { subjectField } from './_rules';
import { Check } from './finding';

export const POLICY_SELECTS_NOTHING: Check = {
  code: 'SN0201',
  name: 'policy-selects-nothing',
  level: 'warning',
  description: 'A policy is about no pod that the manifests show',
  why: 'A selector with a mistake in it selects nobody, and nobody is told: the pods it was written for stay as open as before.',
  source: POLICIES,
  remedy: "compare the selector with the labels of the pods' template, or remove the policy",
  * find(evidence) {
    for (const source of evidence.policies) {
      const { ref, policy: { subject } } = source;
      const shown = evidence.namespaces(subject).filter(namespace => evidence.populated.has(namespace));
      if (shown.length === 0 || subject.pods.isEverything || evidence.shapes(subject).length > 0) continue;
      if (subject.pods.witness() === undefined) continue;
      const place = subject.namespace === undefined ? 'the chosen namespaces' : `namespace ${subject.namespace}`;
      yield { object: ref, path: subjectField(source), message: `no pod of ${place} has the labels ${subject.pods}` };
    }
  },
};
