import { classify, Classes, PeerClass } from './classes';
import { Compilation, compile } from './compile';
import { Judge } from './judge';
import { ClusterModel } from './model';
import { OutsideRow, outsideRows, resolveOutside } from './outside';
import { textOfWorkload, Variant, Workload } from './pods';
import { LayerName } from './rules';
import { names, Reach } from './sparse';
import { ConnectionSet } from '../algebra/connection-set';
import { groupBy } from '../algebra/group';
import { IpSet } from '../algebra/ip-set';
import { Labels } from '../algebra/label-selector';

/** A workload as one end of a connection: all its pods where rules treat them alike, else each pod by itself. */
export interface Endpoint {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** `namespace/name[Kind]` */
  readonly text: string;
  readonly real: boolean;
  readonly labels: Labels;
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  readonly workload: Workload;
  readonly peerClass: PeerClass;
}

/** One end of a connection: inside the cluster, or addresses outside. */
export type End = Endpoint | IpSet;

export interface Pair {
  readonly src: End;
  readonly dst: End;
  readonly conn: ConnectionSet;
}

export interface ClassPair {
  readonly src: PeerClass;
  readonly dst: PeerClass;
  readonly conn: ConnectionSet;
}

/** What one class may send to. */
export interface ClassTarget {
  readonly dst: PeerClass;
  readonly conn: ConnectionSet;
}

/** Whom the programs of each class name; undefined for a wide one. */
interface Sides {
  readonly out: readonly (readonly number[] | undefined)[];
  readonly into: readonly (readonly number[] | undefined)[];
  /** For each class, the narrow ones that name it as their source. */
  readonly namedBy: readonly (readonly number[])[];
  /** The classes that may receive from anybody. */
  readonly wide: readonly PeerClass[];
}

export interface ReachabilityOptions {
  /** Asks these layers only. @default - all */
  readonly layers?: readonly LayerName[];
}

/**
 * Who reaches whom: computed between classes of pods, and for narrow programs only where a rule names the other side.
 *
 * Nothing is listed that is not allowed, so the cost follows the number of open flows and not the square of the pods.
 */
export class Reachability {
  static of(model: ClusterModel, options: ReachabilityOptions = {}): Reachability {
    return new Reachability(model, options);
  }

  readonly compilation: Compilation;
  readonly classes: Classes;
  readonly endpoints: readonly Endpoint[];
  readonly judge = new Judge();
  /** The layers that are asked. @default - all */
  readonly layers?: ReadonlySet<LayerName>;
  private readonly reach: Reach;
  /** Workloads whose pods have rows of their own. */
  readonly split: Workload[] = [];
  private sides?: Sides;
  private inNamespace?: ReadonlyMap<string, readonly Endpoint[]>;
  private readonly byClass = new Map<number, Endpoint[]>();
  private readonly outsideKnown = new Map<string, readonly OutsideRow[]>();

  private constructor(readonly model: ClusterModel, options: ReachabilityOptions) {
    this.layers = options.layers && new Set(options.layers);
    this.compilation = compile(model, this.layers);
    this.classes = classify(model, this.compilation);
    this.reach = new Reach(this.classes);
    this.endpoints = model.workloads.flatMap(workload => this.endpointsOf(workload));
    for (const endpoint of this.endpoints) {
      const list = this.byClass.get(endpoint.peerClass.id);
      if (list) list.push(endpoint); else this.byClass.set(endpoint.peerClass.id, [endpoint]);
    }
  }

  /** The endpoints of a workload: one, unless rules treat its pods differently. */
  find(namespace: string, name: string, kind?: string): readonly Endpoint[] {
    return this.within(namespace).filter(e => (kind === undefined || e.kind === kind || e.workload.kind === kind)
      && (e.name === name || e.workload.name === name));
  }

  /** The endpoints of a namespace. */
  within(namespace: string): readonly Endpoint[] {
    this.inNamespace ??= groupBy(this.endpoints, each => each.namespace);
    return this.inNamespace.get(namespace) ?? [];
  }

