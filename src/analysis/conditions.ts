/**
 * What else has to hold where a connection is allowed for some requests only: methods, paths, hosts, headers, tokens.
 *
 * Laws: a connection that some rule allows whatever is asked for has no condition; of the others each rule that allows some of it is one.
 * Where no rule at the destination has a condition, nothing is looked for.
 */
import { explain } from './explain';
import type { End, Endpoint, Reachability } from './reachability';
import { Policy, Rule } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';

/** Some requests of a connection: `TCP 8080 where method GET`. */
export interface Condition {
  readonly conn: ConnectionSet;
  readonly condition: string;
}

/** The conditions of what may pass from one end to the other, sorted; none where it passes whatever is asked for. */
export function conditionsOf(reach: Reachability, src: End, dst: End, conn: ConnectionSet): readonly Condition[] {
  if (dst instanceof IpSet || conn.isEmpty) return NONE;
  const policies = new Set(dst.workload.variants.flatMap(({ shape }) => reach.compilation.policiesOf[shape.id]).filter(({ layer }) => layer === 'authorization'));
  if (![...policies].some(({ rules }) => rules.some(({ condition }) => condition !== undefined))) return NONE;
  const allowed = src instanceof IpSet ? fromOutside(src, policies) : fromPods(reach, src, dst, conn);
  const open = ConnectionSet.unionOf(allowed.filter(({ condition }) => condition === undefined).map(({ ports }) => ports));
  const found = allowed.flatMap(({ condition, ports }) => (condition === undefined ? [] : [{ condition, conn: ports.intersect(conn).subtract(open) }]));
  return distinct(found.filter(each => !each.conn.isEmpty));
}

/** Each once, in the order of their texts. */
export function distinct(conditions: readonly Condition[]): readonly Condition[] {
  return [...new Map(conditions.map(each => [textOfCondition(each), each]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

export function textOfCondition({ conn, condition }: Condition): string {
  return `${conn} where ${condition}`;
}

const NONE: readonly Condition[] = [];

interface Allowed {
  readonly ports: ConnectionSet;
  readonly condition?: string;
}

function fromPods(reach: Reachability, src: Endpoint, dst: Endpoint, conn: ConnectionSet): Allowed[] {
  return explain(reach, src, dst, conn).flatMap(({ direction, effect, layer, rule, conn: ports }) =>
    (direction === 'ingress' && effect === 'allow' && layer?.name === 'authorization' ? [{ ports, condition: rule?.condition }] : []));
}

/** Of addresses every rule counts that is about some of them, but what is open is so only where a rule is about all of them. */
function fromOutside(src: IpSet, policies: ReadonlySet<Policy>): Allowed[] {
  const isAbout = ({ peers: { any, addresses, withoutIdentity } }: Rule) => any || (addresses ? addresses.overlaps(src) : withoutIdentity === true);
  const isAboutAll = ({ peers: { any, addresses } }: Rule) => any || addresses === undefined || addresses.contains(src);
  return [...policies].flatMap(({ rules }) => rules.filter(rule => rule.action === 'allow' && isAbout(rule))
    .filter(rule => rule.condition !== undefined || isAboutAll(rule)).map(({ ports, condition }) => ({ ports: ports.numbers, condition })));
}
