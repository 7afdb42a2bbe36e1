import { POLICY_API } from './_pages';
import { peersIn } from './_rules';
import { Check } from './finding';
import { IpSet } from '../../algebra/ip-set';

export const IP_BLOCK_HOST_BITS: Check = {
  code: 'SN0406',
  name: 'ip-block-host-bits',
  level: 'warning',
  description: 'An ipBlock is written with the address of one host and opens the whole range around it',
  why: 'The bits behind the prefix are ignored: `10.0.0.5/8` looks like one machine and is sixteen million addresses.',
  source: POLICY_API,
  remedy: 'write {host} for the one address, or {range} for the range',
  * find({ networkPolicies }) {
    for (const { block, peerField, source } of peersIn(networkPolicies)) {
      for (const [field, cidr, set] of block ? [['cidr', block.cidr, block.range], ...block.except.map((hole, i) => [`except[${i}]`, hole.cidr, hole.range])] as [string, string, IpSet][] : []) {
        if (isExact(cidr)) continue;
        const [address] = cidr.split('/');
        const [range] = set.toCidrs();
        yield {
          object: source.ref,
          path: `${peerField}.ipBlock.${field}`,
          message: `${cidr} is the whole range ${range}`,
          words: { host: `${address}/${address.includes(':') ? 128 : 32}`, range },
        };
      }
    }
  },
};

function isExact(cidr: string): boolean {
  try {
    return !IpSet.ofCidr(cidr).isEmpty;
  } catch {
    return false;
  }
}
