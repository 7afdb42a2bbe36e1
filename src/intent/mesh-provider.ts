/**
 * What a mesh is asked to realise, and what it answers with: objects as plain data. It decides at the destination, by the identity of the
 * caller and by what is asked for; what it cannot decide it refuses, naming itself and the remedy.
 */
import { AddressEnd, AddressFacts, NamespaceEnd, WorkloadEnd } from './endpoint';
import { Flow, Statement } from './flow';
import { SubjectFlows } from './ledger';
import { IGatewayRenderer } from './mesh-gateway';
import { ManifestPlan, WorkloadIntent } from './network-provider';
import { Platform, ResolvedDns } from './platform';
import { Port } from './port';

/** Pods that every proxy of the mesh depends on. */
export interface MeshDependency {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly serviceAccountName: string;
  readonly ports: readonly Port[];
  readonly reason: string;
  /** The Services that proxies find it by. */
  readonly services: readonly string[];
}

/** A namespace in the mesh. */
export interface MeshNamespaceIntent {
  readonly end: NamespaceEnd;
  readonly facts: AddressFacts;
  readonly dns: ResolvedDns;
  /** Namespaces whose pods all reach each other with this one's, itself included; empty where only stated flows pass. */
  joined(): readonly string[];
  /** The flows from it to addresses and names: those of all its pods, and those of its workloads. */
  leaving(): readonly Flow[];
  /** Those of all its pods. */
  flows(): SubjectFlows;
}

/** A workload in the mesh. */
export interface MeshWorkloadIntent extends WorkloadIntent {
  readonly home: MeshNamespaceIntent;
  /** The flows stated about it. */
  flows(): SubjectFlows;
}

/** The mesh as a whole. */
export interface MeshIntent {
  readonly platform: Platform;
  /** The namespaces of the program at this moment. */
  namespaces(): readonly string[];
  /** What was stated until this moment. */
  flows(): readonly Flow[];
}

/** An object that is made once for the mesh. */
export interface MeshPlan extends ManifestPlan {
  readonly namespace: string;
}

export interface IMeshProvider {
  /** As users write it, for messages. */
  readonly title: string;
  /** The namespace whose policies hold in all of the mesh. */
  readonly rootNamespace: string;
  /** The first part of every identity in it. */
  readonly trustDomain: string;
  /** Whether its policies decide, and do not only say what they would. */
  readonly enforced: boolean;
  /** The labels by which a namespace joins. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** What the proxies of every namespace in the mesh have to reach. */
  readonly dependencies: readonly MeshDependency[];
  /** Its gateways. Missing where it has none. */
  readonly gateways?: IGatewayRenderer;
  /** Throws where the mesh cannot hold what is stated. Called when the statement is made. */
  refuse(statement: Statement): void;
  /** Throws where pods of a namespace could not join. */
  refuseNamespace(path: string, podSecurity: string): void;
  /** Throws where pods that end could not end. */
  refuseJobs(path: string, platform: Platform): void;
  planNamespace(intent: MeshNamespaceIntent): ManifestPlan[];
  /** What is needed only once flows are stated about a namespace as a whole. */
  planNamespaceFlows(intent: MeshNamespaceIntent): ManifestPlan[];
  planWorkload(intent: MeshWorkloadIntent): ManifestPlan[];
  /** What it cannot hold of all that is stated about a workload together, as messages. Asked at synth. */
  workloadFaults(intent: MeshWorkloadIntent): string[];
  /** What is needed once anything in a namespace may reach what is outside the cluster. */
  planExternal(intent: MeshNamespaceIntent, to: AddressEnd, ports: readonly Port[] | undefined): ManifestPlan[];
  /** What is spoken on ports of a workload's pods, by their number. */
  protocols(end: WorkloadEnd, flows: SubjectFlows): ReadonlyMap<number, string>;
  /** What holds for the whole mesh. */
  planMesh(): MeshPlan[];
  /** What stands beside the manifests: text by path. */
  files(intent: MeshIntent): ReadonlyMap<string, string>;
  /** What is needed only once a peer without identity may reach a workload. */
  planPlaintext(intent: WorkloadIntent): ManifestPlan[];
}

/** Whether it has an identity in the mesh, and a proxy that knows those of others. */
export function hasIdentity(end: { readonly kind: string }): boolean {
  const { kind, home, meshed, unmeshed } = end as { kind: string; home?: NamespaceEnd; meshed?: boolean; unmeshed?: unknown };
  return kind === 'workload' ? home?.meshed === true && unmeshed === undefined : kind === 'namespace' && meshed === true;
}
