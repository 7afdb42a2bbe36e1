import type { FlowStep, Guard, PictureFlow, Plan } from './model';
import { ConnectionSet } from '../../../algebra/connection-set';
import { IpSet } from '../../../algebra/ip-set';
import { entranceRows } from '../../entrance-rows';
import { worldOf } from '../../names';
import { CONTROLLER } from '../../pods';
import { End, Endpoint, Reachability } from '../../reachability';
import { Direction } from '../../rules';
import { filesOf, tell } from '../story';

/** The flows of a picture: as few as say the same as all rows, each with what guards it. */

export interface CutFlows {
  readonly flows: readonly PictureFlow[];
  readonly dns: readonly { readonly namespace: string; readonly text: string }[];
}

/** So many that are treated alike are better shown as one. */
const MANY = 4;
/** Beyond this many flows their stories are left out: nobody reads them, and the page would weigh megabytes. */
const TOLD = 1500;

interface Cut {
  readonly src: string;
  readonly dst: string;
  conn: ConnectionSet;
  rows: number;
  /** One of the pairs it stands for. */
  readonly example: readonly [End, End];
  /** The name that the destination is known by. */
  readonly host?: string;
  readonly guards: Set<Guard>;
  readonly layers: Set<string>;
}

export function cutFlows(reach: Reachability, real: readonly Endpoint[], plan: Plan): CutFlows {
  const cuts = new Map<string, Cut>();
  const add = (src: string, dst: string, conn: ConnectionSet, rows: number, example: readonly [End, End], split = true, host?: string) => {
    if (src === dst && plan.collapsed) return;
    const guard = guardOf(...example);
    const key = split ? `${src} ${dst} ${conn.key} ${guard}` : `${src} ${dst}`;
    let cut = cuts.get(key);
    if (cut) {
      cut.conn = cut.conn.union(conn);
      cut.rows += rows;
    } else {
      cuts.set(key, cut = { src, dst, conn, rows, example, host, guards: new Set(), layers: new Set() });
    }
    cut.guards.add(guard);
    for (const layer of layersOf(reach, ...example)) cut.layers.add(layer);
  };
  const dns = new Map<string, { users: Set<Endpoint>; servers: Set<string> }>();
  if (plan.collapsed) collapsedPairs(reach, plan, add);
  else groupedPairs(reach, real, plan, dns, add);
  for (const endpoint of real) {
    if (endpoint.workload.foreign) continue;
    const own = plan.one(endpoint);
    for (const { addresses, conn } of reach.outside(endpoint, 'ingress')) {
      add(plan.outside(addresses, 'in'), own, conn, 1, [addresses, endpoint], !plan.collapsed);
    }
    const world = worldOf(reach, endpoint);
    for (const { addresses, conn } of world.addresses) {
      add(own, plan.outside(addresses, 'out'), conn, 1, [endpoint, addresses], !plan.collapsed);
    }
    for (const { host, conn } of world.names) add(own, plan.host(host), conn, 1, [endpoint, reach.model.outside], !plan.collapsed, host);
  }
  for (const { dst, conn } of entranceRows(reach)) {
    const [controller] = reach.find(CONTROLLER.namespace, CONTROLLER.name);
    add(plan.entrance(), plan.one(dst), conn, 1, [controller, dst], !plan.collapsed);
  }
  const merged = plan.collapsed ? [...cuts.values()] : mergeOutside([...cuts.values()], real, plan);
  if (plan.collapsed) merged.sort((a, b) => compare(a.src, b.src) || compare(a.dst, b.dst));
  const told = merged.length <= TOLD;
  return {
    flows: merged.map(({ src, dst, conn, rows, example, host, guards, layers }) => ({
      src, dst, rows, conn: conn.toString(), guard: weakest(guards), layers: [...layers].sort(), story: told ? storyOf(reach, example, conn, host) : [],
    })),
    dns: [...dns].map(([namespace, { users, servers }]) =>
      ({ namespace, text: dnsNote(users.size, plan.byNamespace.get(namespace)!.length, [...servers].sort()) })),
  };
}

type Add = (src: string, dst: string, conn: ConnectionSet, rows: number, example: readonly [End, End], split?: boolean, host?: string) => void;

