import { PeerClass } from './classes';
import { conditionsOf, textOfCondition } from './conditions';
import { CONTROLLER_TEXT, entranceRows } from './entrance-rows';
import { worldOf } from './names';
import { ClassTarget, End, Endpoint, Reachability } from './reachability';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';

/** One line of the answer: who reaches whom, and how. */
export interface ConnectivityRow {
  /** `namespace/name[Kind]`, a range of addresses `first-last[External]`, or the name of a host outside. */
  readonly src: string;
  readonly dst: string;
  /** `All Connections`, or ports by protocol: `TCP 80,90-95,UDP 53`. */
  readonly conn: string;
  /**
   * What else has to hold, where only some requests are let in: `TCP 8080 where method GET, path /orders`.
   * @default - nothing
   */
  readonly where?: string[];
}

/** A row as a line. */
export function lineOf({ src, dst, conn, where }: ConnectivityRow): string {
  return `${src} => ${dst} : ${conn}${where ? ' (some requests)' : ''}\n`;
}

/**
 * The rows in the order of their source and destination, one source at a time, so a list of millions of rows needs little memory. Left out
 * are pairs of a workload with itself, peers that are only imagined, and what peers that others own have to do with each other and with the
 * world: nothing is known of it.
 */
export function* rowsOf(reach: Reachability): Iterable<ConnectivityRow> {
  const targetsOf = holding(reach);
  const real = reach.endpoints.filter(endpoint => endpoint.real);
  const entrances = entranceRows(reach).map(({ dst, conn }) => ({ src: CONTROLLER_TEXT, dst: dst.text, conn: conn.toString() }));
  const outside = outsideSources(reach, real.filter(({ workload }) => !workload.foreign));
  const sources: (Endpoint | OutsideSource)[] = [...real, ...outside, { text: CONTROLLER_TEXT, rows: entrances }];
  for (const source of sources.sort(byText)) {
    if ('rows' in source) {
      yield* source.rows.sort(byDst);
      continue;
    }
    const rows: ConnectivityRow[] = [];
    for (const { dst, conn } of targetsOf(source.peerClass)) {
      for (const endpoint of reach.endpointsIn(dst)) {
        const known = !(source.workload.foreign && endpoint.workload.foreign);
        if (endpoint !== source && endpoint.real && known) rows.push({ src: source.text, dst: endpoint.text, ...allowance(reach, source, endpoint, conn) });
      }
    }
    if (!source.workload.foreign) rows.push(...worldRows(reach, source));
    yield* rows.sort(byDst);
  }
}

/** How many pairs of classes are held, for the next endpoint of their source. */
const MOST_HELD = 1_000_000;

function holding(reach: Reachability): (source: PeerClass) => readonly ClassTarget[] {
  const held = new Map<PeerClass, readonly ClassTarget[]>();
  let count = 0;
  return source => {
    const known = held.get(source);
    if (known) return known;
    const targets = [...reach.targetsOf(source)];
    count += targets.length;
    if (count <= MOST_HELD && reach.endpointsIn(source).length > 1) held.set(source, targets);
    return targets;
  };
}

function worldRows(reach: Reachability, source: Endpoint): ConnectivityRow[] {
  const { addresses, names } = worldOf(reach, source);
  const ranges = addresses.flatMap(row => row.addresses.ranges().map(({ first, last }) => ({ dst: `${first}-${last}[External]`, conn: row.conn })));
  const joined = new Map<string, ConnectionSet>();
  for (const { dst, conn } of [...ranges, ...names.filter(({ beyond }) => !beyond.isEmpty).map(row => ({ dst: row.host, conn: row.conn }))]) {
    joined.set(dst, conn.union(joined.get(dst) ?? ConnectionSet.none()));
  }
  return [...joined].map(([dst, conn]) => ({ src: source.text, dst, conn: conn.toString() }));
}

interface OutsideSource {
  readonly text: string;
  readonly rows: ConnectivityRow[];
}

function outsideSources(reach: Reachability, endpoints: readonly Endpoint[]): OutsideSource[] {
  const sources = new Map<string, ConnectivityRow[]>();
  for (const endpoint of endpoints) {
    for (const { addresses, conn } of reach.outside(endpoint, 'ingress')) {
      for (const { first, last } of addresses.ranges()) {
        const src = `${first}-${last}[External]`;
        const row = { src, dst: endpoint.text, ...allowance(reach, IpSet.ofRange(first, last), endpoint, conn) };
        const list = sources.get(src);
        if (list) list.push(row); else sources.set(src, [row]);
      }
    }
  }
  return [...sources].map(([text, rows]) => ({ text, rows }));
}

function allowance(reach: Reachability, src: End, dst: Endpoint, conn: ConnectionSet): Pick<ConnectivityRow, 'conn' | 'where'> {
  const where = conditionsOf(reach, src, dst, conn);
  return { conn: conn.toString(), ...where.length ? { where: where.map(textOfCondition) } : {} };
}

function byText(a: { readonly text: string }, b: { readonly text: string }): number {
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
}

function byDst(a: ConnectivityRow, b: ConnectivityRow): number {
  return a.dst < b.dst ? -1 : a.dst > b.dst ? 1 : 0;
}
