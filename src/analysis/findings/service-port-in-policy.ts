import { namesOf } from './_evidence';
import { POLICIES } from './_pages';
import { rulesOf } from './_rules';
import { containerPorts, servicesByShape } from './_services';
import { listIn } from './_sources';
import { Check } from './finding';

export const SERVICE_PORT_IN_POLICY: Check = {
  code: 'SN0208',
  name: 'service-port-in-policy',
  level: 'warning',
  description: "A rule names a Service's port where the pods behind it listen on another",
  why: "Policies are held against the pod, after the Service's port has become the pod's: the rule opens a port that nobody listens on.",
  source: POLICIES,
  remedy: 'write {target}, the port that Service {service} sends to',
  * find(evidence) {
    const services = servicesByShape(evidence);
    if (services.size === 0) return;
    const declared = containerPorts(evidence);
    for (const { rule, direction, field, json, source } of evidence.networkPolicies.flatMap(rulesOf)) {
      const matches = direction === 'ingress' ? [source.policy.subject] : rule.peers.pods;
      const shapes = matches.flatMap(match => evidence.shapes(match));
      if (shapes.length === 0) continue;
      for (const [i, entry] of listIn(json.ports).entries()) {
        const { port, endPort, protocol = 'TCP' } = entry ?? {};
        if (typeof port !== 'number' || endPort !== undefined) continue;
        const behind = [...new Set(shapes.flatMap(shape => services.get(shape) ?? []))];
        const ports = behind.flatMap(service => service.ports.filter(each => each.protocol === protocol).map(each => ({ service, ...each })));
        const meant = ports.find(each => each.port === port && each.target !== port);
        const listens = shapes.some(shape => declared.get(shape)?.some(own => own.port === port && own.protocol === protocol));
        if (!meant || listens || ports.some(({ target }) => target === port)) continue;
        yield {
          object: source.ref,
          path: `${field}.ports[${i}].port`,
          message: `${protocol} ${port} is a port of Service ${meant.service.ref.name}; the pods of ${namesOf(evidence.workloadsAs(shapes))} do not listen on it`,
          words: { target: `${meant.target}`, service: meant.service.ref.name },
        };
      }
    }
  },
};
