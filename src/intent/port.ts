import { checkPortName } from '../admission/names';

/** The transport protocols a Kubernetes port can have. */
export type Transport = 'TCP' | 'UDP' | 'SCTP';

/**
 * A port, or a range of ports, with its protocol. There is no way to say "all ports": a flow that names no port
 * uses the ports its destination declares.
 *
 * Ports are those of the destination's pods (the Service's *target* port): that is where Kubernetes enforces.
 */
export class Port {
  /** One TCP port, 1-65535. */
  public static tcp(number: number): Port {
    return Port.of('TCP', number);
  }

  /** One UDP port, 1-65535. */
  public static udp(number: number): Port {
    return Port.of('UDP', number);
  }

  /** One SCTP port, 1-65535. */
  public static sctp(number: number): Port {
    return Port.of('SCTP', number);
  }

  /** The TCP ports from `first` to `last`, both included. */
  public static tcpRange(first: number, last: number): Port {
    return Port.of('TCP', first, last);
  }

  /** The UDP ports from `first` to `last`, both included. */
  public static udpRange(first: number, last: number): Port {
    return Port.of('UDP', first, last);
  }

  /** The SCTP ports from `first` to `last`, both included. */
  public static sctpRange(first: number, last: number): Port {
    return Port.of('SCTP', first, last);
  }

  /** A TCP port by the name the destination's container gives it. */
  public static tcpNamed(name: string): Port {
    return Port.named('TCP', name);
  }

  /** A UDP port by the name the destination's container gives it. */
  public static udpNamed(name: string): Port {
    return Port.named('UDP', name);
  }

  /** An SCTP port by the name the destination's container gives it. */
  public static sctpNamed(name: string): Port {
    return Port.named('SCTP', name);
  }

  /** PostgreSQL, TCP 5432. */
  public static postgres(): Port {
    return Port.tcp(5432);
  }

  /** MySQL and MariaDB, TCP 3306. */
  public static mysql(): Port {
    return Port.tcp(3306);
  }

  /** Redis and Valkey, TCP 6379. */
  public static redis(): Port {
    return Port.tcp(6379);
  }

  /** MongoDB, TCP 27017. */
  public static mongodb(): Port {
    return Port.tcp(27017);
  }

  /** Apache Kafka, TCP 9092. */
  public static kafka(): Port {
    return Port.tcp(9092);
  }

  /** HTTPS, TCP 443. */
  public static https(): Port {
    return Port.tcp(443);
  }

  /** @internal */
  public static _of(transport: Transport, first: number, last: number = first): Port {
    return Port.of(transport, first, last);
  }

  private static of(transport: Transport, first: number, last: number = first): Port {
    for (const number of [first, last]) {
      if (!Number.isInteger(number) || number < 1 || number > 65535) {
        throw new Error(`port '${number}' is not a whole number from 1 to 65535: name the port the destination listens on`);
      }
    }
    if (last < first) {
      throw new Error(`port range '${first}-${last}' ends before it begins: did you mean ${last}-${first}?`);
    }
    return new Port(transport, first, last, '');
  }

  private static named(transport: Transport, name: string): Port {
    checkPortName('port name', name);
    return new Port(transport, 0, 0, name);
  }

  /** @internal */
  public readonly _transport: Transport;
  /** First port; 0 where the port is known by name only. @internal */
  public readonly _first: number;
  /** Last port, at least `_first`. @internal */
  public readonly _last: number;
  /** The name, or an empty string. @internal */
  public readonly _name: string;

  private constructor(transport: Transport, first: number, last: number, name: string) {
    this._transport = transport;
    this._first = first;
    this._last = last;
    this._name = name;
  }

  /** `TCP 8080`, `UDP 8000-8100` or `TCP metrics`. */
  public toString(): string {
    if (this._name) return `${this._transport} ${this._name}`;
    return this._first === this._last ? `${this._transport} ${this._first}` : `${this._transport} ${this._first}-${this._last}`;
  }
}

/** The order of ports in every output: protocol, then number, then name. */
export function comparePorts(a: Port, b: Port): number {
  return compareText(a._transport, b._transport) || a._first - b._first || a._last - b._last || compareText(a._name, b._name);
}

/** Plain code unit order, the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorted, each once. */
export function uniquePorts(ports: readonly Port[]): Port[] {
  const byText = new Map(ports.map(port => [port.toString(), port]));
  return [...byText.values()].sort(comparePorts);
}
