import { listed } from './_evidence';
import { POLICY_API } from './_pages';
import { rulesOf } from './_rules';
import { Check } from './finding';
import { textOfWorkload } from '../pods';

export const UNDECLARED_PORT_NAME: Check = {
  code: 'SN0204',
  name: 'undeclared-port-name',
  level: 'warning',
  description: 'A rule names a port that none of the pods it is about declares',
  why: 'A port name is looked up in the containers of the destination; one that nobody declares, or declares with another protocol, opens nothing.',
  source: POLICY_API,
  remedy: "give the container's port the name '{name}' and the protocol {protocol}, or write the number",
  * find(evidence) {
    for (const { rule, direction, field, source } of evidence.policies.flatMap(rulesOf)) {
      const matches = direction === 'ingress' ? [source.policy.subject] : rule.peers.pods;
      const shapes = matches.flatMap(match => evidence.shapes(match));
      if (shapes.length === 0) continue;
      for (const { name, protocol } of rule.ports.names) {
        if (shapes.some(({ ports }) => ports.some(port => port.name === name && (protocol === undefined || port.protocol === protocol)))) continue;
        const pods = listed(evidence.workloadsAs(shapes).map(textOfWorkload));
        yield {
          object: source.ref,
          path: `${field}.ports`,
          message: `no container of ${pods} declares the ${protocol ? `${protocol} ` : ''}port '${name}': it opens nothing`,
          words: { name, protocol: protocol ?? 'TCP' },
        };
      }
    }
  },
};
