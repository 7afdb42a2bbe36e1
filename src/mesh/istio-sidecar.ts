/**
 * Istio with a proxy in every pod: mutual TLS everywhere in our namespaces, and at every workload a policy that names, by identity, who may
 * ask for what. It decides at the destination and about TCP; policies of the network stay in force beside it.
 */
import { joinAuthorization, portFault, renderAuthorization, renderPlaintext } from './_authorization';
import { IstioGateway } from './_gateway';
import { plaintextReport } from './_plaintext';
import { opaqueFault, protocolsOf } from './_protocols';
import { ScopeFacts, externalFault, externalName, isExternal, renderExternal, renderSidecar, scopeFaults, serviceHost } from './_scope';
import { NATIVE_SIDECARS, istiodValues, renderTelemetry } from './_telemetry';
import { Tracing } from './tracing';
import { checkDnsLabel, checkDnsSubdomain } from '../admission/names';
import { PeerAuthenticationSpec } from '../api/istio';
import { writeDocument } from '../emit/yaml-writer';
import { AddressEnd, WorkloadEnd, homeOf, nameOf } from '../intent/endpoint';
import { Statement, describe } from '../intent/flow';
import { SubjectFlows } from '../intent/ledger';
import { IMeshProvider, MeshDependency, MeshIntent, MeshNamespaceIntent, MeshPlan, MeshWorkloadIntent, hasIdentity } from '../intent/mesh-provider';
import { ManifestPlan, WorkloadIntent } from '../intent/network-provider';
import { Platform } from '../intent/platform';
import { Port, compareText } from '../intent/port';

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

  /**
   * The domain of the cluster's Services.
   *
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * Where proxies send traces of requests.
   *
   * @default - nowhere
   */
  readonly tracing?: Tracing;

  /**
   * Whether proxies log each connection and request.
   *
   * @default false
   */
  readonly accessLogs?: boolean;

  /**
   * Takes mutual TLS and nothing else in every namespace of the mesh, those of others included. It stands in the root namespace, and whoever
   * else is in the mesh and still takes plaintext is cut off: for a mesh that is this program's alone.
   *
   * @default false, only the namespaces of this program are
   */
  readonly strictMesh?: boolean;

  /**
   * Tells istiod, in its values, to watch only namespaces that this program names, so that proxies learn nothing of others. Whoever else is
   * in the mesh would be forgotten: for a mesh that is this program's alone.
   *
   * @default false
   */
  readonly watchOnlyOwn?: boolean;
}

const SECURITY = 'security.istio.io/v1';
const NETWORKING = 'networking.istio.io/v1';
const TELEMETRY = 'telemetry.istio.io/v1';
const ISTIOD = 'istiod';
const DRY_RUN = { 'istio.io/dry-run': 'true' };

export class IstioSidecar implements IMeshProvider {
  public readonly title = 'MeshProvider.istioSidecar()';
  public readonly namespaceLabels: Readonly<Record<string, string>>;
  public readonly dependencies: readonly MeshDependency[];
  public readonly gateways: IstioGateway;

  public readonly trustDomain: string;
  public readonly rootNamespace: string;
  public readonly enforced: boolean;
  private readonly scope: ScopeFacts;
  private readonly policy: Pick<ManifestPlan, 'apiVersion' | 'kind' | 'annotations'>;

