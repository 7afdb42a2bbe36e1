import { isWorldwide } from './_addresses';
import { POLICIES } from './_pages';
import { peersIn } from './_rules';
import { Check } from './finding';

export const OPEN_TO_INTERNET: Check = {
  code: 'SN0305',
  name: 'open-to-internet',
  level: 'warning',
  description: 'A rule lets the internet in',
  why: 'Where a load balancer, a node port or a route leads to these pods, everybody who can reach it passes.',
  source: POLICIES,
  remedy: 'write the ranges that clients come from, or let only the gateway in front of these pods pass',
  * find({ networkPolicies }) {
    for (const { block, peerField, source } of peersIn(networkPolicies, 'ingress')) {
      if (block && isWorldwide(block.addresses)) {
        yield { object: source.ref, path: `${peerField}.ipBlock.cidr`, message: `${block.cidr} is more of the internet than anybody owns` };
      }
    }
  },
};
