import { execFileSync, spawnSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Cron } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ApiResource } from 'cdk8s-plus-28';
import { Access, Verb } from '../../src/constructs/access';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { ControlPlane } from '../../src/control-plane/control-plane';
import { Peer } from '../../src/intent/peer';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, container, deployment, newCluster, object, objects, policy, refusal, tcp } from '../support/app';

const READ_PODS = Access.of('read-pods', [{ resources: [ApiResource.PODS], verbs: [Verb.GET, Verb.LIST, Verb.WATCH] }]);
const FROM_API_SERVER = { from: [{ ipBlock: { cidr: '192.0.2.10/32' } }] };

describe('5. Grants: a workload that uses the API', () => {
  test('role, way and token in one call; its neighbour has none of them', () => {
    const { app, edge, namespace } = newCluster();
    const shop = namespace('shop');
    const [operator] = [deployment(shop, 'operator', 8080), deployment(shop, 'web', 8080)];
    edge.apiServer.grant(operator, READ_PODS);
    expect(object(shop, 'Role', 'read-pods').rules).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    expect(object(shop, 'RoleBinding', 'read-pods').subjects).toEqual([{ kind: 'ServiceAccount', name: 'operator', namespace: 'shop' }]);
    expect(policy(shop, 'operator-network-policy').egress).toStrictEqual([
      { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: tcp(443) }, { to: [{ ipBlock: { cidr: '192.0.2.10/32' } }], ports: tcp(6443) },
    ]);
    expect(object(shop, 'Deployment', 'operator').spec.template.spec.automountServiceAccountToken).toBe(true);
    expect(policy(shop, 'web-network-policy').egress).toStrictEqual([]);
    expect(object(shop, 'Deployment', 'web').spec.template.spec.automountServiceAccountToken).toBe(false);
    expect(refusal(app)).toBe('');
  });

  test.each([
    ['StatefulSet', (shop: SecureNamespace) => shop.addStatefulSet('it', { containers: [container({ portNumber: 80 })] }), ({ spec }: any) => spec.template.spec],
    ['CronJob', (shop: SecureNamespace) => shop.addCronJob('it', { schedule: Cron.hourly(), containers: [container()] }), ({ spec }: any) => spec.jobTemplate.spec.template.spec],
    ['Pod', (shop: SecureNamespace) => shop.adopt('it', new kplus.Pod(shop, 'pod', { metadata: { name: 'it' }, containers: [container()] })), ({ spec }: any) => spec],
  ])('the token is where a %s looks for it', (kind, make, podOf) => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    const workload = make(shop);
    expect(podOf(object(shop, kind, 'it')).automountServiceAccountToken).toBe(false);
    edge.apiServer.grant(workload, READ_PODS);
    expect(podOf(object(shop, kind, 'it')).automountServiceAccountToken).toBe(true);
  });

  test('pods that are known by labels only cannot be given a token', () => {
    const { edge, namespace } = newCluster();
    const selected = namespace('shop').select('operator', { labels: { app: 'operator' }, serviceAccountName: 'operator' });
    expect(() => edge.apiServer.grant(selected, READ_PODS)).toThrow('[shop/operator] is known by its labels only');
    expect(objects(edge.node.root as App).filter(({ kind }) => kind === 'Role')).toEqual([]);
  });

  test('a workload of another cluster is refused', () => {
    const stranger = deployment(newCluster().namespace('shop'), 'operator', 8080);
    const { edge } = newCluster();
    expect(() => edge.apiServer.grant(stranger, READ_PODS)).toThrow("[edge] 'shop/operator' belongs to another cluster's edge");
    expect(() => edge.apiServer.connections.allowTo(stranger)).toThrow("[edge] 'shop/operator' belongs to another cluster's edge");
  });

  test('the way needs to know where the API server is', () => {
    const { edge, namespace } = newCluster({ version: '1.31' });
    expect(() => edge.apiServer.grant(deployment(namespace('shop'), 'operator', 8080), READ_PODS)).toThrow("needs the platform fact 'apiServerEndpoints'");
  });
});

