import { POLICIES } from './_pages';
import { RuleSource, rulesOf } from './_rules';
import { arePeersOf, arePortsOf, isSubset } from './_subset';
import { Check } from './finding';
import { groupBy } from '../../algebra/group';
import { ClusterModel } from '../model';
import { textOfRef } from '../rules';

/** A rule that allows everything voids whole policies, which is a finding of its own; here it makes no other rule redundant. */
export const REDUNDANT_RULE: Check = {
  code: 'SN0310',
  name: 'redundant-rule',
  level: 'note',
  description: 'A rule allows nothing that another one does not allow already',
  why: 'Whoever removes or narrows such a rule believes that a flow is closed then, and it is not.',
  source: POLICIES,
  remedy: 'remove it, or narrow {other}',
  * find({ networkPolicies, reach: { model } }) {
    const groups = groupBy(networkPolicies.flatMap(rulesOf), rule => `${rule.source.ref.namespace} ${rule.direction}`);
    for (const rules of groups.values()) {
      for (const [i, rule] of rules.entries()) {
        const wider = rules.find((other, j) => j !== i && !allowsAll(other) && isWithin(rule, other, model) && (j < i || !isWithin(other, rule, model)));
        if (!wider) continue;
        const other = wider.source === rule.source ? wider.field : `${wider.field} of ${textOfRef(wider.source.ref)}`;
        yield { object: rule.source.ref, path: rule.field, message: `${other} allows all of it`, words: { other } };
      }
    }
  },
};

function allowsAll({ rule: { peers, ports } }: RuleSource): boolean {
  return peers.any && ports.numbers.isAll;
}

function isWithin(a: RuleSource, b: RuleSource, model: ClusterModel): boolean {
  return isSubset(a.source.policy.subject.pods, b.source.policy.subject.pods)
    && arePortsOf(a.rule.ports, b.rule.ports) && arePeersOf(a.rule.peers, b.rule.peers, model);
}
