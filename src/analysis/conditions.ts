/**
 * What else has to hold where a connection is allowed for some requests only: methods, paths, hosts, headers, tokens.
 *
 * Laws: a connection that some rule allows whatever is asked for has no condition; of the others each rule that allows some of it is one, as
 * `TCP 8080 where method GET`. Where nobody says a condition, nothing is looked for.
 */
import { explain } from './explain';
import type { ClusterModel } from './model';
import type { End, Endpoint, Reachability } from './reachability';
import { Rule } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';

/** The conditions of what may pass from one end to the other, sorted; none where it passes whatever is asked for. */
export function conditionsOf(reach: Reachability, src: End, dst: End, conn: ConnectionSet): readonly string[] {
  if (dst instanceof IpSet || conn.isEmpty || !hasConditions(reach.model)) return NONE;
  const allowed = src instanceof IpSet ? fromOutside(reach, src, dst) : fromPods(reach, src, dst, conn);
  const open = ConnectionSet.unionOf(allowed.filter(({ condition }) => condition === undefined).map(({ ports }) => ports));
  const texts = allowed.flatMap(({ condition, ports }) => {
    const part = ports.intersect(conn).subtract(open);
    return condition === undefined || part.isEmpty ? [] : [`${part} where ${condition}`];
  });
  return [...new Set(texts)].sort();
}

const NONE: readonly string[] = [];

interface Allowed {
  readonly ports: ConnectionSet;
  readonly condition?: string;
}

function fromPods(reach: Reachability, src: Endpoint, dst: Endpoint, conn: ConnectionSet): Allowed[] {
  return explain(reach, src, dst, conn).flatMap(({ direction, effect, layer, rule, conn: ports }) =>
    (direction === 'ingress' && effect === 'allow' && layer?.name === 'authorization' ? [{ ports, condition: rule?.condition }] : []));
}

/** Of addresses every rule counts that is about some of them. */
function fromOutside(reach: Reachability, src: IpSet, dst: Endpoint): Allowed[] {
  const policies = new Set(dst.workload.variants.flatMap(({ shape }) => reach.compilation.policiesOf[shape.id]));
  const isAbout = ({ peers: { any, addresses, withoutIdentity } }: Rule) => any || (addresses ? addresses.overlaps(src) : withoutIdentity === true);
  return [...policies].filter(({ layer }) => layer === 'authorization').flatMap(({ rules }) =>
    rules.filter(rule => rule.action === 'allow' && isAbout(rule)).map(({ ports, condition }) => ({ ports: ports.numbers, condition })));
}

const known = new WeakMap<ClusterModel, boolean>();

function hasConditions(model: ClusterModel): boolean {
  const found = known.get(model) ?? model.policies.some(({ layer, rules }) => layer === 'authorization' && rules.some(({ condition }) => condition !== undefined));
  known.set(model, found);
  return found;
}
