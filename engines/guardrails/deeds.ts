/** What is tried: what a tenant must not do and by which guardrail, and what he may do all the same. Nothing of it stays: all are dry runs. */
import { controller, podSpec } from './cluster';
import { Identity } from '../api-server/client';

export interface Deed {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface RefusedDeed extends Deed {
  /** The guardrail that refuses. */
  readonly by: string;
}

const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const LABEL = 'app.kubernetes.io/managed-by';
const SHOP = 'guarded-shop';

const core = (kind: string, name = '', namespace = SHOP) => `/api/v1/namespaces/${namespace}/${kind}${name && `/${name}`}`;
const group = (groupVersion: string, kind: string, name = '', namespace = SHOP) => `/apis/${groupVersion}/namespaces/${namespace}/${kind}${name && `/${name}`}`;
const rbac = 'rbac.authorization.k8s.io/v1';

const create = (what: string, path: string, body: object): Deed => ({ what, method: 'POST', path, body });
const patch = (what: string, path: string, body: object, contentType = MERGE): Deed => ({ what, method: 'PATCH', path, body, contentType });
const remove = (what: string, path: string): Deed => ({ what, method: 'DELETE', path });

const pod = (name: string, spec: object, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec });
const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
const openPolicy = (metadata: object) =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] } });
const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'led-away' }, addressType: 'IPv4', endpoints: [{ addresses: ['203.0.113.9'] }] };
const endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'led-away' }, subsets: [{ addresses: [{ ip: '203.0.113.9' }], ports: [{ port: 80 }] }] };

const policies = (name = '', namespace?: string) => group('networking.k8s.io/v1', 'networkpolicies', name, namespace);
const withoutLabel = { metadata: { labels: { [LABEL]: null } } };
const pods = core('pods');
const legacyPods = core('pods', '', 'guarded-legacy');
const bare = { name: 'bare', image: 'registry.example/a:1' };

