import { addressesIn, isWide } from './_addresses';
import { POLICIES } from './_pages';
import { peersIn } from './_rules';
import { listIn } from './_sources';
import { Check } from './finding';
import { IpSet } from '../../algebra/ip-set';
import { textOfRef } from '../rules';

export const SERVICE_RANGE_IN_IP_BLOCK: Check = {
  code: 'SN0404',
  name: 'service-range-in-ip-block',
  level: 'warning',
  description: 'An ipBlock is about the virtual addresses of Services',
  why: "A policy is held against the pod behind a Service, mostly after the Service's address has become the pod's: whether the block matches depends on the network.",
  source: POLICIES,
  remedy: 'select the pods behind the Service by their labels',
  * find(evidence) {
    const range = IpSet.ofCidrs(evidence.reach.model.facts.serviceCidrs ?? [], { hostBits: 'mask' });
    const services = evidence.ofKind('/Service').flatMap(({ ref, json }) =>
      addressesIn([json.spec?.clusterIP, ...listIn(json.spec?.clusterIPs)]).map(address => ({ ref, address, set: IpSet.ofAddress(address) })));
    for (const { block, peerField, source } of peersIn(evidence.networkPolicies)) {
      if (!block) continue;
      const named = isWide(block.range) ? undefined : services.find(({ set }) => block.addresses.contains(set));
      if (!named && !range.contains(block.range)) continue;
      const what = named ? `the address ${named.address} of ${textOfRef(named.ref)}` : 'addresses of Services';
      yield { object: source.ref, path: `${peerField}.ipBlock.cidr`, message: `${block.cidr} holds ${what}, not of pods` };
    }
  },
};
