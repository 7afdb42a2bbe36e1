import { Evidence } from './_evidence';
import { POLICIES } from './_pages';
import { PeerSource, peersIn, RuleSource, rulesOf } from './_rules';
import { PolicySource } from './_sources';
import { Check, Hit } from './finding';
import { groupBy } from '../../algebra/group';
import { IpSet } from '../../algebra/ip-set';
import { textOfRef } from '../rules';

/** A part of the exception that is allowed is a refinement; all of it is a contradiction. */
export const EXCEPT_UNDONE: Check = {
  code: 'SN0312',
  name: 'except-undone',
  level: 'warning',
  description: 'What an ipBlock excepts is allowed by another rule for the same pods',
  why: '`except` takes addresses out of one peer only. It denies nothing: any other rule that holds them lets them pass.',
  source: POLICIES,
  remedy: "take {except} out of {other} too, or drop the 'except'",
  * find(evidence) {
    for (const policies of groupBy(evidence.networkPolicies, ({ ref }) => ref.namespace!).values()) yield* findIn(policies, evidence);
  },
};

function* findIn(policies: readonly PolicySource[], evidence: Evidence): Iterable<Hit> {
  const peers = peersIn(policies).filter(({ block }) => block);
  const holders = peers.filter(({ block }) => block!.except.length > 0);
  if (holders.length === 0) return;
  const rules = policies.flatMap(rulesOf);
  const podsOf = ({ source: { policy: { subject } } }: RuleSource) => evidence.shapes(subject).map(({ id }) => id);
  const samePods = (a: RuleSource, b: RuleSource) => a.direction === b.direction
      && (a.source === b.source || a.source.policy.subject.pods.key === b.source.policy.subject.pods.key || podsOf(a).some(id => podsOf(b).includes(id)))
      && (a.rule.ports.numbers.overlaps(b.rule.ports.numbers));
  for (const holder of holders) {
    for (const [i, { cidr, range }] of holder.block!.except.entries()) {
      const undoing = peers.find(other => other.peer !== holder.peer && holds(other, range) && samePods(holder, other));
      const open = undoing ?? rules.find(other => other.rule !== holder.rule && other.rule.peers.any && samePods(holder, other));
      if (!open) continue;
      const field = undoing?.peerField ?? open.field;
      const other = open.source === holder.source ? field : `${field} of ${textOfRef(open.source.ref)}`;
      yield { object: holder.source.ref, path: `${holder.peerField}.ipBlock.except[${i}]`, message: `${other} allows ${cidr} to the same pods`, words: { except: cidr, other } };
    }
  }
}

function holds({ block }: PeerSource, range: IpSet): boolean {
  return block!.addresses.contains(range);
}
