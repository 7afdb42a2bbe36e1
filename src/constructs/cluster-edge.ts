import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { addControlPlane } from './_control-plane';
import { EgressBook } from './_egress-book';
import { forOthers } from './_for-others';
import { grantEverywhere } from './_grants';
import { addHardeningReport, hardeningOf } from './_hardening';
import { Home, identityFaults } from './_identity';
import { MANAGED_BY } from './_labels';
import { addMesh } from './_mesh';
import { AppManifest, addAppCheck, addAppFiles, appFiles, manifestsOf } from './_one-pass';
import { detours } from './_one-way';
import { refuseNestedChart } from './_placement';
import { podSecurityFaults } from './_pod-security';
import { readingOf } from './_reading';
import { Access } from './access';
import { ApiServer } from './api-server';
import { ClusterMember, IClusterEdge } from './cluster-edge-like';
import { EgressPool } from './egress-pool';
import { Guardrails, addGuardrails } from './guardrails';
import { Subject } from './subject';
import { declareFacts, declarePeers } from '../analysis/facts';
import { ControlPlane } from '../control-plane/control-plane';
import { Ledger } from '../intent/ledger';
import { Platform } from '../intent/platform';
import { MeshProvider } from '../mesh/mesh-provider';
import { HardeningRow } from '../proof/hardening/row';
import { Acknowledgement, checkIntent } from '../proof/intent-check';
import { PeerBook, statedPeers } from '../proof/peers';
import { NetworkProvider } from '../providers/network-provider';

/** Properties of `ClusterEdge`. */
export interface ClusterEdgeProps {
  /** The facts of the cluster; the version is enough to start. */
  readonly platform: Platform;
  /** What enforces network policy in this cluster. */
  readonly network: NetworkProvider;

  /**
   * The mesh that the namespaces of this cluster are in.
   *
   * @default - none: who calls is known by labels and addresses, and requests are not told apart
   */
  readonly mesh?: MeshProvider;

  /**
   * The static addresses under which pods can leave the cluster, and the nodes that may hold them.
   *
   * @default - none: outside, pods have the address of the node they run on
   */
  readonly egressPools?: EgressPool[];

  /**
   * How the API server itself is guarded.
   *
   * @default - left as it is: nothing is said about it
   */
  readonly controlPlane?: ControlPlane;

  /**
   * What holds for everybody but the platform's own subjects, whatever roles others have.
   *
   * @default - none: who changes what is applied is left to roles alone
   */
  readonly guardrails?: Guardrails;
}

/** Options of `ClusterEdge.acknowledge`. */
export interface AcknowledgeOptions {
  /** Why what the object opens is meant, for those who review it. */
  readonly reason: string;
}

/**
 * The cluster itself: its facts, what enforces its policy, and the books in which every stated flow is kept.
 * One App is one cluster, so it holds one edge.
 *
 * At synth the edge reads the manifests of the whole App back and compares who reaches whom with what was stated.
 * A difference is an error that names the pair, the object and the statement, and nothing is written.
 */
export class ClusterEdge extends Chart implements IClusterEdge {
  public readonly platform: Platform;
  public readonly network: NetworkProvider;
  public readonly mesh?: MeshProvider;
  /** The cluster's API server: who may use it, whom it may call, and who reaches it from outside. */
  public readonly apiServer: ApiServer;
  /** @internal */
  public readonly _ledger = new Ledger();
  /** @internal */
  public readonly _egress: EgressBook;

  private readonly members: ClusterMember[] = [];
  private readonly paths = new Map<string, string>();
  /** The namespaces of each tenant's project, as far as they can meet. */
  private readonly projects = new Map<string, string[]>();
  private readonly acknowledgements: Acknowledgement[] = [];

  /** Throws where the App already has an edge, or where `scope` lies inside another chart. */
  constructor(scope: Construct, id: string, props: ClusterEdgeProps) {
    refuseNestedChart(scope, id, 'ClusterEdge');
    super(scope, id, { labels: MANAGED_BY });
    this.platform = props.platform;
    this.network = props.network;
    this.mesh = props.mesh;
    this.refuseSecondEdge();
    const { rootNamespace: meshRootNamespace, trustDomain: meshTrustDomain } = this.mesh?._mesh ?? {};
    declareFacts(this.node.root, { ...this.platform._clusterFacts, meshRootNamespace, meshTrustDomain });
    declarePeers(this.node.root, shown => statedPeers(shown, this.books()));
    addAppCheck(this, manifests => this.check(manifests));
    addAppCheck(this, () => detours(this._ledger.leavingFlows(), this.platform._addressFacts(this.node.path)));
    addAppCheck(this, manifests => identityFaults(manifests, this.homes()));
    addAppCheck(this, manifests => podSecurityFaults(manifests, this.homes(), this.platform._minor));
    this._egress = new EgressBook(this, this.platform, this.network, props.egressPools ?? []);
    addAppFiles(this, () => this._egress.files());
    addAppFiles(this, () => forOthers(this._ledger.flows()));
    addMesh(this, { platform: this.platform, namespaces: () => this.members.map(({ end }) => end.namespace), flows: () => this._ledger.flows() });
    this.apiServer = addControlPlane(this, props.controlPlane);
    if (props.guardrails) addGuardrails(this, props.guardrails, () => this.homes());
    addHardeningReport(this);
  }

