/**
 * A cluster small enough to run: the namespaces and policies of some manifests as they are, a pod or two for each workload, and pods that
 * nobody declared - one without labels in every namespace, one in a namespace of strangers, one for every selector of every rule.
 */
import { ClusterModel } from '../../src/analysis/model';
import { selectorWitnesses, strangers } from '../../src/analysis/witnesses';
import { ServicePort, Transport } from '../lib/farm';
import { Manifest, kindOf, podTemplateOf } from '../lib/manifests';

export interface ContainerPort {
  readonly name?: string;
  readonly protocol: Transport;
  readonly port: number;
}

export interface ScenePod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly ports: readonly ContainerPort[];
  /** IPv4, then IPv6. */
  readonly addresses: readonly string[];
  /** The manifest it comes from; none for one that nobody declared. */
  readonly workload?: Manifest;
}

export interface SceneService extends ServicePort {
  readonly name: string;
  readonly targets: readonly { readonly pod: ScenePod; readonly port: number }[];
}

export interface Scene {
  readonly namespaces: readonly Manifest[];
  readonly policies: readonly Manifest[];
  readonly pods: readonly ScenePod[];
  readonly services: readonly SceneService[];
}

export const NODE = 'engines';
export const POD_CIDRS = ['10.244.0.0/16', 'fd00:244::/64'];
export const SERVICE_CIDRS = ['10.96.0.0/12', 'fd00:96::/112'];

const POLICY_KINDS = ['NetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];
const isPolicy = (m: Manifest) => POLICY_KINDS.includes(m.kind) && /^(networking|policy\.networking)\.k8s\.io\//.test(m.apiVersion);

export function sceneOf(manifests: readonly Manifest[]): Scene {
  const policies = manifests.filter(isPolicy);
  const model = ClusterModel.of(manifests);
  const pods: ScenePod[] = [];
  const place = (pod: Omit<ScenePod, 'addresses'>) => pods.push({ ...pod, addresses: addressesOf(pods.length) });

  for (const workload of manifests) {
    const template = podTemplateOf(workload);
    if (!template) continue;
    // Two of those that have replicas, so that the connections among them are tried too.
    const replicas = Math.min(2, workload.spec.replicas ?? 2);
    for (let i = 0; i < replicas; i++) {
      place({
        namespace: workload.metadata.namespace!, name: `${workload.metadata.name}-${i}`, labels: template.metadata?.labels ?? {}, ports: portsOf(template), workload,
      });
    }
  }
  const spaces = new Map(manifests.filter(m => kindOf(m) === 'v1 Namespace').map(m => [m.metadata.name, m.metadata.labels ?? {}]));
  for (const namespace of pods.map(pod => pod.namespace)) if (!spaces.has(namespace)) spaces.set(namespace, {});
  const known = new Set(pods.map(pod => `${pod.namespace} ${labelsKey(pod.labels)}`));
  for (const peer of [...strangers(model), ...selectorWitnesses(model).map(witness => witness.peer)]) {
    const key = `${peer.namespace} ${labelsKey(peer.labels)}`;
    // The ingress controller of nobody's namespace is a way of speaking, not a pod that can run.
    if (known.has(key) || !/^[a-z0-9-]+$/.test(peer.namespace)) continue;
    known.add(key);
    if (!spaces.has(peer.namespace)) spaces.set(peer.namespace, { ...peer.namespaceLabels });
    place({ namespace: peer.namespace, name: peer.name, labels: { ...peer.labels }, ports: [] });
  }
  const namespaces = [...spaces].map(([name, labels]): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: openTo(labels) } }));
  return { namespaces, policies, pods, services: servicesOf(manifests, pods) };
}

/** What the API server is told of a pod; the analysis is told the same. Nothing runs in it, so it asks for nothing. */
export function podObject(pod: ScenePod): Manifest {
  const { namespace, name, labels, addresses } = pod;
  const ports = pod.ports.map(({ port, ...rest }) => ({ ...rest, containerPort: port }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { nodeName: NODE, containers: [{ name: 'main', image: 'none.example/none:1', ...ports.length > 0 ? { ports } : {} }] },
    status: { phase: 'Running', podIP: addresses[0], podIPs: addresses.map(ip => ({ ip })) },
  };
}

/** These stand-ins carry no security context: what Pod Security says to the real templates is part 1's question. */
function openTo(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith('pod-security.kubernetes.io/') && key !== 'kubernetes.io/metadata.name'));
}

function addressesOf(index: number): string[] {
  const number = index + 2;
  return [`10.244.${Math.floor(number / 250)}.${(number % 250) + 1}`, `fd00:244::${number.toString(16)}`];
}

const labelsKey = (labels: Readonly<Record<string, string>>) => JSON.stringify(Object.entries(labels).sort());

function portsOf(template: any): ContainerPort[] {
  const containers = [...template.spec.containers, ...(template.spec.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always')];
  return containers.flatMap((c: any) => c.ports ?? []).map((p: any) => ({ name: p.name, protocol: p.protocol ?? 'TCP', port: p.containerPort }))
    .filter((p: ContainerPort) => ['TCP', 'UDP'].includes(p.protocol));
}

/** Each port of each Service that has a ClusterIP, under one of ours in both families, with the pods it leads to. */
function servicesOf(manifests: readonly Manifest[], pods: readonly ScenePod[]): SceneService[] {
  const services = manifests.filter(m => kindOf(m) === 'v1 Service' && m.spec.selector && m.spec.clusterIP !== 'None');
  return services.flatMap((service, i) => {
    const selected = pods.filter(pod => pod.workload && pod.namespace === service.metadata.namespace
      && Object.entries(service.spec.selector).every(([key, value]) => pod.labels[key] === value));
    return (service.spec.ports ?? []).flatMap((port: any) => ['10.96.1.', 'fd00:96::1:'].map((prefix, family): SceneService => {
      const protocol: Transport = port.protocol ?? 'TCP';
      const targets = selected.flatMap(pod => {
        const target = port.targetPort ?? port.port;
        const number = typeof target === 'number' ? target : pod.ports.find(p => p.name === target && p.protocol === protocol)?.port;
        return number === undefined ? [] : [{ pod, port: number }];
      });
      const number = i + 1;
      return {
        name: `${service.metadata.namespace}/${service.metadata.name}`,
        address: `${prefix}${family === 0 ? number : number.toString(16)}`,
        protocol,
        port: port.port,
        targets,
        backends: targets.map(target => ({ address: target.pod.addresses[family], port: target.port })),
      };
    })).filter((s: SceneService) => s.backends.length > 0);
  });
}
