import { isSystem } from './_evidence';
import { POD_STANDARDS } from './_pages';
import { containersOf, listIn } from './_sources';
import { Check } from './finding';

export const HOST_PORT: Check = {
  code: 'SN0502',
  name: 'host-port',
  level: 'warning',
  description: "A container takes connections on a port of its node's",
  why: 'The port is open on every address of the node, beside Services and gateways, and many networks forward it before policies can see who calls. CIS 5.2.12.',
  source: POD_STANDARDS,
  remedy: 'remove hostPort, and lead to the pods by a Service',
  * find({ pods }) {
    for (const pod of pods) {
      if (pod.spec.hostNetwork === true || isSystem(pod.namespace)) continue;
      for (const { json, field } of containersOf(pod)) {
        for (const [i, port] of listIn(json.ports).entries()) {
          if (!port?.hostPort) continue;
          yield { object: pod.ref, path: `${field}.ports[${i}].hostPort`, message: `container '${json.name}' takes connections on port ${port.hostPort} of its node` };
        }
      }
    }
  },
};
