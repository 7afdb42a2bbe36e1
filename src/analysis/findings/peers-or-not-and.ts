import { SELECTORS } from './_pages';
import { PeerSource, peersOf, rulesOf } from './_rules';
import { isWritten } from './_sources';
import { Check } from './finding';
import { LabelSelector } from '../../algebra/label-selector';

/**
 * The two list items may well be meant. They are reported where the second finds nobody in its own namespace, or where the first finds pods
 * that the second would have chosen among: there they were probably one peer once.
 */
export const PEERS_OR_NOT_AND: Check = {
  code: 'SN0107',
  name: 'peers-or-not-and',
  level: 'warning',
  description: 'A namespaceSelector and a podSelector are two peers where they were probably meant as one',
  why: 'As two items of the list they are alternatives: all pods of those namespaces, or those pods of this namespace. As one item they are both asked for.',
  source: SELECTORS,
  remedy: "remove the '-' before podSelector to ask for both, or put the peer of this namespace first to show that either is meant",
  * find(evidence) {
    for (const rule of evidence.networkPolicies.flatMap(rulesOf)) {
      const peers = peersOf(rule);
      for (const [i, second] of peers.entries()) {
        const first = peers[i - 1];
        if (!first || !isOnly(first, 'namespaceSelector') || !isOnly(second, 'podSelector') || second.match!.pods.isEverything) continue;
        const together = { namespaces: LabelSelector.of(first.peer.namespaceSelector), pods: second.match!.pods };
        const here = evidence.workloads(second.match!).length > 0;
        const there = evidence.workloads(together).length > 0;
        if (here && !there) continue;
        yield {
          object: rule.source.ref,
          path: second.peerField,
          message: `it adds the pods ${second.match!.pods} of namespace ${rule.source.ref.namespace} to all pods of the namespaces ${first.match!.namespaces}: it does not narrow them`,
        };
      }
    }
  },
};

function isOnly({ peer }: PeerSource, selector: 'namespaceSelector' | 'podSelector'): boolean {
  const other = selector === 'podSelector' ? 'namespaceSelector' : 'podSelector';
  return isWritten(peer, selector) && !isWritten(peer, other);
}
