import { IConstruct } from 'constructs';
import { AssumedPeer, PodShape } from './pods';

/** What manifests do not tell about a cluster, as CIDRs. */
export interface ClusterFacts {
  /**
   * The ranges that pods have their addresses from. When they are known, an `ipBlock` that overlaps them opens pods too.
   * @default - unknown: an ipBlock is about addresses outside the cluster only
   */
  readonly podCidrs?: string[];
  /**
   * The ranges of the virtual addresses of Services.
   * @default - unknown
   */
  readonly serviceCidrs?: string[];
  /**
   * The ranges that nodes, and with them pods on the host's network, have their addresses from.
   * @default - unknown: an ipBlock never matches a pod on the host's network
   */
  readonly nodeCidrs?: string[];
  /**
   * Addresses inside the pods' ranges that nodes have themselves, and no pod: those from which OVN-Kubernetes lets nodes reach pods.
   * @default - every address of the pods' ranges may be a pod's
   */
  readonly nodeAddresses?: string[];
  /**
   * The namespace of the mesh itself, whose policies hold in every namespace.
   * @default 'istio-system'
   */
  readonly meshRootNamespace?: string;
  /**
   * The trust domain of the mesh, which is the first part of every identity in it.
   * @default - unknown: whichever a policy writes is taken for it
   */
  readonly meshTrustDomain?: string;
}

const FACTS = Symbol.for('cdk8s-secure-network.ClusterFacts');

/** Attaches the facts to the root of a construct tree, where the analysis finds them. */
export function declareFacts(root: IConstruct, facts: ClusterFacts): void {
  (root.node.root as any)[FACTS] = facts;
}

export function factsOf(scope: IConstruct): ClusterFacts | undefined {
  return (scope.node.root as any)[FACTS];
}

const PEERS = Symbol.for('cdk8s-secure-network.AssumedPeers');

/** Adds peers that have no manifest in the tree (selected by labels, or owned by others), given the pods that have one. */
export type PeerSource = (pods: readonly PodShape[]) => readonly AssumedPeer[];

/** Adds a source of peers, asked when the analysis reads the tree. */
export function declarePeers(root: IConstruct, peers: PeerSource): void {
  const tree = root.node.root as any;
  tree[PEERS] = [...tree[PEERS] ?? [], peers];
}

export function peersOf(scope: IConstruct): PeerSource {
  const sources: PeerSource[] = (scope.node.root as any)[PEERS] ?? [];
  return pods => sources.flatMap(peers => peers(pods));
}
