import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { grantInNamespace } from './_grants';
import { MANAGED_BY, TENANT_LABEL } from './_labels';
import { Manifest, emit, emitPlans } from './_manifest';
import { allowMetrics, joinMesh, leaveMesh, meshFor } from './_mesh';
import { stripClusterScope } from './_one-pass';
import { refuseNestedChart } from './_placement';
import { addStatefulSet, addWorkload } from './_workloads';
import { Access } from './access';
import { IClusterEdge } from './cluster-edge-like';
import { ContainerLimits, limitsOf } from './container-limits';
import { EgressAddressesProps, assignEgressAddresses } from './egress-addresses';
import { ISecureNamespace } from './secure-namespace-like';
import { AdoptOptions, SecureWorkload, SelectedWorkloadProps, identityOf } from './secure-workload';
import { Subject } from './subject';
import { TenantNetwork } from './tenant-network';
import { SecureDaemonSetProps, SecureDeploymentProps } from './workload-props';
import { checkDnsLabel, checkLabelValue, checkLabels } from '../admission/names';
import { Connections } from '../intent/connections';
import { NamespaceEnd } from '../intent/endpoint';
import { NamespaceIntent } from '../intent/network-provider';
import { IPeer } from '../intent/peer';

/** What may pass inside a namespace without being stated. */
export enum Isolation {
  /** Nothing but DNS: every flow is stated, pod by pod. */
  WORKLOAD = 'workload',
  /**
   * Everything inside the project, nothing across: the isolation of the classic multi-tenant SDN. The project is all namespaces
   * of the same tenant that have this isolation too.
   */
  PROJECT = 'project',
}

/** The Pod Security Standard that the API server holds the namespace's pods to. */
export enum PodSecurityLevel {
  /** Nothing that helps to break out: no root, no capabilities, a seccomp profile. */
  RESTRICTED = 'restricted',
  /** Nothing known to break out: no host access, no privileged containers. */
  BASELINE = 'baseline',
  /** Everything. Network policy does not hold pods that may use the host network. */
  PRIVILEGED = 'privileged',
}

/** Properties of `SecureNamespace`. */
export interface SecureNamespaceProps {
  /** The cluster the namespace belongs to. */
  readonly edge: IClusterEdge;

  /**
   * The name of the namespace.
   *
   * @default - the id of the construct
   */
  readonly name?: string;

  /**
   * Who answers for the namespace. Inside a tenant one statement opens a flow; across tenants both ends must say so.
   *
   * @default - the namespace is a tenant of its own
   */
  readonly tenant?: string;

  /**
   * What may pass inside without being stated.
   *
   * @default Isolation.WORKLOAD
   */
  readonly isolation?: Isolation;

  /**
   * Whether its pods are in the mesh of the edge. A namespace outside it has no identity there: what its pods are to reach has to take
   * plaintext from them.
   *
   * @default - they are, where the edge has one
   */
  readonly mesh?: boolean;

  /**
   * The network of its own that its pods are on, which counts from the namespace's creation on.
   *
   * @default - the cluster's network, where policies alone keep pods apart
   */
  readonly tenantNetwork?: TenantNetwork;

  /**
   * The static addresses, of a pool of the edge, under which all its pods leave the cluster; with several, each connection has any of them.
   *
   * @default - the address of the node that a pod runs on, unless `addEgressAddresses` names its workload
   */
  readonly egressAddresses?: string[];

  /**
   * The Pod Security Standard to enforce, audit and warn about.
   *
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
   * @default PodSecurityLevel.RESTRICTED
   */
  readonly podSecurity?: PodSecurityLevel;

  /**
   * Hard bounds on what the namespace may use, as in a ResourceQuota: `{ 'requests.cpu': '4', pods: '20' }`.
   *
   * @default - no ResourceQuota
   */
  readonly quota?: Record<string, string>;

  /**
   * Sizes and bounds for single containers, as in a LimitRange.
   *
   * @default - no LimitRange
   */
  readonly limits?: ContainerLimits;

  /**
   * More labels for the Namespace.
   *
   * @default - only those the library needs
   */
  readonly labels?: Record<string, string>;
}

/** Options of `SecureNamespace.imported`. */
export interface ImportedNamespaceOptions {
  /**
   * Who answers for it.
   *
   * @default - somebody outside this App
   */
  readonly tenant?: string;
}

/**
 * A namespace that is closed in both directions from the start, and stays closed but for stated flows and DNS.
 * It is a chart: what is placed in it lives in the namespace and lands in its file.
 */
export class SecureNamespace extends Chart implements ISecureNamespace {
  /** A namespace that others own, such as `monitoring`: our half of a flow is rendered, theirs is theirs to allow. */
  public static imported(edge: IClusterEdge, name: string, options: ImportedNamespaceOptions = {}): ISecureNamespace {
    checkDnsLabel('imported namespace', name);
    const end: NamespaceEnd = {
      kind: 'namespace', path: name, namespace: name, tenant: options.tenant ?? '', ledger: edge._ledger, imported: true, open: () => undefined,
    };
    edge._ledger.introduce(end);
    return { namespaceName: name, edge, _home: end, _end: end };
  }

