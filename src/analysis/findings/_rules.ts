import { listIn, PolicySource } from './_sources';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { NAME_LABEL } from '../pods';
import { Direction, PodMatch, Rule } from '../rules';

/** The rules and peers of policies, each with the field that it stands in. */
export interface RuleSource {
  readonly source: PolicySource;
  readonly direction: Direction;
  readonly rule: Rule;
  readonly json: any;
  /** `spec.ingress[0]` */
  readonly field: string;
  readonly list: 'from' | 'to';
}

export interface PeerSource extends RuleSource {
  /** `spec.ingress[0].from[1]`; for kinds whose peers are written otherwise, the field of the list. */
  readonly peerField: string;
  readonly peer: any;
  readonly match?: PodMatch;
  readonly block?: Block;
}

export interface Block {
  readonly cidr: string;
  /** The range as it is written, without what is excepted. */
  readonly range: IpSet;
  readonly except: readonly { readonly cidr: string; readonly range: IpSet }[];
  readonly addresses: IpSet;
}

/** The field that says whom a policy is about. */
export function subjectField({ ref }: PolicySource): string {
  return ref.kind === 'NetworkPolicy' ? 'spec.podSelector' : 'spec.subject';
}

// Nearly every check looks at all rules and peers, so each is read once.
const RULES = new WeakMap<PolicySource, readonly RuleSource[]>();
const PEERS = new WeakMap<RuleSource, readonly PeerSource[]>();

/** The rules that count: those of a direction that a policy does not speak about are left out. */
export function rulesOf(source: PolicySource): readonly RuleSource[] {
  return remember(RULES, source, readRules);
}

export function peersOf(rule: RuleSource): readonly PeerSource[] {
  return remember(PEERS, rule, readPeers);
}

function remember<K extends object, V>(known: WeakMap<K, V>, key: K, read: (key: K) => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, value = read(key));
  return value;
}

function readRules(source: PolicySource): RuleSource[] {
  return source.policy.rules.map(rule => ({
    source,
    rule,
    direction: rule.direction,
    json: listIn(source.json.spec?.[rule.direction])[rule.index] ?? {},
    field: `spec.${rule.direction}[${rule.index}]`,
    list: rule.direction === 'ingress' ? 'from' : 'to',
  }));
}

function readPeers(rule: RuleSource): PeerSource[] {
  const { source, field, list, json } = rule;
  if (source.ref.kind === 'NetworkPolicy') {
    return listIn(json[list]).map((peer, i) => ({ ...rule, peer, peerField: `${field}.${list}[${i}]`, ...readPeer(peer, source.ref.namespace!) }));
  }
  return rule.rule.peers.pods.map(match => ({ ...rule, peer: {}, peerField: `${field}.${list}`, match }));
}

/** Every peer of every rule of some policies. */
export function peersIn(policies: readonly PolicySource[], direction?: Direction): PeerSource[] {
  return policies.flatMap(rulesOf).filter(rule => direction === undefined || rule.direction === direction).flatMap(peersOf);
}

/** Whether a selector of namespaces names them by the label that only the API server sets. */
export function isByName(selector: LabelSelector): boolean {
  return selector.requirements.some(({ key, operator }) => key === NAME_LABEL && operator === 'In');
}

/** Whether a selector asks for a label to be there. */
export function isPositive(selector: LabelSelector): boolean {
  return selector.requirements.some(({ operator }) => operator === 'In' || operator === 'Exists');
}

/** Whether a peer is found in namespaces that no manifest declares. */
export function isAnywhere({ namespace, namespaces }: PodMatch): boolean {
  return namespace === undefined && (namespaces === undefined || namespaces.isEverything);
}

function readPeer(peer: any, namespace: string): { match?: PodMatch; block?: Block } {
  if (peer.ipBlock) return { block: readBlock(peer.ipBlock) };
  const pods = LabelSelector.of(peer.podSelector);
  const { namespaceSelector } = peer;
  const here = namespaceSelector === undefined || namespaceSelector === null;
  return { match: here ? { namespace, pods } : { namespaces: LabelSelector.of(namespaceSelector), pods } };
}

function readBlock(json: any): Block {
  const range = IpSet.ofCidr(json.cidr, { hostBits: 'mask' });
  const except = listIn(json.except).map(cidr => ({ cidr, range: IpSet.ofCidr(cidr, { hostBits: 'mask' }) }));
  return { cidr: json.cidr, range, except, addresses: range.subtract(IpSet.unionOf(except.map(hole => hole.range))) };
}