  /** What may pass from one end to the other; for addresses outside, what may pass for every one of them. */
  between(src: End, dst: End): ConnectionSet {
    return this.parts(src, dst).reduce((all, part) => all.intersect(part), ConnectionSet.all());
  }

  /** What may pass from one end to the other; for addresses outside, what may pass for at least one of them. */
  betweenSome(src: End, dst: End): ConnectionSet {
    return ConnectionSet.unionOf(this.parts(src, dst));
  }

  /**
   * All pairs that may connect, in no particular order, with pairs of a workload with itself (its pods among themselves).
   *
   * @param only pairs with at least one of these ends
   */
  * pairs(only?: ReadonlySet<Endpoint>): Iterable<Pair> {
    const chosen = only && new Set([...only].map(endpoint => endpoint.peerClass.id));
    for (const { src, dst, conn } of chosen ? this.classPairsWith(chosen) : this.classPairs()) {
      for (const a of this.byClass.get(src.id) ?? []) {
        const all = only === undefined || only.has(a);
        for (const b of this.byClass.get(dst.id) ?? []) if (all || only.has(b)) yield { src: a, dst: b, conn };
      }
    }
    for (const endpoint of only ?? this.endpoints) {
      for (const { addresses, conn } of this.outside(endpoint, 'egress')) yield { src: endpoint, dst: addresses, conn };
      for (const { addresses, conn } of this.outside(endpoint, 'ingress')) yield { src: addresses, dst: endpoint, conn };
    }
  }

  /** What an endpoint may send to addresses outside, or receive from them: disjoint sets of addresses; what is in none is denied. */
  outside({ peerClass }: Endpoint, direction: 'ingress' | 'egress'): readonly OutsideRow[] {
    return this.outsideOf(peerClass, direction);
  }

  private outsideOf(peerClass: PeerClass, direction: 'ingress' | 'egress'): readonly OutsideRow[] {
    const { egress, ingress, portsKey } = peerClass;
    const key = direction === 'egress' ? `${egress.id}` : `${ingress.id} ${ingress.hasNames ? portsKey : ''}`;
    let rows = this.outsideKnown.get(key);
    if (!rows) {
      rows = direction === 'egress'
        ? outsideRows(egress, resolveOutside, this.model.outside)
        : outsideRows(ingress, this.judge.resolverOf(peerClass), this.model.outside);
      this.outsideKnown.set(key, rows);
    }
    return rows;
  }

  /** All pairs of classes that may connect. */
  * classPairs(): Iterable<ClassPair> {
    for (const src of this.classes.all) for (const { dst, conn } of this.targetsOf(src)) yield { src, dst, conn };
  }

  /** The classes that one class may send to. */
  * targetsOf(src: PeerClass): Iterable<ClassTarget> {
    const { all } = this.classes;
    const { out, into, namedBy, wide } = this.sides ??= this.lookAtSides();
    const targets = out[src.id];
    const allowed = (dst: PeerClass) => this.judge.between(src, dst);

    // Each pair of narrow classes is looked at from the side that names fewer, and judged only where the other side names it too.
    for (const id of targets ?? []) {
      const dst = all[id];
      const sources = into[id];
      if (sources !== undefined && (targets!.length > sources.length || !names(dst.ingress, src))) continue;
      const conn = allowed(dst);
      if (!conn.isEmpty) yield { dst, conn };
    }
    for (const id of namedBy[src.id]) {
      const dst = all[id];
      if (targets !== undefined && (targets.length <= into[id]!.length || !names(src.egress, dst))) continue;
      const conn = allowed(dst);
      if (!conn.isEmpty) yield { dst, conn };
    }
    for (const dst of targets === undefined ? wide : []) {
      const conn = allowed(dst);
      if (!conn.isEmpty) yield { dst, conn };
    }
  }

  private lookAtSides(): Sides {
    const { all } = this.classes;
    const into = all.map(({ ingress }) => this.reach.of(ingress));
    const namedBy: number[][] = all.map(() => []);
    for (const { id } of all) for (const source of into[id] ?? []) namedBy[source].push(id);
    return { out: all.map(({ egress }) => this.reach.of(egress)), into, namedBy, wide: all.filter(({ id }) => into[id] === undefined) };
  }