  public readonly namespaceName: string;
  public readonly edge: IClusterEdge;
  /** Who answers for the namespace. */
  public readonly tenant: string;
  /** What may pass inside without being stated. */
  public readonly isolation: Isolation;
  /** The Pod Security Standard it enforces. */
  public readonly podSecurity: PodSecurityLevel;
  /** Flows of all its pods. Prefer those of single workloads. */
  public readonly connections: Connections;
  /** @internal */
  public readonly _home: NamespaceEnd;
  /** @internal */
  public readonly _end: NamespaceEnd;

  /** Throws where the name is not a DNS label, where the edge is of another App, and where `scope` lies inside another chart. */
  constructor(scope: Construct, id: string, props: SecureNamespaceProps) {
    refuseNestedChart(scope, id, 'SecureNamespace');
    const name = props.name ?? id;
    super(scope, id, { namespace: name, labels: MANAGED_BY });
    checkDnsLabel(`[${this.node.path}] namespace name`, name);
    this.namespaceName = name;
    this.edge = props.edge;
    this.tenant = props.tenant ?? name;
    checkLabelValue(`[${this.node.path}] tenant`, this.tenant);
    this.isolation = props.isolation ?? Isolation.WORKLOAD;
    this.podSecurity = props.podSecurity ?? PodSecurityLevel.RESTRICTED;
    this.refuseForeignEdge();

    const mesh = meshFor(props, this.node.path, this.podSecurity);
    const flows = () => this.edge._ledger.flowsOf(intent.end);
    const intent: NamespaceIntent = {
      end: {
        kind: 'namespace',
        path: this.node.path,
        namespace: name,
        // No label value has a space in it, so no other namespace can claim to be of this one's own tenant.
        tenant: props.tenant ?? `namespace ${name}`,
        network: props.tenantNetwork?.networkName,
        meshed: mesh !== undefined,
        ledger: this.edge._ledger,
        imported: false,
        open: once(() => this.emitNetwork(intent, 'flows')),
        leave: (to, ports) => leaveMesh(this.edge, intent.end, to, ports),
        receive: once(() => mesh && emitPlans(this, mesh.planNamespaceFlows({ ...intent, flows }), flows)),
      },
      dns: this.edge.platform._dns,
      facts: this.edge.platform._addressFacts(this.node.path),
      leaving: () => this.edge._ledger.leavingFlows(name),
      joined: () => this.edge._joined(member),
    };
    this._home = this._end = intent.end;
    const member = {
      end: intent.end,
      project: this.isolation === Isolation.PROJECT,
      podSecurity: this.podSecurity,
      workloads: () => this.workloads().map(workload => workload._end),
    };
    this.edge._register(member);
    this.edge._ledger.introduce(this._end);
    this.connections = Connections._of(this._end, {
      ledger: this.edge._ledger, network: this.edge.network._provider, mesh: props.edge.mesh?._mesh, facts: intent.facts,
    });

    for (const [child, manifest] of Object.entries(baseManifests(name, this.namespaceLabels(props, mesh?.namespaceLabels), props))) emit(this, child, manifest);
    this.emitNetwork(intent, 'closed');
    if (mesh) joinMesh(this, mesh, intent, this.edge, this.connections);
    if (props.egressAddresses) this.edge._egress.assign({ path: this.node.path, home: this._home, addresses: props.egressAddresses });
    this.node.addValidation({ validate: () => this.edge.network._provider.namespaceFaults(intent) });
    stripClusterScope(this);
  }

  /** A Deployment with its ServiceAccount, and its Service where it declares a port. */
  public addDeployment(id: string, props: SecureDeploymentProps): SecureWorkload {
    return addWorkload(this, id, props, (scope, complete, child) => new kplus.Deployment(scope, child, complete), true);
  }

  /** A StatefulSet with its ServiceAccount and a headless Service, through which each replica has a name of its own. */
  public addStatefulSet(id: string, props: kplus.StatefulSetProps): SecureWorkload {
    return addStatefulSet(this, id, props);
  }

  /** A DaemonSet with its ServiceAccount, and its Service where it declares a port. */
  public addDaemonSet(id: string, props: SecureDaemonSetProps): SecureWorkload {
    return addWorkload(this, id, props, (scope, complete, child) => new kplus.DaemonSet(scope, child, complete), true);
  }

  /** A Job with its ServiceAccount. */
  public addJob(id: string, props: kplus.JobProps): SecureWorkload {
    return addWorkload(this, id, props, (scope, complete, child) => new kplus.Job(scope, child, complete), false);
  }

