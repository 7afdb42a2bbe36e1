/** Static addresses outside the cluster, as the providers see them: who may hold them, and whose pods appear under them. */
import { LabelSelector } from '../api/core';

/** Addresses, and the nodes that may hold them. */
export interface EgressPoolIntent {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly nodes: readonly string[];
}

/** The addresses under which some pods appear outside. */
export interface EgressAddressIntent {
  /** Unlike that of any other in the cluster. */
  readonly name: string;
  readonly namespace: string;
  readonly addresses: readonly string[];
  /** @default - all pods of the namespace */
  readonly pods?: LabelSelector;
}

/** An object that stands by itself. */
export interface EgressAddressPlan {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly spec: object;
}

/** A network that can let pods appear under addresses that stay. */
export interface IEgressAddresses {
  /** The label that a node has to have before it holds an address. */
  readonly nodeLabel: string;
  /** Throws where it cannot keep pools apart as they are stated. */
  refusePools(path: string, pools: readonly EgressPoolIntent[]): void;
  planEgressAddresses(intent: EgressAddressIntent): EgressAddressPlan;
}

/** A router that an operator runs, with an interface of its own on the network outside. */
export interface EgressRouterIntent {
  readonly name: string;
  /** Its own address there, with the length of the prefix. */
  readonly address: string;
  readonly gateway: string;
  readonly destination: string;
  readonly ports: readonly number[];
}
