import { Mutant } from './mutant';

const TEST = 'test/control-plane/authorization.test.ts';

export const EDGE_AUTHORIZATION: Mutant[] = [
  {
    title: 'a webhook that gives no answer is passed over',
    file: 'src/control-plane/authorizer.ts',
    find: 'failurePolicy = AuthorizerFailurePolicy.DENY,',
    replace: 'failurePolicy = AuthorizerFailurePolicy.NO_OPINION,',
    test: TEST,
    name: '3. Authorization: webhooks one that gives no answer denies',
  },
  {
    title: 'AlwaysAllow is refused alone, and not beside others',
    file: 'src/control-plane/_extra-args.ts',
    find: '{ flag: /^authorization-mode$/, value: /AlwaysAllow/,',
    replace: '{ flag: /^authorization-mode$/, value: /^AlwaysAllow$/,',
    test: TEST,
    name: '3. Authorization: the chain AlwaysAllow is refused',
  },
  {
    title: 'a chain without the Node authorizer is taken',
    file: 'src/control-plane/authorizer.ts',
    find: '    if (count !== 1) throw',
    replace: '    if (count > 1) throw',
    test: TEST,
    name: '3. Authorization: the chain a chain that would lock kubelets out',
  },
];