export const REFUSED: readonly RefusedDeed[] = [
  ...by('secure-network-network', [
    remove('removes a policy', policies('default-deny')),
    remove('removes all policies', policies()),
    patch('empties a policy', policies('default-deny'), { spec: { ingress: [{}] } }),
    patch('takes our label from a policy', policies('default-deny'), withoutLabel),
    create('makes a policy that opens', policies(), openPolicy({ name: 'open' })),
    create('makes one whose name the server gives', policies(), openPolicy({ generateName: 'open-' })),
    create('lets plain text into the mesh', group('security.istio.io/v1', 'peerauthentications'), {
      apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'open' }, spec: { mtls: { mode: 'DISABLE' } },
    }),
    create('adds an outside service to the mesh', group('networking.istio.io/v1', 'serviceentries'), {
      apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'out' }, spec: { hosts: ['x.example'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'DNS' },
    }),
  ]),
  ...by('secure-network-objects', [
    remove('removes our Service', core('services', 'web')),
    patch('leads our Service to other pods', core('services', 'web'), { spec: { selector: { app: 'other' } } }),
    patch('takes our label from a Service', core('services', 'web'), withoutLabel),
    patch('takes it by way of the status', core('services', 'web/status'), withoutLabel),
    patch('gives a ServiceAccount its token back', core('serviceaccounts', 'default'), { automountServiceAccountToken: true }),
    patch('lifts the quota', core('resourcequotas', 'quota'), { spec: { hard: { pods: '5000' } } }),
    remove('removes the limits', core('limitranges', 'limits')),
    patch('widens our role', group(rbac, 'roles', 'secure-network-edit'), { rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }),
    patch('adds himself to our binding', group(rbac, 'rolebindings', 'secure-network-edit'), { subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'x' }] }),
    remove('removes our ClusterRole', `/apis/${rbac}/clusterroles/secure-network-view`),
  ]),
  ...by('secure-network-namespaces', [
    patch('lowers Pod Security', '/api/v1/namespaces/guarded-shop', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }),
    patch('lowers it by way of the status', '/api/v1/namespaces/guarded-shop/status', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } }),
    {
      what: 'takes all labels by way of finalize',
      method: 'PUT',
      path: '/api/v1/namespaces/guarded-shop/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP }, spec: { finalizers: ['kubernetes'] } },
    },
    patch('gives the namespace a label of others', '/api/v1/namespaces/guarded-shop', { metadata: { labels: { team: 'platform' } } }),
    patch('takes the name from its labels with all others', '/api/v1/namespaces/guarded-shop', { metadata: { labels: null } }),
    patch('sends its traffic through another gateway', '/api/v1/namespaces/guarded-shop', { metadata: { annotations: { 'k8s.ovn.org/routing-external-gws': '203.0.113.9' } } }),
    remove('removes the namespace', '/api/v1/namespaces/guarded-shop'),
  ]),
  ...by('secure-network-pods', [
    create('uses the host network', legacyPods, pod('host', podSpec({}, { hostNetwork: true }))),
    create('takes a port of the host', legacyPods, pod('port', podSpec({ ports: [{ containerPort: 80, hostPort: 80 }] }))),
    create('takes it in an init container', legacyPods, pod('port', podSpec({}, { initContainers: [{ ...bare, ports: [{ containerPort: 80, hostPort: 80 }] }] }))),
  ]),
  ...by('secure-network-capabilities', [
    create('keeps NET_RAW', pods, pod('raw', { containers: [bare] })),
    create('keeps it in an init container', pods, pod('raw', podSpec({}, { initContainers: [bare] }))),
    patch('keeps it in an ephemeral container', core('pods', 'own/ephemeralcontainers'), { spec: { ephemeralContainers: [bare] } }, STRATEGIC),
  ]),
  ...by('secure-network-annotations', [
    create('keeps the sidecar out', pods, pod('out', podSpec(), { annotations: { 'sidecar.istio.io/inject': 'false' } })),
    create('keeps it out by label', pods, pod('out', podSpec(), { labels: { 'sidecar.istio.io/inject': 'false' } })),
    create('leads a port around the sidecar', pods, pod('out', podSpec(), { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '5432' } })),
    create('joins another network', pods, pod('out', podSpec(), { annotations: { 'k8s.v1.cni.cncf.io/networks': 'other' } })),
    patch('leaves the mesh later', core('pods', 'own'), { metadata: { labels: { 'istio.io/dataplane-mode': 'none' } } }),
    patch('leaves it by way of the status', core('pods', 'own/status'), { metadata: { labels: { 'istio.io/dataplane-mode': 'none' } } }),
  ]),
  ...by('secure-network-services', [
    ...['LoadBalancer', 'NodePort'].map(type => create(`makes a Service of type ${type}`, core('services'), service('in', { type }))),
    create('makes one that leads out by name', core('services'), service('out', { type: 'ExternalName', externalName: 'x.example' })),
    create('makes one that takes an address', core('services'), service('in', { externalIPs: ['203.0.113.9'] })),
    patch('makes his own Service a way in', core('services', 'own'), { spec: { type: 'NodePort' } }),
  ]),
  ...by('secure-network-entrances', [
    create('makes an Ingress', group('networking.k8s.io/v1', 'ingresses'), {
      apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'in' }, spec: { defaultBackend: { service: { name: 'own', port: { number: 80 } } } },
    }),
    create('makes a route', group('gateway.networking.k8s.io/v1', 'httproutes'), {
      apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'in' }, spec: { parentRefs: [{ name: 'gateway' }] },
    }),
    create('leads a Service to an address', group('discovery.k8s.io/v1', 'endpointslices'), slice),
    create('leads it there in the old way', core('endpoints'), endpoints),
    { what: 'lets the API server connect to a pod', method: 'GET', path: core('pods', 'own/proxy/') },
    { what: 'lets it connect to a Service', method: 'GET', path: core('services', 'own/proxy/') },
  ]),
];

