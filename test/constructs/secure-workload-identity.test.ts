import { ApiObject, Cron, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodSecurityLevel, SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Port } from '../../src/intent/port';
import { container, deployment, newCluster, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

/** Workloads as a team that never heard of this library writes them. */
const EXISTING: [string, (shop: SecureNamespace, props: object) => kplus.AbstractPod, (json: any) => any][] = [
  ['Deployment', (shop, props) => new kplus.Deployment(shop, 'old', { metadata: { name: 'old' }, ...props }), json => json.spec.template],
  ['StatefulSet', (shop, props) => new kplus.StatefulSet(shop, 'old', { metadata: { name: 'old' }, service: headless(shop), ...props }), json => json.spec.template],
  ['DaemonSet', (shop, props) => new kplus.DaemonSet(shop, 'old', { metadata: { name: 'old' }, ...props }), json => json.spec.template],
  ['Job', (shop, props) => new kplus.Job(shop, 'old', { metadata: { name: 'old' }, ...props }), json => json.spec.template],
  ['CronJob', (shop, props) => new kplus.CronJob(shop, 'old', { metadata: { name: 'old' }, schedule: Cron.daily(), ...props }), json => json.spec.jobTemplate.spec.template],
  ['Pod', (shop, props) => new kplus.Pod(shop, 'old', { metadata: { name: 'old' }, ...props }), json => json],
];

function headless(shop: SecureNamespace): kplus.Service {
  return new kplus.Service(shop, 'headless', { metadata: { name: 'headless' }, clusterIP: 'None', ports: [{ port: 1 }] });
}

const LISTENING = { containers: [container({ ports: [{ number: 8080 }, { number: 8125, protocol: kplus.Protocol.UDP }] })] };

describe('3. SecureWorkload: adopt', () => {
  test.each(EXISTING)('a %s keeps its labels and ports, and gets the identity it lacks', (kind, make, podsOf) => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const workload = make(shop, LISTENING);
    const before = podsOf(object(shop, kind, 'old'));
    const adopted = shop.adopt('old', workload);
    deployment(shop, 'client').connections.allowTo(adopted);

    const after = podsOf(object(shop, kind, 'old'));
    expect(after.spec).toStrictEqual({ ...before.spec, serviceAccountName: 'old' });
    expect(after.metadata.labels).toStrictEqual(before.metadata.labels);
    expect(after.metadata.labels).toMatchObject(adopted._end.labels);
    expect(object(shop, 'ServiceAccount', 'old').automountServiceAccountToken).toBe(false);
    expect(policy(shop, 'old-network-policy')).toMatchObject({
      podSelector: { matchLabels: adopted._end.labels },
      ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }, { protocol: 'UDP', port: 8125 }] }],
      egress: [],
    });
    expect(refusal(app)).toBe('');
  });

  test('an identity it has is read, and no other is made', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const serviceAccount = new kplus.ServiceAccount(shop, 'account', { metadata: { name: 'billing' } });
    const adopted = shop.adopt('api', new kplus.Deployment(shop, 'old', { metadata: { name: 'old' }, serviceAccount, ...LISTENING }));
    expect(adopted.serviceAccountName).toBe('billing');
    expect(objects(app).filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name).sort()).toEqual(['billing', 'default']);
  });

  test('an identity that is given is used, and a contradiction refused', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const account = (name: string) => kplus.ServiceAccount.fromServiceAccountName(shop, name, name);
    const workload = (id: string, name?: string) =>
      new kplus.Deployment(shop, id, { metadata: { name: id }, serviceAccount: name ? account(name) : undefined, ...LISTENING });
    expect(shop.adopt('a', workload('w1'), { serviceAccount: account('given') }).serviceAccountName).toBe('given');
    expect(object(shop, 'Deployment', 'w1').spec.template.spec.serviceAccountName).toBe('given');
    expect(() => shop.adopt('b', workload('w2', 'own'), { serviceAccount: account('other') }))
      .toThrow("[shop/adopted-b] already runs under the ServiceAccount 'own': leave 'serviceAccount' out, or give 'own'");
    expect(() => shop.adopt('c', workload('w3'), { serviceAccount: account('default') })).toThrow("[shop/adopted-c] runs under the ServiceAccount 'default'");
  });

  test('a workload that does not select its own pods is told apart by the label cdk8s-plus-28 gives every pod', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const workload = new kplus.Deployment(shop, 'old', { metadata: { name: 'old' }, select: false, ...LISTENING });
    workload.select(kplus.LabelSelector.of({ labels: { app: 'old' } }));
    workload.podMetadata.addLabel('app', 'old');
    const adopted = shop.adopt('old', workload);
    expect(object(shop, 'Deployment', 'old').spec.template.metadata.labels).toMatchObject(adopted._end.labels);
    expect(Object.keys(policy(shop, 'old-network-policy').podSelector.matchLabels)).toEqual(['cdk8s.io/metadata.addr']);
    expect(refusal(app)).toBe('');
  });

  test('a given Service is the one clients dial', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const workload = new kplus.Deployment(shop, 'old', { metadata: { name: 'old' }, containers: [container({ portNumber: 8080 })] });
    const service = workload.exposeViaService({ name: 'front', ports: [{ port: 80, targetPort: 8080 }] });
    const adopted = shop.adopt('old', workload, { service });
    expect([adopted.host, adopted.port]).toEqual(['front.shop.svc', 80]);
    expect(refusal(app)).toBe('');
  });

  test('a workload of another namespace is refused, one of this namespace made elsewhere is taken', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const bank = namespace('bank');
    expect(() => shop.adopt('old', new kplus.Deployment(bank, 'old', LISTENING)))
      .toThrow("[shop] cannot adopt 'bank/old', which lives in the namespace 'bank': create it inside this chart, or set metadata.namespace to 'shop'");
    expect(() => shop.adopt('old', new kplus.Deployment(bank, 'moved', { metadata: { namespace: 'shop' }, ...LISTENING }))).not.toThrow();
  });
});

