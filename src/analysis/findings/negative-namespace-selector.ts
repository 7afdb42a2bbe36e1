import { LABELS } from './_pages';
import { isPositive, peersIn } from './_rules';
import { Check } from './finding';

export const NEGATIVE_NAMESPACE_SELECTOR: Check = {
  code: 'SN0206',
  name: 'negative-namespace-selector',
  level: 'warning',
  description: 'A rule lets namespaces pass because they lack a label',
  why: '`NotIn` and `DoesNotExist` hold where the label is missing: every namespace that nobody labelled passes, and so does every one to come.',
  source: LABELS,
  remedy: "name the namespaces that may pass: 'kubernetes.io/metadata.name' with the operator In",
  * find({ policies }) {
    for (const { match, peerField, rule, source } of peersIn(policies)) {
      const selector = match?.namespaces;
      if (!selector || rule.action === 'deny' || selector.isEverything || isPositive(selector)) continue;
      yield { object: source.ref, path: peerField, message: `every namespace without the label passes: ${selector}` };
    }
  },
};
