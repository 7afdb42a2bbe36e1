import { DNS_TCP } from './_pages';
import { rulesOf } from './_rules';
import { arePeersOf, isSubset } from './_subset';
import { Check } from './finding';
import { ConnectionSet } from '../../algebra/connection-set';
import { groupBy } from '../../algebra/group';

export const DNS_OVER_UDP_ONLY: Check = {
  code: 'SN0402',
  name: 'dns-over-udp-only',
  level: 'warning',
  description: 'DNS is allowed over UDP and not over TCP',
  why: 'Answers that do not fit one datagram are asked for again over TCP: large ones fail, now and then, and only in production.',
  source: DNS_TCP,
  remedy: 'allow TCP {port} to the same peers',
  * find({ networkPolicies, reach: { model } }) {
    const rules = networkPolicies.flatMap(rulesOf).filter(({ direction }) => direction === 'egress');
    const byNamespace = groupBy(rules, ({ source }) => source.ref.namespace!);
    for (const { rule, field, source } of rules) {
      for (const port of [53, 5353]) {
        const { numbers } = rule.ports;
        if (!numbers.has('UDP', port) || numbers.contains(ConnectionSet.ofProtocol('UDP'))) continue;
        const overTcp = byNamespace.get(source.ref.namespace!)!.some(other => other.rule.ports.numbers.has('TCP', port)
          && isSubset(source.policy.subject.pods, other.source.policy.subject.pods) && arePeersOf(rule.peers, other.rule.peers, model));
        if (overTcp) continue;
        yield { object: source.ref, path: `${field}.ports`, message: `it allows UDP ${port}, and nothing allows TCP ${port} to the same peers`, words: { port: `${port}` } };
      }
    }
  },
};
