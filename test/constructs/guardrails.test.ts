import { ApiResource } from 'cdk8s-plus-28';
import { ADMISSION_VARIABLES } from '../../src/constructs/_guardrail-cel';
import { MANAGED_BY } from '../../src/constructs/_labels';
import { Access, Verb } from '../../src/constructs/access';
import { Guardrails } from '../../src/constructs/guardrails';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Subject } from '../../src/constructs/subject';
import { checkCondition, checkCel } from '../../src/control-plane/_cel';
import { Platform } from '../../src/intent/platform';
import { refusals } from '../support/admission';
import { FACTS, newCluster, object, objects, refusal } from '../support/app';
import { admitted, asked, controller, foreign, guarded, ours, refused } from '../support/guarded';

describe('6. Guardrails: what is emitted', () => {
  test('nothing without them; each policy has a binding that denies, and fails closed', () => {
    const { app: plain, namespace } = newCluster();
    namespace('shop');
    expect(objects(plain).filter(({ apiVersion }) => apiVersion.startsWith('admissionregistration'))).toEqual([]);

    const { app } = guarded();
    const policies = objects(app).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    expect(policies.length).toBeGreaterThanOrEqual(8);
    for (const { metadata, spec } of policies) {
      expect(spec.failurePolicy).toBe('Fail');
      expect(metadata.namespace).toBeUndefined();
      expect(object(app, 'ValidatingAdmissionPolicyBinding', metadata.name).spec).toEqual({ policyName: metadata.name, validationActions: ['Deny'] });
    }
    expect(refusal(app)).toBe('');
  });

  test('expressions are CEL and know what they name; messages say what to do in one line', () => {
    const { app, namespace } = guarded(undefined, [Subject.user("o'brien\\"), Subject.group('line\nbreak')]);
    namespace('shop');
    for (const { spec } of objects(app).filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
      for (const { name, expression } of spec.matchConditions) checkCondition(name, expression, ['object', 'oldObject', 'request']);
      for (const { name, expression } of spec.variables ?? []) checkCel(name, expression, ADMISSION_VARIABLES);
      for (const { expression, message, reason } of spec.validations) {
        checkCondition(message, expression, ADMISSION_VARIABLES);
        expect(reason).toBe('Forbidden');
        expect(message).toMatch(/^[^\n]{20,200}$/);
        expect(message).toMatch(/state|ask|make|remove|drop|do not|reach/);
      }
    }
  });

  test('they select namespaces by the name nobody can give to another, and none where there are none', () => {
    const { app, namespace } = guarded();
    const selector = () => object(app, 'ValidatingAdmissionPolicy', 'secure-network-network').spec.matchConstraints.namespaceSelector;
    expect(selector()).toEqual({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist' }] });
    namespace('shop');
    namespace('back');
    expect(selector()).toEqual({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['back', 'shop'] }] });
  });

  test('before Kubernetes 1.30 they are refused, from then on not', () => {
    expect(() => guarded(Platform.kubernetes({ ...FACTS, version: '1.29' }))).toThrow('[edge] guardrails need ValidatingAdmissionPolicy, which Kubernetes has from 1.30 on');
    expect(() => guarded(Platform.kubernetes({ ...FACTS, version: '1.30' }))).not.toThrow();
  });

  test('somebody has to be able to change what is applied', () => {
    expect(() => Guardrails.of({ platformSubjects: [] })).toThrow('would stop those who apply them too');
  });
});

