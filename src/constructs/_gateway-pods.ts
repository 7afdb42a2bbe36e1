/**
 * The pods of a gateway: a Deployment whose one container the mesh fills in, with an identity of its own, spread over nodes, never all
 * taken away at once, and as many as the load asks for. They listen on high ports, so that no right over the network is needed.
 */
import { ApiObject, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { emit } from './_manifest';
import { hardened } from './_pods';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { GatewayPort } from '../intent/mesh-gateway';

export interface GatewayPods {
  readonly id: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ports: readonly (GatewayPort & { readonly name: string })[];
  readonly loadBalancer?: { readonly policy: 'Local' | 'Cluster'; readonly sourceRanges: readonly string[] };
  /** The address that its Service keeps. @default - one that the cluster assigns */
  readonly clusterIp?: string;
  /** Set where it takes mutual TLS of the mesh alone: it then needs no certificate of a Secret. */
  readonly mutual?: boolean;
  /** Names outside that proxies of callers lead to it. @default - none */
  readonly names?: readonly string[];
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

const RBAC = 'rbac.authorization.k8s.io';
/** The user of Istio's proxies. OpenShift chooses one itself. */
const PROXY_USER = 1337;
const CPU_TARGET = 80;

/** Runs the gateway, and what keeps it running. */
export function runGateway(owner: Construct, namespace: SecureNamespace, pods: GatewayPods): SecureWorkload {
  const { id, annotations, ports, loadBalancer, clusterIp, mutual, names, minReplicas, maxReplicas } = pods;
  const openshift = namespace.edge.platform.distribution === 'openshift';
  const workload = SecureWorkload._wrap(namespace, id, id, scope => {
    const serviceAccount = new kplus.ServiceAccount(scope, 'service-account', { metadata: { name: id } });
    const user = openshift ? {} : { user: PROXY_USER, group: PROXY_USER };
    const deployment = new kplus.Deployment(scope, 'Default', {
      metadata: { name: id },
      podMetadata: { annotations: { ...annotations } },
      serviceAccount,
      securityContext: { ...user, ensureNonRoot: true },
      containers: hardened([{
        name: 'istio-proxy',
        image: 'auto',
        ports: ports.map(({ pods: number, name }) => ({ number, name })),
        securityContext: { ...user },
        resources: {
          cpu: { request: kplus.Cpu.millis(100) },
          memory: { request: Size.mebibytes(128), limit: Size.mebibytes(1024) },
        },
      }]),
    });
    deployment.markHasAutoscaler();
    deployment.scheduling.spread({ topology: kplus.Topology.HOSTNAME, weight: 100 });
    const service = new kplus.Service(scope, 'service', {
      metadata: { name: id },
      selector: deployment,
      type: loadBalancer ? kplus.ServiceType.LOAD_BALANCER : kplus.ServiceType.CLUSTER_IP,
      clusterIP: clusterIp,
      ports: ports.map(({ service: port, pods: targetPort, name }) => ({ name, port, targetPort })),
    });
    if (loadBalancer) {
      const { policy, sourceRanges } = loadBalancer;
      ApiObject.of(service).addJsonPatch(
        JsonPatch.add('/spec/externalTrafficPolicy', policy),
        ...(sourceRanges.length ? [JsonPatch.add('/spec/loadBalancerSourceRanges', sourceRanges)] : []),
      );
    }
    return { workload: deployment, serviceAccountName: id, service, gateway: annotations, mutual, names };
  });
  emit(owner, 'disruption-budget', {
    apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: id, body: { spec: { maxUnavailable: 1, selector: { matchLabels: workload._end.labels } } },
  });
  emit(owner, 'autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    name: id,
    body: {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: id },
        minReplicas,
        maxReplicas,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: CPU_TARGET } } }],
      },
    },
  });
  if (!mutual) readSecrets(owner, id);
  return workload;
}

/** istiod hands a certificate to a proxy only if the proxy's own identity may list Secrets in its namespace. */
function readSecrets(owner: Construct, id: string): void {
  const name = `${id}-certificates`;
  const common = { apiVersion: `${RBAC}/v1`, name };
  emit(owner, 'role', { ...common, kind: 'Role', body: { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }] } });
  emit(owner, 'role-binding', {
    ...common,
    kind: 'RoleBinding',
    body: { roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects: [{ kind: 'ServiceAccount', name: id }] },
  });
}

