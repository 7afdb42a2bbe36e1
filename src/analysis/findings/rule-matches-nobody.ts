import { listed } from './_evidence';
import { SELECTORS } from './_pages';
import { peersIn } from './_rules';
import { Check } from './finding';

/** Said only of namespaces whose pods the manifests show: what runs elsewhere is not known. */
export const RULE_MATCHES_NOBODY: Check = {
  code: 'SN0202',
  name: 'rule-matches-nobody',
  level: 'warning',
  description: 'A peer of a rule matches no pod that the manifests show',
  why: 'The flow that the rule was written for does not pass; and a pod that gets those labels one day is let in without anybody deciding so.',
  source: SELECTORS,
  remedy: "compare the selector with the labels of the pods' template, or remove the peer",
  * find(evidence) {
    for (const { match, peerField, source } of peersIn(evidence.policies)) {
      if (!match || match.pods.isEverything || match.pods.witness() === undefined) continue;
      const places = evidence.shownNamespaces(match);
      if (!places || evidence.shapes(match).length > 0) continue;
      yield { object: source.ref, path: peerField, message: `no pod of namespace ${listed(places)} has the labels ${match.pods}` };
    }
  },
};
