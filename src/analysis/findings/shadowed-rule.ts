import { TIERS } from './_pages';
import { RuleSource, rulesOf } from './_rules';
import { arePeersOf, arePortsOf, isPartOf } from './_subset';
import { Check } from './finding';
import { LAYERS, textOfRef } from '../rules';

export const SHADOWED_RULE: Check = {
  code: 'SN0311',
  name: 'shadowed-rule',
  level: 'warning',
  description: 'A rule of an ordered tier never decides, because one before it does for all it is about',
  why: 'In AdminNetworkPolicy and its kin the first rule that matches decides. A denial behind a wider allowance denies nothing.',
  source: TIERS,
  remedy: 'move it before {other}, or remove it',
  * find({ policies, reach: { model } }) {
    for (const { name } of LAYERS.filter(({ decides }) => decides === 'first-match')) {
      const own = policies.filter(({ policy }) => policy.layer === name).sort((a, b) => a.policy.order - b.policy.order);
      const rules = own.flatMap(rulesOf);
      for (const [i, rule] of rules.entries()) {
        const before = rules.slice(0, i).find(other => (other.source === rule.source || other.source.policy.order < rule.source.policy.order)
          && other.direction === rule.direction && isPartOf(rule.source.policy.subject, other.source.policy.subject, model)
          && arePortsOf(rule.rule.ports, other.rule.ports) && arePeersOf(rule.rule.peers, other.rule.peers, model));
        if (!before) continue;
        const other = textOfRule(before, rule);
        yield { object: rule.source.ref, path: rule.field, message: `it never decides: ${other} (${before.rule.action}) comes first`, words: { other } };
      }
    }
  },
};

function textOfRule({ field, source }: RuleSource, seenFrom: RuleSource): string {
  return source === seenFrom.source ? field : `${field} of ${textOfRef(source.ref)}`;
}
