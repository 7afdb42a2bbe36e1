import { Mutant } from './mutant';

const TEST = 'test/proof/matchers.test.ts';

export const MATCHERS: Mutant[] = [
  {
    title: 'toDeny holds while some of the addresses get through',
    file: 'src/proof/expectation.ts',
    find: 'const open = some.intersect(asked);',
    replace: 'const open = every.intersect(asked);',
    test: TEST,
    name: '8. jest matchers peers may be constructs',
  },
  {
    title: 'toAllow holds while some of the addresses do not get through',
    file: 'src/proof/expectation.ts',
    find: 'const missing = ports.length ? asked.subtract(every)',
    replace: 'const missing = ports.length ? asked.subtract(some)',
    test: TEST,
    name: '8. jest matchers peers may be constructs',
  },
  {
    title: 'toOnlyAllow does not mind what else is open',
    file: 'src/proof/expectation.ts',
    find: 'const extra = some.subtract(asked);',
    replace: 'const extra = some.subtract(some);',
    test: TEST,
    name: '8. jest matchers toOnlyAllow fails for a port too many',
  },
];
