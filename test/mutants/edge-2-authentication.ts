import { Mutant } from './mutant';

const TEST = 'test/control-plane/authentication.test.ts';

export const EDGE_AUTHENTICATION: Mutant[] = [
  {
    title: 'a prefix is taken to be enough against reserved groups',
    file: 'src/control-plane/jwt-issuer.ts',
    find: 'const rules = [...NOT_RESERVED, ...prefixed',
    replace: 'const rules = [...(this._prefix ? [] : NOT_RESERVED), ...prefixed',
    test: TEST,
    name: '2. Authentication: names of Kubernetes the rules are there beside a prefix',
  },
  {
    title: 'only the first group of a user is looked at',
    file: 'src/control-plane/_reserved.ts',
    find: 'user.groups.all(group, !group.startsWith(\'system:\'))',
    replace: 'user.groups.exists(group, !group.startsWith(\'system:\')) || user.groups == []',
    test: TEST,
    name: '2. Authentication: names of Kubernetes a token cannot make a user or a group',
  },
  {
    title: 'issuers may share their users',
    file: 'src/control-plane/jwt-issuer.ts',
    find: 'if (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) {',
    replace: 'if (a.prefix && a.prefix === b.prefix) {',
    test: TEST,
    name: '2. Authentication: names of Kubernetes no issuer makes the users of another',
  },
  {
    title: 'every path is answered without credentials',
    file: 'src/control-plane/kubeadm.ts',
    find: 'anonymous: anonymous._paths && { enabled: true, conditions: anonymous._paths.map(path => ({ path })) },',
    replace: 'anonymous: anonymous._paths && { enabled: true },',
    test: TEST,
    name: '2. Authentication: without credentials health paths and nothing else',
  },
  {
    title: 'OpenShift takes an issuer without a prefix',
    file: 'src/control-plane/openshift.ts',
    find: '    if (!prefix) {',
    replace: '    if (prefix === undefined) {',
    test: TEST,
    name: '2. Authentication: OpenShift an issuer of tokens, with a prefix',
  },
];
