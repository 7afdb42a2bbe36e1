import { Condition, conditionsOf, distinct, textOfCondition } from './conditions';
import { CONTROLLER_TEXT, entranceRows } from './entrance-rows';
import { ClusterModel } from './model';
import { wordingOf, worldOf } from './names';
import { OutsideRow } from './outside';
import { PodShape, textOfWorkload, Workload } from './pods';
import { Endpoint, Reachability } from './reachability';
import { Direction, DIRECTIONS, Policy } from './rules';
import { isEqual, sameLabels, sameList, sameShape } from './same';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';

/**
 * What a change of manifests opens and closes.
 *
 * Laws:
 * - The rows are exactly the pairs whose connections differ; a cluster compared with itself has none.
 * - Swapping the sides swaps added and removed, before and after.
 * - Addresses are cut where either side cuts them, so a range that is only written differently is no change. Where only one side tells the
 *   pods of a workload apart, both are compared pod by pod.
 * - The cost follows the workloads that a changed object speaks about, not the size of the cluster.
 */
export interface ConnectivityChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly src: string;
  readonly dst: string;
  readonly before: ConnectionSet;
  readonly after: ConnectionSet;
  /** What else has to hold, where on either side only some requests are let in. @default - nothing */
  readonly where?: { readonly before: readonly Condition[]; readonly after: readonly Condition[] };
}

/** Whether a change lets anything through that was denied before. */
export function opens({ before, after, where }: ConnectivityChange): boolean {
  return widens({ conn: before, where: where?.before ?? [] }, { conn: after, where: where?.after ?? [] });
}

/** Whether a change denies anything that got through before. */
export function closes({ before, after, where }: ConnectivityChange): boolean {
  return widens({ conn: after, where: where?.after ?? [] }, { conn: before, where: where?.before ?? [] });
}

/** Whether something may pass that did not: another connection, any request where only some did, or those of a condition that is new there. */
function widens(was: Passage, is: Passage): boolean {
  const open = ({ conn, where }: Passage) => conn.subtract(ConnectionSet.unionOf(where.map(each => each.conn)));
  const known = (condition: string) => ConnectionSet.unionOf(was.where.filter(each => each.condition === condition).map(({ conn }) => conn));
  return !is.conn.isSubsetOf(was.conn) || !open(is).isSubsetOf(open(was))
    || is.where.some(({ conn, condition }) => !conn.isSubsetOf(open(was).union(known(condition))));
}

/** The pairs whose connections differ, sorted. */
export function diff(before: Reachability, after: Reachability): ConnectivityChange[] {
  const split = new Set([...before.split, ...after.split].map(textOfWorkload));
  const touched = touchedWorkloads(before, after);
  const sides: Sides = [sideOf(before, touched, split), sideOf(after, touched, split)];
  const changes = [...insideChanges(sides), ...outsideChanges(sides), ...nameChanges(sides), ...entranceChanges(sides)];
  return changes.sort((a, b) => compare(a.src, b.src) || compare(a.dst, b.dst));
}

/** One of the two clusters, and what of it may differ from the other. */
interface Side {
  readonly reach: Reachability;
  readonly touched: ReadonlySet<Endpoint>;
  /** Those of them whose own traffic with the world is known. */
  readonly own: readonly Endpoint[];
  readonly namesOf: (endpoint: Endpoint) => readonly string[];
}

type Sides = readonly [before: Side, after: Side];

function sideOf(reach: Reachability, workloads: ReadonlySet<Workload>, split: ReadonlySet<string>): Side {
  const touched = workloads.size === 0 ? [] : reach.endpoints.filter(({ real, workload }) => real && workloads.has(workload));
  return { reach, touched: new Set(touched), own: touched.filter(({ workload }) => !workload.foreign), namesOf: endpoint => namesOf(endpoint, split) };
}

/** The workloads of both sides that are not described by the same labels, ports and policies on the other. */
function touchedWorkloads(before: Reachability, after: Reachability): Set<Workload> {
  const policies = changedPolicies(before, after);
  const [heldBefore, heldAfter] = [heldBy(policies, before), heldBy(policies, after)];
  const namespaces = changedNamespaces(before, after);
  const isUntouched = (was: Workload, is: Workload) => !(namespaces.size > 0 && namespaces.has(was.namespace))
    && !isHeld(was, heldBefore) && !isHeld(is, heldAfter) && isSame(before, was, after, is);
  return unlike(before.model.workloads.filter(isReal), after.model.workloads.filter(isReal), textOfWorkload,
    (was, is) => was.namespace === is.namespace && was.name === is.name && was.kind === is.kind, isUntouched);
}

function isHeld({ variants }: Workload, held: ReadonlySet<number>): boolean {
  if (held.size === 0) return false;
  for (const { shape } of variants) if (held.has(shape.id)) return true;
  return false;
}

/**
 * What is on one side only or differs from its namesake, of both sides. Namesakes meet in passing where both lists have one order, so that
 * nothing is kept of the many that are alike.
 */
