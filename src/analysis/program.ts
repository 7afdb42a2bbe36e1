import { Action, Direction, Layer, Ports } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';

/**
 * What all policies together say about one pod in one direction, compiled so that it can be asked millions of times.
 *
 * Programs are interned by what they say, not by who says it: two namespaces with the same default deny share one.
 */
export interface Program {
  readonly id: number;
  readonly direction: Direction;
  readonly stages: readonly (readonly Tier[])[];
  /** The selections that occur in its rules. */
  readonly selections: readonly number[];
  /** The address sets that occur in its rules. */
  readonly addresses: readonly IpSet[];
  /** The names of hosts that occur in its rules. */
  readonly hosts: readonly string[];
  readonly hasNames: boolean;
  /** Whether it lets somebody in for having no identity. */
  readonly withoutIdentity: boolean;
}

export interface Tier {
  readonly layer: Layer;
  readonly rules: readonly CompiledRule[];
}

export interface CompiledRule {
  readonly id: number;
  readonly action: Action;
  readonly any: boolean;
  readonly everyPod: boolean;
  readonly selections: readonly number[];
  readonly addresses?: IpSet;
  /** Whether it matches pods whose addresses are not known. */
  readonly unplaced: boolean;
  readonly hosts: readonly string[];
  /** Whether its addresses are about whoever has no identity only, and without addresses it is about all of them. */
  readonly withoutIdentity: boolean;
  readonly ports: Ports;
}

/** One peer, as rules see it: a pod by the selections it is in and the address it has now, or an address outside. */
export interface PeerView {
  readonly selections?: ReadonlySet<number>;
  /** Whether selectors can choose it at all. */
  readonly selectable: boolean;
  /** A pod whose addresses are not known. */
  readonly unplaced?: boolean;
  readonly v4?: number;
  readonly v6?: bigint;
  /** Whether it has no identity in a mesh. */
  readonly anonymous?: boolean;
  /** The name under which an address outside was reached. */
  readonly host?: string;
}

/** What a rule's ports are at a destination; port names are resolved there. */
export type PortResolver = (rule: { readonly ports: Ports }) => ConnectionSet;

export function evaluate(program: Program, peer: PeerView, resolve: PortResolver): ConnectionSet {
  let consent = ConnectionSet.all();
  for (const stage of program.stages) {
    consent = consent.intersect(evaluateStage(stage, peer, resolve));
    if (consent.isEmpty) break;
  }
  return consent;
}

/** @returns what the chain of layers allows: what it allows by a rule, and what nobody decides. */
function evaluateStage(stage: readonly Tier[], peer: PeerView, resolve: PortResolver): ConnectionSet {
  let undecided = ConnectionSet.all();
  let allowed = ConnectionSet.none();
  for (const { layer, rules } of stage) {
    if (layer.decides === 'isolating') {
      let opened = layer.about ? ALL.subtract(layer.about) : ConnectionSet.none();
      for (const rule of rules) {
        if (matches(rule, peer)) opened = opened.union(resolve(rule));
        if (opened.isAll) break;
      }
      return allowed.union(undecided.intersect(opened));
    }
    let passed = ConnectionSet.none();
    for (const rule of rules) {
      if (undecided.isEmpty) break;
      if (!matches(rule, peer)) continue;
      const decided = resolve(rule).intersect(undecided);
      undecided = undecided.subtract(decided);
      if (rule.action === 'allow') allowed = allowed.union(decided);
      if (rule.action === 'pass') passed = passed.union(decided);
    }
    undecided = undecided.union(passed);
  }
  return allowed.union(undecided);
}

const ALL = ConnectionSet.all();

export function matches(rule: Pick<CompiledRule, 'any' | 'everyPod' | 'selections' | 'addresses' | 'unplaced' | 'hosts' | 'withoutIdentity'>, peer: PeerView): boolean {
  if (rule.any || (rule.everyPod && peer.selectable)) return true;
  if (rule.withoutIdentity ? peer.anonymous && (rule.addresses === undefined || (rule.unplaced && peer.unplaced)) : rule.unplaced && peer.unplaced) return true;
  if (peer.host !== undefined && rule.hosts.some(pattern => isHostIn(peer.host!, pattern))) return true;
  if (peer.selections !== undefined && peer.selections.size > 0) {
    for (const id of rule.selections) if (peer.selections.has(id)) return true;
  }
  return rule.addresses !== undefined && (!rule.withoutIdentity || peer.anonymous === true)
    && ((peer.v4 !== undefined && rule.addresses.v4.has(peer.v4)) || (peer.v6 !== undefined && rule.addresses.v6.has(peer.v6)));
}

/** Whether a name is the pattern, or below it: `*.example.com` is one or more labels before `example.com`, and not that itself. */
export function isHostIn(host: string, pattern: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/\.$/, '');
  return plain(host) === plain(pattern) || (pattern.startsWith('*.') && plain(host).endsWith(plain(pattern).slice(1)));
}
