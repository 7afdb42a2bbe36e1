/** A small generator of numbers: the same seed gives the same sequence on every machine (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** From 0 up to, not including, 1. */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) % 0x100000000;
    let t = this.state;
    // eslint-disable-next-line no-bitwise
    t = Math.imul(t ^ (t >>> 15), t | 1);
    // eslint-disable-next-line no-bitwise
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    // eslint-disable-next-line no-bitwise
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  }

  /** A whole number, both ends included. */
  public between(first: number, last: number): number {
    return first + Math.floor(this.next() * (last - first + 1));
  }

  public chance(probability: number): boolean {
    return this.next() < probability;
  }

  public oneOf<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)];
  }
}
