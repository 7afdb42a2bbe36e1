import { addressesIn, isWide } from './_addresses';
import { SELECTORS } from './_pages';
import { peersIn } from './_rules';
import { listIn } from './_sources';
import { Check } from './finding';
import { IpSet } from '../../algebra/ip-set';
import { textOfRef } from '../rules';

export const POD_RANGE_IN_IP_BLOCK: Check = {
  code: 'SN0405',
  name: 'pod-range-in-ip-block',
  level: 'warning',
  description: 'An ipBlock is about the addresses of pods',
  why: 'Pods get another address with every start, and the old one goes to somebody else; and networks differ in whether an ipBlock matches pods at all.',
  source: SELECTORS,
  remedy: 'select the pods by their labels and the name of their namespace',
  * find(evidence) {
    const range = IpSet.ofCidrs(evidence.reach.model.facts.podCidrs ?? [], { hostBits: 'mask' });
    const pods = evidence.ofKind('/Pod').filter(({ json }) => json.spec?.hostNetwork !== true).flatMap(({ ref, json }) =>
      addressesIn([json.status?.podIP, ...listIn(json.status?.podIPs).map(each => each?.ip)])
        .map(address => ({ ref, address, set: IpSet.ofAddress(address) })));
    for (const { block, peerField, source } of peersIn(evidence.networkPolicies)) {
      if (!block) continue;
      const named = isWide(block.range) ? undefined : pods.find(({ set }) => block.addresses.contains(set));
      if (!named && !range.contains(block.range)) continue;
      yield { object: source.ref, path: `${peerField}.ipBlock.cidr`, message: `${block.cidr} holds ${named ? `the address ${named.address} of ${textOfRef(named.ref)}` : 'addresses of pods'}` };
    }
  },
};
