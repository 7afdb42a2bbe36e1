/**
 * The shop a tenant runs: a frontend, an API, a cart in a StatefulSet, a database outside behind an egress router of its own. Once with
 * this library, once with cdk8s-plus-28 by hand, as somebody would who knows what has to be written.
 */
import { ApiObject, App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ClusterEdge, EgressRouter, HttpMatch, MeshProvider, NetworkProvider, Peer, Platform, Port, SecureNamespace } from '../src';

/** The statements of one tenant, and everything that follows from them; in a mesh the API is asked for some requests only. */
export function shopsBySecureNetwork(app: App, tenants: number, { mesh = false } = {}): void {
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ version: '1.31', podCidrs: ['10.0.0.0/8'], serviceCidrs: ['172.20.0.0/14'], nodeCidrs: ['192.168.0.0/16'] }),
    network: NetworkProvider.upstream(),
    ...mesh ? { mesh: MeshProvider.istioSidecar() } : {},
  });
  for (let index = 0; index < tenants; index++) {
    const shop = new SecureNamespace(app, `tenant-${index}`, { edge });
    const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/frontend:1', portNumber: 8080 }] });
    const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/api:1', portNumber: 9090 }] });
    const cart = shop.addStatefulSet('cart', { containers: [{ image: 'registry.example/cart:1', portNumber: 6379 }] });
    const orders = new EgressRouter(shop, 'orders-db', { destination: Peer.host(`orders-${index}.db.example`), ports: [Port.postgres()] });
    frontend.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'customers' });
    frontend.connections.allowTo(api, mesh ? { http: [HttpMatch.get('/catalogue/*')] } : {});
    api.connections.allowTo(cart);
    api.connections.allowTo(orders);
    cart.connections.allowInternally();
  }
}

/** The same objects, already rendered: what is left is cdk8s itself. */
export function shopsFromManifests(app: App, tenants: number, template: string): void {
  for (let index = 0; index < tenants; index++) {
    const chart = new Chart(app, `tenant-${index}`);
    const manifests: any[] = JSON.parse(template.replaceAll('tenant-0', `tenant-${index}`));
    manifests.forEach((manifest, id) => new ApiObject(chart, `${manifest.kind}-${id}`, manifest));
  }
}

/** Objects of about the same number and size with cdk8s-plus-28, NetworkPolicies written out: its own connections cannot express them. */
export function shopsByHand(app: App, tenants: number): void {
  for (let index = 0; index < tenants; index++) {
    const name = `tenant-${index}`;
    const chart = new Chart(app, name, { namespace: name });
    new kplus.Namespace(chart, 'namespace', { metadata: { name } });
    const workloads = [['frontend', 8080], ['api', 9090], ['cart', 6379], ['orders-db', 5432]] as const;
    for (const [id, port] of workloads) {
      const serviceAccount = new kplus.ServiceAccount(chart, `${id}-account`, { metadata: { name: id } });
      const props = { metadata: { name: id }, serviceAccount, containers: [{ image: `registry.example/${id}:1`, portNumber: port }] };
      const service = { metadata: { name: id }, ports: [{ port }] };
      if (id === 'cart') {
        new kplus.StatefulSet(chart, id, { ...props, service: new kplus.Service(chart, `${id}-service`, { ...service, clusterIP: 'None' }) });
      } else {
        new kplus.Service(chart, `${id}-service`, { ...service, selector: new kplus.Deployment(chart, id, props) });
      }
      policy(chart, id, { app: id }, port);
    }
    policy(chart, 'default-deny', {});
    policy(chart, 'allow-dns', {}, 53);
  }
}

function policy(chart: Chart, id: string, matchLabels: Record<string, string>, port?: number): void {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': chart.namespace } };
  const rule = { ports: [{ port, protocol: 'TCP' }] };
  const peers = [{ namespaceSelector, podSelector: { matchLabels } }];
  new ApiObject(chart, `policy-${id}`, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: id },
    spec: {
      podSelector: { matchLabels }, policyTypes: ['Ingress', 'Egress'], ingress: port ? [{ ...rule, from: peers }] : [], egress: port ? [{ ...rule, to: peers }] : [],
    },
  });
}
