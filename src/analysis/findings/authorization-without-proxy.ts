import { namesOf } from './_evidence';
import { AUTHORIZATION } from './_pages';
import { Check } from './finding';

export const AUTHORIZATION_WITHOUT_PROXY: Check = {
  code: 'SN0804',
  name: 'authorization-without-proxy',
  level: 'error',
  description: 'A policy of the mesh is about pods of which none has a proxy',
  why: 'The proxy beside a pod enforces what the mesh is told. A pod without one takes everything, and nobody says so.',
  source: AUTHORIZATION,
  remedy: 'let the pods join, by the label istio-injection: enabled of their namespace, or close them with a NetworkPolicy',
  * find(evidence) {
    for (const { ref, policy: { subject } } of evidence.meshPolicies) {
      if (subject.namespace === undefined) continue;
      const meant = evidence.shapes({ namespace: subject.namespace, pods: subject.pods });
      if (meant.length === 0 || meant.some(({ identity }) => identity !== undefined)) continue;
      yield { object: ref, path: subject.pods.isEverything ? '' : 'spec.selector', message: `no proxy enforces it at ${namesOf(evidence.workloadsAs(meant))}` };
    }
  },
};
