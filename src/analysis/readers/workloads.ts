import { ContainerPort } from '../pods';
import { KindReader, ModelSink, OwnerName, at, listOf } from './_reader';
import { PROTOCOLS } from '../../algebra/connection-set';
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
    ports: readPorts(spec, field),
    hostNetwork: spec.hostNetwork === true,
    serviceAccount: spec.serviceAccountName ?? spec.serviceAccount ?? 'default',
    addresses: isPod ? addressesOf(object.status) : [],
    ref,
  });
}

/** The controller behind an object; a Node owns the static pods it runs, but is no controller. */
function ownerOf(object: any): OwnerName | undefined {
  const owners: any[] = object.metadata?.ownerReferences ?? [];
  const owner = owners.find(o => o?.controller === true) ?? owners[0];
  return owner?.kind && owner.name && owner.kind !== 'Node' ? { kind: owner.kind, name: owner.name } : undefined;
}

function readLabels(labels: any, field: string): Labels {
  if (labels === undefined || labels === null) return {};
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value !== 'string') throw new Error(`${field}: value '${value}' of label '${key}' is a ${typeof value}, not a string: quote it`);
  }
  return labels;
}

function readPorts(spec: any, field: string): ContainerPort[] {
  const named: ContainerPort[] = [];
  for (const list of ['containers', 'initContainers']) {
    listOf(spec[list], `${field}spec.${list}`).forEach((container, i) => {
      // A port of an init container is open only where the container stays: a sidecar.
      if (list === 'initContainers' && container?.restartPolicy !== 'Always') return;
      listOf(container?.ports, `${field}spec.${list}[${i}].ports`).forEach((port, j) => at(`${field}spec.${list}[${i}].ports[${j}]`, () => {
        const protocol = port?.protocol ?? 'TCP';
        if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
        if (!Number.isInteger(port.containerPort) || port.containerPort < 1 || port.containerPort > 65535) {
          throw new Error(`port '${port.containerPort}' is outside 1-65535`);
        }
        if (port.name !== undefined) named.push({ name: port.name, protocol, port: port.containerPort });
      }));
    });
  }
  return named;
}

function addressesOf(status: any): string[] {
  const addresses = [...(status?.podIPs ?? []).map((entry: any) => entry?.ip), status?.podIP];
  return [...new Set(addresses.filter(address => typeof address === 'string' && address !== ''))];
}
