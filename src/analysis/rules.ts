import type { IdentityMatch } from './mesh-identity';
import { ConnectionSet, Protocol } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { LabelSelector } from '../algebra/label-selector';

/**
 * The one normal form that every policy kind is read into: policies with a subject and ordered rules, each in a layer.
 *
 * How layers decide, per direction of a connection:
 * - A stage is a chain of layers; a connection needs the consent of every stage, at its source and at its destination.
 * - In a `first-match` layer policies stand in order and the first rule that matches decides: allow, deny, or pass to the next layer.
 * - An `isolating` layer decides everything for the pods it selects: what no rule allows is denied. Pods it does not select go on.
 * - What no layer of a stage decides is allowed.
 */
export type Direction = 'ingress' | 'egress';
export const DIRECTIONS: readonly Direction[] = ['egress', 'ingress'];
export type Action = 'allow' | 'deny' | 'pass';

/** The names of the layers, in the order in which a packet meets them. */
export type LayerName = 'tenant-network' | 'admin' | 'network-policy' | 'baseline' | 'egress-firewall' | 'mutual-tls' | 'authorization-deny' | 'authorization'
| 'proxy';

export interface Layer {
  readonly name: LayerName;
  readonly stage: string;
  readonly decides: 'first-match' | 'isolating';
  /** What it sees at all; on the rest it has no say. @default - every connection */
  readonly about?: ConnectionSet;
  /** Whether policies of one rank cannot contradict each other. @default false */
  readonly agrees?: boolean;
}

/** What a proxy of a mesh sees: TCP, but for the ports on which it answers itself. */
export const PROXIED = [15020, 15021, 15090].reduce((set, port) => set.subtract(ConnectionSet.of('TCP', port)), ConnectionSet.ofProtocol('TCP'));

export const LAYERS: readonly Layer[] = [
  { name: 'tenant-network', stage: 'tenant-network', decides: 'first-match' },
  { name: 'admin', stage: 'cluster-network', decides: 'first-match' },
  { name: 'network-policy', stage: 'cluster-network', decides: 'isolating' },
  { name: 'baseline', stage: 'cluster-network', decides: 'first-match' },
  { name: 'egress-firewall', stage: 'egress-firewall', decides: 'first-match' },
  { name: 'mutual-tls', stage: 'mutual-tls', decides: 'first-match', agrees: true },
  { name: 'authorization-deny', stage: 'authorization', decides: 'first-match', agrees: true },
  { name: 'authorization', stage: 'authorization', decides: 'isolating', about: PROXIED },
  { name: 'proxy', stage: 'proxy', decides: 'isolating' },
];

/** An object of the cluster, by name. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Where it was read: a file, a construct path. */
  readonly origin?: string;
}

/** Pods by the labels of their namespace and their own: in one namespace, or in all that a selector chooses. */
export interface PodMatch {
  readonly namespace?: string;
  readonly namespaces?: LabelSelector;
  readonly pods: LabelSelector;
  /** Whom the mesh knows them as; who has no identity is never chosen by it. @default - nobody asks */
  readonly identity?: IdentityMatch;
}

export interface Peers {
  /** Everybody: pods, nodes and addresses outside. */
  readonly any: boolean;
  readonly pods: readonly PodMatch[];
  /** Addresses outside the cluster, and pods where their addresses are known to lie in the set. */
  readonly addresses?: IpSet;
  /** Whether a set that holds all of IPv4 also matches pods whose addresses are not known. @default false */
  readonly addressesOfPods?: boolean;
  /** Names of hosts outside, exact or `*.example.com`. */
  readonly hosts?: readonly string[];
  /** Whoever has no identity in a mesh: at `addresses` where they are stated, else wherever it is. @default false */
  readonly withoutIdentity?: boolean;
}

/** A port by the name that the destination pod gives it. */
export interface NamedPort {
  readonly name: string;
  /** @default - whatever protocol the pod declares */
  readonly protocol?: Protocol;
}

export interface Ports {
  readonly numbers: ConnectionSet;
  readonly names: readonly NamedPort[];
}

export const ALL_PORTS: Ports = { numbers: ConnectionSet.all(), names: [] };

export interface Rule {
  readonly direction: Direction;
  readonly action: Action;
  /** The place in the object's own list of rules of that direction. */
  readonly index: number;
  readonly name?: string;
  readonly peers: Peers;
  readonly ports: Ports;
  /** What else has to hold, of which nothing is known here. @default - nothing */
  readonly condition?: string;
}

export interface Policy {
  readonly ref: ObjectRef;
  readonly layer: LayerName;
  /** Lower decides first, in a first-match layer. */
  readonly order: number;
  readonly subject: PodMatch;
  /** The directions in which the policy speaks about its subject, also when it has no rule there. */
  readonly directions: readonly Direction[];
  readonly rules: readonly Rule[];
}

/** Whether a layer is a proxy's of a mesh: it tells callers apart by identity, and not by labels. */
export function isOfMesh(layer: LayerName): boolean {
  return layer === 'mutual-tls' || layer === 'authorization-deny' || layer === 'authorization';
}

/** Where a rule stands in its object, with the name that it has there and what else has to hold. */
export function placeOf({ direction, index, name, condition }: Rule, layer: LayerName): string {
  const place = layer === 'mutual-tls' ? 'mtls' : isOfMesh(layer) ? `rules[${index}]` : `${direction}[${index}]`;
  return `${place}${name ? ` '${name}'` : ''}${condition ? ` where ${condition}` : ''}`;
}

export function textOfRef(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

export function keyOfMatch({ namespace, namespaces, pods, identity }: PodMatch): string {
  return `${namespace === undefined ? `{${namespaces?.key ?? ''}}` : `=${namespace}`} / ${pods.key}${identity ? ` / ${identity.key}` : ''}`;
}
