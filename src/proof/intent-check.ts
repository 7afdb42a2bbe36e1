/**
 * The closing of the loop: what the manifests allow, computed by the analysis, equals the closure of what was stated,
 * nothing more and nothing less.
 *
 * Each direction is compared by itself, so that a rule that is too wide at one end is found even while the other end still
 * holds. Besides the pods that exist, pods are imagined that nobody meant: one without labels in each namespace, one in a
 * namespace of nobody, and the smallest pod that each selector in the manifests lets in. A selector that is wider than meant
 * lets one of them through.
 */
import { Closure, Direction, Peers, carries, connectionsAt } from './closure';
import { Differences } from './differences';
import { firewallFaults } from './firewalls';
import { meshFaults } from './mesh';
import { nameFaults } from './names';
import { PeerBook, imaginedPeers, statedPeers } from './peers';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { PeerSource } from '../analysis/facts';
import { ClusterModel } from '../analysis/model';
import { evaluate } from '../analysis/program';
import { Endpoint, Reachability } from '../analysis/reachability';
import { textOfRef } from '../analysis/rules';
import { unsettledSources } from '../analysis/source-addresses';
import { Reach } from '../analysis/sparse';
import { Statement } from '../intent/flow';

/** An object whose openings are meant, although nobody stated them. */
export interface Acknowledgement {
  /** `NetworkPolicy shop/allow-prometheus` */
  readonly object: string;
  readonly reason: string;
}

export interface IntentCheck extends PeerBook {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly manifests: readonly any[];
  /** What these manifests declare, with the peers that were stated. */
  readonly reading: ClusterModel;
  /** Whether each namespace has a firewall that has to hold by itself what leaves it. */
  readonly firewalled: boolean;
  /** Whether there is a mesh that has to hold by itself what reaches the workloads in it. */
  readonly meshed: boolean;
}

