import { Mutant } from './mutant';

const TEST = 'test/constructs/grants.test.ts';
const API_SERVER = 'test/constructs/grants-api-server.test.ts';

export const EDGE_GRANTS: Mutant[] = [
  {
    title: 'editors may change Services, which are ways in',
    file: 'src/constructs/access.ts',
    find: 'rule(\'\', [\'configmaps\', \'persistentvolumeclaims\', \'pods\'], WRITE),',
    replace: 'rule(\'\', [\'configmaps\', \'persistentvolumeclaims\', \'pods\', \'services\'], WRITE),',
    test: TEST,
    name: '5. Grants: VIEW, EDIT and ADMIN EDIT changes nothing that decides',
  },
  {
    title: 'administrators may make Secrets, and so tokens',
    file: 'src/constructs/access.ts',
    find: '[...READ, \'delete\', \'patch\', \'update\']),\n  rule(\'\', [\'serviceaccounts\']',
    replace: '[...READ, ...WRITE]),\n  rule(\'\', [\'serviceaccounts\']',
    test: TEST,
    name: '5. Grants: VIEW, EDIT and ADMIN ADMIN changes nothing that decides',
  },
  {
    title: 'custom access may change what a mesh does',
    file: 'src/constructs/_access-limits.ts',
    find: '\'operator.openshift.io\', \'policy.networking.k8s.io\', \'projectcalico.org\', \'rbac.authorization.k8s.io\', \'route.openshift.io\', \'security.istio.io\',',
    replace: '\'operator.openshift.io\', \'policy.networking.k8s.io\', \'projectcalico.org\', \'rbac.authorization.k8s.io\', \'route.openshift.io\',',
    test: TEST,
    name: '5. Grants: access of your own changing \'security.istio.io\' authorizationpolicies',
  },
  {
    title: 'groups of Kubernetes may be granted something',
    file: 'src/constructs/subject.ts',
    find: '    refuseReserved(\'group\', name, \'name a group',
    replace: '    if (name === \'system:masters\') refuseReserved(\'group\', name, \'name a group',
    test: TEST,
    name: '5. Grants: subjects the group system:authenticated is refused',
  },
  {
    title: 'editing is granted in the whole cluster',
    file: 'src/constructs/access.ts',
    find: 'public static readonly EDIT = new Access(\'secure-network-edit\', EDIT);',
    replace: 'public static readonly EDIT = new Access(\'secure-network-edit\', EDIT, EDIT);',
    test: TEST,
    name: '5. Grants: objects in the whole cluster: what would run code',
  },
  {
    title: 'the API server may call every port of a webhook',
    file: 'src/constructs/api-server.ts',
    find: 'ports: options.ports ?? (targets.length ? targets : undefined)',
    replace: 'ports: options.ports',
    test: API_SERVER,
    name: '5. Grants: what the API server calls from its own addresses',
  },
  {
    title: 'the firewall names clients and stops nobody',
    file: 'src/control-plane/_host-firewall.ts',
    find: "    '    counter drop',\n",
    replace: '',
    test: API_SERVER,
    name: '5. Grants: who reaches the API server from outside stated ranges',
  },
];