function unlike<T>(was: readonly T[], is: readonly T[], keyOf: (item: T) => string, isNamesake: (a: T, b: T) => boolean,
  isAlike: (a: T, b: T) => boolean): Set<T> {
  const found = new Set<T>();
  const [left, right] = [new Map<string, T>(), new Map<string, T>()];
  for (let i = 0; i < Math.max(was.length, is.length); i++) {
    if (i < was.length && i < is.length && isNamesake(was[i], is[i])) {
      if (!isAlike(was[i], is[i])) found.add(was[i]).add(is[i]);
      continue;
    }
    if (i < was.length) left.set(keyOf(was[i]), was[i]);
    if (i < is.length) right.set(keyOf(is[i]), is[i]);
  }
  for (const [key, item] of left) {
    const twin = right.get(key);
    if (twin === undefined || !isAlike(item, twin)) found.add(item);
    else right.delete(key);
  }
  for (const item of right.values()) found.add(item);
  return found;
}

function isReal({ real }: Workload): boolean {
  return real;
}

/** Policies that one side has and the other has not, in just that form. */
function changedPolicies({ model: was }: Reachability, { model: is }: Reachability): Set<Policy> {
  // Most stand at the same place with the same text, in which their name is.
  const moved = (one: ClusterModel, other: ClusterModel) => {
    const found: number[] = [];
    for (let i = 0; i < one.policyKeys.length; i++) if (one.policyKeys[i] !== other.policyKeys[i]) found.push(i);
    return found;
  };
  const beyond = (one: ClusterModel, other: ClusterModel) => {
    const there = new Set(moved(other, one).map(i => other.policyKeys[i]));
    return moved(one, other).filter(i => !there.has(one.policyKeys[i])).map(i => one.policies[i]);
  };
  return new Set([...beyond(was, is), ...beyond(is, was)]);
}

function changedNamespaces({ model: { namespaces: was } }: Reachability, { model: { namespaces: is } }: Reachability): Set<string> {
  const changed = new Set<string>();
  for (const [name, labels] of was) if (!sameLabels(labels, is.get(name))) changed.add(name);
  for (const name of is.keys()) if (!was.has(name)) changed.add(name);
  return changed;
}

/** The shapes that a policy holds. Where labels are the same, other policies hold a pod only if a policy has changed. */
function heldBy(policies: ReadonlySet<Policy>, { compilation: { selector } }: Reachability): Set<number> {
  return new Set([...policies].flatMap(({ subject }) => selector.select(subject).shapes));
}

function isSame(before: Reachability, was: Workload, after: Reachability, is: Workload): boolean {
  if (was.variants.length !== is.variants.length || was.foreign !== is.foreign) return false;
  for (let i = 0; i < was.variants.length; i++) {
    const [{ shape, pods }, now] = [was.variants[i], is.variants[i]];
    if (!sameShape(shape, now.shape) || (was.variants.length > 1 && !sameList(pods, now.pods, isEqual))) return false;
    if (shape.proxyConfigs.some(name => configOf(before, shape, name) !== configOf(after, now.shape, name))) return false;
    if (shape.forwards && wordingOf(before, { workload: was }) !== wordingOf(after, { workload: is })) return false;
  }
  return true;
}

function configOf({ model }: Reachability, { namespace }: PodShape, name: string): string | undefined {
  return model.proxyConfigs.get(`${namespace}/${name}`)?.text;
}

function namesOf(endpoint: Endpoint, split: ReadonlySet<string>): readonly string[] {
  const { namespace, text, name, workload } = endpoint;
  if (split.size === 0 || name !== workload.name || !split.has(textOfWorkload(workload))) return [text];
  const pods = workload.variants.flatMap(variant => variant.pods);
  return pods.length === 0 ? [text] : pods.map(pod => textOfWorkload({ namespace, name: pod, kind: 'Pod' }));
}

type Pairs = Map<string, Map<string, Passage>>;

/** What may pass, and what else has to hold. */
interface Passage {
  readonly conn: ConnectionSet;
  readonly where: readonly Condition[];
}

function* insideChanges(sides: Sides): Iterable<ConnectivityChange> {
  const [was, is] = sides.map(({ reach, touched, namesOf: names }) => {
    const pairs: Pairs = new Map();
    for (const { src, dst, conn } of touched.size === 0 ? [] : reach.pairs(touched)) {
      if (src instanceof IpSet || dst instanceof IpSet || !src.real || !dst.real || (src.workload.foreign && dst.workload.foreign)) continue;
      const where = conditionsOf(reach, src, dst, conn);
      for (const from of names(src)) for (const to of names(dst)) if (from !== to) put(pairs, from, to, conn, where);
    }
    return pairs;
  });
  yield* pairChanges(was, is);
}