/** Everything that is wrong with the whole App's network, one message for each fault; empty where the loop closes. */
export function checkIntent(check: IntentCheck): string[] {
  try {
    const disagreements = check.ledger.disagreements();
    if (disagreements.length) return disagreements;
    return new Comparison(check).run();
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Connections of one pod with one peer: expected by statements, or found in manifests. */
export interface Expectation {
  conn: ConnectionSet;
  readonly statements: Statement[];
}

const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];

class Comparison {
  private readonly closure: Closure;
  private readonly ownRanges: IpSet;
  private readonly faults: string[] = [];

  constructor(private readonly check: IntentCheck) {
    const { ledger, members, platform } = check;
    this.closure = new Closure(ledger, members, platform._dns, path => platform._addressFacts(path));
    const { podCidrs = [], nodeCidrs = [] } = platform._facts;
    this.ownRanges = IpSet.ofCidrs([...podCidrs, ...nodeCidrs]);
  }

  public run(): string[] {
    const { manifests, reading, acknowledgements } = this.check;
    const whole = this.populate(reading);
    for (const { ref, message } of reading.problems) this.faults.push(`${textOfRef(ref)} would be refused by the API server: ${message}`);
    if (this.faults.length) return this.faults;
    if (acknowledgements.length === 0) {
      this.compare(whole, { more: true, less: true });
    } else {
      const known = new Map(reading.policies.map(({ ref }) => [textOfRef(ref), ref]));
      for (const { object } of acknowledgements) {
        if (!known.has(object)) this.faults.push(`acknowledges '${object}', which is no policy of this App: remove the acknowledgement, or correct the name`);
      }
      const meant = new Set(acknowledgements.map(({ object }) => object));
      const rest = ClusterModel.of(manifests.filter(json => !meant.has(nameOfManifest(json))), { facts: reading.facts, assumed: this.stated });
      this.compare(this.populate(rest), { more: true, less: false });
      this.compare(whole, { more: false, less: true });
    }
    const meant = new Set(acknowledgements.map(({ object }) => object));
    if (this.check.meshed) {
      const { ledger, members, platform } = this.check;
      this.faults.push(...meshFaults({ model: whole.model, closure: this.closure, ledger, members, meant, factsFor: path => platform._addressFacts(path) }));
    }
    if (this.check.firewalled) {
      this.faults.push(...firewallFaults(whole.model, this.closure, this.check.members, meant));
    }
    return this.faults;
  }

  private readonly stated: PeerSource = shown => statedPeers(shown, this.check);

  /** The cluster with the peers that nobody meant. */
  private populate(stated: ClusterModel): Populated {
    const { peers, nowhere } = imaginedPeers(stated, this.check.members);
    return { model: stated.with(peers), nowhere };
  }

  private compare({ model, nowhere }: Populated, wanted: { more: boolean; less: boolean }): void {
    const reachability = Reachability.of(model);
    const reach = new Reach(reachability.classes);
    const peers = new PeerIndex(reachability, nowhere);
    const differences = new Differences(reachability, wanted);
    for (const endpoint of reachability.endpoints) {
      if (!this.closure.owns(endpoint.namespace) || endpoint.hostNetwork) continue;
      for (const direction of DIRECTIONS) this.compareOne(endpoint, direction, { reachability, reach, peers, differences });
      if (endpoint.real) this.faults.push(...nameFaults(reachability, endpoint, this.closure.of(endpoint.workload.variants[0].shape, 'egress')));
    }
    this.faults.push(...differences.messages());
    if (wanted.less) this.faults.push(...unsettledSources(reachability));
  }

  private compareOne(endpoint: Endpoint, direction: Direction, context: Context): void {
    const { reachability, reach, peers, differences } = context;
    const [{ shape }] = endpoint.workload.variants;
    const expected = new Map<Endpoint, Expectation>();
    const outside: { addresses: IpSet; conn: ConnectionSet; statements: readonly Statement[] }[] = [];
    for (const { peer, ports, statements } of this.closure.of(shape, direction)) {
      const at = (other: Endpoint) => connectionsAt(direction === 'egress' ? other.workload.variants[0].shape : shape, ports);
      // Where a rule holds the name, it opens no address by itself; what leaves by an interface outside is no policy's to open.
      const byName = peer.kind === 'addresses' && peer.host !== undefined && endpoint.peerClass[direction].hosts.includes(peer.host);
      if (peer.kind === 'addresses' && peer.apart) continue;
      if (peer.kind === 'addresses' && !byName) outside.push({ addresses: peer.addresses, conn: connectionsAt(direction === 'egress' ? undefined : shape, ports), statements });
      const meant = peer.kind === 'pods' ? peers.pods(peer) : this.inside(peer.addresses, reachability);
      for (const other of meant) expect(expected, other, at(other), statements);
    }

    const program = endpoint.peerClass[direction];
    const candidates = new Set([...expected.keys(), ...peers.imagined]);
    for (const id of reach.of(program) ?? []) for (const other of reachability.endpointsIn(reachability.classes.all[id])) candidates.add(other);
    for (const other of candidates) {
      const resolve = reachability.judge.resolverOf(direction === 'egress' ? other.peerClass : endpoint.peerClass);
      const views = ([4, 6] as const).flatMap(family => [...reachability.judge.viewsOf(program, other.peerClass, family)]);
      const found = ConnectionSet.unionOf(views.map(view => evaluate(program, view, resolve)));
      const { conn, statements } = expected.get(other) ?? NOTHING;
      if (!found.equals(conn)) differences.pair({ endpoint, direction, other, found, expected: conn, statements });
    }
    differences.outside({ endpoint, direction, found: reachability.outside(endpoint, direction), expected: outside, world: reachability.model.outside });
  }

  /** Pods that addresses mean too, because the range of pods or nodes was asked for by name. */
  private inside(addresses: IpSet, { endpoints }: Reachability): Endpoint[] {
    if (!addresses.overlaps(this.ownRanges)) return [];
    return endpoints.filter(({ peerClass }) => peerClass.addresses !== undefined && addresses.overlaps(peerClass.addresses.set));
  }
}

/** A cluster with imagined pods, one of them in a namespace of nobody, where it stands for every peer that no rule names. */
interface Populated {
  readonly model: ClusterModel;
  readonly nowhere: string;
}

interface Context {
  readonly reachability: Reachability;
  readonly reach: Reach;
  readonly peers: PeerIndex;
  readonly differences: Differences;
}

const NOTHING: Expectation = { conn: ConnectionSet.none(), statements: [] };

function expect(expected: Map<Endpoint, Expectation>, other: Endpoint, conn: ConnectionSet, statements: readonly Statement[]): void {
  const known = expected.get(other);
  if (known) {
    known.conn = known.conn.union(conn);
    known.statements.push(...statements);
  } else {
    expected.set(other, { conn, statements: [...statements] });
  }
}

/** Peers by namespace, and those that stand for everybody. */
class PeerIndex {
  public readonly imagined: readonly Endpoint[];
  private readonly byNamespace = new Map<string, Endpoint[]>();

  constructor(private readonly reachability: Reachability, nowhere: string) {
    for (const endpoint of reachability.endpoints) {
      const known = this.byNamespace.get(endpoint.namespace);
      if (known) known.push(endpoint);
      else this.byNamespace.set(endpoint.namespace, [endpoint]);
    }
    this.imagined = this.byNamespace.get(nowhere) ?? [];
  }

  public pods({ namespaces, group, labels }: Extract<Peers, { kind: 'pods' }>): Endpoint[] {
    const chosen = group ? [...this.byNamespace.keys()].filter(name => carries(this.reachability.model.namespaces.get(name) ?? {}, group)) : namespaces;
    return chosen.flatMap(name => this.byNamespace.get(name) ?? []).filter(endpoint => !endpoint.hostNetwork && carries(endpoint.labels, labels));
  }
}

function nameOfManifest(json: any): string {
  const { kind, metadata } = json;
  return textOfRef({ apiVersion: '', kind, namespace: metadata?.namespace, name: metadata?.name });
}
