import { ContainerPort } from '../pods';
import { KindReader, ModelSink, OwnerName, listOf } from './_reader';
import { PROTOCOLS } from '../../algebra/connection-set';
import { IpSet, isAddress } from '../../algebra/ip-set';
import { Labels } from '../../algebra/label-selector';
import { ObjectRef } from '../rules';

/** Pods and what makes pods: their labels, named ports, identity, and the network they are on. */
export const WORKLOADS: KindReader = {
  kinds: ['/Pod', '/ReplicationController', 'apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet',
    'batch/Job', 'batch/CronJob', 'apps.openshift.io/DeploymentConfig'],
  read: readWorkload,
};

export const NAMESPACES: KindReader = {
  kinds: ['/Namespace', 'project.openshift.io/Project'],
  read: (object, ref, sink) => sink.namespace(ref.name, readLabels(object.metadata?.labels, 'metadata.labels')),
};

/** The key under which a ConfigMap holds the configuration of a proxy. */
const PROXY_CONFIG = 'haproxy.cfg';

export const PROXY_CONFIGS: KindReader = {
  kinds: ['/ConfigMap'],
  read: (object, ref, sink) => {
    const text = object.data?.[PROXY_CONFIG];
    if (typeof text === 'string') sink.proxyConfig({ ref, text });
  },
};

export const NODES: KindReader = {
  kinds: ['/Node'],
  read: (object, ref, sink) => sink.node({
    labels: { 'kubernetes.io/hostname': ref.name, ...readLabels(object.metadata?.labels, 'metadata.labels') },
    addresses: IpSet.unionOf((object.status?.addresses ?? []).map((entry: any) => entry?.address)
      .filter((address: any) => typeof address === 'string' && isAddress(address)).map((address: string) => IpSet.ofAddress(address))),
  }),
};

function readWorkload(object: any, ref: ObjectRef, sink: ModelSink): void {
  const isPod = object.kind === 'Pod';
  const template = isPod ? object : object.kind === 'CronJob' ? object.spec?.jobTemplate?.spec?.template : object.spec?.template;
  if (!template) return;
  const field = isPod ? '' : object.kind === 'CronJob' ? 'spec.jobTemplate.spec.template.' : 'spec.template.';
  const spec = template.spec ?? {};
  sink.pods({
    namespace: ref.namespace!,
    name: ref.name,
    kind: object.kind,
    owner: ownerOf(object),
    labels: readLabels(template.metadata?.labels, `${field}metadata.labels`),
    ports: readPorts(spec, field, message => sink.warn(ref, message)),
    hostNetwork: spec.hostNetwork === true,
    serviceAccount: spec.serviceAccountName ?? spec.serviceAccount ?? 'default',
    proxy: staysOut(template.metadata) ? false : undefined,
    forwards: isProxyAlone(spec) || undefined,
    addresses: isPod ? addressesOf(object.status) : [],
    configMaps: configMapsOf(spec),
    ref,
  });
}

/** The annotation is the older way to say it: where the label says something, it is not asked. Only the label can say that a pod joins. */
function staysOut(metadata: any): boolean {
  return metadata?.labels?.[INJECT] === undefined && metadata?.annotations?.[INJECT] === 'false';
}

/** The mesh fills in the one container, by this name and image, or somebody has written out what it would. */
function isProxyAlone({ containers, initContainers = [] }: any): boolean {
  const [only, ...others] = listOf(containers, 'containers');
  return only?.name === 'istio-proxy' && PROXY_IMAGE.test(only.image ?? '') && others.length === 0 && initContainers.length === 0;
}

const PROXY_IMAGE = /^auto$|(^|\/)proxyv2(-[a-z0-9]+)?([:@]|$)/;
const INJECT = 'sidecar.istio.io/inject';

/** The controller behind an object; a Node owns the static pods it runs, but is no controller. */
function ownerOf(object: any): OwnerName | undefined {
  const owners: any[] = object.metadata?.ownerReferences ?? [];
  const owner = owners.find(o => o?.controller === true) ?? owners[0];
  return owner?.name && owner.kind !== 'Node' ? { kind: owner.kind ?? 'Pod', name: owner.name } : undefined;
}

function readLabels(labels: any, field: string): Labels {
  if (labels === undefined || labels === null) return {};
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value !== 'string') throw new Error(`${field}: value '${value}' of label '${key}' is a ${typeof value}, not a string: quote it`);
  }
  return labels;
}

/** The named ports; one that no pod could have is left out with a warning, for it is the policies that are judged here. */
function readPorts(spec: any, field: string, warn: (message: string) => void): ContainerPort[] {
  const named: ContainerPort[] = [];
  for (const list of ['containers', 'initContainers']) {
    listOf(spec[list], `${field}spec.${list}`).forEach((container, i) => {
      // A port of an init container is open only where the container stays: a sidecar.
      if (list === 'initContainers' && container?.restartPolicy !== 'Always') return;
      listOf(container?.ports, `${field}spec.${list}[${i}].ports`).forEach((port, j) => {
        const { name, protocol = 'TCP', containerPort } = port ?? {};
        const usable = PROTOCOLS.includes(protocol) && Number.isInteger(containerPort) && containerPort >= 1 && containerPort <= 65535;
        if (!usable) warn(`${field}spec.${list}[${i}].ports[${j}]: '${protocol} ${containerPort}' is no port, and is left out`);
        else if (name !== undefined) named.push({ name, protocol, port: containerPort });
      });
    });
  }
  return named;
}

function configMapsOf(spec: any): string[] {
  const volumes: any[] = listOf(spec.volumes, 'volumes');
  const sources = volumes.flatMap(volume => [volume?.configMap, ...(volume?.projected?.sources ?? []).map((source: any) => source?.configMap)]);
  return sources.flatMap(source => source?.name ?? []).sort();
}

function addressesOf(status: any): string[] {
  const addresses = [...(status?.podIPs ?? []).map((entry: any) => entry?.ip), status?.podIP];
  return [...new Set(addresses.filter(address => typeof address === 'string' && address !== ''))];
}