describe('6. Guardrails: who is let pass', () => {
  const request = { operation: 'DELETE', group: 'networking.k8s.io', resource: 'networkpolicies', namespace: 'shop', name: 'default-deny', oldObject: ours() } as const;

  test('subjects by group, by user and by ServiceAccount; others with names that look alike are not', () => {
    const others = newCluster();
    const argo = SecureWorkload.imported(SecureNamespace.imported(others.edge, 'argocd'), 'controller', { labels: { app: 'argo' }, serviceAccountName: 'argo' });
    const { app, namespace } = guarded(undefined, [Subject.user('corp:ann'), Subject.group("o'clock"), Subject.serviceAccount(argo)]);
    namespace('shop');
    const say = (user: string, ...groups: string[]) => refusals(objects(app), { ...request, user, groups });
    expect(say('corp:ann')).toEqual([]);
    expect(say('x', 'y', "o'clock")).toEqual([]);
    expect(say('system:serviceaccount:argocd:argo', 'system:serviceaccounts:argocd')).toEqual([]);
    for (const [user, ...groups] of [['corp:ann2'], ['ann'], ['x', 'corp:ann'], ["o'clock"], ['x', 'clock'], ['system:serviceaccount:argocd:argo2'], ['argo']]) {
      expect(say(user, ...groups)).toHaveLength(1);
    }
  });

  test('system:masters, because it could remove the guardrails', () => {
    admitted(request, { user: 'admin', groups: ['system:masters'] });
    expect(asked({ user: 'admin', groups: ['system:authenticated'] }, request)).toHaveLength(1);
    expect(asked({ user: 'system:masters' }, request)).toHaveLength(1);
  });

  test('what takes away a namespace that ends, and what an owner took with it', () => {
    for (const name of ['namespace-controller', 'generic-garbage-collector']) {
      admitted(request, controller(name));
      for (const resource of ['services', 'serviceaccounts', 'resourcequotas']) admitted({ operation: 'DELETE', resource, namespace: 'shop', name: 'x', oldObject: ours() }, controller(name));
      for (const [group, resource] of [['networking.k8s.io', 'ingresses'], ['discovery.k8s.io', 'endpointslices'], ['gateway.networking.k8s.io', 'gateways']]) {
        admitted({ operation: 'DELETE', group, resource, namespace: 'shop', name: 'x', oldObject: foreign() }, controller(name));
      }
    }
    for (const name of ['default', 'deployment-controller', 'replicaset-controller', 'coredns']) expect(asked(controller(name), request)).toHaveLength(1);
  });

  test('namespaces of OpenShift are trusted on OpenShift, and nowhere else: anybody could make them there', () => {
    const pulls = { user: 'system:serviceaccount:openshift-infra:serviceaccount-pull-secrets-controller', groups: ['system:serviceaccounts:openshift-infra'] };
    const account = { operation: 'UPDATE', resource: 'serviceaccounts', namespace: 'shop', name: 'x', object: ours(), oldObject: ours() } as const;
    expect(asked(pulls, account, Platform.openshift(FACTS))).toEqual([]);
    expect(asked(pulls, account)).toHaveLength(1);
  });
});

