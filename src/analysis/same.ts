import type { Identity } from './mesh-identity';
import { PodShape } from './pods';
import { NamedPort, Peers, PodMatch, Policy, Ports, Rule } from './rules';
import { Labels } from '../algebra/label-selector';

/**
 * Whether policies and pods of two readings say the same, whoever says it. Two readings of a cluster differ in little, so all of it is compared
 * to find that little: field by field, which is three times as fast as a walk over whatever fields there are.
 */
export function samePolicy(a: Policy, b: Policy): boolean {
  return a.layer === b.layer && a.order === b.order && sameMatch(a.subject, b.subject) && sameList(a.directions, b.directions, isEqual)
    && sameList(a.rules, b.rules, sameRule);
}

function sameRule(a: Rule, b: Rule): boolean {
  return a.direction === b.direction && a.action === b.action && a.index === b.index && a.name === b.name && a.condition === b.condition
    && samePeers(a.peers, b.peers) && samePorts(a.ports, b.ports);
}

function samePeers(a: Peers, b: Peers): boolean {
  return a.any === b.any && sameList(a.pods, b.pods, sameMatch) && both(a.addresses, b.addresses, equal)
    && (a.addressesOfPods ?? false) === (b.addressesOfPods ?? false) && sameList(a.hosts ?? [], b.hosts ?? [], isEqual)
    && (a.withoutIdentity ?? false) === (b.withoutIdentity ?? false);
}

function samePorts(a: Ports, b: Ports): boolean {
  return a.numbers.equals(b.numbers) && sameList(a.names, b.names, sameName);
}

function sameName(a: NamedPort, b: NamedPort): boolean {
  return a.name === b.name && a.protocol === b.protocol;
}

function sameMatch(a: PodMatch, b: PodMatch): boolean {
  return a.namespace === b.namespace && both(a.namespaces, b.namespaces, sameKey) && sameKey(a.pods, b.pods)
    && both(a.identity, b.identity, sameKey);
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

function sameKey(a: { readonly key: string }, b: { readonly key: string }): boolean {
  return a === b || a.key === b.key;
}

/** The compiler says here that a type has got a field: compare it above, or leave it out on purpose. */
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
