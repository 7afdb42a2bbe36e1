/**
 * What a network provider is asked to realise, and what it answers with: objects as plain data. A provider that cannot
 * enforce an intent throws, naming itself, the construct and the remedy; it never answers with a weaker object.
 */
import { AddressFacts, NamespaceEnd, WorkloadEnd } from './endpoint';
import { Statement } from './flow';
import { SubjectFlows } from './ledger';
import { ResolvedDns } from './platform';

/** A namespace as the providers see it. */
export interface NamespaceIntent {
  readonly end: NamespaceEnd;
  readonly dns: ResolvedDns;
  readonly facts: AddressFacts;
  /** Namespaces whose pods all reach each other with this one's, itself included; empty where only stated flows pass. */
  joined(): readonly string[];
}

/** A workload as the providers see it. */
export interface WorkloadIntent {
  readonly end: WorkloadEnd;
  readonly facts: AddressFacts;
}

/**
 * An object that exists from the moment its owner is constructed, closed, and whose spec is a pure function of the flows
 * stated until synth.
 */
export interface ManifestPlan {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  render(flows: SubjectFlows): object;
}

export interface INetworkProvider {
  /** As users write it, for messages: `NetworkProvider.upstream()`. */
  readonly title: string;
  /** Throws where the provider cannot enforce what is stated. Called when the statement is made. */
  refuse(statement: Statement): void;
  planNamespace(intent: NamespaceIntent): ManifestPlan[];
  /** What is needed only once flows are stated about a namespace as a whole. */
  planNamespaceFlows(intent: NamespaceIntent): ManifestPlan[];
  planWorkload(intent: WorkloadIntent): ManifestPlan[];
}
