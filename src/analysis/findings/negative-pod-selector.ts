import { LABELS } from './_pages';
import { isPositive, peersIn } from './_rules';
import { Check } from './finding';

export const NEGATIVE_POD_SELECTOR: Check = {
  code: 'SN0207',
  name: 'negative-pod-selector',
  level: 'warning',
  description: 'A rule lets pods pass because they lack a label',
  why: '`NotIn` and `DoesNotExist` hold where the label is missing: every pod that nobody labelled passes, and so does every one to come.',
  source: LABELS,
  remedy: 'select by a label that the meant pods have',
  * find({ policies }) {
    for (const { match, peerField, rule, source } of peersIn(policies)) {
      if (!match || rule.action === 'deny' || match.pods.isEverything || isPositive(match.pods)) continue;
      yield { object: source.ref, path: peerField, message: `every pod without the label passes: ${match.pods}` };
    }
  },
};
