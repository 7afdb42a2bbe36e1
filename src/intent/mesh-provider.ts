/**
 * What a mesh is asked to realise, and what it answers with: objects as plain data. It decides at the destination, by the identity of the
 * caller and by what is asked for; what it cannot decide it refuses, naming itself and the remedy.
 */
import { AddressFacts, NamespaceEnd } from './endpoint';
import { Statement } from './flow';
import { ManifestPlan, WorkloadIntent } from './network-provider';
import { Platform } from './platform';
import { Port } from './port';

/** Pods that every proxy of the mesh depends on. */
export interface MeshDependency {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly serviceAccountName: string;
  readonly ports: readonly Port[];
  readonly reason: string;
}

/** A namespace in the mesh. */
export interface MeshNamespaceIntent {
  readonly end: NamespaceEnd;
  readonly facts: AddressFacts;
  /** Namespaces whose pods all reach each other with this one's, itself included; empty where only stated flows pass. */
  joined(): readonly string[];
}

export interface IMeshProvider {
  /** As users write it, for messages. */
  readonly title: string;
  /** The labels by which a namespace joins. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** What the proxies of every namespace in the mesh have to reach. */
  readonly dependencies: readonly MeshDependency[];
  /** Throws where the mesh cannot hold what is stated. Called when the statement is made. */
  refuse(statement: Statement): void;
  /** Throws where pods of a namespace could not join. */
  refuseNamespace(path: string, podSecurity: string): void;
  /** Throws where pods that end could not end. */
  refuseJobs(path: string, platform: Platform): void;
  planNamespace(intent: MeshNamespaceIntent): ManifestPlan[];
  /** What is needed only once flows are stated about a namespace as a whole. */
  planNamespaceFlows(intent: MeshNamespaceIntent): ManifestPlan[];
  planWorkload(intent: WorkloadIntent): ManifestPlan[];
  /** What is needed only once a peer without identity may reach a workload. */
  planPlaintext(intent: WorkloadIntent): ManifestPlan[];
}

/** Whether what connects has an identity in the mesh. */
export function hasIdentity(end: { readonly kind: string }): boolean {
  const { kind, home, meshed } = end as { kind: string; home?: NamespaceEnd; meshed?: boolean };
  return kind === 'workload' ? home?.meshed === true : kind === 'namespace' && meshed === true;
}
