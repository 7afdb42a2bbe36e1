import { IntervalSet } from './interval-set';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export const PROTOCOLS: readonly Protocol[] = ['SCTP', 'TCP', 'UDP'];

type Ports = IntervalSet<number>;
const ALL_PORTS: Ports = IntervalSet.of(1, 65536);
const NO_PORTS: Ports = IntervalSet.empty();

/**
 * Sets of connections: {TCP, UDP, SCTP} x ports 1-65535. ICMP is outside.
 *
 * Equal sets are nearly always the same object (each set is kept once by its key), and each operation on a
 * pair of sets is computed once, so an analysis that asks the same question a million times pays once.
 *
 * Laws: a Boolean algebra with `all()` and `none()`; `parse(s.toString())` equals `s`.
 */
export class ConnectionSet {
  static all(): ConnectionSet {
    return ALL;
  }

  static none(): ConnectionSet {
    return NONE;
  }

  /** One protocol from a first to a last port, both included: `of('TCP', 8080)`, `of('UDP', 1, 1024)`. */
  static of(protocol: Protocol, from: number, to: number = from): ConnectionSet {
    const short = from * 65536 + to;
    const cached = ranges.get(protocol)?.get(short);
    if (cached) return cached;
    if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
    for (const port of [from, to]) {
      if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`port '${port}' is outside 1-65535`);
    }
    if (from > to) throw new Error(`port range '${from}-${to}' is empty: write the lower port first`);
    const set = keep(PROTOCOLS.map(p => p === protocol ? IntervalSet.of(from, to + 1) : NO_PORTS));
    const known = ranges.get(protocol)!;
    if (known.size >= LIMIT) known.clear();
    known.set(short, set);
    return set;
  }

  /** All ports of one protocol. */
  static ofProtocol(protocol: Protocol): ConnectionSet {
    return ConnectionSet.of(protocol, 1, 65535);
  }

  static unionOf(sets: Iterable<ConnectionSet>): ConnectionSet {
    let union = NONE;
    for (const set of sets) union = union.union(set);
    return union;
  }

  /** Reads what `toString()` writes: a protocol holds until the next one. */
  static parse(text: string): ConnectionSet {
    const trimmed = text.trim();
    if (trimmed === ALL_TEXT) return ALL;
    if (trimmed === NONE_TEXT) return NONE;
    let protocol: Protocol | undefined;
    let union = NONE;
    for (const item of trimmed.split(',')) {
      const match = /^(?:(TCP|UDP|SCTP) )?(\d+)(?:-(\d+))?$/.exec(item.trim());
      protocol = (match?.[1] as Protocol | undefined) ?? protocol;
      if (!match || !protocol) throw new Error(`'${text}' is not a set of connections: write it as 'TCP 80,90-95,UDP 53' or '${ALL_TEXT}'`);
      union = union.union(ConnectionSet.of(protocol, Number(match[2]), Number(match[3] ?? match[2])));
    }
    return union;
  }

  private written?: string;

  /** @param ports in the order of PROTOCOLS; `id` is a small number for memo keys. */
  constructor(private readonly ports: readonly Ports[], readonly key: string, readonly id: number) {}

  get isEmpty(): boolean {
    return this === NONE;
  }

  get isAll(): boolean {
    return this === ALL;
  }

  portsOf(protocol: Protocol): Ports {
    return this.ports[PROTOCOLS.indexOf(protocol)];
  }

  has(protocol: Protocol, port: number): boolean {
    return this.portsOf(protocol).has(port);
  }

  union(other: ConnectionSet): ConnectionSet {
    if (this === other || other === NONE || this === ALL) return this;
    if (this === NONE || other === ALL) return other;
    return memo(unions, this, other, 'union');
  }

  intersect(other: ConnectionSet): ConnectionSet {
    if (this === other || other === ALL || this === NONE) return this;
    if (this === ALL || other === NONE) return other;
    return memo(intersections, this, other, 'intersect');
  }

  subtract(other: ConnectionSet): ConnectionSet {
    if (other === NONE || this === NONE) return this;
    if (this === other || other === ALL) return NONE;
    return memo(differences, this, other, 'subtract');
  }

  contains(other: ConnectionSet): boolean {
    return other.subtract(this).isEmpty;
  }

  isSubsetOf(other: ConnectionSet): boolean {
    return other.contains(this);
  }

  overlaps(other: ConnectionSet): boolean {
    return !this.intersect(other).isEmpty;
  }

  equals(other: ConnectionSet): boolean {
    return this === other || this.key === other.key;
  }

  /** `All Connections`, `No Connections` or `TCP 80,90-95,UDP 53`. */
  toString(): string {
    return this.written ??= this === ALL ? ALL_TEXT : this === NONE ? NONE_TEXT : PROTOCOLS
      .map(protocol => ({ protocol, intervals: this.portsOf(protocol).intervals() }))
      .filter(({ intervals }) => intervals.length > 0)
      .map(({ protocol, intervals }) => `${protocol} ${intervals.map(([from, end]) => from === end - 1 ? `${from}` : `${from}-${end - 1}`).join(',')}`)
      .join(',');
  }
}

const ALL_TEXT = 'All Connections';
const NONE_TEXT = 'No Connections';

// The caches are bounded: emptying them costs time, never correctness, because `equals` falls back on the key.
const LIMIT = 200_000;
const kept = new Map<string, ConnectionSet>();
const ranges = new Map(PROTOCOLS.map(protocol => [protocol, new Map<number, ConnectionSet>()]));
const unions = new Map<number, ConnectionSet>();
const intersections = new Map<number, ConnectionSet>();
const differences = new Map<number, ConnectionSet>();
let ids = 0;

function keep(ports: readonly Ports[]): ConnectionSet {
  const key = ports.map(set => set.key).join('|');
  if (key === NONE?.key) return NONE;
  if (key === ALL?.key) return ALL;
  let set = kept.get(key);
  if (!set) {
    if (kept.size >= LIMIT) kept.clear();
    set = new ConnectionSet(ports, key, ids++);
    kept.set(key, set);
  }
  return set;
}

function memo(cache: Map<number, ConnectionSet>, a: ConnectionSet, b: ConnectionSet, operation: 'union' | 'intersect' | 'subtract'): ConnectionSet {
  const pair = a.id * 2 ** 26 + b.id;
  let result = cache.get(pair);
  if (!result) {
    if (cache.size >= LIMIT) cache.clear();
    result = keep(PROTOCOLS.map(protocol => a.portsOf(protocol)[operation](b.portsOf(protocol))));
    cache.set(pair, result);
  }
  return result;
}

let NONE: ConnectionSet;
let ALL: ConnectionSet;
NONE = keep(PROTOCOLS.map(() => NO_PORTS));
ALL = keep(PROTOCOLS.map(() => ALL_PORTS));
