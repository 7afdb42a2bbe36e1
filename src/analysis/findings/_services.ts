import { Evidence } from './_evidence';
import { containersOf, listIn, Source } from './_sources';
import { LabelSelector } from '../../algebra/label-selector';
import { PodShape, textOfWorkload, Workload } from '../pods';

/** Services with the pods behind them, and what sends to Services from outside. */
export interface ServiceSource extends Source {
  readonly type: string;
  /** Undefined where the Service chooses no pods itself. */
  readonly selector?: LabelSelector;
  readonly shapes: readonly PodShape[];
  readonly workloads: readonly Workload[];
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly protocol: string;
  readonly port: number;
  /** The port of the pods: a number, or a name that is not known to be one. */
  readonly target: number | string;
}

export interface DeclaredPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
}

/** An Ingress or a Route with the Services that it sends to. */
export interface EntrySource extends Source {
  readonly backends: readonly { readonly service: ServiceSource; readonly field: string }[];
}

export function servicesOf(evidence: Evidence): readonly ServiceSource[] {
  return evidence.once(readServices);
}

/** The ports that containers declare, named or not, for each shape of pod that has a manifest. */
export function containerPorts(evidence: Evidence): ReadonlyMap<PodShape, readonly DeclaredPort[]> {
  return evidence.once(readPorts);
}

/** The Services behind which a shape of pod is. */
export function servicesByShape(evidence: Evidence): ReadonlyMap<PodShape, readonly ServiceSource[]> {
  return evidence.once(indexServices);
}

function indexServices(evidence: Evidence): Map<PodShape, ServiceSource[]> {
  const byShape = new Map<PodShape, ServiceSource[]>();
  for (const service of servicesOf(evidence)) {
    for (const shape of service.shapes) {
      const list = byShape.get(shape);
      if (list) list.push(service); else byShape.set(shape, [service]);
    }
  }
  return byShape;
}

function readServices(evidence: Evidence): ServiceSource[] {
  const declared = containerPorts(evidence);
  const onHost = evidence.once(shapesOnHost);
  return evidence.ofKind('/Service').map(({ ref, json }) => {
    const spec = json.spec ?? {};
    const selector = Object.keys(spec.selector ?? {}).length > 0 && spec.type !== 'ExternalName' ? readSelector(spec.selector) : undefined;
    // A Service also chooses pods on their node's network.
    const host = selector ? (onHost.get(ref.namespace!) ?? []).filter(shape => selector.matches(shape.labels)) : [];
    const shapes = selector ? [...evidence.shapes({ namespace: ref.namespace, pods: selector }), ...host] : [];
    const named = (name: string, protocol: string) =>
      shapes.flatMap(shape => declared.get(shape) ?? []).find(port => port.name === name && port.protocol === protocol)?.port;
    const ports = listIn(spec.ports).map(({ port, targetPort = port, protocol = 'TCP' }): ServicePort =>
      ({ protocol, port, target: typeof targetPort === 'string' ? named(targetPort, protocol) ?? targetPort : targetPort }));
    return { ref, json, type: spec.type ?? 'ClusterIP', selector, shapes, workloads: evidence.workloadsAs(shapes), ports };
  });
}

function shapesOnHost({ reach: { model } }: Evidence): Map<string, PodShape[]> {
  const byNamespace = new Map<string, PodShape[]>();
  const shapes = model.workloads.filter(({ real }) => real).flatMap(({ variants }) => variants.map(({ shape }) => shape));
  for (const shape of new Set(shapes)) {
    if (shape.hostNetwork) byNamespace.set(shape.namespace, [...byNamespace.get(shape.namespace) ?? [], shape]);
  }
  return byNamespace;
}

function readPorts(evidence: Evidence): Map<PodShape, DeclaredPort[]> {
  const workloads = new Map(evidence.reach.model.workloads.map(workload => [textOfWorkload(workload), workload]));
  const ports = new Map<PodShape, DeclaredPort[]>();
  for (const workload of workloads.values()) for (const { shape } of workload.variants) ports.set(shape, [...shape.ports]);
  for (const pod of evidence.pods) {
    const workload = workloads.get(textOfWorkload({ namespace: pod.namespace, name: pod.ref.name, kind: pod.ref.kind }));
    const declared = containersOf(pod).flatMap(({ json }) => listIn(json.ports))
      .map(({ name, containerPort, protocol = 'TCP' }): DeclaredPort => ({ name, port: containerPort, protocol }));
    for (const { shape } of workload?.variants ?? []) ports.get(shape)!.push(...declared);
  }
  return ports;
}

export function entriesOf(evidence: Evidence): EntrySource[] {
  const services = new Map(servicesOf(evidence).map(service => [`${service.ref.namespace}/${service.ref.name}`, service]));
  const backend = (namespace: string, name: unknown, field: string) => {
    const service = services.get(`${namespace}/${name}`);
    return service ? [{ service, field }] : [];
  };
  const ingresses = evidence.ofKind('networking.k8s.io/Ingress', 'extensions/Ingress').map(({ ref, json }): EntrySource => ({
    ref,
    json,
    backends: [
      ...backend(ref.namespace!, nameOf(json.spec?.defaultBackend), 'spec.defaultBackend'),
      ...listIn(json.spec?.rules).flatMap((rule, i) => listIn(rule?.http?.paths).flatMap((path, j) =>
        backend(ref.namespace!, nameOf(path?.backend), `spec.rules[${i}].http.paths[${j}].backend`))),
    ],
  }));
  const routes = evidence.ofKind('route.openshift.io/Route').map(({ ref, json }): EntrySource => ({
    ref,
    json,
    backends: [
      ...backend(ref.namespace!, json.spec?.to?.name, 'spec.to'),
      ...listIn(json.spec?.alternateBackends).flatMap((each, i) => backend(ref.namespace!, each?.name, `spec.alternateBackends[${i}]`)),
    ],
  }));
  return [...ingresses, ...routes];
}

function nameOf(backend: any): unknown {
  return backend?.service?.name ?? backend?.serviceName;
}

function readSelector(labels: any): LabelSelector | undefined {
  try {
    return LabelSelector.ofLabels(labels);
  } catch {
    return undefined;
  }
}
