/**
 * Istio with a proxy in every pod: mutual TLS everywhere in our namespaces, and at every workload a policy that names, by identity, who may
 * ask for what. It decides at the destination and about TCP; policies of the network stay in force beside it.
 */
import { joinAuthorization, portFault, renderAuthorization, renderPlaintext } from './_authorization';
import { checkDnsLabel, checkDnsSubdomain } from '../admission/names';
import { nameOf } from '../intent/endpoint';
import { Statement, describe } from '../intent/flow';
import { IMeshProvider, MeshDependency, MeshNamespaceIntent, hasIdentity } from '../intent/mesh-provider';
import { ManifestPlan, WorkloadIntent } from '../intent/network-provider';
import { Platform } from '../intent/platform';
import { Port } from '../intent/port';

/** Properties of `MeshProvider.istioSidecar`. */
export interface IstioSidecarProps {
  /**
   * The trust domain of the mesh, the first part of every identity.
   *
   * @default 'cluster.local'
   */
  readonly trustDomain?: string;

  /**
   * The revision of Istio that namespaces join, `istio.io/rev`.
   *
   * @default - the default revision, by `istio-injection: enabled`
   */
  readonly revision?: string;

  /**
   * The namespace of istiod.
   *
   * @default 'istio-system'
   */
  readonly rootNamespace?: string;

  /**
   * Whether istio-cni prepares the network of pods. Without it each pod does so itself, with rights over its network that the Pod Security
   * levels `restricted` and `baseline` refuse.
   *
   * @default true
   */
  readonly istioCni?: boolean;

  /**
   * Writes the policies about identities so that Istio only logs what they would deny. Nothing is enforced by them then: a step on the way
   * into the mesh, not a place to stay. Mutual TLS and policies of the network stay in force.
   *
   * @see https://istio.io/latest/docs/tasks/security/authorization/authz-dry-run/
   * @default false
   */
  readonly dryRun?: boolean;
}

const SECURITY = 'security.istio.io/v1';
const DRY_RUN = { 'istio.io/dry-run': 'true' };

/** From this version of Kubernetes on a proxy can end with its Job, as a sidecar container. */
const NATIVE_SIDECARS = 29;

export class IstioSidecar implements IMeshProvider {
  public readonly title = 'MeshProvider.istioSidecar()';
  public readonly namespaceLabels: Readonly<Record<string, string>>;
  public readonly dependencies: readonly MeshDependency[];

  private readonly trustDomain: string;
  private readonly policy: Pick<ManifestPlan, 'apiVersion' | 'kind' | 'annotations'>;

  constructor(private readonly props: IstioSidecarProps) {
    const { trustDomain = 'cluster.local', revision, rootNamespace = 'istio-system', dryRun } = props;
    checkDnsSubdomain('trustDomain', trustDomain);
    checkDnsLabel('rootNamespace', rootNamespace);
    if (revision !== undefined) checkDnsLabel('revision', revision);
    this.trustDomain = trustDomain;
    this.namespaceLabels = revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision };
    this.policy = { apiVersion: SECURITY, kind: 'AuthorizationPolicy', annotations: dryRun ? DRY_RUN : undefined };
    this.dependencies = [{
      namespace: rootNamespace,
      name: 'istiod',
      labels: { app: 'istiod', ...(revision === undefined ? {} : { 'istio.io/rev': revision }) },
      serviceAccountName: revision === undefined ? 'istiod' : `istiod-${revision}`,
      ports: [Port.tcp(15012)],
      reason: 'certificates and configuration of the mesh',
    }];
  }

  public refuse(statement: Statement): void {
    const { from, to, ports, reason } = statement;
    const meshed = to.kind === 'workload' ? to.home.meshed : to.kind === 'namespace' && to.meshed;
    if (!meshed || to.kind === 'addresses') return;
    const fault = ports && portFault(ports, to);
    if (fault) throw new Error(`[${to.path}] ${describe(statement)}: ${fault}`);
    if (hasIdentity(from)) return;
    if (to.kind === 'namespace') {
      throw new Error(`[${to.path}] ${describe(statement)}: '${nameOf(from)}' has no identity in the mesh, and plaintext is taken by single workloads only: `
        + 'state the flow with the workloads that need it');
    }
    if (!reason) {
      throw new Error(`[${to.path}] ${describe(statement)}: '${nameOf(from)}' has no identity in the mesh, so '${nameOf(to)}' has to take plaintext on these ports: `
        + "say why, with a 'reason'");
    }
  }

  public refuseNamespace(path: string, podSecurity: string): void {
    if (this.props.istioCni !== false || podSecurity === 'privileged') return;
    throw new Error(`[${path}] without istio-cni every pod needs NET_ADMIN and NET_RAW to join the mesh, which Pod Security '${podSecurity}' refuses: `
      + 'install istio-cni, or leave the namespace out of the mesh with mesh: false');
  }

  public refuseJobs(path: string, platform: Platform): void {
    if (platform._minor >= NATIVE_SIDECARS) return;
    throw new Error(`[${path}] a Job in the mesh does not end on Kubernetes ${platform.version}, because its proxy goes on: sidecar containers end with it from 1.29 on; `
      + 'upgrade, or place it in a namespace with mesh: false');
  }

  public planNamespace({ joined }: MeshNamespaceIntent): ManifestPlan[] {
    return [
      { apiVersion: SECURITY, kind: 'PeerAuthentication', name: 'default', render: () => ({ mtls: { mode: 'STRICT' } }) },
      { ...this.policy, name: 'allow-nothing', render: () => ({}) },
      ...(joined().length ? [{ ...this.policy, name: 'allow-project', render: () => joinAuthorization(joined()) }] : []),
    ];
  }

  public planNamespaceFlows({ end, facts }: MeshNamespaceIntent): ManifestPlan[] {
    return [{ ...this.policy, name: 'namespace-flows', render: ({ ingress }) => renderAuthorization(end, ingress, facts, this.trustDomain) }];
  }

  public planWorkload({ end, facts }: WorkloadIntent): ManifestPlan[] {
    return [{ ...this.policy, name: `${end.name}-authorization`, render: ({ ingress }) => renderAuthorization(end, ingress, facts, this.trustDomain) }];
  }

  public planPlaintext({ end }: WorkloadIntent): ManifestPlan[] {
    return [{ apiVersion: SECURITY, kind: 'PeerAuthentication', name: `${end.name}-plaintext`, render: ({ ingress }) => renderPlaintext(end, ingress) }];
  }
}
