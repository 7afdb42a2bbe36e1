/**
 * The mesh's own control plane, over an API server that holds what the library wrote: what it makes of that for the proxy of each workload
 * is asked as the proxy would ask.
 */
import { spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { namespacesFirst } from '../api-server/acceptance';
import { ApiServer } from '../api-server/server';
import { ENGINES, built } from '../lib/build';
import { Manifest, kindOf, podTemplateOf } from '../lib/manifests';
import { Run, freePort, tail, until } from '../lib/run';

/** A pod of the case, as the control plane knows it. */
export interface MeshPod {
  readonly namespace: string;
  readonly workload: string;
  readonly serviceAccount: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly gateway: boolean;
  /** Whether a proxy is beside it, or is all it is. */
  readonly meshed: boolean;
  readonly address: string;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
}

/** What a proxy is told, in the words of Envoy. */
export interface ProxyConfiguration {
  readonly clusters: readonly any[];
  readonly listeners: readonly any[];
  readonly routes: readonly any[];
}

export interface ControlPlane {
  /** The port of this machine on which proxies ask over TLS, and show who they are. */
  readonly securePort: number;
  /** In the order of the pods. */
  configurationsOf(pods: readonly MeshPod[]): Promise<ProxyConfiguration[]>;
  stop(): Promise<void>;
}

/** Addresses that pods were given. */
let addresses = 9;

const READ = /^(v1 (Namespace|Service|ServiceAccount)|rbac\.authorization\.k8s\.io\/v1 (Role|RoleBinding)|(security|networking|telemetry)\.istio\.io\/\S+ \S+)$/;

/** What pods are made of, or a pod itself. */
export function templateOf(manifest: Manifest): any {
  return manifest.kind === 'Pod' ? manifest : podTemplateOf(manifest);
}

/** Puts into the API server what a control plane reads of a case, with a pod for every workload. */
export async function applyMesh(server: ApiServer, manifests: readonly Manifest[]): Promise<{ pods: MeshPod[]; remove: () => Promise<void> }> {
  const all: Manifest[] = [];
  const apply = async (manifest: Manifest) => {
    await server.client.applied(manifest);
    all.push(manifest);
  };
  const wanted = manifests.filter(manifest => READ.test(kindOf(manifest)));
  const homes = new Set(manifests.flatMap(({ metadata }) => metadata.namespace ?? []));
  for (const { metadata } of manifests.filter(manifest => kindOf(manifest) === 'v1 Namespace')) homes.delete(metadata.name);
  for (const name of new Set([...homes, 'istio-system'])) await server.client.applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const manifest of namespacesFirst(wanted)) await apply(manifest);
  const pods: MeshPod[] = [];
  for (const manifest of manifests) {
    const template = templateOf(manifest);
    if (!template) continue;
    const { namespace, name } = manifest.metadata;
    const { labels = {}, annotations = {} } = template.metadata ?? {};
    const joins = manifests.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace
      && (metadata.labels?.['istio-injection'] === 'enabled' || metadata.labels?.['istio.io/rev']));
    const gateway = annotations['inject.istio.io/templates'] === 'gateway';
    const staysOut = annotations['sidecar.istio.io/inject'] === 'false';
    // Pods of cases before are still there.
    const address = `10.244.7.${++addresses}`;
    const meshed = (joins && !staysOut) || gateway;
    // What the injector writes on pods, so that others know that they speak mutual TLS.
    const marked = meshed ? { ...labels, 'security.istio.io/tlsMode': 'istio' } : labels;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: `${name}-0`, labels: marked, annotations }, spec: { ...template.spec, nodeName: 'node' } };
    const path = await server.client.pathOf(pod as Manifest);
    await apply(pod as Manifest);
    const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions: [{ type: 'Ready', status: 'True' }] };
    await server.client.demand('PATCH', `${path}/status`, { status }, 'application/merge-patch+json');
    pods.push({ namespace: namespace!, workload: name, serviceAccount: template.spec.serviceAccountName ?? 'default', labels, gateway, meshed, address, ports: portsOf(template) });
  }
  for (const manifest of wanted.filter(({ kind, spec }) => kind === 'Service' && spec.selector)) await apply(slice(manifest, pods));
  const remove = async () => {
    for (const manifest of all.reverse()) await server.client.remove(manifest);
  };
  return { pods, remove };
}

