import { openIn } from './_coverage';
import { namesOf } from './_evidence';
import { SERVICES } from './_pages';
import { servicesOf } from './_services';
import { Check } from './finding';

export const EXTERNAL_SERVICE_TO_OPEN_PODS: Check = {
  code: 'SN0601',
  name: 'external-service-to-open-pods',
  level: 'error',
  description: 'A Service leads from outside the cluster to pods that no policy closes',
  why: 'LoadBalancer and NodePort Services are open to whoever reaches the balancer or any node, on every port of the Service.',
  source: SERVICES,
  remedy: 'add a NetworkPolicy for ingress to {pods}, or make the Service a ClusterIP',
  * find(evidence) {
    for (const { ref, type, workloads } of servicesOf(evidence)) {
      if (type !== 'LoadBalancer' && type !== 'NodePort') continue;
      const open = openIn(evidence, workloads.filter(workload => evidence.held.has(workload)), 'ingress');
      if (open.length === 0) continue;
      yield { object: ref, path: 'spec.type', message: `it leads from outside to ${namesOf(open)}, which no policy closes`, words: { pods: namesOf(open) } };
    }
  },
};
