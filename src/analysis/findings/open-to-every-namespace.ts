import { SELECTORS } from './_pages';
import { isAnywhere, peersIn } from './_rules';
import { Check } from './finding';

export const OPEN_TO_EVERY_NAMESPACE: Check = {
  code: 'SN0307',
  name: 'open-to-every-namespace',
  level: 'warning',
  description: 'An ingress rule lets pods of every namespace in',
  why: 'An empty namespaceSelector chooses the namespaces of other tenants, and those that do not exist yet; pod labels can be given to any pod there.',
  source: SELECTORS,
  remedy: "select the namespaces by 'kubernetes.io/metadata.name'",
  * find({ networkPolicies }) {
    for (const { match, peerField, source } of peersIn(networkPolicies, 'ingress')) {
      if (!match || !isAnywhere(match)) continue;
      const who = match.pods.isEverything ? 'every pod of every namespace passes' : `whoever gives a pod the labels ${match.pods}, in whatever namespace, passes`;
      yield { object: source.ref, path: `${peerField}.namespaceSelector`, message: who };
    }
  },
};
