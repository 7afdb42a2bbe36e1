import { routesOf } from './mesh-routes';
import type { ClusterModel } from './model';
import { atomsOf, OutsideRow, resolveOutside } from './outside';
import type { Workload } from './pods';
import { evaluate, isHostIn, PeerView, Program } from './program';
import type { Endpoint, Reachability } from './reachability';
import { ProxyConfig } from './readers/_reader';
import { Redirects, ROUTER_PODS } from './readers/egress-router';
import { HaproxyReading, readHaproxy } from './readers/haproxy';
import { ObjectRef } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet, isAddress } from '../algebra/ip-set';

/**
 * What a workload reaches outside, by name where a name decides.
 *
 * A name stands for itself and is never widened to addresses. Two things decide by name: rules that list domain names, and the
 * configuration of a proxy, which knows its servers and no others. Behind a proxy the addresses that its own policy has to leave open are
 * not reachable, but for the servers that the configuration gives by address.
 */
export interface NamedRow {
  readonly host: string;
  readonly conn: ConnectionSet;
  /** What of it passes because of the name, and for no address by itself. */
  readonly beyond: ConnectionSet;
  /** The configuration that holds the name. @default - a rule does */
  readonly config?: ObjectRef;
}

export interface World {
  readonly addresses: readonly OutsideRow[];
  readonly names: readonly NamedRow[];
  /** The configurations that decide, where the workload is a proxy. */
  readonly proxiedBy: readonly ObjectRef[];
  /** Whether it leaves by an interface of its own, where no policy holds it. */
  readonly apart?: boolean;
}

export function worldOf(reach: Reachability, endpoint: Endpoint): World {
  const known = worlds.get(reach) ?? new Map<Endpoint, World>();
  worlds.set(reach, known);
  const world = known.get(endpoint) ?? readWorld(reach, endpoint);
  known.set(endpoint, world);
  return world;
}

const worlds = new WeakMap<Reachability, Map<Endpoint, World>>();

function readWorld(reach: Reachability, endpoint: Endpoint): World {
  const redirects = redirectsOf(reach, endpoint);
  if (redirects) return { addresses: redirects.rows, names: [], proxiedBy: [redirects.ref], apart: true };
  const addresses = reach.outside(endpoint, 'egress');
  const ruled = endpoint.peerClass.egress.hosts.map(host => ({ host, ...toHost(endpoint.peerClass.egress, host, reach.model.outside) }));
  const names = ruled.filter(({ conn }) => !conn.isEmpty);
  const proxy = proxyOf(reach, endpoint);
  if (!proxy || proxy.unreadable.length > 0) return { addresses, names, proxiedBy: [] };
  const open = (host: string) => toHost(endpoint.peerClass.egress, host, reach.model.outside).conn;
  return {
    addresses: proxy.servers.filter(({ host }) => isAddress(host)).flatMap(({ host, port }) => addresses.map(row =>
      ({ addresses: row.addresses.intersect(IpSet.ofAddress(host)), conn: row.conn.intersect(ConnectionSet.of('TCP', port)) })))
      .filter(row => !row.addresses.isEmpty && !row.conn.isEmpty),
    names: proxy.servers.filter(({ host }) => !isAddress(host) && !isInside(host))
      .map(({ host, port, config }) => ({ host, config, conn: open(host).intersect(ConnectionSet.of('TCP', port)) }))
      .filter(({ conn }) => !conn.isEmpty)
      .map(row => ({ ...row, beyond: row.conn })),
    proxiedBy: proxy.configs,
  };
}

/** What passes to one name. */
export function toName(world: World, host: string): ConnectionSet {
  return ConnectionSet.unionOf(world.names.filter(row => isHostIn(host, row.host)).map(({ conn }) => conn));
}

/** Why the configuration of a proxy cannot be relied on: each line that may lead elsewhere. */
export function unreadableProxies(reach: Reachability): string[] {
  return reach.endpoints.filter(endpoint => endpoint.real).flatMap(endpoint => (proxyOf(reach, endpoint)?.unreadable ?? [])
    .map(reason => `${endpoint.text} is taken to reach every address its policies open: ${reason}`));
}

