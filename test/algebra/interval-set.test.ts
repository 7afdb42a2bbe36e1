/* eslint-disable no-bitwise */
import * as fc from 'fast-check';
import { IntervalSet } from '../../src/algebra/interval-set';
import { sayTries, TRIES } from '../support/tries';

const SIZE = 24;
const members = fc.uniqueArray(fc.integer({ min: 0, max: SIZE - 1 }), { maxLength: SIZE });
const toSet = (values: number[]) => IntervalSet.unionOf(values.map(value => IntervalSet.of(value, value + 1)));
const toList = (set: IntervalSet<number>) => Array.from({ length: SIZE }, (_, i) => i).filter(i => set.has(i));
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

sayTries('interval sets');

describe('interval sets', () => {
  test('agree with plain sets of numbers on every operation', () => {
    fc.assert(fc.property(members, members, (a, b) => {
      const [x, y] = [toSet(a), toSet(b)];
      expect(toList(x)).toEqual(sorted(a));
      expect(toList(x.union(y))).toEqual(sorted(new Set([...a, ...b])));
      expect(toList(x.intersect(y))).toEqual(sorted(a.filter(v => b.includes(v))));
      expect(toList(x.subtract(y))).toEqual(sorted(a.filter(v => !b.includes(v))));
      expect(x.contains(y)).toBe(b.every(v => a.includes(v)));
      expect(x.isSubsetOf(y)).toBe(a.every(v => b.includes(v)));
      expect(x.overlaps(y)).toBe(a.some(v => b.includes(v)));
    }), TRIES);
  });

  test('have one form only: equal sets have equal cuts, which rise strictly', () => {
    fc.assert(fc.property(members, members, (a, b) => {
      const same = toSet([...a, ...b].reverse());
      const union = toSet(a).union(toSet(b));
      expect(union.cuts).toEqual(same.cuts);
      expect(union.equals(same)).toBe(true);
      expect(union.key).toBe(same.key);
      union.cuts.slice(1).forEach((cut, i) => expect(cut).toBeGreaterThan(union.cuts[i]));
    }), TRIES);
  });

  test('leave their arguments as they were', () => {
    const a = IntervalSet.of<number>(1, 5);
    const b = IntervalSet.of<number>(3, 9);
    a.union(b); a.intersect(b); a.subtract(b);
    expect([a.cuts, b.cuts]).toEqual([[1, 5], [3, 9]]);
  });

  test('hold bigints as well', () => {
    const big = 1n << 100n;
    const set = IntervalSet.of(0n, 10n * big).subtract(IntervalSet.of(big, 2n * big));
    expect(set.has(big)).toBe(false);
    expect(set.has(2n * big)).toBe(true);
    expect(set.intervals()).toHaveLength(2);
  });
});
