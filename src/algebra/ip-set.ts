/* eslint-disable no-bitwise */
import { BITS, CidrOptions, Family, formatAddress, parseAddress, parseCidr } from './cidr';
import { IntervalSet } from './interval-set';

export type { Cidr, CidrOptions, Family } from './cidr';
export { isAddress, parseAddress, parseCidr } from './cidr';

const END4 = 2 ** 32;
const END6 = 1n << 128n;

/** The CIDRs read lately: a cluster names the same ones in thousands of policies. */
const lately = new Map<string, IpSet>();
const LATELY = 20_000;

function remember(text: string, set: IpSet): void {
  if (lately.size >= LATELY) lately.clear();
  lately.set(text, set);
}

/** An address range with both ends, as it is written in a row: `10.0.0.0-10.255.255.255`. */
export interface AddressRange {
  readonly family: Family;
  readonly first: string;
  readonly last: string;
}

/**
 * Sets of IPv4 and IPv6 addresses, so that `0.0.0.0/0` minus the pods is one value and can be written
 * as CIDRs again.
 *
 * Laws: a Boolean algebra per family; `ofCidrs(s.toCidrs())` equals `s`, and no shorter list of CIDRs does.
 */
export class IpSet {
  static none(): IpSet {
    return NONE;
  }

  /** All addresses, of one family or of both. */
  static all(family?: Family): IpSet {
    return family === 4 ? ALL4 : family === 6 ? ALL6 : ALL;
  }

  static ofCidr(text: string, options?: CidrOptions): IpSet {
    const known = lately.get(text);
    if (known) return known;
    const { address, first, prefix, family } = parseCidr(text, options);
    const set = IpSet.ofNumbers(family, first, first + (1n << BigInt(BITS[family] - prefix)));
    // A text with host bits is read in one way or refused, as the options say: only what everybody reads alike is remembered.
    if (text === `${address}/${prefix}`) remember(text, set);
    return set;
  }

  static ofCidrs(texts: readonly string[], options?: CidrOptions): IpSet {
    const sets = texts.map(text => IpSet.ofCidr(text, options));
    return new IpSet(IntervalSet.unionOf(sets.map(set => set.v4)), IntervalSet.unionOf(sets.map(set => set.v6)));
  }

  static ofAddress(text: string): IpSet {
    const { family, value } = parseAddress(text);
    return IpSet.ofNumbers(family, value, value + 1n);
  }

  /** The addresses from the first to the last, both included. */
  static ofRange(first: string, last: string): IpSet {
    const from = parseAddress(first);
    const to = parseAddress(last);
    if (from.family !== to.family || from.value > to.value) {
      throw new Error(`'${first}-${last}' is not an address range: write the lower address first, both of one family`);
    }
    return IpSet.ofNumbers(from.family, from.value, to.value + 1n);
  }

  static unionOf(sets: readonly IpSet[]): IpSet {
    return new IpSet(IntervalSet.unionOf(sets.map(set => set.v4)), IntervalSet.unionOf(sets.map(set => set.v6)));
  }

  private static ofNumbers(family: Family, from: bigint, end: bigint): IpSet {
    return family === 4
      ? new IpSet(IntervalSet.of(Number(from), Number(end)), IntervalSet.empty())
      : new IpSet(IntervalSet.empty(), IntervalSet.of(from, end));
  }

  constructor(readonly v4: IntervalSet<number>, readonly v6: IntervalSet<bigint>) {}

  get isEmpty(): boolean {
    return this.v4.isEmpty && this.v6.isEmpty;
  }

  /** One text per set: equal keys mean equal sets. */
  get key(): string {
    return `${this.v4.key}|${this.v6.key}`;
  }

  union(other: IpSet): IpSet {
    return this.with(this.v4.union(other.v4), this.v6.union(other.v6));
  }

  intersect(other: IpSet): IpSet {
    return this.with(this.v4.intersect(other.v4), this.v6.intersect(other.v6));
  }

  subtract(other: IpSet): IpSet {
    return this.with(this.v4.subtract(other.v4), this.v6.subtract(other.v6));
  }

  /** The part of one family. */
  only(family: Family): IpSet {
    return family === 4 ? this.with(this.v4, IntervalSet.empty()) : this.with(IntervalSet.empty(), this.v6);
  }

  overlaps(other: IpSet): boolean {
    return this.v4.overlaps(other.v4) || this.v6.overlaps(other.v6);
  }

  contains(other: IpSet): boolean {
    return this.v4.contains(other.v4) && this.v6.contains(other.v6);
  }

  isSubsetOf(other: IpSet): boolean {
    return other.contains(this);
  }

  equals(other: IpSet): boolean {
    return this === other || (this.v4.equals(other.v4) && this.v6.equals(other.v6));
  }

  /** The shortest list of CIDRs that holds exactly these addresses, IPv4 first, ascending. */
  toCidrs(): string[] {
    const v4 = this.v4.intervals().flatMap(([from, end]) => split(BigInt(from), BigInt(end), 4));
    return [...v4, ...this.v6.intervals().flatMap(([from, end]) => split(from, end, 6))];
  }

  /** The ranges, IPv4 first, ascending. */
  ranges(): AddressRange[] {
    const range = (family: Family, first: number | bigint, last: number | bigint) =>
      ({ family, first: formatAddress(first, family), last: formatAddress(last, family) });
    return [
      ...this.v4.intervals().map(([from, end]) => range(4, from, end - 1)),
      ...this.v6.intervals().map(([from, end]) => range(6, from, end - 1n)),
    ];
  }

  toString(): string {
    return this.ranges().map(({ first, last }) => `${first}-${last}`).join(',');
  }

  private with(v4: IntervalSet<number>, v6: IntervalSet<bigint>): IpSet {
    if (v4 === this.v4 && v6 === this.v6) return this;
    return v4.isEmpty && v6.isEmpty ? NONE : new IpSet(v4, v6);
  }
}

/** Takes the largest aligned block from the front until nothing is left. */
function split(from: bigint, end: bigint, family: Family): string[] {
  const cidrs: string[] = [];
  while (from < end) {
    let bits = 0;
    while (bits < BITS[family] && (from & ((1n << BigInt(bits + 1)) - 1n)) === 0n && from + (1n << BigInt(bits + 1)) <= end) bits++;
    cidrs.push(`${formatAddress(from, family)}/${BITS[family] - bits}`);
    from += 1n << BigInt(bits);
  }
  return cidrs;
}

const NONE = new IpSet(IntervalSet.empty(), IntervalSet.empty());
const ALL4 = new IpSet(IntervalSet.of(0, END4), IntervalSet.empty());
const ALL6 = new IpSet(IntervalSet.empty(), IntervalSet.of(0n, END6));
const ALL = new IpSet(ALL4.v4, ALL6.v6);
