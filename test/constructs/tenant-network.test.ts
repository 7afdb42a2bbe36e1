import { ApiObject, App, JsonPatch } from 'cdk8s';
import { Isolation } from '../../src/constructs/secure-namespace';
import { TenantNetwork } from '../../src/constructs/tenant-network';
import { Connectivity, NetworkProvider, Peer } from '../../src/index';
import { Port } from '../../src/intent/port';
import { Cluster, deployment, newCluster, object } from '../support/app';

const FACTS = {
  version: '1.31',
  podCidrs: ['10.128.0.0/14', '10.160.0.0/16', '2001:db8:160::/48'],
  serviceCidrs: ['172.30.0.0/16'],
  nodeCidrs: ['192.0.2.0/24'],
  apiServerEndpoints: ['192.0.2.10:6443'],
  apiServerSources: ['10.128.0.2'],
};
const LABEL = 'k8s.ovn.org/primary-user-defined-network';

const onOvn = () => newCluster(FACTS, undefined, NetworkProvider.ovnKubernetes());
const faults = (app: App) => app.node.findAll().flatMap(({ node }) => node.validate());

/** Two namespaces of a tenant on its network, and one beside it. */
function acme(isolation?: Isolation) {
  const cluster: Cluster = onOvn();
  const network = new TenantNetwork(cluster.edge, 'acme', { subnets: ['10.160.0.0/16'] });
  const [shop, stock] = ['shop', 'stock'].map(name => cluster.namespace(name, { tenant: 'acme', tenantNetwork: network, isolation }));
  const beside = cluster.namespace('beside', { tenant: 'acme', isolation });
  const [web, goods, other] = [deployment(shop, 'web', 8080), deployment(stock, 'goods', 9090), deployment(beside, 'other', 7070)];
  return { ...cluster, network, shop, stock, beside, web, goods, other };
}

