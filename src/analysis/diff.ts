import { CONTROLLER_TEXT, entranceRows } from './entrance-rows';
import { worldOf } from './names';
import { OutsideRow } from './outside';
import { keyOfLabels, keyOfPorts, PodShape, textOfWorkload } from './pods';
import { Endpoint, Reachability } from './reachability';
import { Direction, DIRECTIONS, Policy, textOfRef } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { LabelSelector } from '../algebra/label-selector';

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
}

/** Whether a change lets anything through that was denied before. */
export function opens({ before, after }: ConnectivityChange): boolean {
  return !after.isSubsetOf(before);
}

/** Whether a change denies anything that got through before. */
export function closes({ before, after }: ConnectivityChange): boolean {
  return !before.isSubsetOf(after);
}

/** The pairs whose connections differ, sorted. */
export function diff(before: Reachability, after: Reachability): ConnectivityChange[] {
  const workloads = touched(before, after);
  const split = new Set([...splitWorkloads(before), ...splitWorkloads(after)]);
  const changes = [...insideChanges(before, after, workloads, split), ...outsideChanges(before, after, workloads, split),
    ...nameChanges(before, after, workloads, split), ...entranceChanges(before, after, split)];
  return changes.sort((a, b) => compare(a.src, b.src) || compare(a.dst, b.dst));
}

/** The workloads that are not described by the same labels, ports and policies on both sides. */
function touched(before: Reachability, after: Reachability): Set<string> {
  const ids = new Map<string, number>();
  const [was, is] = [signatures(before, ids), signatures(after, ids)];
  const found = new Set<string>();
  for (const [workload, signature] of was) if (is.get(workload) !== signature) found.add(workload);
  for (const workload of is.keys()) if (!was.has(workload)) found.add(workload);
  return found;
}

/** For each workload, all that its connections depend on. */
function signatures({ model, compilation, endpoints }: Reachability, ids: Map<string, number>): Map<string, string> {
  const intern = (text: string) => {
    let id = ids.get(text);
    if (id === undefined) ids.set(text, id = ids.size);
    return id;
  };
  const namespaces = new Map<string, number>();
  for (const [name, labels] of model.namespaces) namespaces.set(name, intern(keyOfLabels(labels)));
  const policies = new Map<readonly Policy[], string>();
  const policiesOf = (shape: PodShape) => {
    const list = compilation.policiesOf[shape.id];
    let key = policies.get(list);
    if (key === undefined) policies.set(list, key = [...list].map(policy => intern(keyOfPolicy(policy))).sort((a, b) => a - b).join(','));
    return key;
  };
  const shapes = model.shapes.map(shape => {
    const { namespace, labels, ports, hostNetwork, addresses, proxyConfigs } = shape;
    const configs = proxyConfigs.map(name => intern(model.proxyConfigs.get(`${namespace}/${name}`)?.text ?? ''));
    return [namespaces.get(namespace), keyOfLabels(labels), keyOfPorts(ports), hostNetwork, addresses?.key, configs, policiesOf(shape)].join('|');
  });
  const found = new Map<string, string>();
  for (const { workload, real } of endpoints) {
    const key = textOfWorkload(workload);
    if (!real || found.has(key)) continue;
    found.set(key, workload.variants.map(({ shape, pods }) => `${shapes[shape.id]}|${workload.variants.length > 1 ? pods.join(',') : ''}`).sort().join('\n'));
  }
  return found;
}

const policyKeys = new WeakMap<Policy, string>();

/** All of it but where it was read, whatever fields it has. */
function keyOfPolicy(policy: Policy): string {
  let key = policyKeys.get(policy);
  if (key === undefined) policyKeys.set(policy, key = JSON.stringify({ ...policy, ref: textOfRef(policy.ref) }, (_, value) => setKey(value) ?? value));
  return key;
}

function setKey(value: unknown): string | undefined {
  return value instanceof IpSet || value instanceof ConnectionSet || value instanceof LabelSelector ? value.key : undefined;
}

/** Workloads whose pods have rows of their own. */
function splitWorkloads({ endpoints }: Reachability): string[] {
  return endpoints.filter(({ name, kind, workload }) => name !== workload.name || kind !== workload.kind).map(({ workload }) => textOfWorkload(workload));
}

function namesOf(endpoint: Endpoint, split: ReadonlySet<string>): readonly string[] {
  const { namespace, text, name, workload } = endpoint;
  if (split.size === 0 || name !== workload.name || !split.has(textOfWorkload(workload))) return [text];
  const pods = workload.variants.flatMap(variant => variant.pods);
  return pods.length === 0 ? [text] : pods.map(pod => textOfWorkload({ namespace, name: pod, kind: 'Pod' }));
}

function endpointsOf(reach: Reachability, workloads: ReadonlySet<string>): Set<Endpoint> {
  if (workloads.size === 0) return new Set();
  return new Set(reach.endpoints.filter(({ real, workload }) => real && workloads.has(textOfWorkload(workload))));
}

type Pairs = Map<string, Map<string, ConnectionSet>>;

