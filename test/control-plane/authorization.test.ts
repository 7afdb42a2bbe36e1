import { file, flag, kubeadm } from './support';
import { Authorizer, AuthorizerFailurePolicy, WebhookAuthorizerProps } from '../../src/control-plane/authorizer';

const CONFIG = '/etc/kubernetes/secure-network/policy.kubeconfig';
const webhook = (more: Partial<WebhookAuthorizerProps> = {}, name = 'policy') => Authorizer.webhook(name, { kubeConfigFile: CONFIG, ...more });
const authorizers = (...chain: Authorizer[]) => file(kubeadm({ authorization: chain }), 'secure-network/authorization.yaml').authorizers;

describe('3. Authorization: the chain', () => {
  test('Node, then RBAC, where nothing is stated, and no mode beside the file', () => {
    const edge = kubeadm();
    expect(file(edge, 'secure-network/authorization.yaml').authorizers).toEqual([{ type: 'Node', name: 'node' }, { type: 'RBAC', name: 'rbac' }]);
    expect(flag(edge, 'authorization-config')).toEqual(['/etc/kubernetes/secure-network/authorization.yaml']);
    expect(flag(edge, 'authorization-mode')).toEqual([]);
  });

  test('in the version that the platform knows', () => {
    expect(file(kubeadm({}, { version: '1.32' }), 'secure-network/authorization.yaml').apiVersion).toBe('apiserver.config.k8s.io/v1');
    const { AnonymousAccess } = jest.requireActual('../../src/control-plane/anonymous-access');
    const before = kubeadm({ anonymous: AnonymousAccess.unrestricted('1.31') }, { version: '1.31' });
    expect(file(before, 'secure-network/authorization.yaml').apiVersion).toBe('apiserver.config.k8s.io/v1beta1');
    expect(() => kubeadm({ authorization: [Authorizer.node(), Authorizer.rbac()] }, { version: '1.29' })).toThrow('which kubeadm of 1.29 does not read');
  });

  test('AlwaysAllow is refused wherever it is said, its twin is stated by a property', () => {
    for (const mode of ['AlwaysAllow', 'Node,RBAC,AlwaysAllow']) {
      expect(() => kubeadm({ extraArgs: { 'authorization-mode': mode } })).toThrow(`extraArgs 'authorization-mode=${mode}' is refused: AlwaysAllow allows everything to everybody`);
    }
    expect(() => kubeadm({ extraArgs: { 'authorization-mode': 'Node,RBAC' } })).toThrow("is stated by the property 'authorization'");
    expect(() => kubeadm({ authorization: [Authorizer.node(), Authorizer.rbac()] })).not.toThrow();
  });

  test('a chain that would lock kubelets out, or make grants void, is refused', () => {
    expect(() => kubeadm({ authorization: [Authorizer.rbac()] })).toThrow('authorization names Authorizer.node() 0 times: name it once, or kubelets could not run pods');
    expect(() => kubeadm({ authorization: [Authorizer.node(), webhook()] })).toThrow('authorization names Authorizer.rbac() 0 times: name it once, or grants would have no effect');
    expect(() => kubeadm({ authorization: [Authorizer.node(), Authorizer.rbac(), Authorizer.rbac()] })).toThrow('the API server takes no second');
    expect(() => kubeadm({ authorization: [Authorizer.node(), Authorizer.rbac(), webhook(), webhook()] })).toThrow("authorization names two authorizers 'policy'");
    expect(() => kubeadm({ authorization: [Authorizer.node(), Authorizer.rbac(), webhook(), webhook({}, 'other')] })).not.toThrow();
  });
});

describe('3. Authorization: webhooks', () => {
  test('one that gives no answer denies, unless said otherwise; its place in the chain is that of the program', () => {
    const [node, own, rbac] = authorizers(Authorizer.node(), webhook(), Authorizer.rbac());
    expect([node.type, rbac.type]).toEqual(['Node', 'RBAC']);
    expect(own).toEqual({
      type: 'Webhook',
      name: 'policy',
      webhook: {
        timeout: '3000ms',
        authorizedTTL: '5m0s',
        unauthorizedTTL: '30s',
        subjectAccessReviewVersion: 'v1',
        matchConditionSubjectAccessReviewVersion: 'v1',
        failurePolicy: 'Deny',
        connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: CONFIG },
      },
    });
    const lenient = authorizers(Authorizer.node(), Authorizer.rbac(), webhook({ failurePolicy: AuthorizerFailurePolicy.NO_OPINION }));
    expect(lenient[2].webhook.failurePolicy).toBe('NoOpinion');
    expect(() => webhook({ failurePolicy: 'Allow' as AuthorizerFailurePolicy })).toThrow("failurePolicy 'Allow' of authorizer 'policy' is none the API server knows");
  });

  test('conditions are read before the API server reads them', () => {
    const [, , own] = authorizers(Authorizer.node(), Authorizer.rbac(), webhook({ matchConditions: ['has(request.resourceAttributes)'] }));
    expect(own.webhook.matchConditions).toEqual([{ expression: 'has(request.resourceAttributes)' }]);
    expect(() => webhook({ matchConditions: ['has(request.'] })).toThrow("match condition of authorizer 'policy' 'has(request.' is not a CEL expression");
    expect(() => webhook({ matchConditions: ["user == 'a'"] })).toThrow("names 'user'");
  });

  test('what would keep the API server from starting is refused', () => {
    for (const timeoutSeconds of [0, -1, 31]) expect(() => webhook({ timeoutSeconds })).toThrow(`timeoutSeconds '${timeoutSeconds}'`);
    expect(() => webhook({ timeoutSeconds: 30 })).not.toThrow();
    expect(() => webhook({ kubeConfigFile: '/root/config' })).toThrow("kubeConfigFile of authorizer 'policy' '/root/config' is no file that the API server's pod sees");
    expect(() => webhook({}, 'My Webhook')).toThrow("authorizer 'My Webhook' is not named");
  });
});
