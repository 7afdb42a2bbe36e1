import { evaluate, PortResolver, Program } from './program';
import { ConnectionSet } from '../algebra/connection-set';
import { IntervalSet } from '../algebra/interval-set';
import { IpSet } from '../algebra/ip-set';

/** Addresses that one pod treats alike, and what it allows them. */
export interface OutsideRow {
  readonly addresses: IpSet;
  readonly conn: ConnectionSet;
}

/** Cuts the addresses outside where the program's own rules do, and joins what comes out equal. Rows are disjoint; what is not in any is denied. */
export function outsideRows(program: Program, resolve: PortResolver, world: IpSet): OutsideRow[] {
  const rows = new Map<ConnectionSet, { v4: IntervalSet<number>[]; v6: IntervalSet<bigint>[] }>();
  const add = (conn: ConnectionSet, v4: IntervalSet<number>[], v6: IntervalSet<bigint>[]) => {
    if (conn.isEmpty) return;
    const row = rows.get(conn);
    if (!row) {
      rows.set(conn, { v4, v6 });
    } else {
      row.v4.push(...v4);
      row.v6.push(...v6);
    }
  };
  const nobody = evaluate(program, OUTSIDE, resolve);
  const touched = IpSet.unionOf(program.addresses);
  const rest = world.subtract(touched);
  add(nobody, [rest.v4], [rest.v6]);
  for (const atom of atomsOf(world.v4.intersect(touched.v4), program.addresses.map(set => set.v4))) {
    add(evaluate(program, { ...OUTSIDE, v4: atom.cuts[0] }, resolve), [atom], []);
  }
  for (const atom of atomsOf(world.v6.intersect(touched.v6), program.addresses.map(set => set.v6))) {
    add(evaluate(program, { ...OUTSIDE, v6: atom.cuts[0] }, resolve), [], [atom]);
  }
  return [...rows].map(([conn, { v4, v6 }]) => ({ conn, addresses: new IpSet(IntervalSet.unionOf(v4), IntervalSet.unionOf(v6)) }))
    .filter(row => !row.addresses.isEmpty);
}

/** Nobody outside can be selected, or has an identity. */
const OUTSIDE = { selectable: false, anonymous: true };

/** Splits a set wherever one of the others begins or ends. */
export function atomsOf<T extends number | bigint>(set: IntervalSet<T>, others: readonly IntervalSet<T>[]): IntervalSet<T>[] {
  const cuts = [...new Set(others.flatMap(other => other.cuts))].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const atoms: IntervalSet<T>[] = [];
  let i = 0;
  for (const [first, end] of set.intervals()) {
    let from = first;
    while (i < cuts.length && cuts[i] <= from) i++;
    for (; i < cuts.length && cuts[i] < end; i++) {
      atoms.push(IntervalSet.of(from, cuts[i]));
      from = cuts[i];
    }
    atoms.push(IntervalSet.of(from, end));
  }
  return atoms;
}

/** Port names mean nothing at an address outside. */
export const resolveOutside: PortResolver = rule => rule.ports.numbers;