  /**
   * Grants access in the whole cluster, where that is not too much: `Access.VIEW`, or access of your own. Prefer the grants of single
   * namespaces.
   */
  public grant(subject: Subject, access: Access): void {
    grantEverywhere(this, subject, access);
  }

  /**
   * What must not be applied, text by path: files that the API server, kubeadm or a node's firewall read. A `ClusterApp` writes them beside
   * its output folder; with a plain `App` they are yours to write.
   */
  public files(): Record<string, string> {
    return Object.fromEntries(appFiles(App.of(this), manifestsOf(this)));
  }

  /**
   * Which controls of the CIS Kubernetes Benchmark, of the guidance of NSA and CISA, and of the OWASP Kubernetes Top Ten this program holds,
   * by which objects and files, and which it does not touch. A `ClusterApp` writes the same beside its output folder, as `hardening.md` and
   * `hardening.json`.
   *
   * It is read from what is written: whatever is stated after this call is not in it.
   */
  public hardeningReport(): HardeningRow[] {
    return hardeningOf(this);
  }

  /**
   * Says that what a foreign object opens (from Include, Helm or your own ApiObjects) is meant. Without it, anything reachable
   * that nobody stated fails the synth.
   *
   * @param object the object as `Kind namespace/name`, for example `NetworkPolicy shop/allow-prometheus`
   */
  public acknowledge(object: string, options: AcknowledgeOptions): void {
    if (!/^[A-Za-z0-9]+ ([a-z0-9.-]+\/)?[a-z0-9.:-]+$/.test(object)) {
      throw new Error(`[${this.node.path}] '${object}' does not name an object: write its kind, namespace and name, such as 'NetworkPolicy shop/allow-prometheus'`);
    }
    if (!options.reason.trim()) throw new Error(`[${this.node.path}] acknowledging '${object}' needs a reason: those who review it will ask`);
    this.acknowledgements.push({ object, reason: options.reason });
  }

  /** @internal */
  public _register(member: ClusterMember): void {
    const { namespace, path } = member.end;
    const known = this.paths.get(namespace);
    if (known !== undefined) throw new Error(`[${path}] the namespace '${namespace}' exists already as '${known}': give it another name, or place its workloads there`);
    this.paths.set(namespace, path);
    this.members.push(member);
    if (member.project) {
      const joined = this.projects.get(projectOf(member)) ?? [];
      joined.push(namespace);
      this.projects.set(projectOf(member), joined);
    }
  }

  /** @internal */
  public _joined(member: ClusterMember): string[] {
    if (!member.project) return [];
    return [...this.projects.get(projectOf(member))!].sort();
  }

  private check(manifests: readonly AppManifest[]): string[] {
    const reading = readingOf(App.of(this), manifests);
    const { acknowledgements, network: { _provider: { firewall: firewalled } } } = this;
    const meshed = this.mesh?._mesh.enforced === true;
    return checkIntent({ ...this.books(), reading, firewalled, meshed, manifests: manifests.map(({ json }) => json), acknowledgements });
  }

  private books(): PeerBook {
    return {
      ledger: this._ledger,
      platform: this.platform,
      members: this.members.map(member => ({ end: member.end, joined: this._joined(member), workloads: member.workloads() })),
    };
  }

  private homes(): Home[] {
    return this.members.map(({ end: { namespace }, podSecurity, workloads }) => ({ namespace, podSecurity, workloads: workloads() }));
  }

  private refuseSecondEdge(): void {
    const { root } = this.node;
    const known = EDGES.get(root);
    if (known) {
      throw new Error(`[${this.node.path}] the App already has the edge '${known.node.path}': one App is one cluster; use one App for each cluster`);
    }
    EDGES.set(root, this);
  }
}

/** Everything inside a project reaches everything, but a network of its own is never left, and who has no identity never meets who asks for one. */
function projectOf({ end: { tenant, network = '', meshed = false } }: ClusterMember): string {
  return JSON.stringify([tenant, network, meshed]);
}

const EDGES = new WeakMap<object, ClusterEdge>();
