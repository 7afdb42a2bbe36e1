import { ContainerPort } from '../pods';
import { ObjectRef } from '../rules';
import { at, each, KindReader, listOf, ModelSink } from './_reader';
import { LabelSelector } from '../../algebra/label-selector';

/** Services, and the Ingresses and Routes that let the world in through them. */
export interface DeclaredService {
  readonly ref: ObjectRef;
  readonly namespace: string;
  /** @default - none: the service has no pods of its own */
  readonly selector?: LabelSelector;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly name?: string;
  readonly protocol: ContainerPort['protocol'];
  readonly port: number;
  /** A number, or the name that a pod gives its port. */
  readonly target: number | string;
  /** What is said to be spoken there. @default - the beginning of the name says it, or nobody */
  readonly appProtocol?: string;
}

/** A way in: the ports of a service that an ingress controller sends traffic to. */
export interface Entrance {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly service: string;
  /** The port as the entrance names it: by number or name. @default - every port of the service */
  readonly port?: number | string;
  /** Whether a number means the service's port, or the pods'. */
  readonly by: 'service-port' | 'target-port';
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

export const SERVICES: KindReader = {
  kinds: ['/Service'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const namespace = ref.namespace!;
    const { selector, type, externalName } = object.spec ?? {};
    const ports = each(object.spec?.ports, 'spec.ports', ({ name, protocol = 'TCP', port, targetPort = port, appProtocol }) =>
      ({ name, protocol, port, target: targetPort, appProtocol }));
    sink.service({
      ref, namespace, ports, selector: Object.keys(selector ?? {}).length > 0 ? at('spec.selector', () => LabelSelector.ofLabels(selector)) : undefined,
    });
    if (type !== 'ExternalName' || typeof externalName !== 'string') return;
    // To a mesh it is a name that leads to another one, outside.
    const opened = ports.map(({ port }) => ({ port, target: port }));
    const hosts = ['', '.svc', '.svc.cluster.local'].map(domain => `${ref.name}.${namespace}${domain}`);
    sink.registeredHosts({ ref, hosts, resolution: 'DNS', endpoints: [externalName], ports: opened, exportTo: ['*'] });
  },
};

export const INGRESS: KindReader = {
  kinds: ['networking.k8s.io/Ingress', 'extensions/Ingress'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    const paths = listOf(spec.rules, 'spec.rules').flatMap(rule => listOf(rule?.http?.paths, 'spec.rules.http.paths'));
    for (const { service } of [spec.defaultBackend, ...paths.map(path => path?.backend)].filter(backend => backend?.service)) {
      sink.entrance({ ref, namespace: ref.namespace!, service: service.name, port: service.port?.number ?? service.port?.name, by: 'service-port' });
    }
  },
};

export const ROUTE: KindReader = {
  kinds: ['route.openshift.io/Route'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    for (const { name } of [spec.to, ...listOf(spec.alternateBackends, 'spec.alternateBackends')].filter(to => (to?.kind ?? 'Service') === 'Service' && to?.name)) {
      sink.entrance({ ref, namespace: ref.namespace!, service: name, port: spec.port?.targetPort, by: 'target-port' });
    }
  },
};