describe('6. Guardrails: objects', () => {
  test.each([
    ['networking.k8s.io', 'networkpolicies'], ['cilium.io', 'ciliumnetworkpolicies'], ['projectcalico.org', 'networkpolicies'], ['k8s.ovn.org', 'egressfirewalls'],
    ['k8s.cni.cncf.io', 'network-attachment-definitions'], ['security.istio.io', 'peerauthentications'], ['networking.istio.io', 'sidecars'],
  ])("'%s' %s are made, changed and removed by the platform", (group, resource) => {
    for (const operation of ['CREATE', 'UPDATE', 'DELETE'] as const) {
      refused({ operation, group, resource, namespace: 'shop', name: 'x', object: operation === 'DELETE' ? null : foreign(), oldObject: operation === 'CREATE' ? null : foreign() }, 'network');
    }
  });

  test('what the network writes of its own pods is not stopped', () => {
    admitted({ operation: 'CREATE', group: 'cilium.io', resource: 'ciliumendpoints', namespace: 'shop', object: foreign() });
    admitted({ operation: 'UPDATE', group: 'security.istio.io', resource: 'authorizationpolicies/status', namespace: 'shop', object: foreign(), oldObject: foreign() });
  });

  test.each(['services', 'serviceaccounts', 'resourcequotas', 'limitranges'])('our %s are not changed or removed; those of others are theirs', resource => {
    refused({ operation: 'UPDATE', resource, namespace: 'shop', name: 'x', object: ours({ spec: {} }), oldObject: ours({ spec: {} }) }, 'objects');
    refused({ operation: 'DELETE', resource, namespace: 'shop', name: 'x', oldObject: ours({ spec: {} }) }, 'objects');
    admitted({ operation: 'UPDATE', resource, namespace: 'shop', name: 'x', object: foreign({ spec: {} }), oldObject: foreign({ spec: {} }) });
    admitted({ operation: 'DELETE', resource, namespace: 'shop', name: 'x', oldObject: foreign({ spec: {} }) });
  });

  test('nor are they made foreign first, not even by way of their status', () => {
    refused({ operation: 'UPDATE', resource: 'services', namespace: 'shop', name: 'x', object: foreign({ spec: {} }), oldObject: ours({ spec: {} }) }, 'objects');
    refused({ operation: 'UPDATE', resource: 'services/status', namespace: 'shop', name: 'x', object: foreign(), oldObject: ours() }, 'objects');
    admitted({ operation: 'UPDATE', resource: 'services/status', namespace: 'shop', name: 'x', object: ours({ status: {} }), oldObject: ours() });
  });

  test('roles of ours, and what stands outside namespaces', () => {
    for (const resource of ['roles', 'rolebindings']) {
      refused({ operation: 'UPDATE', group: 'rbac.authorization.k8s.io', resource, namespace: 'shop', name: 'x', object: ours(), oldObject: ours() }, 'objects');
    }
    for (const [group, resource] of [['rbac.authorization.k8s.io', 'clusterroles'], ['policy.networking.k8s.io', 'adminnetworkpolicies'], ['k8s.ovn.org', 'egressips']]) {
      const [mine, theirs] = [{ metadata: { name: 'x', labels: MANAGED_BY } }, { metadata: { name: 'y' } }];
      refused({ operation: 'DELETE', group, resource, name: 'x', oldObject: mine }, 'objects');
      admitted({ operation: 'DELETE', group, resource, name: 'y', oldObject: theirs });
    }
  });

  test('workloads are those of their people: scaling, restarting and changing them is not stopped', () => {
    for (const resource of ['deployments', 'deployments/scale', 'statefulsets']) {
      admitted({ operation: 'UPDATE', group: 'apps', resource, namespace: 'shop', name: 'x', object: ours(), oldObject: ours() });
    }
    admitted({ operation: 'DELETE', resource: 'pods', namespace: 'shop', name: 'x', oldObject: ours() });
    admitted({ operation: 'CREATE', resource: 'configmaps', namespace: 'shop', name: 'x', object: foreign() });
  });
});