function* outsideChanges(sides: Sides): Iterable<ConnectivityChange> {
  for (const direction of DIRECTIONS) {
    const [was, is] = sides.map(({ reach, own, namesOf: names }) => {
      const rows = new Map<string, readonly OutsidePassage[]>();
      for (const endpoint of own) for (const name of names(endpoint)) rows.set(name, outsideOf(reach, endpoint, direction));
      return rows;
    });
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      for (const { addresses, was: old, is: now } of compareOutside(was.get(name) ?? [], is.get(name) ?? [])) {
        for (const { first, last } of addresses.ranges()) {
          const outside = `${first}-${last}[External]`;
          yield* direction === 'egress' ? changeOf(name, outside, old, now) : changeOf(outside, name, old, now);
        }
      }
    }
  }
}

/** Disjoint sets of addresses, also behind a proxy that lists one address for several ports. */
function outsideOf(reach: Reachability, endpoint: Endpoint, direction: Direction): readonly OutsidePassage[] {
  if (direction === 'ingress') return reach.outside(endpoint, direction).map(row => ({ ...row, where: conditionsOf(reach, row.addresses, endpoint, row.conn) }));
  const { addresses, proxiedBy } = worldOf(reach, endpoint);
  if (proxiedBy.length === 0) return addresses.map(withoutCondition);
  const joined = new Map<string, OutsideRow>();
  for (const { addresses: set, conn } of addresses) joined.set(set.key, { addresses: set, conn: conn.union(joined.get(set.key)?.conn ?? NOTHING) });
  return [...joined.values()].map(withoutCondition);
}

function withoutCondition(row: OutsideRow): OutsidePassage {
  return { ...row, where: CLOSED.where };
}

function* nameChanges(sides: Sides): Iterable<ConnectivityChange> {
  const [was, is] = sides.map(({ reach, own, namesOf: names }) => {
    const pairs: Pairs = new Map();
    for (const endpoint of own) {
      for (const { host, conn } of worldOf(reach, endpoint).names) for (const name of names(endpoint)) put(pairs, name, host, conn);
    }
    return pairs;
  });
  yield* pairChanges(was, is);
}

/** What Ingresses and Routes let in; they are few, so all are compared. */
function* entranceChanges(sides: Sides): Iterable<ConnectivityChange> {
  const [was, is] = sides.map(({ reach, namesOf: names }) => {
    const pairs: Pairs = new Map();
    for (const { dst, conn } of entranceRows(reach)) for (const name of names(dst)) put(pairs, CONTROLLER_TEXT, name, conn);
    return pairs;
  });
  yield* pairChanges(was, is);
}

function put(pairs: Pairs, src: string, dst: string, conn: ConnectionSet, where: readonly Condition[] = []): void {
  const row = pairs.get(src) ?? new Map<string, Passage>();
  const known = row.get(dst) ?? CLOSED;
  pairs.set(src, row.set(dst, { conn: conn.union(known.conn), where: distinct([...known.where, ...where]) }));
}

function* pairChanges(was: Pairs, is: Pairs): Iterable<ConnectivityChange> {
  for (const [src, row] of was) for (const [dst, passage] of row) yield* changeOf(src, dst, passage, is.get(src)?.get(dst) ?? CLOSED);
  for (const [src, row] of is) for (const [dst, passage] of row) if (!was.get(src)?.has(dst)) yield* changeOf(src, dst, CLOSED, passage);
}

interface OutsidePassage extends Passage {
  readonly addresses: IpSet;
}

interface OutsideChange {
  readonly addresses: IpSet;
  readonly was: Passage;
  readonly is: Passage;
}

/** The addresses that the two sides do not treat alike, by what they allow them. */
function compareOutside(was: readonly OutsidePassage[], is: readonly OutsidePassage[]): OutsideChange[] {
  const found = new Map<string, OutsideChange>();
  const add = (addresses: IpSet, old: Passage, now: Passage) => {
    if (addresses.isEmpty || isSamePassage(old, now)) return;
    const key = [old.conn.key, ...old.where.map(textOfCondition), '', now.conn.key, ...now.where.map(textOfCondition)].join('\n');
    found.set(key, { addresses: addresses.union(found.get(key)?.addresses ?? IpSet.none()), was: old, is: now });
  };
  for (const old of was) for (const now of is) add(old.addresses.intersect(now.addresses), old, now);
  const [known, wanted] = [was, is].map(rows => IpSet.unionOf(rows.map(row => row.addresses)));
  for (const old of was) add(old.addresses.subtract(wanted), old, CLOSED);
  for (const now of is) add(now.addresses.subtract(known), CLOSED, now);
  return [...found.values()];
}

function isSamePassage(a: Passage, b: Passage): boolean {
  return a.conn.equals(b.conn) && sameList(a.where, b.where, (one, other) => textOfCondition(one) === textOfCondition(other));
}

function* changeOf(src: string, dst: string, was: Passage, is: Passage): Iterable<ConnectivityChange> {
  const [before, after] = [was.conn, is.conn];
  if (isSamePassage(was, is)) return;
  const where = was.where.length || is.where.length ? { where: { before: was.where, after: is.where } } : {};
  yield { change: before.isEmpty ? 'added' : after.isEmpty ? 'removed' : 'changed', src, dst, before, after, ...where };
}

const NOTHING = ConnectionSet.none();
const CLOSED: Passage = { conn: NOTHING, where: [] };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
