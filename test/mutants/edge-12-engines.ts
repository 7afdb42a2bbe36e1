import { Mutant } from './mutant';

const TEST = 'test/engines/control-plane.test.ts';

/** In what real engines are asked, which is judged here without them. */
export const EDGE_ENGINES: Mutant[] = [
  {
    title: 'a token that has ended is one that ends soon',
    file: 'engines/control-plane/tokens.ts',
    find: 'exp: now - (10 * MINUTE) }),',
    replace: 'exp: now + (5 * MINUTE) }),',
    test: TEST,
    name: '12. Engines: tokens to try one that has ended',
  },
  {
    title: 'the stranger signs with the key of the issuer',
    file: 'engines/control-plane/issuer.ts',
    find: "signing === 'stranger' ? STRANGER : keys[signing]",
    replace: "keys[signing === 'stranger' ? 'RS256' : signing]",
    test: TEST,
    name: '12. Engines: the local issuer stranger is verified by nobody',
  },
  {
    title: 'a bare name of Kubernetes may be accepted',
    file: 'engines/control-plane/tokens.ts',
    find: "meant: prefix === ''",
    replace: "meant: prefix !== ''",
    test: TEST,
    name: '12. Engines: tokens to try names of Kubernetes are refused',
  },
  {
    title: 'a grant in one namespace is expected to hold in all at once',
    file: 'engines/control-plane/promises.ts',
    find: 'statement.namespace === asked.namespace)',
    replace: 'asked.namespace === undefined || statement.namespace === asked.namespace)',
    test: TEST,
    name: '12. Engines: what a grant promises it holds in its namespace',
  },
];