interface Proxy {
  readonly servers: readonly { readonly host: string; readonly port: number; readonly config: ObjectRef }[];
  readonly configs: readonly ObjectRef[];
  readonly unreadable: readonly string[];
}

function proxyOf({ model, layers }: Reachability, { workload }: Pick<Endpoint, 'workload'>): Proxy | undefined {
  if (layers !== undefined && !layers.has('proxy')) return undefined;
  return configuredProxy(model, workload) ?? gatewayOf(model, workload);
}

/** A gateway of a mesh, in whose pods nothing else runs: it leads where its routes say. */
function gatewayOf({ mesh }: ClusterModel, { variants }: Workload): Proxy | undefined {
  if (!variants.every(({ shape }) => shape.forwards && shape.identity?.gateway)) return undefined;
  const read = variants.map(({ shape }) => routesOf(mesh, shape.namespace, shape.labels));
  return {
    servers: read.flatMap(({ servers }) => servers),
    configs: [...new Set(read.flatMap(({ configs }) => configs))],
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  };
}

/** What the configuration of a proxy of either kind says, as a text to compare. @returns undefined where the workload is none */
export function wordingOf(reach: Reachability, endpoint: Pick<Endpoint, 'workload'>): string | undefined {
  const proxy = proxyOf(reach, endpoint);
  return proxy && JSON.stringify([proxy.servers.map(({ host, port }) => [host, port]), proxy.unreadable]);
}

function configuredProxy(model: ClusterModel, workload: Workload): Proxy | undefined {
  // Pods of one workload may mount different configurations: all of them count, and a pod without one may reach anything.
  const mounted = workload.variants.map(({ shape }) => shape.proxyConfigs.flatMap(name => model.proxyConfigs.get(`${shape.namespace}/${name}`) ?? []));
  if (mounted.some(configs => configs.length === 0)) return undefined;
  const read = [...new Set(mounted.flat())].map(config => ({ ref: config.ref, ...readOnce(config) }));
  return {
    servers: read.flatMap(({ ref, listeners }) => listeners.flatMap(({ servers }) => servers.map(server => ({ ...server, config: ref })))),
    configs: read.map(({ ref }) => ref),
    unreadable: read.flatMap(({ ref, unknown }) => unknown.map(({ line, reason }) => `line ${line} of ConfigMap ${ref.namespace}/${ref.name}: ${reason}`)),
  };
}

const readings = new WeakMap<ProxyConfig, HaproxyReading>();

function readOnce(config: ProxyConfig): HaproxyReading {
  const reading = readings.get(config) ?? readHaproxy(config.text);
  readings.set(config, reading);
  return reading;
}

/** A name may stand for any address outside, so what passes for some address passes for it. */
function toHost(program: Program, host: string, outside: IpSet): Pick<NamedRow, 'conn' | 'beyond'> {
  const views: PeerView[] = [
    ...atomsOf(outside.v4, program.addresses.map(set => set.v4)).map(({ cuts: [v4] }) => ({ selectable: false, v4 })),
    ...atomsOf(outside.v6, program.addresses.map(set => set.v6)).map(({ cuts: [v6] }) => ({ selectable: false, v6 })),
    ...outside.subtract(IpSet.unionOf(program.addresses)).isEmpty ? [] : [{ selectable: false }],
  ];
  const found = views.map(view => ({ byName: evaluate(program, { ...view, host }, resolveOutside), byAddress: evaluate(program, view, resolveOutside) }));
  return {
    conn: ConnectionSet.unionOf(found.map(({ byName }) => byName)),
    beyond: ConnectionSet.unionOf(found.map(({ byName, byAddress }) => byName.subtract(byAddress))),
  };
}

/** What leaves by the interface outside that an operator gave these pods. */
function redirectsOf({ model, layers }: Reachability, { workload }: Endpoint): Redirects | undefined {
  if (layers !== undefined && !layers.has('proxy')) return undefined;
  return workload.real && workload.name === ROUTER_PODS && workload.kind === 'Deployment' ? model.redirects.get(workload.namespace) : undefined;
}

/** Names of Services are the cluster's own; the pods behind them have rows of their own. */
function isInside(host: string): boolean {
  return !host.includes('.') || /\.svc(\..+)?$/.test(host);
}
