import { App } from 'cdk8s';
import { ApiResource } from 'cdk8s-plus-28';
import { Access, AccessRule, Verb } from '../../src/constructs/access';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Subject } from '../../src/constructs/subject';
import { Peer } from '../../src/intent/peer';
import { deployment, newCluster, object, objects, refusal } from '../support/app';

interface Ask { readonly verb: string; readonly resource: string; readonly group?: string; readonly name?: string }

const resource = (apiGroup: string, resourceType: string) => ApiResource.custom({ apiGroup, resourceType });
const custom = (verbs: Verb[], group: string, name: string, more: Partial<AccessRule> = {}) => Access.of('custom', [{ resources: [resource(group, name)], verbs, ...more }]);

/** Whether somebody may do it: by every role of the app that is bound to him, in the namespace or everywhere. */
function can(app: App, who: { kind: string; name: string }, namespace: string, { verb, resource: wanted, group = '', name }: Ask): boolean {
  const all = objects(app);
  const binds = ({ kind, metadata, subjects }: any) => /RoleBinding$/.test(kind) && (kind === 'ClusterRoleBinding' || metadata.namespace === namespace)
    && subjects.some((subject: any) => subject.kind === who.kind && subject.name === who.name);
  const bound = ({ roleRef, metadata }: any) => all.filter(role =>
    role.kind === roleRef.kind && role.metadata.name === roleRef.name && role.metadata.namespace === metadata.namespace);
  const allows = (rule: any) => rule.apiGroups.includes(group) && rule.resources.includes(wanted) && rule.verbs.includes(verb)
    && (!rule.resourceNames || rule.resourceNames.includes(name));
  return all.filter(binds).flatMap(bound).flatMap(({ rules }) => rules).some(allows);
}

/** The dev team with an access in shop, and what it may do there. */
function grantedTo(access: Access) {
  const cluster = newCluster();
  const shop = cluster.namespace('shop');
  cluster.namespace('bank');
  shop.grant(Subject.group('dev'), access);
  return { ...cluster, shop, may: (ask: Ask, namespace = 'shop', name = 'dev') => can(cluster.app, { kind: 'Group', name }, namespace, ask) };
}

const NETWORK: [string, string][] = [
  ['networking.k8s.io', 'networkpolicies'], ['networking.k8s.io', 'ingresses'], ['route.openshift.io', 'routes'], ['security.istio.io', 'authorizationpolicies'],
  ['security.istio.io', 'peerauthentications'], ['networking.istio.io', 'virtualservices'], ['k8s.ovn.org', 'egressfirewalls'], ['cilium.io', 'ciliumnetworkpolicies'],
  ['discovery.k8s.io', 'endpointslices'], ['gateway.networking.k8s.io', 'httproutes'], ['', 'endpoints'], ['', 'services'], ['', 'namespaces'], ['', 'resourcequotas'],
];
const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