/** What a tenant goes on doing. */
export const ADMITTED: readonly Deed[] = [
  create('makes a pod', pods, pod('fine', podSpec())),
  create('makes one with init and sidecar containers', pods, pod('fine', podSpec({}, { initContainers: [{ name: 'init', image: 'a:1', securityContext: { capabilities: { drop: ['NET_RAW'] } } }] }))),
  create('makes one in the mesh', pods, pod('fine', podSpec(), { annotations: { 'traffic.sidecar.istio.io/includeInboundPorts': '*', 'traffic.sidecar.istio.io/excludeInboundPorts': '15020' } })),
  remove('removes a pod', core('pods', 'own')),
  patch('scales', group('apps/v1', 'deployments', 'web/scale'), { spec: { replicas: 3 } }),
  patch('restarts', group('apps/v1', 'deployments', 'web'), { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } }, STRATEGIC),
  create('makes a Service', core('services'), service('fine', { selector: { app: 'own' } })),
  remove('removes his own Service', core('services', 'own')),
  create('makes a ConfigMap', core('configmaps'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fine' } }),
  create('makes a ServiceAccount', core('serviceaccounts'), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'fine' } }),
  create('makes a role', group(rbac, 'roles'), { apiVersion: rbac, kind: 'Role', metadata: { name: 'fine' }, rules: [] }),
  create('evicts a pod', core('pods', 'own/eviction'), { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'own' } }),
  patch('notes something on the namespace', '/api/v1/namespaces/guarded-shop', { metadata: { annotations: { note: 'a' } } }),
  patch('writes the status of our Service', core('services', 'web/status'), { metadata: { annotations: { note: 'a' } } }),
  create('opens a namespace that is none of ours', policies('', 'guarded-elsewhere'), openPolicy({ name: 'open' })),
  create('makes a way in there', core('services', '', 'guarded-elsewhere'), service('in', { type: 'NodePort' })),
  create('uses the host network there', core('pods', '', 'guarded-elsewhere'), pod('host', podSpec({}, { hostNetwork: true }))),
  patch('labels it', '/api/v1/namespaces/guarded-elsewhere', { metadata: { labels: { team: 'a' } } }),
  create('makes another namespace', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guarded-other' } }),
];

const scaled: Deed = {
  what: 'scales',
  method: 'PUT',
  path: group('apps/v1', 'deployments', 'web/scale'),
  body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', namespace: SHOP }, spec: { replicas: 3 } },
};

/** What the cluster's own controllers do, with the roles that Kubernetes gives them. */
export const CONTROLLED: readonly { readonly who: Identity; readonly admitted: boolean; readonly deed: Deed }[] = [
  { who: controller('generic-garbage-collector'), admitted: true, deed: remove('removes what an owner left', policies('default-deny')) },
  { who: controller('generic-garbage-collector'), admitted: true, deed: remove('removes a Service', core('services', 'web')) },
  { who: controller('endpointslice-controller'), admitted: true, deed: create('writes the pods of a Service', group('discovery.k8s.io/v1', 'endpointslices'), slice) },
  { who: controller('endpoint-controller'), admitted: true, deed: create('writes them in the old way', core('endpoints'), endpoints) },
  { who: controller('service-controller'), admitted: true, deed: patch('writes the status of a Service', core('services', 'web/status'), { metadata: { annotations: { note: 'a' } } }) },
  { who: controller('replicaset-controller'), admitted: true, deed: create('makes a pod', pods, pod('fine', podSpec())) },
  { who: controller('replicaset-controller'), admitted: false, deed: create('makes a pod on the host network', legacyPods, pod('host', podSpec({}, { hostNetwork: true }))) },
  { who: controller('horizontal-pod-autoscaler'), admitted: true, deed: scaled },
];

function by(guardrail: string, deeds: readonly Deed[]): RefusedDeed[] {
  return deeds.map(deed => ({ ...deed, by: guardrail }));
}
