import { listed } from './_evidence';
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
      if (subject.pods.isEverything || subject.pods.witness() === undefined) continue;
      const places = evidence.shownNamespaces(subject);
      if (!places || evidence.shapes(subject).length > 0) continue;
      yield { object: ref, path: subjectField(source), message: `no pod of namespace ${listed(places)} has the labels ${subject.pods}` };
    }
  },
};
