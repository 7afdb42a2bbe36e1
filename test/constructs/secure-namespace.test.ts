import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Isolation, PodSecurityLevel, SecureNamespace } from '../../src/constructs/secure-namespace';
import { Port } from '../../src/intent/port';
import { container, deployment, namespacePeer, newCluster, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

const BOTH = ['Ingress', 'Egress'];

describe('2. SecureNamespace: the Namespace and what guards it', () => {
  test('it carries its owner, its tenant and Pod Security labels, restricted where nothing is said', () => {
    const { namespace } = newCluster();
    const { metadata } = object(namespace('shop', { tenant: 'acme', labels: { team: 'blue' } }), 'Namespace', 'shop');
    expect(metadata.labels).toStrictEqual({
      'app.kubernetes.io/managed-by': 'cdk8s-secure-network',
      'secure-network/tenant': 'acme',
      'team': 'blue',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/enforce-version': 'latest',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/audit-version': 'latest',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/warn-version': 'latest',
    });
    expect(metadata).not.toHaveProperty('namespace');
  });

  test('another level is written in all three modes, and another name is the name', () => {
    const { namespace } = newCluster();
    const { metadata } = object(namespace('id', { name: 'shop', podSecurity: PodSecurityLevel.BASELINE }), 'Namespace', 'shop');
    expect(Object.entries(metadata.labels).filter(([key]) => /^pod-security[^-]*-?[^-]*\/(enforce|audit|warn)$/.test(key)).map(([, value]) => value))
      .toStrictEqual(['baseline', 'baseline', 'baseline']);
    expect(metadata.labels['secure-network/tenant']).toBe('shop');
  });

  test.each(['pod-security.kubernetes.io/enforce', 'secure-network/tenant', 'app.kubernetes.io/managed-by', 'kubernetes.io/metadata.name'])(
    'the label %s cannot be overwritten, another one can be given', key => {
      const { namespace } = newCluster();
      expect(() => namespace('shop', { labels: { [key]: 'privileged' } }))
        .toThrow(`[shop] the label '${key}' belongs to the library or to Kubernetes: use the properties 'tenant', 'podSecurity' and 'tenantNetwork' instead`);
      expect(() => namespace('other', { labels: { 'example.com/team': 'blue' } })).not.toThrow();
    });

  test('pods that name no ServiceAccount find no token in the default one', () => {
    const { namespace } = newCluster();
    const account = object(namespace('shop'), 'ServiceAccount', 'default');
    expect(account.automountServiceAccountToken).toBe(false);
    expect(account.metadata.namespace).toBe('shop');
  });

  test('ResourceQuota and LimitRange where asked for, and none where not', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop', { quota: { pods: '20' }, limits: { defaultLimits: { memory: '1Gi' }, defaultRequests: { cpu: '100m' }, max: { memory: '4Gi' } } });
    expect(object(shop, 'ResourceQuota', 'quota').spec).toStrictEqual({ hard: { pods: '20' } });
    expect(object(shop, 'LimitRange', 'limits').spec)
      .toStrictEqual({ limits: [{ type: 'Container', default: { memory: '1Gi' }, defaultRequest: { cpu: '100m' }, max: { memory: '4Gi' } }] });
    namespace('bare');
    expect(objects(app).filter(({ kind, metadata }) => metadata.namespace === 'bare' && /Quota|Limit/.test(kind))).toEqual([]);
  });

  test('what is placed in it lives in it, cdk8s-plus-28 included', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    new kplus.ConfigMap(shop, 'settings', { metadata: { name: 'settings' } });
    expect(object(shop, 'ConfigMap', 'settings').metadata).toMatchObject({ namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'cdk8s-secure-network' } });
  });
});

describe('2. SecureNamespace: default deny, always', () => {
  test('all pods, both directions, and both lists written empty', () => {
    const { namespace } = newCluster();
    expect(policy(namespace('shop'), 'default-deny')).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [], egress: [] });
  });

  test('it is there from the start and stays as it is, whatever is stated', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop', { isolation: Isolation.PROJECT, podSecurity: PodSecurityLevel.PRIVILEGED });
    const web = deployment(shop, 'web', 8080);
    web.connections.allowInternally();
    shop.connections.allowTo(web);
    expect(policy(shop, 'default-deny')).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [], egress: [] });
  });

  test('DNS goes out over UDP and TCP to the DNS pods only, and nothing comes in', () => {
    const { namespace } = newCluster();
    expect(policy(namespace('shop'), 'allow-dns')).toStrictEqual({
      podSelector: {},
      policyTypes: BOTH,
      ingress: [],
      egress: [{
        to: [{ ...namespacePeer('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
        ports: [{ protocol: 'TCP', port: 53 }, { protocol: 'UDP', port: 53 }],
      }],
    });
  });

  test('a workload about which nothing is said has a policy of its own that allows nothing', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const web = deployment(shop, 'web', 8080);
    expect(policy(shop, 'web-network-policy')).toStrictEqual({ podSelector: { matchLabels: web._end.labels }, policyTypes: BOTH, ingress: [], egress: [] });
  });
});

