import { namesOf } from './_evidence';
import { MUTUAL_TLS } from './_pages';
import { Check } from './finding';
import { groupBy } from '../../algebra/group';

export const PLAINTEXT_TAKEN: Check = {
  code: 'SN0805',
  name: 'plaintext-taken',
  level: 'warning',
  description: 'Pods in the mesh take plaintext on every port',
  why: 'Without a PeerAuthentication that says STRICT a proxy takes plaintext beside mutual TLS: callers without identity get as far as policies let them, and are read on the way.',
  source: MUTUAL_TLS,
  remedy: 'add a PeerAuthentication named default to {namespace} with mtls.mode STRICT, and exceptions for single ports of single workloads',
  * find(evidence) {
    const { model, compilation } = evidence.reach;
    const open = [...evidence.held].filter(({ variants }) => variants.some(({ shape: { id, identity } }) => identity?.gateway === false
      && !compilation.policiesOf[id].some(({ layer, rules }) => layer === 'mutual-tls' && rules.some(({ action }) => action === 'deny'))));
    for (const [namespace, workloads] of groupBy(open, workload => workload.namespace)) {
      const ref = evidence.ofKind('/Namespace').find(({ ref: { name } }) => name === namespace)?.ref ?? evidence.refOf(workloads[0]);
      if (model.namespaces.has(namespace)) yield { object: ref, path: '', message: `${namesOf(workloads)} takes plaintext`, words: { namespace } };
    }
  },
};
