import { isWorldwide } from './_addresses';
import { SOURCE_IP } from './_pages';
import { peersIn } from './_rules';
import { servicesOf } from './_services';
import { Check } from './finding';
import { groupBy } from '../../algebra/group';
import { textOfRef } from '../rules';

export const CLIENT_ADDRESS_LOST: Check = {
  code: 'SN0602',
  name: 'client-address-lost',
  level: 'warning',
  description: 'A policy lets clients in by their address, and the Service in front replaces it by that of a node',
  why: 'Without `externalTrafficPolicy: Local` nodes may translate the address of who calls: the right ones are kept out, or, once nodes are let in, everybody passes.',
  source: SOURCE_IP,
  remedy: 'set spec.externalTrafficPolicy: Local on the Service',
  * find(evidence) {
    const outside = servicesOf(evidence).filter(({ type, json }) =>
      (type === 'LoadBalancer' || type === 'NodePort') && json.spec?.externalTrafficPolicy !== 'Local');
    if (outside.length === 0) return;
    const namespaces = new Set(outside.map(({ ref }) => ref.namespace));
    const policies = evidence.networkPolicies.filter(({ ref }) => namespaces.has(ref.namespace));
    const peers = peersIn(policies, 'ingress').filter(({ block }) => block && !isWorldwide(block.addresses));
    const byNamespace = groupBy(peers, ({ source }) => source.ref.namespace!);
    for (const { ref, type, shapes } of outside) {
      const own = byNamespace.get(ref.namespace!) ?? [];
      const peer = own.find(({ source: { policy } }) => evidence.shapes(policy.subject).some(shape => shapes.includes(shape)));
      if (!peer) continue;
      const rule = `${textOfRef(peer.source.ref)} (${peer.peerField})`;
      yield { object: ref, path: 'spec.externalTrafficPolicy', message: `behind this ${type} ${rule} may see addresses of nodes, not of clients from ${peer.block!.cidr}` };
    }
  },
};
