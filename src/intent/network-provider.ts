/**
 * What a network provider is asked to realise, and what it answers with: objects as plain data. A provider that cannot
 * enforce an intent throws, naming itself, the construct and the remedy; it never answers with a weaker object.
 */
import { ClusterIntent, ClusterPlan } from './cluster-intent';
import { EgressAddressPlan, EgressRouterIntent, IEgressAddresses } from './egress-addresses';
import { AddressFacts, NamespaceEnd, WorkloadEnd } from './endpoint';
import { Flow, Statement } from './flow';
import { SubjectFlows } from './ledger';
import { Platform, ResolvedDns } from './platform';
import { TenantNetworkIntent } from './tenant-network';

/** A namespace as the providers see it. */
export interface NamespaceIntent {
  readonly end: NamespaceEnd;
  readonly dns: ResolvedDns;
  readonly facts: AddressFacts;
  /** The flows from it to addresses and names: those of all its pods, and those of its workloads. */
  leaving(): readonly Flow[];
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
  readonly annotations?: Readonly<Record<string, string>>;
  render(flows: SubjectFlows): object;
}

export interface INetworkProvider {
  /** As users write it, for messages: `NetworkProvider.upstream()`. */
  readonly title: string;
  /** Whether each namespace has a firewall of its own, which holds by itself what leaves it. */
  readonly firewall: boolean;
  /** Addresses outside the cluster that stay. Missing where the network has none. */
  readonly egressAddresses?: IEgressAddresses;
  /** Throws where the provider cannot enforce what is stated. Called when the statement is made. */
  refuse(statement: Statement, facts: AddressFacts): void;
  /** What it cannot enforce of all that is stated about a namespace together, as messages. Asked at synth. */
  namespaceFaults(intent: NamespaceIntent): string[];
  planNamespace(intent: NamespaceIntent): ManifestPlan[];
  /** What is needed only once flows are stated about a namespace as a whole. */
  planNamespaceFlows(intent: NamespaceIntent): ManifestPlan[];
  planWorkload(intent: WorkloadIntent): ManifestPlan[];
  /** The tiers before and after NetworkPolicy, for all namespaces at once. Missing where the network has none. */
  planCluster?(intent: ClusterIntent): ClusterPlan[];
  /** A network of its own for some namespaces. Missing where the network has none. */
  planTenantNetwork?(intent: TenantNetworkIntent): ClusterPlan[];
  /** The labels without which a namespace, created, is on the cluster's network. Missing where there is no other. */
  tenantNetworkLabels?(): Record<string, string>;
  /** A router with an interface outside, where the platform has an operator for it. Missing where it has none. */
  planEgressRouter?(intent: EgressRouterIntent): EgressAddressPlan;
  /** The groups of its own programs, which write what they made of its objects. Missing where none has to. */
  programs?(platform: Platform): readonly string[];
}