function insidePairs(reach: Reachability, workloads: ReadonlySet<string>, split: ReadonlySet<string>): Pairs {
  const pairs: Pairs = new Map();
  if (workloads.size === 0) return pairs;
  for (const { src, dst, conn } of reach.pairs(endpointsOf(reach, workloads))) {
    if (src instanceof IpSet || dst instanceof IpSet || !src.real || !dst.real || (src.workload.foreign && dst.workload.foreign)) continue;
    for (const from of namesOf(src, split)) {
      for (const to of namesOf(dst, split)) {
        if (from === to) continue;
        const row = pairs.get(from);
        if (row) row.set(to, conn); else pairs.set(from, new Map([[to, conn]]));
      }
    }
  }
  return pairs;
}

function* insideChanges(before: Reachability, after: Reachability, workloads: ReadonlySet<string>, split: ReadonlySet<string>): Iterable<ConnectivityChange> {
  yield* pairChanges(insidePairs(before, workloads, split), insidePairs(after, workloads, split));
}

function* outsideChanges(before: Reachability, after: Reachability, workloads: ReadonlySet<string>, split: ReadonlySet<string>): Iterable<ConnectivityChange> {
  for (const direction of DIRECTIONS) {
    const [was, is] = [before, after].map(reach => {
      const rows = new Map<string, readonly OutsideRow[]>();
      for (const endpoint of endpointsOf(reach, workloads)) {
        if (!endpoint.workload.foreign) for (const name of namesOf(endpoint, split)) rows.set(name, outsideOf(reach, endpoint, direction));
      }
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
function outsideOf(reach: Reachability, endpoint: Endpoint, direction: Direction): readonly OutsideRow[] {
  if (direction === 'ingress') return reach.outside(endpoint, direction);
  const { addresses, proxiedBy } = worldOf(reach, endpoint);
  if (proxiedBy.length === 0) return addresses;
  const joined = new Map<string, OutsideRow>();
  for (const { addresses: set, conn } of addresses) joined.set(set.key, { addresses: set, conn: conn.union(joined.get(set.key)?.conn ?? NOTHING) });
  return [...joined.values()];
}

function* nameChanges(before: Reachability, after: Reachability, workloads: ReadonlySet<string>, split: ReadonlySet<string>): Iterable<ConnectivityChange> {
  const [was, is] = [before, after].map(reach => {
    const pairs: Pairs = new Map();
    for (const endpoint of endpointsOf(reach, workloads)) {
      for (const { host, conn } of endpoint.workload.foreign ? [] : worldOf(reach, endpoint).names) {
        for (const name of namesOf(endpoint, split)) put(pairs, name, host, conn);
      }
    }
    return pairs;
  });
  yield* pairChanges(was, is);
}

/** What Ingresses and Routes let in; they are few, so all are compared. */
function* entranceChanges(before: Reachability, after: Reachability, split: ReadonlySet<string>): Iterable<ConnectivityChange> {
  const [was, is] = [before, after].map(reach => {
    const pairs: Pairs = new Map();
    for (const { dst, conn } of entranceRows(reach)) for (const name of namesOf(dst, split)) put(pairs, CONTROLLER_TEXT, name, conn);
    return pairs;
  });
  yield* pairChanges(was, is);
}

function put(pairs: Pairs, src: string, dst: string, conn: ConnectionSet): void {
  const row = pairs.get(src) ?? new Map<string, ConnectionSet>();
  pairs.set(src, row.set(dst, conn.union(row.get(dst) ?? NOTHING)));
}

function* pairChanges(was: Pairs, is: Pairs): Iterable<ConnectivityChange> {
  for (const [src, row] of was) for (const [dst, conn] of row) yield* changeOf(src, dst, conn, is.get(src)?.get(dst) ?? NOTHING);
  for (const [src, row] of is) for (const [dst, conn] of row) if (!was.get(src)?.has(dst)) yield* changeOf(src, dst, NOTHING, conn);
}

/** The addresses that the two sides do not treat alike, by what they allow them. */
function compareOutside(was: readonly OutsideRow[], is: readonly OutsideRow[]): { addresses: IpSet; was: ConnectionSet; is: ConnectionSet }[] {
  const found = new Map<string, { addresses: IpSet; was: ConnectionSet; is: ConnectionSet }>();
  const add = (addresses: IpSet, old: ConnectionSet, now: ConnectionSet) => {
    if (addresses.isEmpty || old.equals(now)) return;
    const key = `${old.key} ${now.key}`;
    found.set(key, { addresses: addresses.union(found.get(key)?.addresses ?? IpSet.none()), was: old, is: now });
  };
  for (const old of was) for (const now of is) add(old.addresses.intersect(now.addresses), old.conn, now.conn);
  const [known, wanted] = [was, is].map(rows => IpSet.unionOf(rows.map(row => row.addresses)));
  for (const old of was) add(old.addresses.subtract(wanted), old.conn, NOTHING);
  for (const now of is) add(now.addresses.subtract(known), NOTHING, now.conn);
  return [...found.values()];
}

function* changeOf(src: string, dst: string, before: ConnectionSet, after: ConnectionSet): Iterable<ConnectivityChange> {
  if (before.equals(after)) return;
  yield { change: before.isEmpty ? 'added' : after.isEmpty ? 'removed' : 'changed', src, dst, before, after };
}

const NOTHING = ConnectionSet.none();

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
