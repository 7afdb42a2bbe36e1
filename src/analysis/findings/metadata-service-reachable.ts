import { LINK_LOCAL, METADATA_SERVICE } from './_addresses';
import { CLOUD_METADATA } from './_pages';
import { peersIn } from './_rules';
import { Check } from './finding';

/** An ipBlock for link-local addresses only is no accident, and is left out. */
export const METADATA_SERVICE_REACHABLE: Check = {
  code: 'SN0403',
  name: 'metadata-service-reachable',
  level: 'error',
  description: "An ipBlock for egress holds the address of the cloud's metadata service",
  why: "What answers at 169.254.169.254 hands out the node's credentials for the cloud: a pod that reaches it can become its node.",
  source: CLOUD_METADATA,
  remedy: "add '{except}' to {field}.except",
  * find({ networkPolicies }) {
    for (const { block, peerField, rule, source } of peersIn(networkPolicies, 'egress')) {
      if (!block || block.range.isSubsetOf(LINK_LOCAL) || !rule.ports.numbers.has('TCP', 80)) continue;
      const reached = block.addresses.intersect(METADATA_SERVICE);
      if (reached.isEmpty) continue;
      const [except] = reached.toCidrs();
      const field = `${peerField}.ipBlock`;
      yield { object: source.ref, path: field, message: `${block.cidr} holds the metadata service ${except.split('/')[0]}`, words: { except, field } };
    }
  },
};
