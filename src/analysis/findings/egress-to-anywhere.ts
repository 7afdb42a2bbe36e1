import { isWorldwide } from './_addresses';
import { POLICIES } from './_pages';
import { peersOf, rulesOf } from './_rules';
import { isWritten } from './_sources';
import { Check } from './finding';
import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';

export const EGRESS_TO_ANYWHERE: Check = {
  code: 'SN0308',
  name: 'egress-to-anywhere',
  level: 'warning',
  description: 'An egress rule opens every port of a protocol to the internet, or to everybody',
  why: 'What is broken into can send what it finds to wherever it likes, and fetch its tools from there.',
  source: POLICIES,
  remedy: 'name the peers and the ports; where peers are names outside, lead them through a proxy that knows the names',
  * find({ networkPolicies }) {
    for (const each of networkPolicies.flatMap(rulesOf)) {
      const { rule, direction, json, field, source } = each;
      if (direction !== 'egress') continue;
      const wide = PROTOCOLS.filter(protocol => rule.ports.numbers.contains(ConnectionSet.ofProtocol(protocol)));
      if (rule.peers.any && !isWritten(json, 'to')) {
        const ports = rule.ports.numbers.isAll ? ' on every port' : wide.length > 0 ? ` on every ${wide.join(' and ')} port` : '';
        yield { object: source.ref, path: field, message: `it lets these pods connect to everything inside and outside the cluster${ports}, the metadata service too` };
      }
      for (const { block, peerField } of wide.length > 0 ? peersOf(each) : []) {
        if (!block || !isWorldwide(block.addresses)) continue;
        const ports = rule.ports.numbers.isAll ? 'port' : `${wide.join(' and ')} port`;
        yield { object: source.ref, path: `${peerField}.ipBlock.cidr`, message: `it lets these pods connect to the internet (${block.cidr}) on every ${ports}` };
      }
    }
  },
};