describe('2. SecureNamespace: Isolation', () => {
  const joined = (namespace: SecureNamespace) => objects(App.of(namespace) as App)
    .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === namespace.namespaceName && metadata.name === 'allow-project');

  test('WORKLOAD, the default: nothing passes inside the namespace that was not stated', () => {
    const { namespace } = newCluster();
    expect(joined(namespace('shop'))).toEqual([]);
    expect(joined(namespace('other', { isolation: Isolation.WORKLOAD }))).toEqual([]);
  });

  test('PROJECT: everything inside the namespace, in both directions, and nothing across', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop', { isolation: Isolation.PROJECT });
    namespace('bank', { isolation: Isolation.PROJECT });
    expect(policy(shop, 'allow-project')).toStrictEqual({
      podSelector: {}, policyTypes: BOTH, ingress: [{ from: [namespacePeer('shop')] }], egress: [{ to: [namespacePeer('shop')] }],
    });
  });

  test('PROJECT: namespaces of one tenant join, whenever they are made; others of the tenant, and other tenants, do not', () => {
    const { namespace } = newCluster();
    const first = namespace('shop-b', { tenant: 'acme', isolation: Isolation.PROJECT });
    const strict = namespace('shop-c', { tenant: 'acme' });
    namespace('bank', { tenant: 'bank', isolation: Isolation.PROJECT });
    const last = namespace('shop-a', { tenant: 'acme', isolation: Isolation.PROJECT });
    const peer = { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop-a', 'shop-b'] }] } };
    for (const namespaces of [first, last]) {
      expect(policy(namespaces, 'allow-project')).toMatchObject({ ingress: [{ from: [peer] }], egress: [{ to: [peer] }] });
    }
    expect(joined(strict)).toEqual([]);
  });

  test('the tenant label, which anybody who makes namespaces can give, is selected by nothing', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop', { tenant: 'acme', isolation: Isolation.PROJECT });
    const web = deployment(namespace('web', { tenant: 'acme' }), 'web', 8080);
    shop.connections.allowTo(web);
    const text = JSON.stringify(objects(app).filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec));
    expect(text).toContain('kubernetes.io/metadata.name');
    expect(text).not.toContain('secure-network/tenant');
  });
});

describe('2. SecureNamespace: flows of the namespace as a whole', () => {
  test('the policy for them exists only once one is stated, and covers all pods in the stated direction', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop', { tenant: 'acme' });
    const logs = deployment(namespace('logs', { tenant: 'acme' }), 'collector', 4317);
    expect(() => policy(shop, 'namespace-flows')).toThrow('0 objects');
    shop.connections.allowTo(logs);
    expect(policy(shop, 'namespace-flows')).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [], egress: [{ to: [podsPeer(logs)], ports: tcp(4317) }] });
    expect(policy(namespaceOf(logs), 'collector-network-policy').ingress).toStrictEqual([{ from: [namespacePeer('shop')], ports: tcp(4317) }]);
  });

  test('as a peer it opens its own half too', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop', { tenant: 'acme' });
    const scraper = deployment(namespace('metrics', { tenant: 'acme' }), 'scraper');
    scraper.connections.allowTo(shop, { ports: [Port.tcp(9102)] });
    expect(policy(shop, 'namespace-flows')).toMatchObject({ ingress: [{ from: [podsPeer(scraper)], ports: tcp(9102) }], egress: [] });
  });

  test('a namespace that others own gets no object from us, ours gets our half', () => {
    const { app, edge, namespace } = newCluster();
    const api = deployment(namespace('shop'), 'api', 9090);
    api.connections.allowFrom(SecureNamespace.imported(edge, 'monitoring'));
    expect(objects(app).filter(({ metadata }) => metadata.namespace === 'monitoring' || metadata.name === 'monitoring')).toEqual([]);
    expect(policy(namespaceOf(api), 'api-network-policy').ingress).toStrictEqual([{ from: [namespacePeer('monitoring')], ports: tcp(9090) }]);
  });

  function namespaceOf(workload: Construct): SecureNamespace {
    return Chart.of(workload) as SecureNamespace;
  }
});