describe('6. Guardrails: namespaces', () => {
  const space = (labels: object, annotations?: object) => ({ metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop', ...labels }, annotations } });
  const change = (now: any, before: any, resource = 'namespaces') => ({ operation: 'UPDATE', resource, name: 'shop', object: now, oldObject: before } as const);

  test.each(['namespaces', 'namespaces/status', 'namespaces/finalize'])('no label is set, changed or removed through %s', resource => {
    const before = space({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    refused(change(space({ 'pod-security.kubernetes.io/enforce': 'privileged' }), before, resource), 'namespaces');
    refused(change(space({}), before, resource), 'namespaces');
    refused(change(space({ 'pod-security.kubernetes.io/enforce': 'restricted', 'istio-injection': 'disabled' }), before, resource), 'namespaces');
    admitted(change(before, before, resource));
    const [labelled, other] = [{ a: 'b' }, {}].map(labels => ({ metadata: { name: 'other', labels: { 'kubernetes.io/metadata.name': 'other', ...labels } } }));
    admitted({ ...change(labelled, other, resource), name: 'other' });
  });

  test('annotations of the network and of OpenShift stay; others are free', () => {
    const before = space({}, { 'openshift.io/sa.scc.uid-range': '1/2', 'note': 'a' });
    refused(change(space({}, { 'openshift.io/sa.scc.uid-range': '0/2' }), before), 'namespaces');
    refused(change(space({}), before), 'namespaces');
    refused(change(space({}, { 'openshift.io/sa.scc.uid-range': '1/2', 'k8s.ovn.org/routing-external-gws': '192.0.2.1' }), before), 'namespaces');
    admitted(change(space({}, { 'openshift.io/sa.scc.uid-range': '1/2', 'note': 'b', 'more': 'c' }), before));
    admitted(change(space({}, { note: 'b' }), space({})));
  });

  test('they are made and removed by the platform; the end of one that ends is not held up', () => {
    refused({ operation: 'CREATE', resource: 'namespaces', name: 'shop', object: space({}) }, 'namespaces');
    refused({ operation: 'DELETE', resource: 'namespaces', name: 'shop', oldObject: space({}) }, 'namespaces');
    admitted({ operation: 'DELETE', resource: 'namespaces', name: 'other', oldObject: { metadata: { name: 'other', labels: { 'kubernetes.io/metadata.name': 'other' } } } });
    admitted(change(space({}), space({}), 'namespaces/finalize'), controller('namespace-controller'));
  });
});

describe('6. Guardrails: ways in', () => {
  const service = (spec: object, operation: 'CREATE' | 'UPDATE' = 'CREATE') =>
    ({ operation, resource: 'services', namespace: 'shop', name: 'x', object: foreign({ spec }), oldObject: operation === 'UPDATE' ? foreign({ spec: {} }) : null }) as const;

  test.each(['LoadBalancer', 'NodePort', 'ExternalName'])('no Service of type %s, when it is made or later', type => {
    refused(service({ type }), 'services');
    refused(service({ type }, 'UPDATE'), 'services');
    admitted(service({ type: 'ClusterIP' }));
    admitted(service({ type: 'ClusterIP' }, 'UPDATE'));
    admitted(service({ type }, 'UPDATE'), controller('service-controller'));
  });

  test('no externalIPs', () => {
    refused(service({ type: 'ClusterIP', externalIPs: ['192.0.2.1'] }), 'services');
    admitted(service({ type: 'ClusterIP', externalIPs: [] }));
  });

  test.each([['networking.k8s.io', 'ingresses'], ['route.openshift.io', 'routes'], ['gateway.networking.k8s.io', 'httproutes'], ['', 'endpoints'], ['discovery.k8s.io', 'endpointslices']])(
    "no '%s' %s around the gateway", (group, resource) => {
      refused({ operation: 'CREATE', group, resource, namespace: 'shop', object: foreign() }, 'entrances');
      admitted({ operation: 'UPDATE', group, resource: `${resource}/status`, namespace: 'shop', object: foreign(), oldObject: foreign() });
    });

  test('the pods behind a Service are written by the controllers of the cluster', () => {
    admitted({ operation: 'CREATE', group: 'discovery.k8s.io', resource: 'endpointslices', namespace: 'shop', object: ours() }, controller('endpointslice-controller'));
    admitted({ operation: 'UPDATE', resource: 'endpoints', namespace: 'shop', name: 'x', object: ours(), oldObject: ours() }, controller('endpoint-controller'));
  });

  test('the API server opens no connection for anybody; exec is for those who were granted it', () => {
    for (const resource of ['pods/proxy', 'services/proxy']) refused({ operation: 'CONNECT', resource, namespace: 'shop', name: 'x' }, 'entrances');
    admitted({ operation: 'CONNECT', resource: 'pods/exec', namespace: 'shop', name: 'x' });
  });
});

describe('6. Guardrails: what they cannot hold themselves', () => {
  test('they are kept by roles: no access that can be granted changes admission', () => {
    for (const access of [Access.VIEW, Access.EDIT, Access.ADMIN]) {
      const changing = access._rules.filter(({ verbs }) => verbs.some(verb => !['get', 'list', 'watch'].includes(verb))).flatMap(({ apiGroups }) => apiGroups);
      expect(changing).not.toContain('admissionregistration.k8s.io');
      expect(changing.includes('apps')).toBe(access !== Access.VIEW);
    }
    for (const resourceType of ['validatingadmissionpolicies', 'validatingadmissionpolicybindings']) {
      const custom = (verb: Verb) => () => Access.of('own', [{ resources: [ApiResource.custom({ apiGroup: 'admissionregistration.k8s.io', resourceType })], verbs: [verb] }]);
      for (const verb of [Verb.CREATE, Verb.UPDATE, Verb.PATCH, Verb.DELETE, Verb.DELETE_COLLECTION]) expect(custom(verb)).toThrow('stays with those who apply this output');
      expect(custom(Verb.GET)).not.toThrow();
    }
  });
});
