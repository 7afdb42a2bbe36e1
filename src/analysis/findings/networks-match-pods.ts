import { isWorldwide } from './_addresses';
import { TIERS } from './_pages';
import { rulesOf } from './_rules';
import { Check } from './finding';

export const NETWORKS_MATCH_PODS: Check = {
  code: 'SN0702',
  name: 'networks-match-pods',
  level: 'warning',
  description: 'A ClusterNetworkPolicy decides about the whole internet by address, and so about every pod too',
  why: 'In ClusterNetworkPolicy `networks` also match the addresses of pods: a Deny of 0.0.0.0/0 cuts off pod from pod, an Accept opens them all.',
  source: TIERS,
  remedy: 'take the ranges of pods out of the networks, or decide about pods in a rule before it',
  * find({ policies }) {
    for (const source of policies) {
      const rules = rulesOf(source);
      for (const [i, { rule, direction, field }] of rules.entries()) {
        const { addresses, addressesOfPods } = rule.peers;
        if (!addressesOfPods || !addresses || rule.action === 'pass' || !isWorldwide(addresses)) continue;
        const decided = rules.slice(0, i).some(before => before.direction === direction && before.rule.peers.pods.length > 0);
        if (decided) continue;
        const effect = rule.action === 'deny' ? 'cuts off what pods say to pods' : 'opens every pod';
        yield { object: source.ref, path: `${field}.to`, message: `it matches the addresses of pods too, and ${effect}` };
      }
    }
  },
};
