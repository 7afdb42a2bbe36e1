/**
 * The flows between pods, said with as few words as they can be: for whole namespaces where a policy says so, else pair by pair.
 *
 * Law: a statement opens only what passes today between every pod of its one end and every pod of its other end, also between those that
 * nobody runs now and a selector of today's policies would find.
 */
import { byText } from './_order';
import { Grants } from './grants';
import { keyOfEnd, PlannedEnd, PlannedPort, PlannedStatement } from './plan';
import { sortedPorts } from './pods';
import { Unit } from './units';
import { ConnectionSet, PROTOCOLS } from '../algebra/connection-set';
import { groupBy } from '../algebra/group';
import { Endpoint, Reachability } from '../analysis/reachability';
import { ObjectRef, PodMatch, textOfRef } from '../analysis/rules';

export interface PodFlows {
  /** Namespaces inside which everything passes, and a policy says so. */
  readonly projects: ReadonlySet<string>;
  readonly statements: readonly PlannedStatement[];
}

/** One end with all pods it stands for. */
interface Side {
  readonly end: PlannedEnd & { readonly namespace: string };
  readonly members: readonly Endpoint[];
  readonly unit?: Unit;
  readonly foreign: boolean;
}

interface Candidate {
  readonly from: Side;
  readonly to: Side;
  conn: ConnectionSet;
  readonly objects: ObjectRef[];
}

export interface FlowScope {
  /** The cluster with the pods that nobody runs. */
  readonly reach: Reachability;
  readonly grants: Grants;
  readonly units: readonly Unit[];
  /** The program's own namespaces. */
  readonly secured: ReadonlySet<string>;
  /** The namespaces that manifests or policies name, which are not only imagined. */
  readonly named: ReadonlySet<string>;
}

export function podFlows(scope: FlowScope): PodFlows {
  return new PodFlowFinder(scope).find();
}

class PodFlowFinder {
  private readonly inNamespace: Map<string, Endpoint[]>;
  private readonly unitOf = new Map<Endpoint, Side>();
  private readonly whole = new Map<string, Side>();
  private readonly projects = new Set<string>();
  private readonly found: Candidate[] = [];
  /** What is stated already, by the keys of both ends. */
  private readonly covered = new Map<string, ConnectionSet>();

  private readonly reach: Reachability;
  private readonly grants: Grants;

  constructor(private readonly scope: FlowScope) {
    this.reach = scope.reach;
    this.grants = scope.grants;
    const speakable = this.reach.endpoints.filter(({ namespace, hostNetwork }) => !hostNetwork && scope.named.has(namespace));
    this.inNamespace = groupBy(speakable, ({ namespace }) => namespace);
    for (const unit of scope.units) {
      const { namespace, name, members, foreign } = unit;
      const side: Side = { end: { kind: 'workload', namespace, name }, members, unit, foreign };
      for (const member of members) this.unitOf.set(member, side);
    }
  }

  find(): PodFlows {
    const wide = this.wideCandidates();
    for (const kinds of ['namespace namespace', 'workload namespace', 'namespace workload']) {
      for (const candidate of wide) if (`${candidate.from.end.kind} ${candidate.to.end.kind}` === kinds) this.accept(candidate);
    }
    for (const candidate of this.pairs()) this.accept(candidate);
    return { projects: this.projects, statements: this.found.map(statementOf).sort(byText(({ from, to }) => `${keyOfEnd(from)} > ${keyOfEnd(to)}`)) };
  }

  /** Every rule that speaks about all pods of a namespace, at its own end or at the other. */
  private wideCandidates(): Candidate[] {
    const candidates = new Map<string, Candidate>();
    const add = (from: Side, to: Side, conn: ConnectionSet, object: ObjectRef) => {
      if (from.foreign && to.foreign) return;
      const key = `${keyOfEnd(from.end)} > ${keyOfEnd(to.end)}`;
      const known = candidates.get(key);
      if (known) {
        known.conn = known.conn.union(conn);
        known.objects.push(object);
      } else {
        candidates.set(key, { from, to, conn, objects: [object] });
      }
    };
    for (const { ref, subject, rules } of this.reach.model.policies) {
      const own = this.sidesOf(subject);
      for (const { action, direction, peers, ports } of rules) {
        if (action !== 'allow' || ports.numbers.isEmpty) continue;
        for (const match of peers.pods) {
          for (const peer of this.sidesOf(match)) {
            for (const self of own) {
              if (self.unit && peer.unit) continue;
              if (direction === 'egress') add(self, peer, ports.numbers, ref); else add(peer, self, ports.numbers, ref);
            }
          }
        }
      }
    }
    return [...candidates.values()].sort(byText(({ from, to }) => `${keyOfEnd(from.end)} > ${keyOfEnd(to.end)}`));
  }

