/**
 * Guardrails of pods. Pods are made by controllers, on behalf of whoever wrote the Deployment, so no controller is let pass.
 *
 * The same is asked of the program's own pods at synth, in _guardrail-faults.ts: the tables here are for both.
 */
import { Guardrail, GuardrailContext, on } from './_guardrail';
import { celText, celTexts, orEmpty } from './_guardrail-cel';
import { HARMLESS_CAPABILITIES } from '../admission/baseline';
import { StayingOut, WorkloadEnd } from '../intent/endpoint';

/** Any of these keeps a container from forging packets, where it adds nothing back. */
export const DROPPING_RAW = ['ALL', 'NET_RAW'];

const CONTAINERS = {
  name: 'containers',
  expression: `object.spec.containers + (${orEmpty('object.spec.initContainers', '[]')}) + (${orEmpty('object.spec.ephemeralContainers', '[]')})`,
};

const MADE = [on('', ['pods'], ['CREATE']), on('', ['pods/ephemeralcontainers'], ['UPDATE'])];

/** On the network of its node a pod is the node: no policy holds it. */
export function podsPolicy(): Guardrail {
  return {
    rules: MADE,
    variables: [CONTAINERS],
    validations: [
      {
        expression: '!has(object.spec.hostNetwork) || !object.spec.hostNetwork',
        message: 'on the host network no policy holds a pod: remove hostNetwork',
      },
      {
        expression: 'variables.containers.all(container, !has(container.ports) || container.ports.all(port, !has(port.hostPort) || port.hostPort == 0))',
        message: 'a hostPort is a way in that no gateway sees: remove it, and reach the pod through its Service',
      },
    ],
  };
}

/** Container runtimes give NET_RAW unless it is dropped. A namespace that may have privileged pods has said what it wants. */
export function capabilitiesPolicy({ namespaces, privileged }: GuardrailContext): Guardrail {
  const capabilities = 'container.securityContext.capabilities';
  return {
    namespaces: namespaces.filter(name => !privileged.includes(name)),
    rules: MADE,
    variables: [
      CONTAINERS,
      { name: 'windows', expression: "has(object.spec.os) && object.spec.os.name == 'windows'" },
    ],
    validations: [
      {
        expression: 'variables.windows || variables.containers.all(container, has(container.securityContext) && has(container.securityContext.capabilities) '
          + `&& has(${capabilities}.drop) && ${capabilities}.drop.exists(name, name in ${celTexts(DROPPING_RAW)}))`,
        message: 'who keeps NET_RAW can send packets in the name of others: drop it, or ALL, in every container, init and ephemeral ones too',
      },
      {
        expression: 'variables.containers.all(container, !has(container.securityContext) '
          + '|| ((!has(container.securityContext.privileged) || !container.securityContext.privileged) '
          + `&& (!has(container.securityContext.capabilities) || !has(${capabilities}.add) || ${capabilities}.add.all(name, name in ${celTexts(HARMLESS_CAPABILITIES)}))))`,
        message: 'privileges over the network undo what policies hold: do not run privileged, and add no capability but harmless ones',
      },
    ],
  };
}

/**
 * Labels and annotations with which a pod walks around the mesh or the network, with the values that do not. The mesh itself writes some
 * of them into every pod. Nothing is listed where no value is harmless.
 */
