/** What differs between intent and manifests, in words: the pair, the object and the statement, with what to do. */
import { Direction } from './closure';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { OutsideRow } from '../analysis/outside';
import { Endpoint, Reachability } from '../analysis/reachability';
import { Policy, Rule, textOfRef } from '../analysis/rules';
import { Statement, describe } from '../intent/flow';

interface PairDifference {
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly other: Endpoint;
  readonly found: ConnectionSet;
  readonly expected: ConnectionSet;
  readonly statements: readonly Statement[];
}

interface OutsideDifference {
  readonly endpoint: Endpoint;
  readonly direction: Direction;
  readonly found: readonly OutsideRow[];
  readonly expected: readonly { addresses: IpSet; conn: ConnectionSet; statements: readonly Statement[] }[];
  /** The addresses that lie outside, beyond which only pods are. */
  readonly world: IpSet;
}

/** More than this many say nothing new. */
const MOST = 20;

export class Differences {
  private readonly found: string[] = [];

  constructor(private readonly reachability: Reachability, private readonly wanted: { readonly more: boolean; readonly less: boolean }) {}

  public pair({ endpoint, direction, other, found, expected, statements }: PairDifference): void {
    const more = found.subtract(expected);
    const less = expected.subtract(found);
    const arrow = direction === 'egress' ? `${named(endpoint)} -> ${named(other)}` : `${named(other)} -> ${named(endpoint)}`;
    if (this.wanted.more && !more.isEmpty) this.more(arrow, more, this.blame(endpoint, direction, rule => this.admits(rule, other)));
    if (this.wanted.less && !less.isEmpty) this.less(arrow, direction, endpoint, less, statements);
  }

  public outside({ endpoint, direction, found, expected, world }: OutsideDifference): void {
    if (found.length === 0 && expected.length === 0) return;
    const stated = expected.map(row => ({ ...row, addresses: row.addresses.intersect(world) }));
    const arrow = (addresses: IpSet) => (direction === 'egress' ? `${named(endpoint)} -> ${addresses}` : `${addresses} -> ${named(endpoint)}`);
    if (this.wanted.more) {
      for (const { addresses, conn } of excess(found, stated)) {
        this.more(arrow(addresses), conn, this.blame(endpoint, direction, ({ peers }) => peers.any || !!peers.addresses?.overlaps(addresses)));
      }
    }
    if (this.wanted.less) {
      for (const row of stated) {
        for (const { addresses, conn } of excess([row], found)) this.less(arrow(addresses), direction, endpoint, conn, row.statements);
      }
    }
  }

  public messages(): string[] {
    const unique = [...new Set(this.found)];
    return unique.length <= MOST ? unique : [...unique.slice(0, MOST), `and ${unique.length - MOST} more differences between intent and manifests`];
  }

  private more(arrow: string, conn: ConnectionSet, objects: readonly string[]): void {
    const cause = objects.length ? `${objects.join(' and ')} opens it` : 'no policy closes it';
    this.found.push(`${arrow} : ${conn} is possible, and nobody stated it: ${cause}. state the flow with allowTo/allowFrom, close it, `
      + `or say that it is meant with edge.acknowledge('${objects[0]?.replace(/ \(.*/, '') ?? 'NetworkPolicy namespace/name'}', { reason })`);
  }

  private less(arrow: string, direction: Direction, endpoint: Endpoint, conn: ConnectionSet, statements: readonly Statement[]): void {
    const policies = this.policiesOf(endpoint, direction).map(({ ref }) => textOfRef(ref));
    const stated = statements.length ? `stated as ${[...new Set(statements.map(describe))].join(' and ')}` : 'every namespace has it';
    this.found.push(`${arrow} : ${conn} is not possible, although ${stated}: no ${direction} rule of ${policies.join(', ') || 'any policy'} allows it. `
      + 'something changed the manifests after they were rendered; look for a patch or an object of the same name');
  }

  private blame(endpoint: Endpoint, direction: Direction, admits: (rule: Rule) => boolean): string[] {
    return this.policiesOf(endpoint, direction).flatMap(policy => policy.rules
      .filter(rule => rule.direction === direction && rule.action === 'allow' && admits(rule))
      .map(rule => `${textOfRef(policy.ref)} (${direction} rule ${rule.index + 1})`));
  }

  private policiesOf(endpoint: Endpoint, direction: Direction): readonly Policy[] {
    const [{ shape }] = endpoint.workload.variants;
    return this.reachability.compilation.policiesOf[shape.id].filter(({ directions }) => directions.includes(direction));
  }

  private admits({ peers }: Rule, other: Endpoint): boolean {
    const { namespaces } = this.reachability.model;
    return peers.any
      || peers.pods.some(match => (match.namespace === undefined || match.namespace === other.namespace)
        && (match.namespaces?.matches(namespaces.get(other.namespace) ?? {}) ?? true) && match.pods.matches(other.labels))
      || !!(peers.addresses && other.peerClass.addresses && peers.addresses.overlaps(other.peerClass.addresses.set));
  }
}

function named(endpoint: Endpoint): string {
  return endpoint.real ? `${endpoint.namespace}/${endpoint.name}` : `${endpoint.namespace}/${endpoint.name} (a pod that nobody stated)`;
}

/** The connections of some rows that others do not cover, address by address. */
function excess(rows: readonly OutsideRow[], others: readonly OutsideRow[]): OutsideRow[] {
  let left = rows.filter(({ addresses, conn }) => !addresses.isEmpty && !conn.isEmpty).map(({ addresses, conn }) => ({ addresses, conn }));
  for (const other of others) {
    left = left.flatMap(row => {
      const common = row.addresses.intersect(other.addresses);
      if (common.isEmpty) return [row];
      return [{ addresses: row.addresses.subtract(common), conn: row.conn }, { addresses: common, conn: row.conn.subtract(other.conn) }]
        .filter(({ addresses, conn }) => !addresses.isEmpty && !conn.isEmpty);
    });
  }
  return left;
}