/** What the controllers of a cluster write: who is behind a Service. */
function slice({ metadata: { name, namespace }, spec }: Manifest, pods: readonly MeshPod[]): Manifest {
  const behind = pods.filter(pod => pod.namespace === namespace && carries(pod.labels, spec.selector));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace, name: `${name}-0`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: behind.map(pod => ({ addresses: [pod.address], conditions: { ready: true }, targetRef: { kind: 'Pod', namespace, name: `${pod.workload}-0` } })),
    ports: spec.ports.map((port: any) => ({
      ...port.name === undefined ? {} : { name: port.name },
      ...port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol },
      port: behind.flatMap(({ ports }) => ports.find(each => each.name === port.targetPort)?.port ?? [])[0] ?? port.targetPort ?? port.port,
      protocol: port.protocol ?? 'TCP',
    })),
  };
}

function portsOf(template: any): MeshPod['ports'] {
  return template.spec.containers.flatMap((container: any) => (container.ports ?? []).map((port: any) => ({ name: port.name, port: port.containerPort })));
}

export function carries(labels: Readonly<Record<string, string>> | undefined, selector: Record<string, string>): boolean {
  return labels !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/**
 * @param meshConfig as the installer is told it
 * @param certificates a folder with what `istiod` shows, and the authority behind it and behind whoever asks
 */
export async function startIstiod(run: Run, server: ApiServer, meshConfig: unknown, certificates: string): Promise<ControlPlane> {
  const folder = run.folder('istiod');
  const [grpc, secure, http, monitoring] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'mesh.json');
  writeFileSync(config, JSON.stringify(meshConfig));
  const istiod = run.start('istiod', [
    await built(ENGINES.istiod), 'discovery', `--kubeconfig=${server.kubeconfig('istiod')}`, `--meshConfig=${config}`, `--grpcAddr=127.0.0.1:${grpc}`,
    `--httpAddr=127.0.0.1:${http}`, '--httpsAddr=', `--secureGRPCAddr=127.0.0.1:${secure}`,
    ...['caCertFile=ca.crt', 'tlsCertFile=istiod.crt', 'tlsKeyFile=istiod.key'].map(flag => `--${flag.replace('=', `=${certificates}/`)}`), `--monitoringAddr=127.0.0.1:${monitoring}`, '--ctrlz_port=0',
    '--ctrlz_address=127.0.0.1', '--keepaliveMaxServerConnectionAge=1h',
  ], {
    env: {
      POD_NAMESPACE: 'istio-system',
      POD_NAME: 'istiod',
      ENABLE_CA_SERVER: 'false',
      PILOT_CERT_PROVIDER: 'none',
      INJECT_ENABLED: 'false',
      // What upstream Envoy does not know.
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      PILOT_DISABLE_MX_ALPN: 'true',
      PILOT_ENABLE_ALPN_FILTER: 'false',
    },
  });
  const ended = () => istiod.child.exitCode !== null || istiod.child.signalCode !== null;
  await until('istiod ready', 60, async () => ended() || ((await fetch(`http://127.0.0.1:${http}/ready`)).ok || undefined));
  if (ended()) throw new Error(`istiod ended at once:\n${tail(istiod.log)}`);
  return {
    securePort: secure,
    configurationsOf: async pods => {
      const ran = spawnSync(await built(ENGINES.xdsClient), [`127.0.0.1:${grpc}`], {
        input: pods.map(pod => `${JSON.stringify(nodeOf(pod))}\n`).join(''), encoding: 'utf8', maxBuffer: 2 ** 28,
      });
      if (ran.status !== 0) throw new Error(`istiod does not say what its proxies do: ${ran.stderr.trim()}`);
      return ran.stdout.trim().split('\n').map(line => JSON.parse(line));
    },
    stop: async () => {
      istiod.child.kill('SIGKILL');
      await until('istiod stopped', 10, async () => ended() || undefined);
    },
  };
}

/** Who asks, as an agent beside the proxy would say it. */
export function nodeOf({ namespace, workload, serviceAccount, labels, gateway, address }: MeshPod): unknown {
  return {
    id: `${gateway ? 'router' : 'sidecar'}~${address}~${workload}-0.${namespace}~${namespace}.svc.cluster.local`,
    metadata: {
      NAMESPACE: namespace,
      NAME: `${workload}-0`,
      SERVICE_ACCOUNT: serviceAccount,
      LABELS: labels,
      CLUSTER_ID: 'Kubernetes',
      MESH_ID: 'mesh',
      INTERCEPTION_MODE: 'REDIRECT',
      ISTIO_VERSION: '1.30.0',
    },
  };
}