export function limitedMetadata(openshift: boolean): { labels: ReadonlyMap<string, readonly string[]>; annotations: ReadonlyMap<string, readonly string[]> } {
  const networks = ['default/istio-cni', 'istio-cni', ...(openshift ? ['egress-router-cni-nad'] : [])];
  const traffic = (name: string) => `traffic.sidecar.istio.io/${name}`;
  return {
    labels: new Map([
      ['istio.io/dataplane-mode', ['ambient']],
      ['sidecar.istio.io/inject', ['true']],
    ]),
    annotations: new Map([
      ['ambient.istio.io/bypass-inbound-capture', ['false']],
      ['inject.istio.io/templates', ['sidecar']],
      ['proxy.istio.io/config', []],
      ['sidecar.istio.io/bootstrapOverride', []],
      ['sidecar.istio.io/inject', ['true']],
      ['sidecar.istio.io/interceptionMode', ['REDIRECT', 'TPROXY']],
      ['sidecar.istio.io/proxyImage', []],
      [traffic('excludeInboundPorts'), ['', '15020']],
      [traffic('excludeInterfaces'), ['']],
      [traffic('excludeOutboundIPRanges'), ['']],
      [traffic('excludeOutboundPorts'), ['']],
      [traffic('includeInboundPorts'), ['*']],
      [traffic('includeOutboundIPRanges'), ['*']],
      [traffic('includeOutboundPorts'), ['', '*']],
      // Another network beside the one that policies see, an address of one's own choice, or the traffic of others.
      ['k8s.v1.cni.cncf.io/networks', networks],
      ['v1.multus-cni.io/default-network', []],
      ['k8s.ovn.org/routing-namespaces', []],
      ['k8s.ovn.org/routing-network', []],
      ['cni.projectcalico.org/allowedSourcePrefixes', []],
      ['cni.projectcalico.org/floatingIPs', []],
      ['cni.projectcalico.org/ipAddrs', []],
      ['cni.projectcalico.org/ipAddrsNoIpam', []],
      ['cni.projectcalico.org/ipv4pools', []],
      ['cni.projectcalico.org/ipv6pools', []],
      ['policy.cilium.io/no-track-port', []],
    ]),
  };
}

/**
 * What a pod had before it may keep, or nobody could change anything else of it. Metadata can be changed by way of the status too.
 * A gateway's pods, known by their identity and their labels, have exactly the annotations that make them one; so have those that stay
 * out of the mesh, if they are made by whom they are said to be made.
 */
export function annotationsPolicy({ openshift, annotated }: GuardrailContext): Guardrail {
  const { labels, annotations } = limitedMetadata(openshift);
  const own = annotated.map(ownAnnotations);
  const keeps = (what: string, more = '') => `variables.${what}.all(key, !(key in variables.limited_${what}) || variables.${what}[key] in variables.limited_${what}[key]${more} `
    + `|| (oldObject != null && has(oldObject.metadata.${what}) && key in oldObject.metadata.${what} && oldObject.metadata.${what}[key] == variables.${what}[key]))`;
  return {
    rules: [on('', ['pods'], ['CREATE', 'UPDATE']), on('', ['pods/status'], ['UPDATE'])],
    variables: [
      { name: 'labels', expression: orEmpty('object.metadata.labels', '{}') },
      { name: 'annotations', expression: orEmpty('object.metadata.annotations', '{}') },
      { name: 'limited_labels', expression: celTable(labels) },
      { name: 'limited_annotations', expression: celTable(annotations) },
    ],
    validations: [
      { expression: keeps('labels'), message: 'a label of this pod takes it out of the mesh: remove it (istio.io/dataplane-mode, sidecar.istio.io/inject)' },
      {
        expression: keeps('annotations', own.map(each => ` || (${each})`).join('')),
        message: 'an annotation of this pod leads around the mesh or the network: remove sidecar.istio.io, traffic.sidecar.istio.io and those of networks and addresses',
      },
    ],
  };
}

/** Whether an annotation is one that makes the pods of this workload what they are, at a pod of it. */
function ownAnnotations({ home, serviceAccountName, labels, gateway, unmeshed }: WorkloadEnd): string {
  const selecting = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `request.namespace == ${celText(home.namespace)}`,
    `has(object.spec.serviceAccountName) && object.spec.serviceAccountName == ${celText(serviceAccountName)}`,
    ...selecting.map(([key, value]) => `${celText(key)} in variables.labels && variables.labels[${celText(key)}] == ${celText(value)}`),
    ...(unmeshed ? [madeBy(unmeshed)] : []),
    `(${Object.entries(gateway ?? unmeshed?.annotations ?? {}).map(([key, value]) => `(key == ${celText(key)} && variables.annotations[key] == ${celText(value)})`).join(' || ')})`,
  ].join(' && ');
}

/** Whether a request is of whoever makes pods that stay out of the mesh. */
export function madeBy({ maker }: StayingOut): string {
  return `request.userInfo.username == ${celText(`system:serviceaccount:${maker.namespace}:${maker.serviceAccountName}`)}`;
}

function celTable(table: ReadonlyMap<string, readonly string[]>): string {
  return `{${[...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => `${celText(key)}: ${celTexts(values)}`).join(', ')}}`;
}
