/* eslint-disable no-bitwise */
/**
 * Sets of whole numbers as sorted, disjoint, non-touching intervals.
 *
 * A set is kept as its cuts: the places where membership changes. `[3, 7, 9, 10]` holds 3 to 6, and 9.
 * So intervals that touch melt together by themselves, equal sets have equal cuts, and one sweep serves
 * every operation. The sweep only compares, so ports and IPv4 addresses are plain numbers and IPv6
 * addresses are bigints.
 *
 * Laws: union and intersection are commutative, associative, idempotent and distribute over each other;
 * `a - b = a ∩ ¬b`; a set is its own only equal. No operation touches its arguments.
 */
export class IntervalSet<T extends number | bigint> {
  static empty<T extends number | bigint>(): IntervalSet<T> {
    return EMPTY as IntervalSet<any>;
  }

  /** The numbers from `from` up to, but without, `end`. */
  static of<T extends number | bigint>(from: T, end: T): IntervalSet<T> {
    return from < end ? new IntervalSet<T>([from, end]) : IntervalSet.empty<T>();
  }

  /** The union of many sets: balanced, so that n one-interval sets cost n log n. */
  static unionOf<T extends number | bigint>(sets: readonly IntervalSet<T>[]): IntervalSet<T> {
    if (sets.length === 0) return IntervalSet.empty<T>();
    let level = sets;
    while (level.length > 1) {
      const next: IntervalSet<T>[] = [];
      for (let i = 0; i < level.length; i += 2) next.push(i + 1 < level.length ? level[i].union(level[i + 1]) : level[i]);
      level = next;
    }
    return level[0];
  }

  private constructor(readonly cuts: readonly T[]) {}

  get isEmpty(): boolean {
    return this.cuts.length === 0;
  }

  /** The intervals as pairs `[first, end)`. */
  intervals(): [T, T][] {
    const pairs: [T, T][] = [];
    for (let i = 0; i < this.cuts.length; i += 2) pairs.push([this.cuts[i], this.cuts[i + 1]]);
    return pairs;
  }

  union(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other || other.isEmpty) return this;
    if (this.isEmpty) return other;
    return this.sweep(other, UNION);
  }

  intersect(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other || this.isEmpty) return this;
    if (other.isEmpty) return other;
    return this.sweep(other, INTERSECT);
  }

  subtract(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other) return IntervalSet.empty<T>();
    if (this.isEmpty || other.isEmpty) return this;
    return this.sweep(other, SUBTRACT);
  }

  has(value: T): boolean {
    let low = 0;
    let high = this.cuts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.cuts[middle] <= value) low = middle + 1; else high = middle;
    }
    return low % 2 === 1;
  }

  contains(other: IntervalSet<T>): boolean {
    return other.subtract(this).isEmpty;
  }

  isSubsetOf(other: IntervalSet<T>): boolean {
    return other.contains(this);
  }

  overlaps(other: IntervalSet<T>): boolean {
    return !this.intersect(other).isEmpty;
  }

  equals(other: IntervalSet<T>): boolean {
    return this === other || (this.cuts.length === other.cuts.length && this.cuts.every((cut, i) => cut === other.cuts[i]));
  }

  /** One text per set: equal keys mean equal sets. */
  get key(): string {
    return this.cuts.join(',');
  }

  /** Walks the cuts of both sets in order; `keep` holds, for each of the four memberships (bit 0: here, bit 1: there), whether it stays. */
  private sweep(other: IntervalSet<T>, keep: readonly boolean[]): IntervalSet<T> {
    const a = this.cuts;
    const b = other.cuts;
    const cuts: T[] = [];
    let i = 0;
    let j = 0;
    let inside = false;
    while (i < a.length || j < b.length) {
      const cut = j >= b.length || (i < a.length && a[i] <= b[j]) ? a[i] : b[j];
      if (i < a.length && a[i] === cut) i++;
      if (j < b.length && b[j] === cut) j++;
      const kept = keep[(i & 1) | ((j & 1) << 1)];
      if (kept !== inside) {
        cuts.push(cut);
        inside = kept;
      }
    }
    return cuts.length === 0 ? IntervalSet.empty<T>() : new IntervalSet<T>(cuts);
  }
}

const UNION = [false, true, true, true];
const INTERSECT = [false, false, false, true];
const SUBTRACT = [false, true, false, false];
const EMPTY = new (IntervalSet as any)([]) as IntervalSet<any>;
