import { at, each, KindReader, listOf, ModelSink } from './_reader';
import { LabelSelector } from '../../algebra/label-selector';
import { MeshRoutes, RegisteredHosts, RouteDestination } from '../mesh-routes';
import { ObjectRef } from '../rules';

/**
 * networking.istio.io VirtualService: where requests and connections are led. Here only that counts, and not which of them are: a route
 * that is there may be taken.
 */
export const VIRTUAL_SERVICE: KindReader = {
  kinds: ['networking.istio.io/VirtualService'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { hosts, gateways, http, tls, tcp } = object.spec ?? {};
    const unreadable: string[] = [];
    const routes = at('spec', () => Object.entries({ http, tls, tcp }).flatMap(([field, list]) => each(list, field, (route: any) => {
      if (route?.delegate) unreadable.push(`leaves some requests to ${route.delegate.name}`);
      return destinationsOf(route ?? {}, ref.namespace!);
    }))).flat();
    sink.meshRoutes({ ref, hosts: at('spec', () => each(hosts, 'hosts', String)), gateways: gatewaysOf(gateways, ref.namespace!), destinations: routes, unreadable });
  },
};

/** networking.istio.io ServiceEntry: what is outside, as proxies know it. It opens nothing: what no entry knows, proxies of a strict scope do not lead to. */
export const SERVICE_ENTRY: KindReader = {
  kinds: ['networking.istio.io/ServiceEntry'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { hosts, resolution = 'NONE', endpoints, ports, exportTo, workloadSelector } = object.spec ?? {};
    const names = at('spec', () => each(hosts, 'hosts', String));
    if (names.length === 0) throw new Error('spec.hosts: is empty: name at least one host');
    if (!RESOLUTIONS.has(resolution)) throw new Error(`spec.resolution: '${resolution}' is unknown: use ${[...RESOLUTIONS.keys()].join(', ')}`);
    const places: any[] = listOf(endpoints, 'spec.endpoints');
    sink.registeredHosts({
      ref,
      hosts: names,
      resolution: RESOLUTIONS.get(resolution)!,
      // Pods that it selects have rows of their own.
      endpoints: workloadSelector ? [] : places.flatMap(place => typeof place?.address === 'string' ? [place.address] : []),
      ports: at('spec', () => each(ports, 'ports', port => portOf(port, places))).flat(),
      exportTo: listOf(exportTo, 'spec.exportTo').length ? exportTo.map(String) : ['*'],
    });
  },
};

/** networking.istio.io Sidecar: what proxies know of. It enforces nothing, and is told as advice. */
export const MESH_SCOPE: KindReader = {
  kinds: ['networking.istio.io/Sidecar'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { workloadSelector, egress, outboundTrafficPolicy } = object.spec ?? {};
    const pods = workloadSelector && at('spec.workloadSelector', () => LabelSelector.of({ matchLabels: workloadSelector.labels ?? {} }));
    const hosts = egress && at('spec', () => each(egress, 'egress', listener => each(listener?.hosts, 'hosts', String))).flat();
    sink.meshScope({ ref, pods, hosts, strict: outboundTrafficPolicy?.mode === 'REGISTRY_ONLY' });
  },
};

const RESOLUTIONS: ReadonlyMap<string, RegisteredHosts['resolution']> =
  new Map([['NONE', 'NONE'], ['STATIC', 'STATIC'], ['DNS', 'DNS'], ['DNS_ROUND_ROBIN', 'DNS'], ['DYNAMIC_DNS', 'NONE']]);

function portOf(port: any, places: readonly any[]): RegisteredHosts['ports'][number][] {
  const { number, name, targetPort } = port ?? {};
  if (!Number.isInteger(number) || number < 1 || number > 65535) throw new Error(`number: '${number}' is no port: use 1 to 65535`);
  const elsewhere = places.flatMap(place => Number.isInteger(place?.ports?.[name]) ? [place.ports[name]] : []);
  const targets: number[] = places.length && elsewhere.length === places.length ? elsewhere : [targetPort ?? number, ...elsewhere];
  return [...new Set(targets)].map(target => ({ port: number, target }));
}

function gatewaysOf(gateways: any, namespace: string): MeshRoutes['gateways'] {
  const named = listOf(gateways, 'spec.gateways').map(String);
  return (named.length ? named : ['mesh']).map(name => (name === 'mesh' || name.includes('/') ? name : `${namespace}/${name}`));
}

/** Everywhere that a route may lead to, copies included. */
function destinationsOf({ route, mirror, mirrors }: any, namespace: string): RouteDestination[] {
  const all = [...each(route, 'route', (item: any) => item?.destination), ...each(mirrors, 'mirrors', (item: any) => item?.destination), mirror];
  return all.filter(destination => destination !== undefined && destination !== null).map(({ host, port }) => {
    if (typeof host !== 'string' || host === '') throw new Error('a destination has no host: name one');
    // A name without a dot is a Service of the namespace that it was written in.
    return { host: host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`, port: port?.number };
  });
}