  constructor(private readonly props: IstioSidecarProps) {
    const { trustDomain = 'cluster.local', clusterDomain = 'cluster.local', revision, rootNamespace = 'istio-system', dryRun, tracing } = props;
    checkDnsSubdomain('trustDomain', trustDomain);
    checkDnsSubdomain('clusterDomain', clusterDomain);
    checkDnsLabel('rootNamespace', rootNamespace);
    if (revision !== undefined) checkDnsLabel('revision', revision);
    this.trustDomain = trustDomain;
    this.rootNamespace = rootNamespace;
    this.enforced = dryRun !== true;
    this.gateways = new IstioGateway(clusterDomain, trustDomain, dryRun === true);
    this.scope = {
      clusterDomain,
      always: tracing ? [serviceHost(tracing._collector.namespace, tracing._collector.service, { clusterDomain })] : [],
      byItself: `${rootNamespace}/${ISTIOD}`,
    };
    this.namespaceLabels = revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision };
    this.policy = { apiVersion: SECURITY, kind: 'AuthorizationPolicy', annotations: dryRun ? DRY_RUN : undefined };
    this.dependencies = [{
      namespace: rootNamespace,
      name: ISTIOD,
      labels: { app: 'istiod', ...(revision === undefined ? {} : { 'istio.io/rev': revision }) },
      serviceAccountName: revision === undefined ? 'istiod' : `istiod-${revision}`,
      ports: [Port.tcp(15012)],
      reason: 'certificates and configuration of the mesh',
      services: [],
    }, ...collectorOf(tracing)];
  }

  public refuse(statement: Statement): void {
    const { from, to, ports, reason } = statement;
    if (to.kind === 'addresses') {
      const fault = homeOf(from)?.meshed && ports && externalFault(to, ports);
      if (fault) throw new Error(`[${homeOf(from)!.path}] ${describe(statement)}: ${fault}`);
      return;
    }
    if (!hasIdentity(to)) return;
    const opaque = to.kind === 'workload' && statement.http ? opaqueFault(to, ports ?? to.ports().map(({ port }) => port)) : undefined;
    const fault = (ports && portFault(ports, to)) ?? opaque;
    if (fault) throw new Error(`[${to.path}] ${describe(statement)}: ${fault}`);
    if (hasIdentity(from)) return;
    if (to.kind === 'workload' && to.mutual && !(ports?.length && ports.every(isMetrics))) {
      throw new Error(`[${to.path}] ${describe(statement)}: '${nameOf(from)}' has no identity in the mesh, and the gateway takes mutual TLS alone: `
        + "put the caller's namespace into the mesh, or leave 'through' out, and proxies that take plaintext stand in");
    }
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

  public planNamespace(intent: MeshNamespaceIntent): ManifestPlan[] {
    const { joined } = intent;
    const telemetry = renderTelemetry(this.props.tracing, this.props.accessLogs === true);
    return [
      { apiVersion: SECURITY, kind: 'PeerAuthentication', name: 'default', render: () => ({ mtls: { mode: 'STRICT' } }) },
      { ...this.policy, name: 'allow-nothing', render: () => ({}) },
      { apiVersion: NETWORKING, kind: 'Sidecar', name: 'default', render: ({ egress }) => renderSidecar(undefined, intent, egress, this.scope) },
      ...(telemetry ? [{ apiVersion: TELEMETRY, kind: 'Telemetry', name: 'default', render: () => telemetry }] : []),
      ...(joined().length ? [{ ...this.policy, name: 'allow-project', render: () => joinAuthorization(joined()) }] : []),
    ];
  }

  public planNamespaceFlows({ end, facts }: MeshNamespaceIntent): ManifestPlan[] {
    return [{ ...this.policy, name: 'namespace-flows', render: ({ ingress }) => renderAuthorization(end, ingress, facts, this.trustDomain) }];
  }

  public planWorkload({ end, facts, home }: MeshWorkloadIntent): ManifestPlan[] {
    return [
      { ...this.policy, name: `${end.name}-authorization`, render: ({ ingress }) => renderAuthorization(end, ingress, facts, this.trustDomain) },
      { apiVersion: NETWORKING, kind: 'Sidecar', name: `${end.name}-scope`, render: ({ egress }) => renderSidecar(end, home, [...egress, ...home.flows().egress], this.scope) },
    ];
  }

  public workloadFaults({ end, flows, home }: MeshWorkloadIntent): string[] {
    const { ingress, egress } = flows();
    const unread = ingress.flatMap(flow => flow.limited.flatMap(({ ports }) => {
      const fault = opaqueFault(end, ports);
      return fault ? [`${describe(flow.statements[0])}: ${fault}`] : [];
    }));
    return [...new Set(unread), ...scopeFaults([...egress, ...home.flows().egress])];
  }

  public planExternal(intent: MeshNamespaceIntent, to: AddressEnd, ports: readonly Port[] | undefined): ManifestPlan[] {
    if (!isExternal(to, ports)) return [];
    return [{ apiVersion: NETWORKING, kind: 'ServiceEntry', name: externalName(to), render: () => renderExternal(to, intent.leaving(), intent.end, intent.facts) }];
  }

  public protocols(end: WorkloadEnd, { ingress }: SubjectFlows): ReadonlyMap<number, string> {
    return protocolsOf(end, ingress);
  }

  public planMesh(): MeshPlan[] {
    if (!this.props.strictMesh) return [];
    const strict: PeerAuthenticationSpec = { mtls: { mode: 'STRICT' } };
    return [{ apiVersion: SECURITY, kind: 'PeerAuthentication', namespace: this.rootNamespace, name: 'default', render: () => strict }];
  }

  public files({ platform, namespaces, flows }: MeshIntent): ReadonlyMap<string, string> {
    const { revision, tracing, accessLogs = false, istioCni = true, watchOnlyOwn } = this.props;
    const stated = flows();
    const named = stated.flatMap(({ from, to }) => [homeOf(from), homeOf(to)].flatMap(home => (home && !home.group ? [home.namespace] : [])));
    const watched = watchOnlyOwn ? [...new Set([...namespaces(), ...named, this.rootNamespace, 'default', platform._dns.namespace])].sort(compareText) : [];
    const values = istiodValues({
      trustDomain: this.trustDomain,
      clusterDomain: this.scope.clusterDomain,
      rootNamespace: this.rootNamespace,
      revision,
      istioCni,
      tracing,
      accessLogs,
      platform,
      watched,
    });
    const plaintext = plaintextReport(stated);
    return new Map([['mesh/istiod-values.yaml', writeDocument(values)], ...(plaintext ? [['mesh/plaintext.md', plaintext] as const] : [])]);
  }

  public planPlaintext({ end }: WorkloadIntent): ManifestPlan[] {
    return [{ apiVersion: SECURITY, kind: 'PeerAuthentication', name: `${end.name}-plaintext`, render: ({ ingress }) => renderPlaintext(end, ingress) }];
  }
}

/** Ports on which a proxy tells of itself: it takes them beside what it is a gateway for. */
function isMetrics({ _transport, _first, _last }: Port): boolean {
  return _transport === 'TCP' && _first === _last && (_first === 15020 || _first === 15090);
}

/** The collector of traces, as what every proxy has to reach. */
function collectorOf(tracing: Tracing | undefined): MeshDependency[] {
  if (!tracing) return [];
  const { _collector: { namespace, service, labels }, _port: port } = tracing;
  return [{ namespace, name: service, labels, serviceAccountName: service, ports: [Port.tcp(port)], reason: 'traces of the mesh', services: [service] }];
}
