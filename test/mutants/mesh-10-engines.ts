import { Mutant } from './mutant';

const TEST = 'test/engines/mesh-rbac.test.ts';
const FILE = 'engines/mesh/rbac.ts';
const NAME = '10. what istiod tells a proxy is read in words of Envoy';

/** What a slip in the judge of the mesh would overlook. */
export const MESH_ENGINES: Mutant[] = [
  {
    title: 'plaintext is taken to meet the chains of mutual TLS',
    file: FILE,
    find: "(identity !== undefined) === (filterChainMatch?.transportProtocol === 'tls')",
    replace: "identity === undefined || filterChainMatch?.transportProtocol === 'tls'",
    test: TEST,
    name: `${NAME} plaintext meets a chain only where one takes it`,
  },
  {
    title: 'a denial is taken for an allowance',
    file: FILE,
    find: "rules.action === 'DENY' ? not(matches) : matches",
    replace: 'matches',
    test: TEST,
    name: `${NAME} a denial goes before what allows`,
  },
  {
    title: 'a filter without policies is taken for one without rules',
    file: FILE,
    find: 'if (rules === undefined) return true;',
    replace: 'if (rules === undefined || Object.keys(rules.policies).length === 0) return true;',
    test: TEST,
    name: `${NAME} a filter without rules lets everybody pass`,
  },
  {
    title: 'part of a condition is taken for all of it',
    file: 'engines/mesh/requests.ts',
    find: 'all.every(each => each === true)',
    replace: 'all.includes(true)',
    test: 'test/engines/mesh-requests.test.ts',
    name: '10. what a row says of a request every part of a condition has to hold',
  },
  {
    title: 'no request is made just beside what a condition names',
    file: 'engines/mesh/requests.ts',
    find: "return [base, `${base}x`, `${base}1/2`, base.toUpperCase(), base.replace(/\\/$/, '')].filter(each => each.startsWith('/'));",
    replace: 'return [base];',
    test: 'test/engines/mesh-requests.test.ts',
    name: '10. what a row says of a request the requests that are made tell',
  },
];
