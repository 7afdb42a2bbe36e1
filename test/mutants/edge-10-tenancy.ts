import { Mutant } from './mutant';

const TEMPLATE = 'test/constructs/project-template.test.ts';
const NETWORK = 'test/constructs/tenant-network.test.ts';

export const EDGE_TENANCY: Mutant[] = [
  {
    title: 'a policy group stands for every namespace',
    file: 'src/providers/_network-policy.ts',
    find: 'namespaceSelector: { matchLabels: { ...end.group } }',
    replace: 'namespaceSelector: {}',
    test: 'test/constructs/policy-group.test.ts',
    name: '10. OpenShift tenancy: policy groups routers reach',
  },
  {
    title: "the project's user gets OpenShift's own admin, who may change policies",
    file: 'src/constructs/project-template.ts',
    find: "roleRef: { apiGroup: RBAC, kind: 'Role', name }",
    replace: "roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' }",
    test: TEMPLATE,
    name: '10. OpenShift tenancy: what a requested project holds from the start its user may work in it',
  },
  {
    title: 'a host of Routes may be shared between namespaces',
    file: 'src/constructs/route-admission.ts',
    find: "namespaceOwnership: 'Strict'",
    replace: "namespaceOwnership: 'InterNamespaceAllowed'",
    test: TEMPLATE,
    name: '10. OpenShift tenancy: which Routes are served a host belongs',
  },
  {
    title: 'the network of a tenant takes every namespace',
    file: 'src/providers/_user-defined-network.ts',
    find: "namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces()] }] },",
    replace: 'namespaceSelector: { matchLabels: { x: String(namespaces()) } },',
    test: NETWORK,
    name: '10. OpenShift tenancy: a network of its own its namespaces carry the label',
  },
  {
    title: 'a flow between networks that never meet is taken',
    file: 'src/providers/_user-defined-network.ts',
    find: 'source.network === destination.network',
    replace: 'source.tenant === destination.tenant',
    test: NETWORK,
    name: '10. OpenShift tenancy: a network of its own a flow across it is refused',
  },
  {
    title: 'the reader takes the word of the network for a namespace without the label',
    file: 'src/analysis/readers/user-defined-network.ts',
    find: 'new LabelSelector([...selector.requirements, LABELLED])',
    replace: 'new LabelSelector([...selector.requirements])',
    test: NETWORK,
    name: '10. OpenShift tenancy: a network of its own a namespace without the label',
  },
];