function collapsedPairs(reach: Reachability, plan: Plan, add: Add): void {
  const pairs: { from: Endpoint; to: Endpoint; conn: ConnectionSet }[] = [];
  for (const { src, dst, conn } of reach.classPairs()) {
    const [sources, targets] = [src, dst].map(each => firstOfEach(reach.endpointsIn(each).filter(({ real }) => real)));
    for (const from of sources) for (const to of targets) if (from.namespace !== to.namespace) pairs.push({ from, to, conn });
  }
  pairs.sort((a, b) => compare(a.from.text, b.from.text) || compare(a.to.text, b.to.text));
  for (const { from, to, conn } of pairs) add(plan.one(from), plan.one(to), conn, 1, [from, to], false);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function firstOfEach(endpoints: readonly Endpoint[]): Endpoint[] {
  const sorted = [...endpoints].sort((a, b) => compare(b.text, a.text));
  return [...new Map(sorted.map(endpoint => [endpoint.namespace, endpoint])).values()];
}

type Dns = Map<string, { users: Set<Endpoint>; servers: Set<string> }>;

/** First the targets of each source are gathered, then the sources of each such target. */
function groupedPairs(reach: Reachability, real: readonly Endpoint[], plan: Plan, dns: Dns, add: Add): void {
  const targets = new Map<Endpoint, Map<string, { conn: ConnectionSet; ends: Set<Endpoint> }>>();
  for (const { src, dst, conn } of insidePairs(reach)) {
    if (isLookup(dst, conn)) {
      const known = dns.get(src.namespace) ?? { users: new Set<Endpoint>(), servers: new Set<string>() };
      known.users.add(src);
      known.servers.add(`${dst.namespace}/${dst.name}`);
      dns.set(src.namespace, known);
      continue;
    }
    const key = `${conn.key} ${guardOf(src, dst)}`;
    const own = targets.get(src) ?? new Map();
    const entry = own.get(key) ?? { conn, ends: new Set<Endpoint>() };
    entry.ends.add(dst);
    targets.set(src, own.set(key, entry));
  }
  const sources = new Map<string, { unit: Unit; conn: ConnectionSet; ends: Set<Endpoint> }>();
  for (const [src, byConn] of targets) {
    for (const [key, { conn, ends }] of byConn) {
      for (const unit of unitsOf(ends, real, plan, new Set([src]))) {
        const entry = sources.get(`${unit.id} ${key}`) ?? { unit, conn, ends: new Set<Endpoint>() };
        entry.ends.add(src);
        sources.set(`${unit.id} ${key}`, entry);
      }
    }
  }
  for (const { unit, conn, ends } of sources.values()) {
    const alone = unit.ends.length === 1 ? new Set(unit.ends) : NOBODY;
    for (const from of unitsOf(ends, real, plan, alone)) {
      const src = from.ends[0];
      add(from.id, unit.id, conn, from.ends.length * unit.ends.length, [src, unit.ends.find(end => end !== src) ?? unit.ends[0]]);
    }
  }
}

/** In the order of their names. */
function insidePairs(reach: Reachability): { src: Endpoint; dst: Endpoint; conn: ConnectionSet }[] {
  const pairs: { src: Endpoint; dst: Endpoint; conn: ConnectionSet }[] = [];
  for (const { src, dst, conn } of reach.pairs()) {
    if (src instanceof IpSet || dst instanceof IpSet || src === dst || !src.real || !dst.real) continue;
    if (!(src.workload.foreign && dst.workload.foreign)) pairs.push({ src, dst, conn });
  }
  return pairs.sort((a, b) => (a.src === b.src ? (a.dst.text < b.dst.text ? -1 : 1) : a.src.text < b.src.text ? -1 : 1));
}

interface Unit {
  readonly id: string;
  readonly ends: readonly Endpoint[];
}

const NOBODY: ReadonlySet<Endpoint> = new Set();

/** The cluster, whole namespaces and single workloads that make up a set, given who is not expected in it. */
function unitsOf(ends: ReadonlySet<Endpoint>, real: readonly Endpoint[], plan: Plan, beside: ReadonlySet<Endpoint>): Unit[] {
  const covers = (all: readonly Endpoint[]) =>
    all.every(end => ends.has(end) || beside.has(end)) && all.filter(end => !beside.has(end)).length >= MANY;
  const spaces = new Set([...ends].map(({ namespace }) => namespace));
  if (spaces.size > 1 && covers(real)) return [{ id: plan.everything(), ends: real.filter(end => ends.has(end)) }];
  const units: Unit[] = [];
  for (const [namespace, own] of namespacesOf(ends)) {
    if (covers(plan.byNamespace.get(namespace)!)) units.push({ id: plan.whole(namespace), ends: own });
    else for (const end of own) units.push({ id: plan.one(end), ends: [end] });
  }
  return units;
}

function namespacesOf(ends: Iterable<Endpoint>): Map<string, Endpoint[]> {
  const found = new Map<string, Endpoint[]>();
  for (const end of ends) found.set(end.namespace, [...found.get(end.namespace) ?? [], end]);
  return found;
}

/** What every workload has to do with the same addresses is one flow too. */
function mergeOutside(cuts: readonly Cut[], real: readonly Endpoint[], plan: Plan): Cut[] {
  const kept: Cut[] = [];
  const shared = new Map<string, Cut[]>();
  for (const cut of cuts) {
    const inward = cut.example[0] instanceof IpSet;
    if (!inward && !(cut.example[1] instanceof IpSet)) {kept.push(cut);} else {
      const key = `${inward ? `in ${cut.src}` : `out ${cut.dst}`} ${cut.conn.key} ${[...cut.guards]}`;
      shared.set(key, [...shared.get(key) ?? [], cut]);
    }
  }
  for (const group of shared.values()) {
    const inward = group[0].example[0] instanceof IpSet;
    const byEnd = new Map(group.map(cut => [cut.example[inward ? 1 : 0] as Endpoint, cut]));
    for (const { id, ends } of unitsOf(new Set(byEnd.keys()), real, plan, NOBODY)) {
      const cut = byEnd.get(ends[0])!;
      kept.push({ ...cut, rows: ends.length, ...inward ? { dst: id } : { src: id } });
    }
  }
  return kept;
}

const DNS_PORTS = ConnectionSet.unionOf((['TCP', 'UDP'] as const).flatMap(protocol => [53, 5353].map(port => ConnectionSet.of(protocol, port))));

function isLookup({ labels }: Endpoint, conn: ConnectionSet): boolean {
  return (labels['k8s-app'] === 'kube-dns' || labels['dns.operator.openshift.io/daemonset-dns'] !== undefined) && conn.isSubsetOf(DNS_PORTS);
}

function dnsNote(users: number, all: number, servers: readonly string[]): string {
  return `${users === all ? 'looks up names' : `${users} of ${all} look up names`} at ${servers.join(', ')}`;
}

function guarded(end: End, direction: Direction): boolean | undefined {
  return end instanceof IpSet ? undefined : end.peerClass[direction].stages.length > 0;
}

function guardOf(src: End, dst: End): Guard {
  const [out, into] = [guarded(src, 'egress'), guarded(dst, 'ingress')];
  // Only one end of a flow to the world outside is in the cluster; it is guarded as well as it can be.
  if (out === undefined || !(src instanceof IpSet || src.real)) return into ? 'both ends' : 'nothing';
  if (into === undefined) return out ? 'both ends' : 'nothing';
  return out ? (into ? 'both ends' : 'source only') : into ? 'destination only' : 'nothing';
}

const WEAKEST: readonly Guard[] = ['nothing', 'source only', 'destination only', 'both ends'];

function weakest(guards: ReadonlySet<Guard>): Guard {
  return WEAKEST.find(guard => guards.has(guard))!;
}

function layersOf(reach: Reachability, src: End, dst: End): string[] {
  const of = (end: End, direction: Direction) =>
    (end instanceof IpSet ? [] : end.peerClass[direction].stages.flatMap(stage => stage.map(({ layer }) => layer.name)));
  const proxied = !(src instanceof IpSet) && dst instanceof IpSet && worldOf(reach, src).proxiedBy.length > 0;
  return [...of(src, 'egress'), ...of(dst, 'ingress'), ...proxied ? ['proxy'] : []];
}

function storyOf(reach: Reachability, [src, dst]: readonly [End, End], conn: ConnectionSet, host?: string): FlowStep[] {
  const { steps } = tell(reach, src, dst, conn, host);
  return steps.map(({ text, reasons }) => ({ text, reasons: reasons.map(reason => ({ text: reason.text, files: filesOf(reason) })) }));
}
