import { POLICY_API } from './_pages';
import { rulesOf } from './_rules';
import { listIn } from './_sources';
import { Check } from './finding';

export const PORT_WITHOUT_NUMBER: Check = {
  code: 'SN0106',
  name: 'port-without-number',
  level: 'warning',
  description: 'An entry of ports has no port, which means all ports of its protocol',
  why: 'An entry that only names a protocol opens 65535 ports; one that got its number lost on the way does the same.',
  source: POLICY_API,
  remedy: "write the port, or a range with 'port: 1' and 'endPort: 65535' where all of {protocol} are meant",
  * find({ networkPolicies }) {
    for (const { field, json, source } of networkPolicies.flatMap(rulesOf)) {
      for (const [i, entry] of listIn(json.ports).entries()) {
        if (entry?.port !== undefined && entry?.port !== null) continue;
        const protocol = entry?.protocol ?? 'TCP';
        yield { object: source.ref, path: `${field}.ports[${i}]`, message: `it opens every ${protocol} port`, words: { protocol } };
      }
    }
  },
};
