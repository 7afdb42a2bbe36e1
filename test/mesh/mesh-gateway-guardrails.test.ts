import { ApiObject, App } from 'cdk8s';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { ClusterApp, GatewayCertificate, Guardrails, MeshGateway, MeshGatewayProps, MeshProvider, NetworkProvider, Peer, Platform, SecureNamespace, Subject } from '../../src/index';
import { refusals } from '../support/admission';
import { FACTS, deployment, object, objects, refusal } from '../support/app';
import { controller } from '../support/guarded';

const REPLICASETS = controller('replicaset-controller');

/** A gateway in a namespace, with guardrails around it. */
function guardedGateway(props: Partial<MeshGatewayProps> = {}, app: App = new App()) {
  const guardrails = Guardrails.of({ platformSubjects: [Subject.group('platform-admins')] });
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network: NetworkProvider.upstream(), mesh: MeshProvider.istioSidecar(), guardrails });
  const web = new SecureNamespace(app, 'web', { edge, tenant: 'acme' });
  const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
  const gateway = new MeshGateway(web, 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromSecret('tls'), ...props });
  gateway.route('/', deployment(shop, 'frontend', 8080));
  return { app, web, shop, gateway };
}

/** What is said to the controller that makes pods, about one like the gateway's but for what is changed. */
function made({ app, web }: ReturnType<typeof guardedGateway>, change: (pod: any) => void = () => undefined, namespace = 'web'): string[] {
  const { metadata, spec } = JSON.parse(JSON.stringify(object(web, 'Deployment', 'public').spec.template));
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'x', namespace }, spec };
  change(pod);
  return refusals(objects(app), { ...REPLICASETS, operation: 'CREATE', resource: 'pods', namespace, object: pod });
}

const AROUND = [expect.stringContaining('secure-network-annotations: ')];

describe('6. MeshGateway: under the guardrails of its own program', () => {
  test('its own pods are made, and none that has only two of its identity, its labels and its place', () => {
    const cluster = guardedGateway();
    expect(made(cluster)).toEqual([]);
    expect(made(cluster, pod => { pod.spec.serviceAccountName = 'other'; })).toEqual(AROUND);
    expect(made(cluster, pod => { pod.metadata.labels = {}; })).toEqual(AROUND);
    expect(made(cluster, () => undefined, 'shop')).toEqual(AROUND);
  });

  test('with the annotations that make them a gateway, and no others', () => {
    const plain = guardedGateway();
    expect(made(plain, pod => { pod.metadata.annotations['inject.istio.io/templates'] = 'custom'; })).toEqual(AROUND);
    expect(made(plain, pod => { pod.metadata.annotations['sidecar.istio.io/inject'] = 'false'; })).toEqual(AROUND);
    const config = { 'proxy.istio.io/config': '{"gatewayTopology":{"numTrustedProxies":1}}' };
    expect(made(plain, pod => { Object.assign(pod.metadata.annotations, config); })).toEqual(AROUND);
    const behind = guardedGateway({ trustedProxies: 1, proxies: [Peer.cidr('203.0.113.0/28')] });
    expect(object(behind.web, 'Deployment', 'public').spec.template.metadata.annotations).toMatchObject(config);
    expect(made(behind)).toEqual([]);
  });

  test('the program is accepted, and not with a pod that only looks like its gateway', () => {
    const { app, shop } = guardedGateway();
    expect(refusal(app)).toBe('');
    const spec = { serviceAccountName: 'x', containers: [{ name: 'istio-proxy', image: 'auto', securityContext: { capabilities: { drop: ['ALL'] } } }] };
    new ApiObject(shop, 'raw', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'raw', annotations: { 'inject.istio.io/templates': 'gateway' } }, spec });
    expect(refusal(app)).toContain("metadata.annotations['inject.istio.io/templates'] is 'gateway', which leads around the mesh");
  });

  test('a whole program is written in one pass, and passes its own checks', () => {
    const app = new ClusterApp();
    const { gateway } = guardedGateway({}, app);
    gateway.deny('/admin');
    const text = app.synthYaml();
    for (const kind of ['Gateway', 'VirtualService', 'DestinationRule', 'AuthorizationPolicy', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']) {
      expect(text).toContain(`kind: ${kind}\n`);
    }
  });
});
