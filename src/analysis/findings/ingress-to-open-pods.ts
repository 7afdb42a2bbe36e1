import { openIn } from './_coverage';
import { namesOf } from './_evidence';
import { INGRESS } from './_pages';
import { entriesOf } from './_services';
import { Check } from './finding';

export const INGRESS_TO_OPEN_PODS: Check = {
  code: 'SN0605',
  name: 'ingress-to-open-pods',
  level: 'warning',
  description: 'An Ingress or a Route leads to pods that every pod of the cluster reaches without it',
  why: 'What happens at the edge (TLS, who may pass, which paths) is walked around by whoever calls the pods directly.',
  source: INGRESS,
  remedy: 'add a NetworkPolicy for ingress to {pods} that lets only the ingress controller pass',
  * find(evidence) {
    for (const { ref, backends } of entriesOf(evidence)) {
      const seen = new Set<string>();
      for (const { service, field } of backends) {
        const open = openIn(evidence, service.workloads.filter(workload => evidence.held.has(workload)), 'ingress');
        if (open.length === 0 || seen.has(service.ref.name)) continue;
        seen.add(service.ref.name);
        yield { object: ref, path: field, message: `everybody reaches ${namesOf(open)} without it`, words: { pods: namesOf(open) } };
      }
    }
  },
};