describe('5. Grants: what the API server calls', () => {
  const webhook = (shop: SecureNamespace, servicePorts: kplus.ServicePort[]) => shop.addDeployment('webhook', {
    containers: [{ image: 'registry.example/webhook:1.0.0', ports: [{ number: 8443, name: 'https' }, { number: 9102, name: 'metrics' }] }], servicePorts,
  });

  test('from its own addresses, to the port behind the Service and no other', () => {
    const { app, edge, namespace } = newCluster();
    const shop = namespace('shop');
    edge.apiServer.connections.allowTo(webhook(shop, [{ port: 443, targetPort: 8443 }]), { reason: 'admission' });
    expect(policy(shop, 'webhook-network-policy').ingress).toStrictEqual([{ ...FROM_API_SERVER, ports: tcp(8443) }]);
    expect(policy(shop, 'webhook-network-policy').egress).toStrictEqual([]);
    expect(refusal(app)).toBe('');
  });

  test('a Service with several ports: the one that is meant has to be stated', () => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    const several = webhook(shop, [{ name: 'https', port: 443, targetPort: 8443 }, { name: 'metrics', port: 9102 }]);
    expect(() => edge.apiServer.connections.allowTo(several)).toThrow("[shop/webhook] the Service of 'webhook' leads to TCP 8443, TCP 9102, and the API server calls one of them");
    edge.apiServer.connections.allowTo(several, { ports: [Port.tcp(8443)] });
    expect(policy(shop, 'webhook-network-policy').ingress).toStrictEqual([{ ...FROM_API_SERVER, ports: tcp(8443) }]);
  });

  test('nothing is open to it before', () => {
    const shop = newCluster().namespace('shop');
    webhook(shop, [{ port: 443, targetPort: 8443 }]);
    expect(policy(shop, 'webhook-network-policy').ingress).toStrictEqual([]);
  });
});

describe('5. Grants: who reaches the API server from outside', () => {
  const edgeWith = (controlPlane?: ControlPlane, platform = Platform.kubernetes({ ...FACTS, version: '1.34', podCidrs: ['10.244.0.0/16', 'fd00:1::/48'] })) =>
    new ClusterEdge(new App(), 'edge', { platform, network: NetworkProvider.upstream(), controlPlane });
  const FIREWALL = 'control-plane/host-firewall.nft';
  const limited = () => {
    const edge = edgeWith(ControlPlane.kubeadm());
    edge.apiServer.connections.allowFrom(Peer.cidr('198.51.100.0/24', { except: ['198.51.100.128/25'] }), { reason: 'office' });
    edge.apiServer.connections.allowFrom(Peer.cidr('2001:db8::/32'));
    return edge.files()[FIREWALL];
  };

  test('no limit is stated, no file is written', () => {
    expect(edgeWith(ControlPlane.kubeadm()).files()[FIREWALL]).toBeUndefined();
  });

  test('stated ranges, the cluster\'s own nodes and pods, and nobody else, on the port of the API server alone', () => {
    const text = limited();
    expect(text).toContain('elements = { 10.244.0.0/16, 192.0.2.0/24, 198.51.100.0/25 }');
    expect(text).toContain('elements = { 2001:db8::/32, fd00:1::/48 }');
    expect(text.match(/dport.*/g)).toEqual(['dport { 6443 } jump api_server']);
    expect(text).toMatch(/ip6 saddr @clients6 accept\n {4}counter drop\n/);
  });

  test('it says what it is: not enforced by the cluster, and why', () => {
    expect(limited()).toContain('# NOT enforced by the cluster');
    expect(limited()).toContain('# 198.51.100.0/24 except 198.51.100.128/25: office');
  });

  const nft = spawnSync('nft', ['--version']).status === 0 && process.getuid?.() === 0;
  (nft ? test : test.skip)('nft takes it, and does not take a broken one (needs nft and root)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nft-'));
    try {
      writeFileSync(join(folder, 'good.nft'), limited());
      writeFileSync(join(folder, 'bad.nft'), limited().replace('jump api_server', 'jump nowhere'));
      expect(execFileSync('nft', ['-c', '-f', join(folder, 'good.nft')], { encoding: 'utf8' })).toBe('');
      expect(spawnSync('nft', ['-c', '-f', join(folder, 'bad.nft')]).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('where not even a file can hold it, it is refused', () => {
    const allow = (edge: ClusterEdge) => () => edge.apiServer.connections.allowFrom(Peer.cidr('198.51.100.0/24'));
    expect(allow(edgeWith())).toThrow('[edge] no policy of a cluster can limit who reaches its API server from outside');
    expect(allow(edgeWith(ControlPlane.openshift(), Platform.openshift({ ...FACTS, version: '1.33' })))).toThrow('ControlPlane.openshift() cannot limit who reaches the API server');
    expect(allow(edgeWith(ControlPlane.kubeadm(), Platform.kubernetes({ version: '1.34' })))).toThrow("needs the platform fact 'nodeCidrs'");
    expect(allow(edgeWith(ControlPlane.kubeadm()))).not.toThrow();
  });

  test('clients inside the cluster, and names, are refused with what to write instead', () => {
    const { edge, namespace } = newCluster();
    const api = deployment(namespace('shop'), 'api', 8080);
    expect(() => edge.apiServer.connections.allowFrom(api)).toThrow("[edge] 'shop/api' is inside the cluster: use edge.apiServer.grant(workload, access)");
    expect(() => edge.apiServer.connections.allowFrom(Peer.host('office.example'))).toThrow("'office.example' is a name");
    expect(() => edge.apiServer.connections.allowFrom(Peer.apiServer())).toThrow('needs no leave to reach itself');
  });
});
