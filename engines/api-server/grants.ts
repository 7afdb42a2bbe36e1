/**
 * Who may do what, asked of the real authorizer: tables of questions with the answers that were meant. Every ServiceAccount of a case is
 * also asked what no workload is meant to have: reading secrets, making pods, and opening the network that holds it.
 */
import { Case } from '../cases';
import { ApiClient } from './client';
import { Manifest, keyOf, kindOf } from '../lib/manifests';
import { until } from '../lib/run';

export interface Question {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  /** The one object that is meant. */
  readonly name?: string;
  readonly namespace?: string;
  readonly allowed: boolean;
}

export interface GrantReport {
  asked: number;
  allowed: number;
  /** Examples, and how many were granted something in each. */
  readonly subjects: string[];
  /** What was not only asked, but done. */
  deeds: number;
  /** What was broken on purpose, and was noticed. */
  readonly noticed: string[];
  readonly failures: string[];
}

export const noGrants = (): GrantReport => ({ asked: 0, allowed: 0, subjects: [], deeds: 0, noticed: [], failures: [] });

export async function askGrants(client: ApiClient, name: string, table: readonly Question[], into: GrantReport): Promise<void> {
  for (const asked of table) {
    const { user, verb, group = '', resource, namespace, allowed: meant } = asked;
    const allowed = await isAllowed(client, asked);
    into.asked += 1;
    if (allowed) into.allowed += 1;
    const question = `${user} ${verb} ${resource}${group && `.${group}`} in ${namespace ?? 'the cluster'}`;
    if (allowed !== meant) into.failures.push(`${name}: ${question}: meant ${meant ? 'yes' : 'no'}, the API server says ${allowed ? 'yes' : 'no'}`);
  }
}

/** What the real authorizer says. */
export async function isAllowed(client: ApiClient, { user, groups, verb, group = '', resource, name: object, namespace }: Omit<Question, 'allowed'>): Promise<boolean> {
  const [name, subresource] = resource.split('/');
  const { status } = await client.demand('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes: { verb, group, resource: name, subresource, name: object, namespace } },
  });
  return status.allowed === true;
}

/** What is forbidden to every workload of the case, asked while its grants are in force. */
export async function judgeGrants(client: ApiClient, cases: readonly Case[], into: GrantReport): Promise<void> {
  for (const { name, manifests } of cases) {
    const grants = manifests.filter(m => m.apiVersion === 'rbac.authorization.k8s.io/v1');
    await during(client, grants, async () => {
      for (const account of manifests.filter(m => kindOf(m) === 'v1 ServiceAccount')) await askGrants(client, name, forbiddenTo(account), into);
    });
  }
  // The twin: somebody who was granted something has it, and has no more.
  const [namespace, user] = ['default', 'system:serviceaccount:default:reader'];
  const role: Manifest = {
    apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'reader', namespace }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  };
  const binding: Manifest = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
  };
  await during(client, [role, binding], () => askGrants(client, 'a granted reader', [
    { user, verb: 'get', resource: 'pods', namespace, allowed: true },
    { user, verb: 'get', resource: 'secrets', namespace, allowed: false },
    { user, verb: 'get', resource: 'pods', namespace: 'kube-system', allowed: false },
  ], into));
}

function forbiddenTo(account: Manifest): Question[] {
  const namespace = account.metadata.namespace!;
  const user = `system:serviceaccount:${namespace}:${account.metadata.name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const no = (verb: string, resource: string, group?: string): Question => ({ user, groups, verb, resource, group, namespace, allowed: false });
  return [
    no('get', 'secrets'), no('create', 'pods'), no('create', 'pods/exec'), no('create', 'serviceaccounts/token'),
    no('create', 'networkpolicies', 'networking.k8s.io'), no('delete', 'networkpolicies', 'networking.k8s.io'), no('patch', 'namespaces'),
  ];
}

/** The authorizer learns of grants a moment later, each kind in order: once it knows the last of each, it knows all. */
let rounds = 0;

function sentinelsOf(round: number): { manifests: Manifest[]; questions: { user: string; namespace?: string }[] } {
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  const apiGroup = 'rbac.authorization.k8s.io';
  const made = [['Role', 'default'], ['ClusterRole', undefined]].map(([kind, namespace]) => {
    const [name, user] = [`engines-sentinel-${round}`, `engines-sentinel-${round}-${kind}`];
    const role = { apiVersion: `${apiGroup}/v1`, kind: kind!, metadata: { name, namespace }, rules };
    const binding = { ...role, kind: `${kind}Binding`, rules: undefined, roleRef: { apiGroup, kind, name }, subjects: [{ apiGroup, kind: 'User', name: user }] };
    return { manifests: [role, binding] as Manifest[], question: { user, namespace } };
  });
  return { manifests: made.flatMap(({ manifests }) => manifests), questions: made.map(({ question }) => question) };
}

/** Has grants in force while the work is done. */
export async function during(client: ApiClient, manifests: readonly Manifest[], work: () => Promise<void>): Promise<void> {
  const namespaces = [...new Set(manifests.flatMap(m => m.metadata.namespace ?? []))].filter(name => !/^(default|kube-)/.test(name))
    .map((name): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const { manifests: sentinels, questions: sentinelQuestions } = sentinelsOf(++rounds);
  try {
    for (const manifest of [...namespaces, ...manifests, ...sentinels]) await client.applied(manifest);
    for (const { user, namespace } of sentinelQuestions) {
      await until('the authorizer to see the grants', 30, async () => await isAllowed(client, { user, verb: 'get', resource: 'pods', namespace }) || undefined);
    }
    await work();
  } finally {
    for (const manifest of [...sentinels, ...manifests, ...namespaces]) {
      await client.remove(manifest).catch(error => { throw new Error(`${keyOf(manifest)} stays behind: ${error.message}`); });
    }
  }
}