describe('10. OpenShift tenancy: a network of its own', () => {
  test('its namespaces carry the label from the start, and the network names them and no others', () => {
    const { app, shop, beside } = acme();
    expect(object(shop, 'Namespace', 'shop').metadata.labels[LABEL]).toBe('');
    expect(object(beside, 'Namespace', 'beside').metadata.labels).not.toHaveProperty(LABEL);
    const { metadata, spec } = object(app, 'ClusterUserDefinedNetwork', 'acme');
    expect(metadata.namespace).toBeUndefined();
    expect(spec).toEqual({
      namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'stock'] }] },
      network: { topology: 'Layer2', layer2: { role: 'Primary', subnets: ['10.160.0.0/16'] } },
    });
  });

  test('inside it stated flows pass, and only those', () => {
    const { app, web, goods } = acme();
    web.connections.allowTo(goods);
    expect(faults(app)).toEqual([]);
    const net = Connectivity.ofApp(app);
    expect(net.verdict({ src: 'shop/web', dst: 'stock/goods', port: 9090 }).allowed).toBe(true);
    expect(net.verdict({ src: 'stock/goods', dst: 'shop/web', port: 8080 }).allowed).toBe(false);
  });

  test('a flow across it is refused, in both directions, and so are calls of the API server', () => {
    const { edge, web, other } = acme();
    expect(() => web.connections.allowTo(other)).toThrow(/\[shop\/web\] shop\/web -> beside\/other.* from the network 'acme' to the cluster's own network.*tenantNetwork/);
    expect(() => web.connections.allowFrom(other)).toThrow(/from the cluster's own network to the network 'acme'/);
    expect(() => edge.apiServer.connections.allowTo(web)).toThrow(/keeps them apart/);
  });

  test('policies that open the way across are in vain, and the answer names the network', () => {
    const { app, shop, beside } = acme();
    const open = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
    for (const namespace of [shop, beside]) {
      new ApiObject(namespace, 'open', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'open' }, spec: open });
    }
    const net = Connectivity.ofApp(app);
    const verdict = net.verdict({ src: 'beside/other', dst: 'shop/web', port: 8080 });
    expect(verdict.allowed).toBe(false);
    const denials = verdict.reasons.filter(({ allows }) => !allows).map(({ layer, object: by }) => ({ layer, by }));
    expect(denials).toEqual([{ layer: 'tenant-network', by: 'ClusterUserDefinedNetwork acme' }]);
    expect(net.onlyLayers('network-policy').verdict({ src: 'beside/other', dst: 'shop/web', port: 8080 }).allowed).toBe(true);
  });

  test('a namespace without the label stays on the network of the cluster', () => {
    const { app, shop } = acme();
    const namespace = shop.node.findAll().find(each => ApiObject.isApiObject(each) && (each as ApiObject).kind === 'Namespace') as ApiObject;
    namespace.addJsonPatch(JsonPatch.remove('/metadata/labels/k8s.ovn.org~1primary-user-defined-network'));
    const net = Connectivity.ofApp(app).onlyLayers('tenant-network');
    expect(net.verdict({ src: 'beside/other', dst: 'shop/web', port: 8080 }).allowed).toBe(true);
    expect(net.verdict({ src: 'beside/other', dst: 'stock/goods', port: 9090 }).allowed).toBe(false);
  });

  test('a project is one on each network: what cannot meet is not joined', () => {
    const { app } = acme(Isolation.PROJECT);
    expect(faults(app)).toEqual([]);
    const net = Connectivity.ofApp(app);
    expect(net.verdict({ src: 'shop/web', dst: 'stock/goods', port: 9090 }).allowed).toBe(true);
    expect(net.verdict({ src: 'shop/web', dst: 'beside/other', port: 7070 }).allowed).toBe(false);
  });

  test('the internet does not hold it', () => {
    const { shop, web } = acme();
    web.connections.allowTo(Peer.internet(), { ports: [Port.https()] });
    const [rule] = object(shop, 'NetworkPolicy', 'web-network-policy').spec.egress;
    expect(rule.to[0].ipBlock.except).toContain('10.160.0.0/16');
  });

  test('shares of nodes, in both families', () => {
    const { app, edge, namespace } = onOvn();
    const network = new TenantNetwork(edge, 'acme', { subnets: ['10.160.0.0/16', '2001:db8:160::/48'], hostPrefix: 24 });
    namespace('shop', { tenantNetwork: network });
    expect(object(app, 'ClusterUserDefinedNetwork', 'acme').spec.network).toEqual({
      topology: 'Layer3',
      layer3: { role: 'Primary', subnets: [{ cidr: '10.160.0.0/16', hostSubnet: 24 }, { cidr: '2001:db8:160::/48', hostSubnet: 64 }] },
    });
  });

  test.each([
    [{ subnets: [] }, /neither one range nor one of each address family/],
    [{ subnets: ['10.160.0.0/17', '10.160.128.0/17'] }, /neither one range/],
    [{ subnets: ['10.161.0.0/16'] }, /is not among the platform's podCidrs/],
    [{ subnets: ['10.160.0.1/16'] }, /host bits/],
    [{ subnets: ['10.160.0.0/16'], hostPrefix: 16 }, /hostPrefix '16' makes no shares of '10.160.0.0\/16'/],
  ])('%j is refused', (props, message) => {
    expect(() => new TenantNetwork(onOvn().edge, 'acme', props)).toThrow(message);
  });

  test('refused where the network has none, and where no namespace is on it', () => {
    expect(() => new TenantNetwork(newCluster(FACTS).edge, 'acme', { subnets: ['10.160.0.0/16'] })).toThrow(/upstream\(\) cannot give tenants a network.*ovnKubernetes/);
    const { app, edge } = onOvn();
    new TenantNetwork(edge, 'acme', { subnets: ['10.160.0.0/16'] });
    expect(faults(app).join()).toMatch(/no namespace is on the network 'acme'/);
  });
});
