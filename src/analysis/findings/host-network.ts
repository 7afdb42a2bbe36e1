import { isOnHost, isSystem } from './_evidence';
import { HOST_NETWORK } from './_pages';
import { Check } from './finding';

export const HOST_NETWORK_PODS: Check = {
  code: 'SN0501',
  name: 'host-network',
  level: 'warning',
  description: "Pods are on their node's network, where policies do not hold them",
  why: 'Networks treat such pods as the node: policies that select them are ignored, and they reach every pod of their node.',
  source: HOST_NETWORK,
  remedy: 'remove hostNetwork, or keep such pods in a namespace of their own with nothing that needs policies',
  * find(evidence) {
    for (const workload of evidence.reach.model.workloads) {
      if (!workload.real || workload.foreign || !isOnHost(workload) || isSystem(workload.namespace)) continue;
      const selecting = evidence.networkPolicies.filter(({ ref, policy }) => ref.namespace === workload.namespace
        && workload.variants.some(({ shape }) => policy.subject.pods.matches(shape.labels)));
      const name = selecting.length === 0 ? 'no policy can hold them' : `NetworkPolicy ${selecting[0].ref.name} selects them and does not hold them`;
      const ref = evidence.refOf(workload);
      const pod = evidence.pods.find(each => each.ref === ref);
      yield { object: ref, path: `${pod?.field ?? 'spec'}.hostNetwork`, message: `its pods are on their node's network: ${name}` };
    }
  },
};