  /** A CronJob with its ServiceAccount. */
  public addCronJob(id: string, props: kplus.CronJobProps): SecureWorkload {
    return addWorkload(this, id, props, (scope, complete, child) => new kplus.CronJob(scope, child, complete), false, 52);
  }

  /**
   * Takes an existing cdk8s-plus-28 workload of this namespace under control: its labels, ports and identity are read from it,
   * and a ServiceAccount is added where it has none.
   */
  public adopt(name: string, workload: kplus.AbstractPod, options: AdoptOptions = {}): SecureWorkload {
    const namespace = workload.metadata.namespace;
    if (namespace !== this.namespaceName) {
      throw new Error(`[${this.node.path}] cannot adopt '${workload.node.path}', which lives in the namespace '${namespace ?? 'default'}': `
        + `create it inside this chart, or set metadata.namespace to '${this.namespaceName}'`);
    }
    return SecureWorkload._wrap(this, `adopted-${name}`, name, scope => ({
      workload,
      serviceAccountName: identityOf(scope, name, workload, options.serviceAccount),
      service: options.service,
    }));
  }

  /** Pods of this namespace that are known by their labels only, because their manifests are made elsewhere. */
  public select(name: string, props: SelectedWorkloadProps): SecureWorkload {
    return SecureWorkload._select(this, name, props);
  }

  /**
   * Lets some workloads of this namespace leave the cluster under static addresses of a pool of the edge.
   *
   * Throws where the addresses are in no pool or given to others, and where pods of these workloads would have two sets of addresses.
   *
   * @param id the name of this set of workloads
   */
  public addEgressAddresses(id: string, props: EgressAddressesProps): void {
    assignEgressAddresses(this, id, props);
  }

  /**
   * Lets a peer, such as the namespace `monitoring`, read the metrics of every proxy in this namespace (15020 and 15090), those of workloads
   * still to come included. Throws where the namespace is in no mesh.
   */
  public allowMetrics(peer: IPeer): void {
    allowMetrics(this._end, peer, 'metrics of the mesh');
  }

  /** Grants access to what is in this namespace. To use the API from a pod takes more: `edge.apiServer.grant(workload, access)`. */
  public grant(subject: Subject, access: Access): void {
    grantInNamespace(this, subject, access);
  }

  private workloads(): SecureWorkload[] {
    return this.node.children.filter((child): child is SecureWorkload => child instanceof SecureWorkload);
  }

  private emitNetwork(intent: NamespaceIntent, what: 'closed' | 'flows'): void {
    const provider = this.edge.network._provider;
    const plans = what === 'closed' ? provider.planNamespace(intent) : provider.planNamespaceFlows(intent);
    emitPlans(this, plans, () => this.edge._ledger.flowsOf(intent.end));
  }

  private namespaceLabels({ labels: more = {}, tenantNetwork }: SecureNamespaceProps, mesh: Readonly<Record<string, string>> = {}): Record<string, string> {
    checkLabels(`[${this.node.path}] labels`, more);
    const security = ['enforce', 'audit', 'warn'].flatMap(mode => [
      [`pod-security.kubernetes.io/${mode}`, this.podSecurity],
      [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
    ]);
    const own: Record<string, string> = { [TENANT_LABEL]: this.tenant, ...Object.fromEntries(security), ...mesh, ...tenantNetwork?._join(this.namespaceName) };
    const taken = Object.keys(more).find(key => key in own || key in MANAGED_BY || key === 'kubernetes.io/metadata.name');
    if (taken) {
      throw new Error(`[${this.node.path}] the label '${taken}' belongs to the library or to Kubernetes: use the properties 'tenant', 'podSecurity' and 'tenantNetwork' instead`);
    }
    return { ...more, ...own };
  }

  private refuseForeignEdge(): void {
    const root = (this.edge as Partial<Construct>).node?.root;
    if (root && root !== this.node.root) {
      throw new Error(`[${this.node.path}] the edge '${(this.edge as unknown as Construct).node.path}' belongs to another App: `
        + 'one App is one cluster; create the namespace in the App of its edge');
    }
  }
}

function baseManifests(name: string, labels: Record<string, string>, { quota, limits }: SecureNamespaceProps): Record<string, Manifest> {
  const core = { apiVersion: 'v1' };
  const manifests: Record<string, Manifest> = {
    'namespace': { ...core, kind: 'Namespace', name, labels, body: {} },
    // Pods that name no ServiceAccount run under this one: it must carry no token to steal.
    'default-service-account': { ...core, kind: 'ServiceAccount', name: 'default', body: { automountServiceAccountToken: false } },
  };
  if (quota) manifests.quota = { ...core, kind: 'ResourceQuota', name: 'quota', body: { spec: { hard: quota } } };
  if (limits) manifests.limits = { ...core, kind: 'LimitRange', name: 'limits', body: { spec: { limits: [limitsOf(limits)] } } };
  return manifests;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

