import { POLICY_API } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

const SPEC = ['podSelector', 'policyTypes', 'ingress', 'egress'];
const PEER = ['podSelector', 'namespaceSelector', 'ipBlock'];
const BLOCK = ['cidr', 'except'];
const PORT = ['protocol', 'port', 'endPort'];

export const UNKNOWN_FIELD: Check = {
  code: 'SN0108',
  name: 'unknown-field',
  level: 'error',
  description: 'A NetworkPolicy has a field that does not exist, which the API server drops',
  why: 'Where a client does not ask for strict validation, a misspelled `from`, or a `from` in an egress rule, is dropped, and the rule opens to everybody.',
  source: POLICY_API,
  remedy: 'correct the name of the field: {advice}',
  * find({ networkPolicies }) {
    for (const { ref, json } of networkPolicies) {
      for (const { path, known } of fieldsOf(json.spec ?? {})) {
        const field = path.slice(path.lastIndexOf('.') + 1);
        const near = known.find(name => distance(name.toLowerCase(), field.toLowerCase()) <= 2);
        yield {
          object: ref,
          path,
          message: `there is no field '${field}' here: it is dropped, and the rest is read without it`,
          words: { advice: near ? `write '${near}'` : `remove it, or use ${known.map(name => `'${name}'`).join(', ')}` },
        };
      }
    }
  },
};

function fieldsOf(spec: any): { path: string; known: readonly string[] }[] {
  const unknown = (json: any, field: string, known: readonly string[]) =>
    typeof json === 'object' && json !== null ? Object.keys(json).filter(key => !known.includes(key)).map(key => ({ path: `${field}.${key}`, known })) : [];
  const each = <T>(list: unknown, field: string, read: (json: any, field: string) => T[]) => listIn(list).flatMap((json, i) => read(json ?? {}, `${field}[${i}]`));
  const rule = (list: 'from' | 'to') => (json: any, field: string) => [
    ...unknown(json, field, [list, 'ports']),
    ...each(json[list], `${field}.${list}`, (peer, at) => [...unknown(peer, at, PEER), ...unknown(peer.ipBlock, `${at}.ipBlock`, BLOCK)]),
    ...each(json.ports, `${field}.ports`, (port, at) => unknown(port, at, PORT)),
  ];
  return [...unknown(spec, 'spec', SPEC), ...each(spec.ingress, 'spec.ingress', rule('from')), ...each(spec.egress, 'spec.egress', rule('to'))];
}

/** How many letters have to be added, taken out or replaced. */
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
