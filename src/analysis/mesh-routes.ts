/**
 * Where the gateways of a mesh lead: `routesOf(routes, gateway)` names every destination outside the cluster that a gateway's routes may
 * reach, as far as the registry of the mesh resolves it.
 *
 * Laws:
 * - It never says less than a gateway can do: every route of every VirtualService that may be bound to one of its Gateways counts,
 *   whatever it matches, and what leads where no object says is listed in `unreadable`.
 * - What the registry does not know, no gateway reaches. Services are the cluster's own, and the pods behind them have rows of their own.
 */
import type { MeshScope, TokenCheck } from './mesh-advice';
import { ObjectRef, textOfRef } from './rules';
import { Labels, LabelSelector } from '../algebra/label-selector';

/** Pods that listen to what a Gateway says. */
export interface MeshGatewayPods {
  readonly ref: ObjectRef;
  readonly pods: LabelSelector;
  /** What they listen for, by the port of their Service. */
  readonly servers: readonly { readonly port: number; readonly protocol: string; readonly hosts: readonly string[] }[];
}

export interface RouteDestination {
  /** As it was written, a short name of a Service made full. */
  readonly host: string;
  readonly port?: number;
}

/** A VirtualService, as far as it leads anywhere. */
export interface MeshRoutes {
  readonly ref: ObjectRef;
  readonly hosts: readonly string[];
  /** `namespace/name`, or `mesh` for the proxies of applications. */
  readonly gateways: readonly string[];
  readonly destinations: readonly RouteDestination[];
  /** Why it may lead elsewhere. */
  readonly unreadable: readonly string[];
}

/** A ServiceEntry: names that the registry knows, and where they are. */
export interface RegisteredHosts {
  readonly ref: ObjectRef;
  readonly hosts: readonly string[];
  readonly resolution: 'NONE' | 'STATIC' | 'DNS';
  /** Where they are, by address or name. Empty: where their own name leads. */
  readonly endpoints: readonly string[];
  /** The port that is asked for, and the one that is opened. */
  readonly ports: readonly { readonly port: number; readonly target: number }[];
  /** Namespaces that know of it; `*` for all. */
  readonly exportTo: readonly string[];
}

/** All that was read of how a mesh leads connections. */
export interface MeshRegistry {
  readonly gateways: MeshGatewayPods[];
  readonly routes: MeshRoutes[];
  readonly hosts: RegisteredHosts[];
  readonly scopes: MeshScope[];
  readonly tokens: TokenCheck[];
}

/** Where a gateway leads. */
export interface GatewayRoutes {
  readonly servers: readonly { readonly host: string; readonly port: number; readonly config: ObjectRef }[];
  readonly configs: readonly ObjectRef[];
  readonly unreadable: readonly string[];
}

/** What pods with these labels in this namespace lead to, if a Gateway selects them. */
export function routesOf({ gateways, routes, hosts }: Pick<MeshRegistry, 'gateways' | 'routes' | 'hosts'>, namespace: string, labels: Labels): GatewayRoutes {
  const own = gateways.filter(({ pods }) => !pods.isEverything && pods.matches(labels));
  const names = new Set(own.map(({ ref }) => `${ref.namespace}/${ref.name}`));
  const bound = routes.filter(each => each.gateways.some(gateway => names.has(gateway)));
  const known = hosts.filter(({ ref, exportTo }) => exportTo.some(to => to === '*' || to === namespace || (to === '.' && ref.namespace === namespace)));
  const servers = new Map<string, GatewayRoutes['servers'][number]>();
  const unreadable: string[] = [];
  for (const { ref, destinations, unreadable: reasons } of bound) {
    unreadable.push(...reasons.map(reason => `${textOfRef(ref)} ${reason}`));
    for (const destination of destinations) {
      for (const entry of known.filter(each => each.hosts.some(host => isKnownAs(destination.host, host)))) {
        const ways = waysTo(destination, entry);
        if (ways === undefined) unreadable.push(`${textOfRef(ref)} leads to '${destination.host}', of which ${textOfRef(entry.ref)} does not say where it is`);
        for (const way of ways ?? []) servers.set(`${way.host} ${way.port} ${textOfRef(ref)}`, { ...way, config: ref });
      }
    }
  }
  return { servers: [...servers.values()], configs: [...(bound.length ? bound : own)].map(({ ref }) => ref), unreadable };
}

/** Undefined where it is wherever it was dialled, which for a gateway is nowhere that was said. */
function waysTo({ host, port }: RouteDestination, { resolution, endpoints, ports }: RegisteredHosts): { host: string; port: number }[] | undefined {
  if (resolution === 'NONE') return undefined;
  const opened = ports.filter(each => port === undefined || each.port === port).map(({ target }) => target);
  const places = endpoints.length || resolution === 'STATIC' ? endpoints : [host];
  return places.flatMap(place => opened.map(target => ({ host: place, port: target })));
}

function isKnownAs(host: string, pattern: string): boolean {
  return host === pattern || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}
