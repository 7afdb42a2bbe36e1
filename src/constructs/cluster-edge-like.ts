import { EgressBook } from './_egress-book';
import { NamespaceEnd, WorkloadEnd } from '../intent/endpoint';
import { Ledger } from '../intent/ledger';
import { Platform } from '../intent/platform';
import { MeshProvider } from '../mesh/mesh-provider';
import { NetworkProvider } from '../providers/network-provider';

/** A cluster that namespaces can belong to. */
export interface IClusterEdge {
  /** The facts of the cluster. */
  readonly platform: Platform;
  /** What enforces its network policy. */
  readonly network: NetworkProvider;
  /** The mesh its namespaces are in, if there is one. */
  readonly mesh?: MeshProvider;
  /** @internal */
  readonly _ledger: Ledger;
  /** Who leaves the cluster under which addresses. @internal */
  readonly _egress: EgressBook;
  /** Enters a namespace into the cluster's books. @internal */
  _register(member: ClusterMember): void;
  /** The namespaces that form one network with this one. @internal */
  _joined(member: ClusterMember): string[];
}

/** A namespace as the edge keeps book of it. */
export interface ClusterMember {
  readonly end: NamespaceEnd;
  /** Whether everything inside its project reaches everything. */
  readonly project: boolean;
  /** The Pod Security level it enforces. */
  readonly podSecurity: string;
  /** Its workloads at this moment. */
  workloads(): WorkloadEnd[];
}