describe('3. SecureWorkload: one ServiceAccount per workload', () => {
  const selected = (shop: SecureNamespace, name: string, serviceAccountName: string) => shop.select(name, { labels: { app: name }, serviceAccountName });

  test('two workloads under one identity are refused, and so is a stranger under that of a workload', () => {
    const shared = (second: string) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      selected(shop, 'a', 'one');
      selected(shop, 'b', second);
      return refusal(app);
    };
    expect(shared('one')).toContain("[edge] 'shop/a' and 'shop/b' both run under the ServiceAccount 'one', so nobody can tell them apart: give each one of its own");
    expect(shared('two')).toBe('');

    const stranger = (name: string) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      deployment(shop, 'api', 9090);
      const serviceAccount = kplus.ServiceAccount.fromServiceAccountName(shop, 'robbed', name);
      new kplus.Deployment(shop, 'thief', { metadata: { name: 'thief' }, serviceAccount, containers: [container()] });
      return refusal(app);
    };
    expect(stranger('api')).toContain("[edge] 'shop/thief/Resource' (Deployment 'thief' of namespace 'shop') runs under the ServiceAccount 'api', "
      + "which is the identity of 'shop/api': give it one of its own");
    expect(stranger('thief')).toBe('');
  });

  test('the same name in two namespaces is two identities', () => {
    const { app, namespace } = newCluster();
    selected(namespace('shop'), 'a', 'one');
    selected(namespace('bank'), 'a', 'one');
    expect(refusal(app)).toBe('');
  });

  test('an identity taken away after adoption is found in the manifest', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const api = deployment(shop, 'api', 9090);
    ApiObject.of(api.pods).addJsonPatch(JsonPatch.replace('/spec/template/spec/serviceAccountName', 'admin'));
    expect(refusal(app)).toContain("(Deployment 'api' of namespace 'shop') runs under the ServiceAccount 'admin', and 'shop/api' was stated with 'api': make them the same");
  });
});

describe('3. SecureWorkload: no pod belongs to two', () => {
  const pair = (one: Record<string, string>, two: Record<string, string>) => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    shop.select('wide', { labels: one, serviceAccountName: 'wide' });
    shop.select('narrow', { labels: two, serviceAccountName: 'narrow' });
    return refusal(app);
  };

  test('labels that are part of another workload\'s labels are refused, labels that differ are not', () => {
    const said = "'shop/wide' selects the pods of 'shop/narrow' too, with the labels app=shop, and would share its flows with them: name labels that its own pods alone have";
    expect(pair({ app: 'shop' }, { app: 'shop', tier: 'db' })).toContain(said);
    expect(pair({ app: 'shop' }, { app: 'shop' })).toContain(said);
    expect(pair({ app: 'shop', tier: 'web' }, { app: 'shop', tier: 'db' })).toBe('');
  });

  test('a pod with the labels of two is refused, with one of them it is not', () => {
    const labelled = (app: string) => {
      const cluster = newCluster();
      const shop = cluster.namespace('shop');
      shop.select('legacy', { labels: { app: 'legacy' }, serviceAccountName: 'legacy' });
      shop.addDeployment('api', { containers: [{ image: 'registry.example/api:1' }], podMetadata: { labels: { app } } });
      return refusal(cluster.app);
    };
    expect(labelled('legacy')).toContain("(Deployment 'api' of namespace 'shop') has the labels of 'shop/legacy' and 'shop/api', and would have the flows of each");
    expect(labelled('api')).toBe('');
  });
});

describe('3. SecureWorkload: the host network has no policy', () => {
  test('a workload on it is refused where its namespace would admit it, and taken beside the library', () => {
    const onHost = (ours: boolean) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop', { podSecurity: PodSecurityLevel.PRIVILEGED });
      const props = { hostNetwork: true, containers: [container()] };
      if (ours) shop.addDaemonSet('agent', props);
      else new kplus.DaemonSet(shop, 'agent', { metadata: { name: 'agent' }, ...props });
      return refusal(app);
    };
    expect(onHost(true)).toContain("(DaemonSet 'agent' of namespace 'shop') uses the host network, where NetworkPolicy does not apply: remove hostNetwork, or keep 'shop/agent' out of this library");
    expect(onHost(false)).not.toContain('uses the host network, where NetworkPolicy does not apply');
  });
});

test('3. a flow with an adopted workload names its pods, not a label of somebody else\'s', () => {
  const { namespace } = newCluster();
  const shop = namespace('shop');
  const old = new kplus.Deployment(shop, 'old', { metadata: { name: 'old' }, podMetadata: { labels: { app: 'shop' } }, ...LISTENING });
  const twin: SecureWorkload = shop.addDeployment('twin', { containers: [container({ portNumber: 8080 })], podMetadata: { labels: { app: 'shop' } } });
  const adopted = shop.adopt('old', old);
  twin.connections.allowTo(adopted, { ports: [Port.tcp(8080)] });
  expect(policy(shop, 'twin-network-policy').egress).toStrictEqual([{ to: [podsPeer(adopted)], ports: tcp(8080) }]);
  expect(adopted._end.labels).not.toEqual({ app: 'shop' });
});
