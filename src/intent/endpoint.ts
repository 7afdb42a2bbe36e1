/**
 * The two ends a flow can have, as plain values: what the renderers and the proof need to know of a workload,
 * a namespace or a range of addresses, without the construct behind it.
 */
import { AddressBlock } from './address-block';
import { Port } from './port';
import { IpSet } from '../algebra/ip-set';

/** A port that a workload's container declares. */
export interface DeclaredPort {
  readonly port: Port;
  /** The container's name for it, where it has one. */
  readonly name?: string;
}

/** A port of a Service with the port of the pods behind it. */
export interface ServicedPort {
  readonly port: Port;
  readonly target: Port;
}

/** All pods of one namespace. */
export interface NamespaceEnd {
  readonly kind: 'namespace';
  /** Construct path, for messages. */
  readonly path: string;
  readonly namespace: string;
  /** Set where it stands for every namespace with these labels, and `namespace` is how messages call them. */
  readonly group?: Readonly<Record<string, string>>;
  readonly tenant: string;
  /** The network of its own that its pods are on; undefined for the cluster's. */
  readonly network?: string;
  /** Whether its pods have an identity in a mesh, with a proxy of their own. @default false */
  readonly meshed?: boolean;
  /** The cluster it belongs to, known by its ledger. */
  readonly ledger: object;
  /** Owned by others: our half of a flow is rendered, theirs is reported. */
  readonly imported: boolean;
  /** Called when a statement is made about all its pods, so that its owner can create the policy that only such flows need. */
  open(): void;
  /** Called when all its pods may be reached by a peer, so that its owner can create what a mesh needs for that. */
  receive?(): void;
  /** Called when anything in it may open connections to addresses or a name, on these ports, so that its owner can create what a mesh needs for that. */
  leave?(to: AddressEnd, ports: readonly Port[] | undefined): void;
}

/** The pods of one workload. */
export interface WorkloadEnd {
  readonly kind: 'workload';
  readonly path: string;
  readonly name: string;
  readonly home: NamespaceEnd;
  /** The labels that select its pods, and no other pods, inside its namespace. */
  readonly labels: Record<string, string>;
  readonly serviceAccountName: string;
  readonly imported: boolean;
  /** Set where its pods are a gateway of the mesh: the annotations that make them one. What they take is said by the gateway, not by flows alone. */
  readonly gateway?: Readonly<Record<string, string>>;
  /** Set where its pods stay out of the mesh that their namespace is in. @default - they are in it, if it is */
  readonly unmeshed?: StayingOut;
  /** Set where it takes mutual TLS of the mesh alone, so that a peer without identity never gets in. @default false */
  readonly mutual?: boolean;
  /** Names outside that proxies of callers lead to it, as their registry has them in its namespace. */
  readonly names?: readonly string[];
  /** Set where the library names it without being told to: what to do where it is of this App, and was made too late to be found. */
  readonly remedy?: string;
  /** What its containers declare at this moment: containers may be added until synth. */
  ports(): DeclaredPort[];
  /** Called when a peer without identity in the mesh may reach it, so that its owner can create what only such flows need. */
  expose?(): void;
  /** What clients dial on the Service in front of it, and where that leads: policies see only the latter. */
  servicePorts?(): ServicedPort[];
  /** The names of the Services in front of it. Undefined where they are not known. */
  services?(): readonly string[] | undefined;
}

/** How pods stay out of the mesh, and who makes them so. */
export interface StayingOut {
  /** By which the mesh knows. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Nobody else may make pods with these annotations. */
  readonly maker: { readonly namespace: string; readonly serviceAccountName: string };
}

/** A range of the cluster's own network, left out of every CIDR unless it is asked for by name. */
export type ClusterRangeName = 'pods' | 'services' | 'nodes' | 'metadata';

/** Addresses outside the pods' world of labels. */
export interface AddressEnd {
  readonly kind: 'addresses';
  /** What the user wrote, for messages and sorting. */
  readonly text: string;
  /** Set where it is a single address. */
  readonly address?: string;
  /** Set where the addresses answer on ports of their own, which are not the flow's to state. */
  readonly ownPorts?: string;
  /** The same peer where connections come from it: the addresses it sends from, without the ports it answers on. */
  readonly source?: AddressEnd;
  /** Set where the destination is known by name only: `resolve` then opens the world outside, and a proxy or a firewall holds the name. */
  readonly host?: string;
  /** Set where a proxy stands between, whose configuration leads to this destination and no other. */
  readonly proxied?: boolean;
  /** Set where connections leave by an interface outside the cluster's network, where no policy holds them. */
  readonly apart?: boolean;
  /** Set where it is one of the cluster's own ranges. */
  readonly range?: ClusterRangeName;
  /** Set where it is the API server as the source of a connection. */
  readonly calls?: boolean;
  /** Addresses as the platform's facts make them. Throws, naming the fact and the command that finds it, where a fact is missing. */
  resolve(facts: AddressFacts): AddressTarget[];
}

/** Addresses together with the ports they answer on, where these are not the flow's. */
export interface AddressTarget {
  readonly blocks: readonly AddressBlock[];
  readonly ports?: readonly Port[];
}

/** What an address end may ask of the platform. */
export interface AddressFacts {
  /** Path of the construct that asks, for messages. */
  readonly path: string;
  /** Whether policies may name hosts with a wildcard. */
  readonly wildcardNames: boolean;
  clusterRange(name: ClusterRangeName, neededBy: string): IpSet;
  /** Everything, in the families the cluster's pods have: `0.0.0.0/0`, `::/0` or both. */
  everywhere(neededBy: string): string[];
  apiServer(neededBy: string): AddressTarget[];
  /** Where the API servers' calls to pods come from, as CIDRs: what the platform says of it, or else the servers' own addresses. */
  apiServerAddresses(neededBy: string): string[];
  /** The same, where the network translates the servers' own addresses and the platform has to say. */
  apiServerSources(neededBy: string): string[];
}

export type Endpoint = WorkloadEnd | NamespaceEnd | AddressEnd;
/** An end that lives in the cluster and can be a policy's subject. */
export type Subject = WorkloadEnd | NamespaceEnd;

/** The key under which statements about the same end meet. */
export function keyOf(end: Endpoint): string {
  switch (end.kind) {
    case 'workload': return `workload ${end.home.namespace}/${end.name}`;
    case 'namespace': return `namespace ${end.namespace}`;
    case 'addresses': return `addresses ${end.text}`;
  }
}

/** How an end is called in messages: `shop/api`, `shop/*`, `203.0.113.0/24`. */
export function nameOf(end: Endpoint): string {
  switch (end.kind) {
    case 'workload': return `${end.home.namespace}/${end.name}`;
    case 'namespace': return end.group ? end.namespace : `${end.namespace}/*`;
    case 'addresses': return end.text;
  }
}

/** The namespace an end lives in, if it lives in the cluster. */
export function homeOf(end: Endpoint): NamespaceEnd | undefined {
  return end.kind === 'workload' ? end.home : end.kind === 'namespace' ? end : undefined;
}
