import { isSystem } from './_evidence';
import { DNS_PODS } from './_pages';
import { Check } from './finding';
import { ConnectionSet } from '../../algebra/connection-set';

/** A pod that may connect to nobody at all needs no names, and is left out. */
export const EGRESS_WITHOUT_DNS: Check = {
  code: 'SN0401',
  name: 'egress-without-dns',
  level: 'warning',
  description: 'The egress of a pod is closed but for some peers, and DNS is not among them',
  why: 'Names no longer resolve, so flows that the rules allow fail; such a policy is then often opened wide, or removed.',
  source: DNS_PODS,
  remedy: 'allow egress to the DNS pods on UDP and TCP 53 (5353 on OpenShift, where policies see the port of the pods)',
  * find(evidence) {
    const ownResolver = new Set(evidence.pods.filter(({ spec }) => spec.dnsPolicy === 'None').map(({ ref }) => ref));
    for (const workload of evidence.held) {
      const ref = evidence.refOf(workload);
      if (isSystem(workload.namespace) || ownResolver.has(ref)) continue;
      for (const { shape } of workload.variants) {
        if (!evidence.isClosed(shape, 'egress')) continue;
        const rules = evidence.reach.compilation.policiesOf[shape.id].flatMap(policy => policy.rules)
          .filter(({ direction, action }) => direction === 'egress' && action === 'allow');
        const open = ConnectionSet.unionOf(rules.map(({ ports }) => ports.numbers));
        const byName = rules.some(({ ports }) => ports.names.some(({ name }) => name.startsWith('dns')));
        if (rules.length === 0 || byName || open.has('UDP', 53) || open.has('UDP', 5353)) continue;
        yield { object: ref, path: '', message: 'its egress is allowed to some peers, but to none on UDP 53: names do not resolve' };
        break;
      }
    }
  },
};
