import { at, each, KindReader, listOf, ModelSink } from './_reader';
import { LabelSelector, Labels } from '../../algebra/label-selector';
import { ObjectRef } from '../rules';

/**
 * Gateway API: routes let the world in through the gateways that take them. A route counts where some listener of its gateway takes it:
 * by its namespace, its section, and a host that both name. A gateway that is not among the manifests is taken to exist and to take it. A
 * Service of another namespace is reached only where a ReferenceGrant there says so.
 */
export interface DeclaredGateway {
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly Listener[];
}

interface Listener {
  readonly name?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly takes: 'All' | 'Same' | LabelSelector;
}

/** Whose routes may lead to Services of a namespace. */
export interface ReferenceGrant {
  readonly namespace: string;
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** @default - every Service */
  readonly services?: readonly string[];
}

const GROUP = 'gateway.networking.k8s.io';

export const GATEWAY: KindReader = {
  kinds: [`${GROUP}/Gateway`],
  read: (object, ref, sink) => sink.gateway({ namespace: ref.namespace!, name: ref.name, listeners: at('spec', () => each(object.spec?.listeners, 'listeners', readListener)) }),
};

function readListener({ name, port, hostname, allowedRoutes }: any): Listener {
  const { from = 'Same', selector } = allowedRoutes?.namespaces ?? {};
  if (!['All', 'Same', 'Selector', 'None'].includes(from)) throw new Error(`allowedRoutes.namespaces.from '${from}' is unknown: use Same, All or Selector`);
  // What selects by nothing at all takes no route.
  const nobody = new LabelSelector([{ key: 'kubernetes.io/metadata.name', operator: 'DoesNotExist', values: [] }]);
  const taken = from === 'Selector' ? at('allowedRoutes.namespaces.selector', () => LabelSelector.of(selector ?? {})) : from === 'None' ? nobody : from;
  return { name, port, hostname, takes: taken };
}

export const REFERENCE_GRANT: KindReader = {
  kinds: [`${GROUP}/ReferenceGrant`],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const to = listOf(object.spec?.to, 'spec.to').filter(item => (item?.group ?? '') === '' && item?.kind === 'Service');
    if (to.length === 0) return;
    sink.referenceGrant({
      namespace: ref.namespace!,
      from: listOf(object.spec?.from, 'spec.from').filter(item => item?.group === GROUP).map(({ kind, namespace }) => ({ kind, namespace })),
      services: to.some(({ name }) => name === undefined) ? undefined : to.map(({ name }) => name),
    });
  },
};

/** Classes of gateways, and how gateways speak to Services: neither decides who reaches whom. */
export const GATEWAY_CLASS: KindReader = {
  kinds: [`${GROUP}/GatewayClass`, `${GROUP}/BackendTLSPolicy`],
  read: () => undefined,
};

export const GATEWAY_ROUTE: KindReader = {
  kinds: ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(kind => `${GROUP}/${kind}`),
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    if (!listOf(spec.parentRefs, 'spec.parentRefs').some(parent => isTaken(parent, listOf(spec.hostnames, 'spec.hostnames'), ref.namespace!, sink))) return;
    const rules = listOf(spec.rules, 'spec.rules');
    const backends = rules.flatMap((rule, i) => [
      ...listOf(rule?.backendRefs, `spec.rules[${i}].backendRefs`),
      ...listOf(rule?.filters, `spec.rules[${i}].filters`).flatMap(filter => filter?.requestMirror?.backendRef ?? []),
    ]);
    for (const { group = '', kind = 'Service', name, namespace = ref.namespace!, port } of backends) {
      if (group !== '' || kind !== 'Service') {
        sink.warn(ref, `leads to ${kind} ${namespace}/${name}, which is no Service: that way in is not in the answer`);
      } else if (namespace !== ref.namespace && !isGranted(ref, namespace, name, sink)) {
        sink.warn(ref, `leads to Service ${namespace}/${name}, and no ReferenceGrant there lets it: it leads nowhere`);
      } else {
        sink.entrance({ ref, namespace, service: name, port, by: 'service-port', protocol: ref.kind === 'UDPRoute' ? 'UDP' : 'TCP' });
      }
    }
  },
};

function isTaken({ group = GROUP, kind = 'Gateway', name, namespace, sectionName, port }: any, hostnames: readonly string[], home: string, sink: ModelSink): boolean {
  if (group !== GROUP || kind !== 'Gateway') return false;
  const gateway = sink.gateways().find(known => known.name === name && known.namespace === (namespace ?? home));
  if (!gateway) return true;
  return gateway.listeners.some(listener => (sectionName === undefined || sectionName === listener.name) && (port === undefined || port === listener.port)
    && takes(listener, gateway.namespace, home, sink.namespaces()) && meets(listener.hostname, hostnames));
}

function takes({ takes: whom }: Listener, own: string, home: string, namespaces: ReadonlyMap<string, Labels>): boolean {
  if (whom === 'All') return true;
  return whom === 'Same' ? own === home : whom.matches(namespaces.get(home) ?? { 'kubernetes.io/metadata.name': home });
}

/** Whether a listener and a route have a host in common; who names none means all. */
function meets(listener: string | undefined, hostnames: readonly string[]): boolean {
  if (!listener || hostnames.length === 0) return true;
  const covers = (pattern: string, host: string) => pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
  return hostnames.some(host => covers(listener, host) || covers(host, listener));
}

function isGranted({ kind, namespace: home }: ObjectRef, namespace: string, service: string, sink: ModelSink): boolean {
  return sink.referenceGrants().some(grant => grant.namespace === namespace && (grant.services === undefined || grant.services.includes(service))
    && grant.from.some(from => from.kind === kind && from.namespace === home));
}
