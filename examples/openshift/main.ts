/**
 * An OpenShift cluster with two tenants. One isolates its workloads from one another, the other its projects as a whole; one flow between
 * them is agreed by both. What leaves the cluster leaves it by name and under addresses that stay, and an external database is reached
 * through one door.
 */
import {
  Access, ClusterApp, ClusterEdge, ControlPlane, EgressPool, EgressRouter, Guardrails, IdentityProvider, Isolation, NetworkProvider, Peer, Platform,
  PolicyGroup, Port, ProjectTemplate, RouteAdmission, SecureNamespace, Subject,
} from 'cdk8s-secure-network';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', {
  platform: Platform.openshift({
    version: '1.31', // OpenShift 4.18
    podCidrs: ['10.128.0.0/14'],
    serviceCidrs: ['172.30.0.0/16'],
    nodeCidrs: ['192.0.2.0/24'],
    apiServerEndpoints: ['192.0.2.10:6443', '192.0.2.11:6443', '192.0.2.12:6443'],
  }),
  network: NetworkProvider.ovnKubernetes(),
  // Partners know us by these addresses. Two nodes may hold them, so that one may fail.
  egressPools: [EgressPool.of('partners', { addresses: ['192.0.2.200', '192.0.2.201', '192.0.2.202'], nodes: ['worker-1', 'worker-2'] })],
  controlPlane: ControlPlane.openshift({
    identityProviders: [IdentityProvider.openId('corp', {
      issuer: 'https://login.example/realms/prod', clientId: 'openshift', clientSecretName: 'corp-oidc', groupsClaim: 'groups',
    })],
  }),
  guardrails: Guardrails.of({ platformSubjects: [Subject.group('cluster-admins')] }),
});
edge.grant(Subject.group('auditors'), Access.VIEW);

// What users make themselves begins closed, but for the routers; a host of Routes belongs to one project.
const projects = new ProjectTemplate(edge, 'secure-project', { quota: { pods: '20' } });
projects.connections.allowFrom(PolicyGroup.ingress(edge), { ports: [Port.tcp(8080)], reason: 'Routes' });
new RouteAdmission(edge, 'routes', { hsts: [{ domains: ['*.apps.example.com'] }] });

// Tenant acme sells: each flow between its workloads is stated.
const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme', egressAddresses: ['192.0.2.200'] });
shop.grant(Subject.group('acme-developers'), Access.EDIT);
const web = shop.addDeployment('web', { containers: [{ image: 'registry.example/shop/web:3.1.0', portNumber: 8080 }] });
const orders = shop.addDeployment('orders', { containers: [{ image: 'registry.example/shop/orders:5.0.2', portNumber: 9090 }] });
web.connections.allowFrom(PolicyGroup.ingress(edge), { reason: 'the Route of the shop' });
web.connections.allowTo(orders, { reason: 'checkout' });
orders.connections.allowTo(Peer.host('api.payments.example'), { ports: [Port.https()], reason: 'card payments' });

// Tenant globex analyses: everything inside its projects meets, nothing else does.
const analytics = new SecureNamespace(app, 'analytics', { edge, tenant: 'globex', isolation: Isolation.PROJECT });
const notebooks = new SecureNamespace(app, 'notebooks', { edge, tenant: 'globex', isolation: Isolation.PROJECT });
for (const project of [analytics, notebooks]) project.grant(Subject.group('globex-analysts'), Access.EDIT);
const reports = analytics.addDeployment('reports', { containers: [{ image: 'registry.example/analytics/reports:1.9.0', portNumber: 8000 }] });
notebooks.addStatefulSet('notebook', { containers: [{ image: 'registry.example/analytics/notebook:1.9.0', portNumber: 8888 }] });

// The one flow between the two: each said so.
reports.connections.allowTo(orders, { ports: [Port.tcp(9090)], reason: 'sales of the day' });
orders.connections.allowFrom(reports, { ports: [Port.tcp(9090)], reason: 'sales of the day' });

// The ledger of the bank, outside: one door, for named workloads, under an address of its own.
const doors = new SecureNamespace(app, 'egress', { edge, tenant: 'platform' });
const ledger = new EgressRouter(doors, 'ledger', {
  destination: Peer.host('ledger.bank.example'), ports: [Port.postgres()], sourceAddresses: ['192.0.2.201', '192.0.2.202'],
});
orders.connections.allowTo(ledger, { reason: 'bookings' });
ledger.connections.allowFrom(orders);

app.synth();
console.log(app.summary());