  /** The namespaces of which a match chooses all pods; else the workloads it chooses. */
  private sidesOf(match: PodMatch): Side[] {
    const names = this.grants.homesOf(match);
    if (match.pods.isEverything) return names.filter(name => this.inNamespace.has(name)).map(name => this.wholeOf(name));
    const chosen = names.flatMap(name => this.inNamespace.get(name) ?? []).filter(endpoint => match.pods.matches(endpoint.labels));
    const sides = chosen.map(endpoint => this.unitOf.get(endpoint));
    return [...new Set(sides)].filter(side => side !== undefined);
  }

  private wholeOf(namespace: string): Side {
    const side = this.whole.get(namespace)
      ?? { end: { kind: 'namespace', namespace }, members: this.inNamespace.get(namespace)!, foreign: !this.scope.secured.has(namespace) } as const;
    this.whole.set(namespace, side);
    return side;
  }

  /** Pairs of which a rule names one for the other. */
  private* pairs(): Iterable<Candidate> {
    const sides = [...new Set(this.unitOf.values())].sort(byText(({ end }) => keyOfEnd(end)));
    const byClass = new Map<number, Set<Side>>();
    for (const side of sides) {
      for (const { peerClass: { id } } of side.members) byClass.set(id, (byClass.get(id) ?? new Set<Side>()).add(side));
    }
    const wanted = new Map<string, [Side, Side]>();
    for (const { src, dst } of this.reach.classPairs()) {
      const [froms, tos] = [byClass.get(src.id), byClass.get(dst.id)];
      if (!froms || !tos || this.saidBetween(froms, tos, src.id, dst.id).isEmpty) continue;
      for (const from of froms) for (const to of tos) wanted.set(`${keyOfEnd(from.end)} > ${keyOfEnd(to.end)}`, [from, to]);
    }
    for (const [, [from, to]] of [...wanted].sort(byText(([key]) => key))) {
      if (from.foreign && to.foreign) continue;
      if (from === to && from.members.length === 1 && from.members[0].workload.kind === 'Pod') continue;
      const said = from.members.map(src => to.members.map(dst => this.grants.said(src, dst))).flat();
      const conn = said.reduce((all, each) => all.intersect(each), ConnectionSet.all()).subtract(this.coveredBy(from, to));
      if (!conn.isEmpty) yield { from, to, conn, objects: this.grants.objects(from.members[0], to.members[0], conn) };
    }
  }

  private saidBetween(froms: Set<Side>, tos: Set<Side>, src: number, dst: number): ConnectionSet {
    const member = (sides: Set<Side>, id: number) => [...sides][0].members.find(({ peerClass }) => peerClass.id === id)!;
    return this.grants.said(member(froms, src), member(tos, dst));
  }

  private coveredBy(from: Side, to: Side): ConnectionSet {
    if (from.end.namespace === to.end.namespace && this.projects.has(from.end.namespace)) return ConnectionSet.all();
    const ends = (side: Side) => [keyOfEnd(side.end), `${side.end.namespace}/*`];
    return ConnectionSet.unionOf(ends(from).flatMap(a => ends(to).map(b => this.covered.get(`${a} > ${b}`) ?? ConnectionSet.none())));
  }

  /** States as much of it as passes between all pods of both ends. */
  private accept({ from, to, conn: asked, objects }: Candidate): void {
    let conn = asked.subtract(this.coveredBy(from, to));
    for (const src of from.members) {
      for (const dst of to.members) {
        if (conn.isEmpty) return;
        conn = conn.intersect(this.grants.open(src, dst));
      }
    }
    if (conn.isEmpty) return;
    const inside = from.end.kind === 'namespace' && to.end.kind === 'namespace' && from === to;
    if (inside && conn.isAll && !from.foreign) {
      this.projects.add(from.end.namespace);
      return;
    }
    const key = `${keyOfEnd(from.end)} > ${keyOfEnd(to.end)}`;
    this.covered.set(key, conn.union(this.covered.get(key) ?? ConnectionSet.none()));
    this.found.push({ from, to, conn, objects });
  }
}

function statementOf({ from, to, conn, objects }: Candidate): PlannedStatement {
  const ports = portsOf(conn);
  const declared = to.unit !== undefined && to.unit.ports.length > 0 && JSON.stringify(ports) === JSON.stringify(to.unit.ports);
  return { from: from.end, to: to.end, ports, declared, reason: reasonOf(objects) };
}

/** The policies that said so until now. */
export function reasonOf(objects: readonly ObjectRef[]): string {
  const names = [...new Set(objects.map(textOfRef))].sort();
  const said = names.slice(0, MOST_NAMES).map((name, i) => (i > 0 && kindOf(name) === kindOf(names[i - 1]) ? name.slice(kindOf(name).length + 1) : name));
  return names.length <= MOST_NAMES ? said.join(', ') : `${said.join(', ')} and ${names.length - MOST_NAMES} more`;
}

const MOST_NAMES = 3;

function kindOf(name: string): string {
  return name.slice(0, name.indexOf(' '));
}

export function portsOf(conn: ConnectionSet): PlannedPort[] | 'all' {
  if (conn.isAll) return 'all';
  return sortedPorts(PROTOCOLS.flatMap(transport => conn.portsOf(transport).intervals().map(([first, end]) => ({ transport, first, last: end - 1 }))));
}