  /** The pairs with at least one of these classes, looked at from there, so that a few cost little in a cluster of any size. */
  private * classPairsWith(chosen: ReadonlySet<number>): Iterable<ClassPair> {
    const { all } = this.classes;
    const named = (ids: readonly number[] | undefined) => ids?.map(id => all[id]) ?? all;
    for (const id of chosen) {
      const self = all[id];
      for (const dst of named(this.reach.of(self.egress))) {
        const conn = this.reach.excludes(dst.ingress, self) ? NONE : this.judge.between(self, dst);
        if (!conn.isEmpty) yield { src: self, dst, conn };
      }
      for (const src of named(this.reach.of(self.ingress))) {
        const conn = chosen.has(src.id) || this.reach.excludes(src.egress, self) ? NONE : this.judge.between(src, self);
        if (!conn.isEmpty) yield { src, dst: self, conn };
      }
    }
  }

  endpointsIn(peerClass: PeerClass): readonly Endpoint[] {
    return this.byClass.get(peerClass.id) ?? [];
  }

  private parts(src: End, dst: End): ConnectionSet[] {
    if (src instanceof IpSet) return dst instanceof IpSet ? [ConnectionSet.all()] : partsOf(this.outside(dst, 'ingress'), src);
    return dst instanceof IpSet ? partsOf(this.outside(src, 'egress'), dst) : [this.judge.between(src.peerClass, dst.peerClass)];
  }

  private endpointsOf(workload: Workload): Endpoint[] {
    const classes = new Set(workload.variants.map(({ shape }) => this.classes.ofShape[shape.id]));
    if (classes.size === 1 || this.areAlike([...classes])) return [this.endpoint(workload, workload.variants[0], workload.name, workload.kind)];
    this.split.push(workload);
    return workload.variants.flatMap(variant => variant.pods.map(pod => this.endpoint(workload, variant, pod, 'Pod')));
  }

  /** Whether classes that rules can tell apart come to the same verdict with everybody. */
  private areAlike([first, ...others]: readonly PeerClass[]): boolean {
    return others.every(other => this.judgeAlike(first, other, 'egress') && this.judgeAlike(first, other, 'ingress'));
  }

  private judgeAlike(a: PeerClass, b: PeerClass, direction: 'ingress' | 'egress'): boolean {
    const [named, alsoNamed] = [this.reach.of(a[direction]), this.reach.of(b[direction])];
    const peers = named && alsoNamed ? [...new Set([...named, ...alsoNamed])].map(id => this.classes.all[id]) : this.classes.all;
    const conn = (self: PeerClass, peer: PeerClass) => direction === 'egress' ? this.judge.between(self, peer) : this.judge.between(peer, self);
    if (!peers.every(peer => conn(a, peer).equals(conn(b, peer)))) return false;
    const text = (self: PeerClass) => this.outsideOf(self, direction).map(row => `${row.addresses.key} ${row.conn.key}`).sort().join(';');
    return text(a) === text(b);
  }

  private endpoint(workload: Workload, { shape }: Variant, name: string, kind: string): Endpoint {
    const { namespace, real } = workload;
    const { labels, hostNetwork, serviceAccount } = shape;
    const text = textOfWorkload({ namespace, name, kind });
    return { namespace, name, kind, text, real, labels, hostNetwork, serviceAccount, workload, peerClass: this.classes.ofShape[shape.id] };
  }
}

const NONE = ConnectionSet.none();

/** What rows say of the parts of an address set; a part that is in no row is denied. */
export function partsOf(rows: readonly OutsideRow[], addresses: IpSet): ConnectionSet[] {
  const touched = rows.filter(row => row.addresses.overlaps(addresses));
  const covered = IpSet.unionOf(touched.map(row => row.addresses)).contains(addresses);
  return [...touched.map(row => row.conn), ...covered ? [] : [ConnectionSet.none()]];
}
