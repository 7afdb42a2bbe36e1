import { allowances } from './_mesh';
import { AUTHORIZATION } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

const EXCLUDING = ['notPrincipals', 'notNamespaces', 'notServiceAccounts'];
const NAMING = ['principals', 'namespaces', 'serviceAccounts', 'requestPrincipals', 'ipBlocks', 'remoteIpBlocks'];

export const AUTHORIZATION_BY_EXCLUSION: Check = {
  code: 'SN0802',
  name: 'authorization-by-exclusion',
  level: 'warning',
  description: 'An AuthorizationPolicy allows whoever is not somebody, and so whoever has no identity',
  why: 'What excludes an identity holds for callers without one: with plaintext every address and every pod outside of the mesh gets in.',
  source: AUTHORIZATION,
  remedy: 'name who may ask, or exclude them in a policy with action DENY',
  * find(evidence) {
    for (const { source, json, field } of allowances(evidence)) {
      for (const [i, { source: from = {} } = {} as any] of listIn(json.from).entries()) {
        const excluded = EXCLUDING.filter(name => listIn(from[name]).length > 0);
        // Who excludes everybody with an identity means those without.
        if (excluded.length === 0 || listIn(from.notPrincipals).includes('*') || NAMING.some(name => listIn(from[name]).length > 0)) continue;
        yield { object: source.ref, path: `${field}.from[${i}].source.${excluded[0]}`, message: 'whoever has no identity is not excluded by it, and is let in' };
      }
    }
  },
};
