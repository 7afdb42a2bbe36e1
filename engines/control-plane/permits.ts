/**
 * Who may do what, subject by subject: everything there is to ask is put to the real authorizer as SubjectAccessReviews while the grants of an
 * example are in force, and each answer has to be what the program's own statements promise. Then a few deeds: nobody makes himself more.
 */
import { Asked, promised, universe } from './promises';
import { Statement, statementsOf } from './statements';
import { ApiClient, Identity } from '../api-server/client';
import { GrantReport, during, isAllowed, noGrants } from '../api-server/grants';
import { Case } from '../cases';
import { Manifest } from '../lib/manifests';

const RBAC = 'rbac.authorization.k8s.io';
const AT_ONCE = 16;
/** What the pods of a gateway need for themselves: nobody states it. */
const OF_GATEWAYS = /-certificates$/;

export async function judgePermits(client: ApiClient, cases: readonly Case[], scratch: string, into: GrantReport): Promise<void> {
  for (const { name, manifests } of cases) {
    const grants = manifests.filter(m => m.apiVersion === `${RBAC}/v1` && !OF_GATEWAYS.test(m.metadata.name));
    if (!name.startsWith('examples/') || grants.length === 0) continue;
    const statements = statementsOf(name, scratch);
    if (statements.length === 0) into.failures.push(`${name}: it has roles, and no grant was overheard`);
    await during(client, grants, async () => {
      for (const own of bySubject(statements)) {
        const elsewhere = manifests.find(m => m.kind === 'Namespace' && !own.some(({ namespace }) => namespace === m.metadata.name))?.metadata.name;
        const [first, ...granted] = [...new Set(own.flatMap(({ namespace }) => namespace ?? []))];
        await judgeSubject(client, name, own, universe(statements, first ? [first] : [], [...granted, 'kube-system', ...(elsewhere ? [elsewhere] : [])]), into);
        await judgeDeeds(client, name, own, into);
      }
    });
    into.subjects.push(`${bySubject(statements).length} of ${name}`);
    if (into.noticed.length === 0) await judgeBroken(client, name, grants, statements, into);
  }
}

/** A role that is wider than what was stated, and a binding that is gone, have to be noticed. */
async function judgeBroken(client: ApiClient, name: string, grants: readonly Manifest[], statements: readonly Statement[], into: GrantReport): Promise<void> {
  const meant = statements.find(({ namespace, rules }) => namespace !== undefined && rules === undefined);
  if (!meant) return;
  const own = statements.filter(one => identityOf(one).user === identityOf(meant).user && one.name === meant.name);
  const is = (kind: string) => (m: Manifest) => m.kind === kind && m.metadata.name === meant.access && m.metadata.namespace === meant.namespace;
  const more = { apiGroups: [''], resources: ['services'], verbs: ['create'] };
  const broken: [string, Manifest[]][] = [
    ['a role that allows one thing more than was stated', grants.map(m => (is('Role')(m) ? { ...m, rules: [...m.rules, more] } : m))],
    ['a grant without its binding', grants.filter(m => !is('RoleBinding')(m))],
  ];
  for (const [what, manifests] of broken) {
    const heard = noGrants();
    await during(client, manifests, () => judgeSubject(client, name, own, universe(own, [meant.namespace!]), heard));
    if (heard.failures.length) into.noticed.push(`${what}: ${heard.failures.length} answers differ`);
    else into.failures.push(`broken on purpose (${what}), and no answer differs`);
  }
}

async function judgeSubject(client: ApiClient, name: string, own: readonly Statement[], questions: readonly Asked[], into: GrantReport): Promise<void> {
  const who = identityOf(own[0]);
  for (let i = 0; i < questions.length; i += AT_ONCE) {
    await Promise.all(questions.slice(i, i + AT_ONCE).map(async asked => {
      const meant = promised(own, asked);
      const allowed = await isAllowed(client, { ...who, ...asked });
      into.asked += 1;
      if (allowed) into.allowed += 1;
      const where = asked.namespace ?? 'all namespaces';
      if (allowed !== meant) {
        into.failures.push(`${name}: ${own[0].name} ${asked.verb} ${asked.resource}.${asked.group} in ${where}: ${meant ? 'promised' : 'not promised'}, ${allowed ? 'allowed' : 'denied'}`);
      }
    }));
  }
}

/** Roles are handed on up to what one has oneself, by those who may hand on, and by nobody else. */
async function judgeDeeds(client: ApiClient, name: string, own: readonly Statement[], into: GrantReport): Promise<void> {
  for (const { namespace, access } of own) {
    if (namespace === undefined) continue;
    const who = identityOf(own[0]);
    const path = `/apis/${RBAC}/v1/namespaces/${namespace}`;
    const role = (resources: string[]): Manifest =>
      ({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name: 'handed-on', namespace }, rules: [{ apiGroups: [''], resources, verbs: ['get'] }] });
    const binding = (kind: string, to: string): Manifest => ({
      apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name: 'handed-on', namespace }, roleRef: { apiGroup: RBAC, kind, name: to }, subjects: [],
    });
    const handsOn = access === 'secure-network-admin';
    const deeds: [string, string, Manifest, boolean][] = [
      ['makes a role of what he has', 'roles', role(['pods']), handsOn],
      ['makes a role of more than he has', 'roles', role(['pods', 'nodes']), false],
      ['makes a role of everything', 'roles', role(['*']), false],
      ['binds his own role', 'rolebindings', binding('Role', access), handsOn],
      ['binds cluster-admin', 'rolebindings', binding('ClusterRole', 'cluster-admin'), false],
    ];
    for (const [what, resource, manifest, meant] of deeds) {
      const { status, body } = await client.callAs(who, 'POST', `${path}/${resource}?dryRun=All`, manifest);
      into.deeds += 1;
      const done = status === 201;
      if (done !== meant || (!done && status !== 403)) into.failures.push(`${name}: ${who.user} of ${who.groups} ${what}: ${status} ${body?.message ?? ''}`);
    }
  }
}

function bySubject(statements: readonly Statement[]): Statement[][] {
  const keyOf = ({ kind, home = '', name }: Statement) => [kind, home, name].join('/');
  return [...new Set(statements.map(keyOf))].sort().map(key => statements.filter(statement => keyOf(statement) === key));
}

/** Who he is to the API server. */
function identityOf({ kind, name, home }: Statement): Identity {
  if (kind === 'User') return { user: name, groups: ['system:authenticated'] };
  if (kind === 'Group') return { user: 'engines-somebody', groups: [name, 'system:authenticated'] };
  return { user: `system:serviceaccount:${home}:${name}`, groups: ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'] };
}
