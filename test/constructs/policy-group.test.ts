import { App, ApiObject, Chart, JsonPatch } from 'cdk8s';
import { PolicyGroup } from '../../src/constructs/policy-group';
import { Connectivity } from '../../src/index';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { deployment, newCluster, object } from '../support/app';

const OPENSHIFT = { version: '1.31', podCidrs: ['10.128.0.0/14'] };

describe('10. OpenShift tenancy: policy groups', () => {
  function shop() {
    const cluster = newCluster(OPENSHIFT, Platform.openshift);
    const namespace = cluster.namespace('shop');
    return { ...cluster, shop: namespace, web: deployment(namespace, 'web', 8080), db: deployment(namespace, 'db', 5432) };
  }
  const faults = (app: App) => app.node.findAll().flatMap(({ node }) => node.validate());

  test('routers reach what says so, by the label OpenShift gives their namespace, and nothing else', () => {
    const { app, edge, shop: namespace, web } = shop();
    web.connections.allowFrom(PolicyGroup.ingress(edge));
    expect(object(namespace, 'NetworkPolicy', 'web-network-policy').spec.ingress).toEqual([
      { from: [{ namespaceSelector: { matchLabels: { 'policy-group.network.openshift.io/ingress': '' } } }], ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    expect(faults(app)).toEqual([]);
    const text = Connectivity.ofApp(app).toText();
    expect(text).toContain('policy-group:ingress/pods[PolicyGroup] => shop/web[Deployment] : TCP 8080');
    expect(text).not.toContain('=> shop/db');
  });

  test('a whole project lets in metrics on the ports it names', () => {
    const { app, edge, shop: namespace } = shop();
    namespace.connections.allowFrom(PolicyGroup.monitoring(edge), { ports: [Port.tcp(9102)] });
    expect(faults(app)).toEqual([]);
    expect(Connectivity.ofApp(app).toText()).toContain('policy-group:monitoring/pods[PolicyGroup] => shop/db[Deployment] : TCP 9102');
    expect(() => namespace.connections.allowFrom(PolicyGroup.monitoring(edge))).toThrow(/has no port/);
  });

  test('a rule that was meant for the group and lets in every namespace is found', () => {
    const { app, edge, shop: namespace, web } = shop();
    web.connections.allowFrom(PolicyGroup.hostNetwork(edge));
    const policy = namespace.node.findAll().find(each => ApiObject.isApiObject(each) && (each as ApiObject).name === 'web-network-policy') as ApiObject;
    expect(faults(app)).toEqual([]);
    policy.addJsonPatch(JsonPatch.replace('/spec/ingress/0/from/0/namespaceSelector', {}));
    expect(faults(app).join('\n')).toMatch(/nobody stated it: NetworkPolicy shop\/web-network-policy/);
  });

  test('exists on OpenShift only', () => {
    const { edge } = newCluster();
    expect(() => PolicyGroup.ingress(edge)).toThrow(/exists on OpenShift only.*SecureNamespace\.imported/);
    expect(Chart.isChart(edge)).toBe(true);
  });
});
