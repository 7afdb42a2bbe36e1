/**
 * Whether policies and pods of two readings say the same, whoever says it. Two readings of a cluster differ in little, so all of it is compared
 * to find that little: each reading writes down once what a policy and a pod say, and one text is held against the other.
 */
import type { Identity } from './mesh-identity';
import { PodShape } from './pods';
import { keyOfMatch, NamedPort, Peers, PodMatch, Policy, Ports, Rule, textOfRef } from './rules';
import { Labels } from '../algebra/label-selector';

/** All that a policy says, and its name. */
export function keyOfPolicy({ ref, layer, order, subject, directions, rules }: Policy): string {
  const pieces = [ref.apiVersion, textOfRef(ref), layer, String(order), directions.join(), keyOfMatch(subject)];
  for (const rule of rules) addRule(pieces, rule);
  return known(pieces.join('\n'));
}

/** The same text, kept once for all readings: equal texts are then one and the same, and equal ones are what a difference mostly meets. */
export function known(text: string): string {
  const found = texts.get(text);
  if (found !== undefined) return found;
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}

const texts = new Map<string, string>();
const MOST_TEXTS = 100_000;

function addRule(pieces: string[], { direction, action, index, name, peers, ports, condition }: Rule): void {
  const { any, pods, addresses, addressesOfPods, hosts, withoutIdentity } = peers;
  // Each part begins with a word of its own, so that no two of them are taken for each other.
  pieces.push(`rule ${direction} ${action} ${index} ${ports.numbers.key}`);
  for (const port of ports.names) pieces.push(`port ${port.protocol ?? '*'}:${port.name}`);
  if (any) pieces.push('any');
  for (const match of pods) pieces.push(`pods ${keyOfMatch(match)}`);
  if (addresses) pieces.push(`addresses${addressesOfPods ? ' of pods' : ''} ${addresses.key}`);
  if (withoutIdentity) pieces.push('without identity');
  if (hosts?.length) pieces.push(`hosts ${hosts.join()}`);
  if (name !== undefined || condition !== undefined) pieces.push(`named ${JSON.stringify([name, condition])}`);
}

/** Pods that no rule of either reading can tell from each other: what a reading tells shapes apart by, it has written down once. */
export function sameShape(a: PodShape, b: PodShape): boolean {
  return a.key === b.key && both(a.addresses, b.addresses, equal) && both(a.identity, b.identity, sameIdentity);
}

function sameIdentity(a: Identity, b: Identity): boolean {
  return a.namespace === b.namespace && a.serviceAccount === b.serviceAccount && a.gateway === b.gateway;
}

export function sameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) if (a[key] !== b[key] || !Object.hasOwn(b, key)) return false;
  return true;
}

export function sameList<T>(a: readonly T[], b: readonly T[], alike: (a: T, b: T) => boolean): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!alike(a[i], b[i])) return false;
  return true;
}

function both<T>(a: T | undefined, b: T | undefined, alike: (a: T, b: T) => boolean): boolean {
  return a === b || (a !== undefined && b !== undefined && alike(a, b));
}

export function isEqual<T>(a: T, b: T): boolean {
  return a === b;
}

function equal<T extends { equals(other: T): boolean }>(a: T, b: T): boolean {
  return a.equals(b);
}

/** The compiler says here that a type has got a field: put it into a key, compare it above, or leave it out on purpose. */
type Named<T, Fields extends keyof T> = Exclude<keyof T, Fields> extends never ? true : never;
type All<Checks extends true[]> = Checks;
export type EveryFieldIsCompared = All<[
  Named<Policy, 'ref' | 'layer' | 'order' | 'subject' | 'directions' | 'rules'>,
  Named<Rule, 'direction' | 'action' | 'index' | 'name' | 'peers' | 'ports' | 'condition'>,
  Named<Peers, 'any' | 'pods' | 'addresses' | 'addressesOfPods' | 'hosts' | 'withoutIdentity'>,
  Named<Ports, 'numbers' | 'names'>,
  Named<NamedPort, 'name' | 'protocol'>,
  Named<PodMatch, 'namespace' | 'namespaces' | 'pods' | 'identity'>,
  Named<PodShape, 'id' | 'key' | 'namespace' | 'labels' | 'ports' | 'portsKey' | 'hostNetwork' | 'addresses' | 'serviceAccount' | 'forwards' | 'proxyConfigs' | 'identity'>,
  Named<Identity, 'namespace' | 'serviceAccount' | 'gateway'>,
]>;