describe('9. Errors of a namespace', () => {
  test.each([
    ['Shop', "[Shop] namespace name 'Shop' is not a DNS label (RFC 1123): it needs lowercase letters, digits and '-', beginning and ending with a letter or digit: did you mean 'shop'?"],
    ['a'.repeat(64), 'it has 64 characters, at most 63 are allowed'],
  ])('the name %s is refused, its nearest neighbour is taken', (name, message) => {
    const { namespace } = newCluster();
    expect(() => namespace(name)).toThrow(message);
    expect(() => namespace(name.toLowerCase().slice(0, 63))).not.toThrow();
  });

  test('a tenant or a label that the API would refuse', () => {
    const { namespace } = newCluster();
    expect(() => namespace('shop', { tenant: 'acme corp' })).toThrow("[shop] tenant 'acme corp' is not a label value");
    expect(() => namespace('other', { labels: { 'team/a/b': 'x' } })).toThrow("label key of [other] labels 'team/a/b' is not a label key");
    expect(() => namespace('third', { labels: { team: 'x'.repeat(64) } })).toThrow("value of label 'team' of [third] labels");
  });

  test('the same namespace twice is refused with both paths, two namespaces are not', () => {
    const { namespace } = newCluster();
    namespace('shop');
    expect(() => namespace('second', { name: 'shop' }))
      .toThrow("[second] the namespace 'shop' exists already as 'shop': give it another name, or place its workloads there");
    expect(() => namespace('third')).not.toThrow();
  });

  test('inside a chart it is refused, under a plain construct it stands', () => {
    const { app, edge } = newCluster();
    const chart = new Chart(app, 'outer');
    expect(() => new SecureNamespace(new Construct(chart, 'group'), 'shop', { edge }))
      .toThrow("[outer/group/shop] a SecureNamespace cannot stand inside the chart 'outer': give it the App or a plain Construct as its scope");
    expect(() => new SecureNamespace(new Construct(app, 'group'), 'shop', { edge })).not.toThrow();
  });

  test('the edge of another App is refused', () => {
    const { edge } = newCluster();
    expect(() => new SecureNamespace(new App(), 'shop', { edge }))
      .toThrow("[shop] the edge 'edge' belongs to another App: one App is one cluster; create the namespace in the App of its edge");
  });

  test('an imported namespace needs a name that can exist', () => {
    expect(() => SecureNamespace.imported(newCluster().edge, 'kube_system')).toThrow("imported namespace 'kube_system' is not a DNS label");
    expect(() => SecureNamespace.imported(newCluster().edge, 'kube-system')).not.toThrow();
  });

  test('a pod that its Pod Security level rejects is refused at synth, also one of stock cdk8s-plus-28, and not at a lower level', () => {
    const stock = (podSecurity: PodSecurityLevel) => {
      const { app, namespace } = newCluster();
      new kplus.Deployment(namespace('shop', { podSecurity }), 'legacy', { metadata: { name: 'legacy' }, containers: [{ image: 'registry.example/legacy:1' }] });
      return refusal(app);
    };
    const message = stock(PodSecurityLevel.RESTRICTED);
    expect(message).toContain("'shop/legacy/Resource' (Deployment 'legacy' of namespace 'shop') is rejected by the namespace's Pod Security level 'restricted': "
      + 'spec.template.spec.containers[0].securityContext.capabilities');
    expect(message).toContain('seccompProfile');
    expect(stock(PodSecurityLevel.BASELINE)).toBe('');
  });

  test('a pod that is like another but for what makes it unfit is refused all the same', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const made = (name: string, more: Partial<kplus.DeploymentProps>, inside: Partial<kplus.ContainerProps> = {}) =>
      new kplus.Deployment(shop, name, { metadata: { name }, containers: [container(inside)], ...more });
    made('good', {});
    made('twin', {});
    made('root', {}, { securityContext: { ...container().securityContext, ensureNonRoot: false } });
    made('host', { hostNetwork: true });
    made('disk', { volumes: [kplus.Volume.fromHostPath(shop, 'host-path', 'host', { path: '/etc' })] });
    expect([...refusal(app).matchAll(/\(Deployment '(\w+)' of namespace 'shop'\) is rejected/g)].map(([, name]) => name)).toEqual(expect.arrayContaining(['root', 'host', 'disk']));
    expect(refusal(app)).not.toMatch(/Deployment '(good|twin)'/);
  });

  test('a pod that the level accepts is none of its business', () => {
    const { app, namespace } = newCluster();
    new kplus.Deployment(namespace('shop'), 'good', { metadata: { name: 'good' }, containers: [container()] });
    expect(refusal(app)).toBe('');
  });
});
