/**
 * What exists already, secured without rewriting it: a cdk8s-plus-28 application (`billing-app.ts`, untouched) and the output of a Helm
 * chart (`helm-rendered.yaml`, untouched), which brings a NetworkPolicy of its own.
 */
import { Include } from 'cdk8s';
import { ClusterApp, ClusterEdge, NetworkProvider, Platform, PodSecurityLevel, Port, SecureNamespace, SecureWorkload } from 'cdk8s-secure-network';
import { BillingApp } from './billing-app';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes({ version: '1.31' }), network: NetworkProvider.upstream() });

// The application keeps its own chart; the namespace it names is now ours and closed.
// Its containers drop no capability and name no seccomp profile (cdk8s-plus-28 does neither), which `restricted`, the default, refuses:
// either add both in billing-app.ts, or hold this one namespace to `baseline`, as here.
const billing = new SecureNamespace(app, 'billing', { edge, tenant: 'finance', podSecurity: PodSecurityLevel.BASELINE });
const existing = new BillingApp(app, 'existing-billing');
const web = billing.adopt('web', existing.web, { service: existing.service }); // labels, port and identity are read from it
billing.adopt('invoices', existing.invoices); // stated nothing: it reaches nobody, and nobody reaches it

// The chart's output is placed in a namespace of its own; its pods are known by the labels the chart gave them.
const cache = new SecureNamespace(app, 'cache', { edge, tenant: 'finance' });
new Include(cache, 'helm', { url: `${__dirname}/helm-rendered.yaml` });
const valkey = cache.select('valkey', {
  labels: { 'app.kubernetes.io/name': 'valkey', 'app.kubernetes.io/instance': 'sessions' },
  serviceAccountName: 'sessions-valkey',
  ports: [Port.tcp(6379)],
});

web.connections.allowTo(valkey, { reason: 'sessions' });

// The ingress controller belongs to others: our half of the flow is ours to open, theirs is theirs.
const ingress = SecureWorkload.imported(SecureNamespace.imported(edge, 'ingress-nginx'), 'controller', {
  labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
  serviceAccountName: 'ingress-nginx',
});
web.connections.allowFrom(ingress, { reason: 'customers' });

// The chart's own NetworkPolicy opens a port that nobody stated here. Without this line the synth fails and names the policy.
edge.acknowledge('NetworkPolicy cache/sessions-valkey-metrics', { reason: 'Prometheus reads the metrics of the cache' });

app.synth();
console.log(app.summary());
