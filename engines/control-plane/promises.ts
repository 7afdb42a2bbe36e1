/**
 * What somebody who was granted something may do, and what he may not: from what a program states and from what docs/edge.md promises of
 * `Access.VIEW`, `EDIT` and `ADMIN`. A second opinion: it knows nothing of roles.
 */
import { Statement } from './statements';

export interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
  /** None is all namespaces at once. */
  readonly namespace?: string;
}

const READ = ['get', 'list', 'watch'];
const CHANGE = ['create', 'delete', 'patch', 'update'];
const VERBS = [...READ, ...CHANGE, 'deletecollection'];

/** By group: what is only read, what is changed from EDIT on, and what from ADMIN on. */
const PROMISED: Record<string, { read?: string; edit?: string; admin?: string; everywhere?: string }> = {
  '': {
    read: 'endpoints events limitranges pods/log pods/status replicationcontrollers resourcequotas services',
    edit: 'configmaps persistentvolumeclaims pods',
    admin: 'serviceaccounts',
    everywhere: 'namespaces nodes persistentvolumes',
  },
  'apps': { read: 'controllerrevisions replicasets', edit: 'daemonsets deployments statefulsets' },
  'autoscaling': { edit: 'horizontalpodautoscalers' },
  'batch': { edit: 'cronjobs jobs' },
  'discovery.k8s.io': { read: 'endpointslices' },
  'events.k8s.io': { read: 'events' },
  'networking.k8s.io': { read: 'ingresses networkpolicies' },
  'policy': { edit: 'poddisruptionbudgets' },
  'policy.networking.k8s.io': { everywhere: 'adminnetworkpolicies baselineadminnetworkpolicies clusternetworkpolicies' },
  'storage.k8s.io': { everywhere: 'storageclasses' },
};

/** What no row above says. */
const MORE: readonly { from: 'EDIT' | 'ADMIN'; group: string; resources: string; verbs: readonly string[] }[] = [
  { from: 'EDIT', group: 'apps', resources: 'deployments/scale replicasets/scale statefulsets/scale', verbs: ['get', 'patch', 'update'] },
  { from: 'ADMIN', group: '', resources: 'secrets', verbs: [...READ, 'delete', 'patch', 'update'] },
  { from: 'ADMIN', group: '', resources: 'pods/attach pods/exec pods/portforward', verbs: ['create', 'get'] },
  { from: 'ADMIN', group: 'rbac.authorization.k8s.io', resources: 'rolebindings roles', verbs: [...READ, ...CHANGE] },
];

/** What leads to more than anybody is granted: asked of everybody, everywhere. */
const BEYOND: Record<string, string> = {
  '': 'nodes/proxy pods/proxy services/proxy pods/ephemeralcontainers serviceaccounts/token secrets pods/exec namespaces nodes persistentvolumes',
  'admissionregistration.k8s.io': 'mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
  'apiextensions.k8s.io': 'customresourcedefinitions',
  'apiregistration.k8s.io': 'apiservices',
  'authentication.k8s.io': 'tokenreviews',
  'certificates.k8s.io': 'certificatesigningrequests certificatesigningrequests/approval',
  'cilium.io': 'ciliumnetworkpolicies',
  'gateway.networking.k8s.io': 'gateways httproutes',
  'k8s.ovn.org': 'egressfirewalls egressips',
  'networking.istio.io': 'gateways virtualservices',
  'networking.k8s.io': 'ingresses networkpolicies',
  'policy.networking.k8s.io': 'adminnetworkpolicies',
  'rbac.authorization.k8s.io': 'clusterrolebindings clusterroles rolebindings roles',
  'route.openshift.io': 'routes',
  'security.istio.io': 'authorizationpolicies peerauthentications',
};

/** Verbs that make somebody more than he is, and wildcards. */
const SPECIAL: readonly { verb: string; group: string; resource: string }[] = [
  ...['bind', 'escalate'].flatMap(verb => ['roles', 'clusterroles'].map(resource => ({ verb, group: 'rbac.authorization.k8s.io', resource }))),
  ...['users', 'groups', 'serviceaccounts'].map(resource => ({ verb: 'impersonate', group: '', resource })),
  { verb: '*', group: '*', resource: '*' }, { verb: 'get', group: '*', resource: '*' }, { verb: '*', group: '', resource: 'pods' },
];

const LEVELS: Record<string, number> = { 'secure-network-view': 0, 'secure-network-edit': 1, 'secure-network-admin': 2 };
const words = (text = '') => text.split(' ').filter(word => word !== '');

/** Everything that is asked of everybody, in these namespaces and in all at once; in `others` with one verb of each sort. */
export function universe(statements: readonly Statement[], namespaces: readonly string[], others: readonly string[] = []): Asked[] {
  const resources = new Map<string, { group: string; resource: string; name?: string }>();
  const add = (group: string, resource: string, name?: string) => void resources.set([group, resource, name].join(), { group, resource, name });
  for (const [group, { read, edit, admin, everywhere }] of Object.entries(PROMISED)) {
    for (const one of [read, edit, admin, everywhere].flatMap(words)) add(group, one);
  }
  for (const { group, resources: more } of MORE) for (const one of words(more)) add(group, one);
  for (const [group, more] of Object.entries(BEYOND)) for (const one of words(more)) add(group, one);
  for (const { group, resource, names } of statements.flatMap(({ rules }) => rules ?? [])) {
    add(group, resource);
    for (const name of names ?? []) add(group, resource, name);
  }
  const questions = (verbs: readonly string[]) => [...[...resources.values()].flatMap(one => verbs.map(verb => ({ ...one, verb }))), ...SPECIAL];
  return [
    ...[...namespaces, undefined].flatMap(namespace => questions(VERBS).map(question => ({ ...question, namespace }))),
    ...others.flatMap(namespace => questions(['get', 'create', 'patch', 'delete']).map(question => ({ ...question, namespace }))),
  ];
}

/** What the statements about one subject promise. */
export function promised(statements: readonly Statement[], asked: Asked): boolean {
  return statements.some(statement => (statement.namespace === undefined || statement.namespace === asked.namespace) && grants(statement, asked));
}

function grants({ access, namespace, rules }: Statement, { group, resource, verb, name }: Asked): boolean {
  if (rules) {
    return rules.some(rule => rule.group === group && rule.resource === resource && rule.verbs.includes(verb)
      && (!rule.names || (name !== undefined && rule.names.includes(name))));
  }
  const level = LEVELS[access];
  if (level === undefined) throw new Error(`nobody promised what '${access}' is`);
  const { read, edit, admin, everywhere } = PROMISED[group] ?? {};
  const readable = [read, edit, admin, namespace === undefined ? everywhere : ''].flatMap(words);
  const changeable = [level >= 1 ? edit : '', level >= 2 ? admin : ''].flatMap(words);
  return (READ.includes(verb) && readable.includes(resource)) || (CHANGE.includes(verb) && changeable.includes(resource))
    || MORE.some(more => more.group === group && words(more.resources).includes(resource) && more.verbs.includes(verb) && level >= (more.from === 'EDIT' ? 1 : 2));
}
