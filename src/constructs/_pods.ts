/** What can be read from, and has to be added to, the workloads of cdk8s-plus-28. */
import * as kplus from 'cdk8s-plus-28';
import { DeclaredPort, ServicedPort } from '../intent/endpoint';
import { Port, Transport } from '../intent/port';

/** The ports its containers declare, each with its true protocol. Sidecars (restartable init containers) included. */
export function declaredPorts(pods: kplus.AbstractPod): DeclaredPort[] {
  const sidecars = pods.initContainers.filter(({ restartPolicy }) => restartPolicy === kplus.ContainerRestartPolicy.ALWAYS);
  return [...pods.containers, ...sidecars].flatMap(container => container.ports.map(({ number, name, protocol }) =>
    ({ port: Port._of((protocol ?? kplus.Protocol.TCP) as Transport, number), name })));
}

/** The labels by which cdk8s-plus-28 itself tells these pods from all others. Throws where there are none: that would select every pod. */
export function selectingLabels(pods: kplus.AbstractPod): Record<string, string> {
  const { matchLabels = {} } = pods.toPodSelectorConfig().labelSelector._toKube();
  if (Object.keys(matchLabels).length === 0) {
    throw new Error(`[${pods.node.path}] no label tells its pods from others: give the pods a label, or use select(...)`);
  }
  return { ...matchLabels };
}

/** Where in an object the name of its pods' ServiceAccount stands. */
export function serviceAccountPath(kind: string): string {
  switch (kind) {
    case 'Pod': return '/spec/serviceAccountName';
    case 'CronJob': return '/spec/jobTemplate/spec/template/spec/serviceAccountName';
    default: return '/spec/template/spec/serviceAccountName';
  }
}

/** Containers as the `restricted` Pod Security level wants them; what the user says wins and is checked at synth. */
export function hardened(containers: kplus.ContainerProps[] | undefined): kplus.ContainerProps[] | undefined {
  return containers?.map(container => ({
    ...container,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: [kplus.Capability.ALL] },
      seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
      ...container.securityContext,
    },
  }));
}

/** What clients of a Service dial, and the ports of the pods behind it. */
export function servicedPorts(service: kplus.Service | undefined): ServicedPort[] {
  return (service?.ports ?? []).map(({ port, targetPort, protocol }) => {
    const transport = (protocol ?? kplus.Protocol.TCP) as Transport;
    return { port: Port._of(transport, port), target: Port._of(transport, targetPort ?? port) };
  });
}

/** The pods that an object makes. */
export interface PodTemplate {
  /** Where in the object it stands, such as `spec.template.`; empty for a Pod. */
  readonly field: string;
  readonly metadata?: any;
  readonly spec: any;
}

/** The metadata and spec of the pods that an object makes, read from the object as it is written. Undefined where it makes none. */
export function podTemplateOf({ kind, metadata, spec }: any): PodTemplate | undefined {
  const at = (field: string, pods: any) => (pods?.spec ? { field, metadata: pods.metadata, spec: pods.spec } : undefined);
  switch (kind) {
    case 'Pod': return at('', { metadata, spec });
    case 'CronJob': return at('spec.jobTemplate.spec.template.', spec?.jobTemplate?.spec?.template);
    case 'DaemonSet': case 'Deployment': case 'Job': case 'ReplicaSet': case 'ReplicationController': case 'StatefulSet':
      return at('spec.template.', spec?.template);
    default: return undefined;
  }
}

/** Service ports for the ports that containers declare, each under its own number. */
export function servicePortsFor(pods: kplus.AbstractPod): kplus.ServicePort[] {
  const ports = declaredPorts(pods);
  return ports.map(({ port, name }) => ({
    port: port._first,
    targetPort: port._first,
    protocol: port._transport as kplus.Protocol,
    name: name ?? (ports.length > 1 ? `${port._transport.toLowerCase()}-${port._first}` : undefined),
  }));
}
