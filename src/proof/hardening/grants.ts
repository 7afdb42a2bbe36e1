/** What the roles that were written allow, and whom they are bound to. */
import { HardenedCluster, Read } from './cluster';
import { Check, Finding, gap, joined } from './control';

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];

interface Right {
  readonly group: string;
  /** With its subresource, `nodes/proxy`. */
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** No role that was written allows this. The roles are the evidence: what is granted is in them and nowhere else. */
export const nobodyMay = (...rights: Right[]): Check => cluster => judgeRoles(cluster, ({ ref, json }) => rights.flatMap(right => {
  const verb = right.verbs.find(one => (json.rules ?? []).some((rule: any) => allows(rule, right, one)));
  return verb ? [`${ref} allows ${verb} ${right.resource}`] : [];
}));

/** No role holds a wildcard, and none takes its rules from roles that others label. */
export const noWildcards: Check = cluster => judgeRoles(cluster, ({ ref, json }) => {
  const texts = (json.rules ?? []).flatMap((rule: any) => ['apiGroups', 'resources', 'verbs', 'nonResourceURLs'].flatMap(field => rule[field] ?? []));
  const wild = texts.find((text: string) => text.includes('*'));
  return wild === undefined ? [] : [`${ref} holds '${wild}'`];
});

export const nobodyReadsSecrets = nobodyMay({ group: '', resource: 'secrets', verbs: READ });
export const nobodyMakesPods = nobodyMay({ group: '', resource: 'pods', verbs: ['create'] });
export const nobodyMakesVolumes = nobodyMay({ group: '', resource: 'persistentvolumes', verbs: ['create'] });
export const nobodyReachesKubelets = nobodyMay({ group: '', resource: 'nodes/proxy', verbs: [...READ, 'create', 'update', 'patch', 'delete'] });
export const nobodyMakesTokens = nobodyMay({ group: '', resource: 'serviceaccounts/token', verbs: ['create'] });
export const nobodyApprovesCertificates = nobodyMay({ group: 'certificates.k8s.io', resource: 'certificatesigningrequests/approval', verbs: ['update', 'patch'] });
export const nobodySetsWebhooks = nobodyMay(...['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']
  .map(resource => ({ group: 'admissionregistration.k8s.io', resource, verbs: ['create', 'update', 'patch', 'delete'] })));
export const nobodyBecomesMore = nobodyMay(
  ...['roles', 'clusterroles'].map(resource => ({ group: RBAC, resource, verbs: ['bind', 'escalate'] })),
  ...['users', 'groups', 'serviceaccounts'].map(resource => ({ group: '', resource, verbs: ['impersonate'] })),
);

export const nobodyIsClusterAdmin: Check = cluster => judgeBindings(cluster, ({ ref, json }) =>
  (json.roleRef?.name === 'cluster-admin' ? [`${ref} binds cluster-admin`] : []));

export const nobodyIsMaster: Check = cluster => judgeBindings(cluster, ({ ref, json }) =>
  ((json.subjects ?? []).some(({ name }: any) => name === 'system:masters') ? [`${ref} binds system:masters`] : []));

/** Namespace and name of each ServiceAccount that was granted something. */
export function grantedAccounts(cluster: HardenedCluster): ReadonlySet<string> {
  return new Set(bindings(cluster).flatMap(({ json }) => (json.subjects ?? []).filter(({ kind }: any) => kind === 'ServiceAccount')
    .map(({ namespace, name }: any) => `${namespace ?? json.metadata?.namespace}/${name}`)));
}

function judgeRoles(cluster: HardenedCluster, faults: (role: Read) => string[]): Finding {
  return judgeAll([...cluster.objects(RBAC, 'ClusterRole'), ...cluster.objects(RBAC, 'Role')], role =>
    [...faults(role), ...(role.json.aggregationRule ? [`${role.ref} takes rules from roles that are not seen here`] : [])]);
}

function judgeBindings(cluster: HardenedCluster, faults: (binding: Read) => string[]): Finding {
  return judgeAll(bindings(cluster), faults);
}

function bindings(cluster: HardenedCluster): readonly Read[] {
  return [...cluster.objects(RBAC, 'ClusterRoleBinding'), ...cluster.objects(RBAC, 'RoleBinding')];
}

/** Each that has no fault is evidence. */
export function judgeAll(all: readonly Read[], faults: (one: Read) => string[]): Finding {
  return joined(all.map(one => {
    const found = faults(one);
    return found.length ? gap(...found) : { by: [one.ref], gaps: [] };
  }));
}

function allows({ apiGroups = [], resources = [], verbs = [] }: any, { group, resource }: Right, verb: string): boolean {
  const [, sub] = resource.split('/');
  const names = ['*', resource, ...(sub ? [`*/${sub}`] : [])];
  return [group, '*'].some(one => apiGroups.includes(one)) && names.some(one => resources.includes(one)) && [verb, '*'].some(one => verbs.includes(one));
}