describe('5. Grants: VIEW, EDIT and ADMIN', () => {
  test.each([['VIEW', Access.VIEW], ['EDIT', Access.EDIT], ['ADMIN', Access.ADMIN]])('%s changes nothing that decides over the network, and is not a way to another identity', (_, access) => {
    const { may } = grantedTo(access);
    for (const [group, name] of NETWORK) for (const verb of WRITES) expect([verb, name, may({ verb, group, resource: name })]).toEqual([verb, name, false]);
    expect(may({ verb: 'create', resource: 'serviceaccounts/token' })).toBe(false);
    expect(may({ verb: 'create', resource: 'secrets' })).toBe(false);
    for (const proxy of ['pods/proxy', 'services/proxy', 'nodes/proxy']) for (const verb of ['get', 'create']) expect(may({ verb, resource: proxy })).toBe(false);
    for (const verb of ['impersonate', 'escalate', 'bind']) {
      for (const [group, name] of [['', 'users'], ['', 'serviceaccounts'], ['rbac.authorization.k8s.io', 'roles']]) expect(may({ verb, group, resource: name })).toBe(false);
    }
    expect(may({ verb: 'get', group: 'networking.k8s.io', resource: 'networkpolicies' })).toBe(true);
    expect(may({ verb: 'list', resource: 'pods' })).toBe(true);
  });

  test.each([['VIEW', Access.VIEW], ['EDIT', Access.EDIT], ['ADMIN', Access.ADMIN]])('%s holds no wildcard, and no empty list', (_, access) => {
    const { app } = grantedTo(access);
    const roles = objects(app).filter(({ kind }) => kind === 'Role');
    expect(roles).toHaveLength(1);
    for (const { apiGroups, resources, verbs } of roles[0].rules) {
      for (const list of [apiGroups, resources, verbs]) {
        expect(list.length).toBeGreaterThan(0);
        expect(list.join()).not.toContain('*');
      }
    }
  });

  test('VIEW reads, and only reads; no Secrets', () => {
    const { may } = grantedTo(Access.VIEW);
    expect(may({ verb: 'get', resource: 'pods/log' })).toBe(true);
    for (const verb of WRITES) expect(may({ verb, group: 'apps', resource: 'deployments' })).toBe(false);
    for (const verb of ['get', 'list', 'watch']) expect(may({ verb, resource: 'secrets' })).toBe(false);
  });

  test('EDIT changes workloads; no Secrets, no roles, no way into running pods', () => {
    const { may } = grantedTo(Access.EDIT);
    for (const verb of ['create', 'update', 'patch', 'delete']) expect(may({ verb, group: 'apps', resource: 'deployments' })).toBe(true);
    expect(may({ verb: 'create', resource: 'pods' })).toBe(true);
    for (const [verb, name] of [['get', 'secrets'], ['create', 'pods/exec'], ['create', 'pods/portforward'], ['patch', 'pods/ephemeralcontainers'], ['create', 'serviceaccounts']]) {
      expect([name, may({ verb, resource: name })]).toEqual([name, false]);
    }
    for (const name of ['roles', 'rolebindings']) for (const verb of WRITES) expect(may({ verb, group: 'rbac.authorization.k8s.io', resource: name })).toBe(false);
  });

  test('ADMIN also has Secrets but makes none, running pods, and roles of its namespace', () => {
    const { may } = grantedTo(Access.ADMIN);
    for (const verb of ['get', 'list', 'update', 'delete']) expect(may({ verb, resource: 'secrets' })).toBe(true);
    expect(may({ verb: 'create', resource: 'pods/exec' })).toBe(true);
    expect(may({ verb: 'create', resource: 'serviceaccounts' })).toBe(true);
    expect(may({ verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' })).toBe(true);
    expect(may({ verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' })).toBe(false);
  });

  test('in this namespace, to these people, and nowhere and nobody else', () => {
    const { may } = grantedTo(Access.EDIT);
    const ask = { verb: 'create', resource: 'pods' };
    expect(may(ask)).toBe(true);
    expect(may(ask, 'bank')).toBe(false);
    expect(may(ask, 'shop', 'ops')).toBe(false);
  });
});

describe('5. Grants: objects', () => {
  test('one role and one binding for an access, with everybody who has it, in any order', () => {
    const made = [[0, 1, 2], [2, 1, 0]].map(order => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      const subjects = [Subject.group('dev'), Subject.user('alice'), Subject.serviceAccount(deployment(shop, 'ci'))];
      for (const index of order) shop.grant(subjects[index], Access.EDIT);
      shop.grant(subjects[0], Access.EDIT);
      return JSON.stringify(objects(app).filter(({ kind }) => /^Role/.test(kind)));
    });
    expect(made[0]).toBe(made[1]);
    const [role, binding] = JSON.parse(made[0]);
    expect([role.kind, role.metadata.name, role.metadata.namespace]).toEqual(['Role', 'secure-network-edit', 'shop']);
    expect(binding.roleRef).toEqual({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'secure-network-edit' });
    expect(binding.subjects).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'dev' },
      { kind: 'ServiceAccount', name: 'ci', namespace: 'shop' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' },
    ]);
  });

  test('nothing is there before the first grant', () => {
    const { app, namespace } = newCluster();
    namespace('shop');
    expect(objects(app).filter(({ kind }) => /Role/.test(kind))).toEqual([]);
  });

  test('two accesses of one name that differ are refused, the same twice is one', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    shop.grant(Subject.user('a'), custom([Verb.GET], '', 'pods'));
    shop.grant(Subject.user('b'), custom([Verb.GET], '', 'pods'));
    expect(() => shop.grant(Subject.user('c'), custom([Verb.LIST], '', 'pods'))).toThrow("[shop] two accesses are named 'custom' and grant different things");
  });

  test('in the whole cluster: reading, with what stands outside namespaces', () => {
    const { app, edge, namespace } = newCluster();
    namespace('shop');
    edge.grant(Subject.group('sre'), Access.VIEW);
    const sre = { kind: 'Group', name: 'sre' };
    expect(can(app, sre, 'shop', { verb: 'list', resource: 'pods' })).toBe(true);
    expect(can(app, sre, 'shop', { verb: 'get', resource: 'nodes' })).toBe(true);
    expect(can(app, sre, 'shop', { verb: 'get', resource: 'secrets' })).toBe(false);
    expect(can(app, sre, 'shop', { verb: 'delete', resource: 'pods' })).toBe(false);
    expect(object(app, 'ClusterRoleBinding', 'secure-network-view').metadata.namespace).toBeUndefined();
    expect(refusal(app)).toBe('');
  });

  test('in the whole cluster: what would run code in kube-system, or read its keys, is refused', () => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    for (const access of [Access.EDIT, Access.ADMIN]) {
      expect(() => edge.grant(Subject.group('sre'), access)).toThrow(`[edge] '${access.accessName}' in the whole cluster would run code in kube-system`);
    }
    for (const [verb, group, name] of [[Verb.GET, '', 'secrets'], [Verb.CREATE, '', 'pods'], [Verb.PATCH, 'apps', 'deployments'], [Verb.GET, '', 'pods/exec']] as const) {
      const access = custom([verb], group, name);
      expect(() => edge.grant(Subject.group('sre'), access)).toThrow('in the whole cluster is too much');
      const { namespace: more } = newCluster();
      expect(() => more('other').grant(Subject.group('sre'), access)).not.toThrow();
    }
    expect(() => edge.grant(Subject.group('sre'), custom([Verb.GET], 'apps', 'deployments'))).not.toThrow();
    expect(() => shop.grant(Subject.group('sre'), Access.EDIT)).not.toThrow();
  });
});

describe('5. Grants: access of your own', () => {
  test('resources and verbs, for named objects if need be', () => {
    const { may } = grantedTo(custom([Verb.GET, Verb.PATCH], 'apps', 'deployments', { resourceNames: ['web'] }));
    expect(may({ verb: 'patch', group: 'apps', resource: 'deployments', name: 'web' })).toBe(true);
    expect(may({ verb: 'patch', group: 'apps', resource: 'deployments', name: 'api' })).toBe(false);
    expect(may({ verb: 'delete', group: 'apps', resource: 'deployments', name: 'web' })).toBe(false);
    expect(may({ verb: 'patch', group: '', resource: 'deployments', name: 'web' })).toBe(false);
  });

  test.each([['*', 'pods'], ['', '*'], ['', 'pods/*'], ['*.example.com', 'widgets']])("the wildcard in '%s' '%s' is refused", (group, name) => {
    expect(() => custom([Verb.GET], group, name)).toThrow('stands for more than anybody can review');
    expect(() => custom([Verb.GET], 'example.com', 'widgets')).not.toThrow();
  });

  test.each(['*', 'impersonate', 'escalate', 'bind', 'approve', 'use'])('the verb %s is refused', verb => {
    expect(() => custom([Verb.GET, verb as Verb], 'example.com', 'widgets')).toThrow(verb === '*' ? "'*' stands for more" : `the verb '${verb}' leads to what others may do, or is none`);
  });

  test.each(NETWORK.filter(([, name]) => !['services', 'resourcequotas'].includes(name)))("changing '%s' %s is refused, reading is not", (group, name) => {
    for (const verb of [Verb.CREATE, Verb.UPDATE, Verb.PATCH, Verb.DELETE]) expect(() => custom([Verb.GET, verb], group, name)).toThrow('stays with those who apply this output');
    expect(() => custom([Verb.GET, Verb.LIST], group, name)).not.toThrow();
  });

  test('tokens, proxies and roles are refused, whatever the verb', () => {
    expect(() => custom([Verb.CREATE], '', 'serviceaccounts/token')).toThrow("'serviceaccounts/token' is granted to nobody: it makes tokens of any identity");
    for (const name of ['pods/proxy', 'services/proxy', 'nodes/proxy']) expect(() => custom([Verb.GET], '', name)).toThrow(`'${name}' is granted to nobody`);
    for (const name of ['roles', 'clusterrolebindings']) expect(() => custom([Verb.CREATE], 'rbac.authorization.k8s.io', name)).toThrow('stays with those who apply this output');
    expect(() => custom([Verb.CREATE], '', 'serviceaccounts')).not.toThrow();
  });

  test('what does not do what it says is refused', () => {
    expect(() => custom([Verb.LIST], '', 'pods', { resourceNames: ['web'] })).toThrow("'list' with resourceNames [web] does not do what it says");
    expect(() => custom([Verb.GET], '', 'pods', { resourceNames: [] })).toThrow('an empty list of resourceNames, which means all objects');
    expect(() => Access.of('custom', [])).toThrow("access 'custom' has no rules");
    expect(() => Access.of('custom', [{ resources: [], verbs: [Verb.GET] }])).toThrow('it names no resource or no verb');
    expect(() => Access.of('custom', [{ resources: [ApiResource.PODS, ApiResource.DEPLOYMENTS], verbs: [Verb.GET] }])).toThrow("mixes the API groups '' and 'apps' in one rule");
    expect(() => Access.of('secure-network-edit', [{ resources: [ApiResource.PODS], verbs: [Verb.GET] }])).toThrow('is kept for Access.VIEW, EDIT and ADMIN');
  });
});

describe('5. Grants: subjects', () => {
  test.each(['system:masters', 'system:authenticated', 'system:unauthenticated', 'system:serviceaccounts'])('the group %s is refused', name => {
    expect(() => Subject.group(name)).toThrow(`group '${name}' begins with 'system:', which Kubernetes keeps for its own`);
    expect(() => Subject.group('corp:masters')).not.toThrow();
  });

  test('users of Kubernetes are refused, and ServiceAccounts written as users', () => {
    expect(() => Subject.user('system:admin')).toThrow("user 'system:admin' begins with 'system:'");
    expect(() => Subject.user('system:serviceaccount:shop:api')).toThrow('use Subject.serviceAccount(workload)');
    for (const name of ['', ' ', '*', ' alice', 'corp:*']) expect(() => Subject.user(name)).toThrow(`user '${name}' is not a name`);
    expect(() => Subject.user('alice@example.com')).not.toThrow();
  });

  test('a workload is its ServiceAccount, an imported one too; what is no workload has none', () => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    const imported = SecureWorkload.imported(SecureNamespace.imported(edge, 'ci'), 'runner', { labels: { app: 'runner' }, serviceAccountName: 'runner' });
    expect(Subject.serviceAccount(imported)._wire).toEqual({ kind: 'ServiceAccount', name: 'runner', namespace: 'ci' });
    expect(() => Subject.serviceAccount(shop)).toThrow("'shop/*' has no ServiceAccount: name one workload");
    expect(() => Subject.serviceAccount(Peer.internet())).toThrow('has no ServiceAccount');
  });
});
