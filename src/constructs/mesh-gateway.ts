/**
 * The way in: hosts, their certificate, and what of a request leads where.
 *
 *   const gateway = new MeshGateway(web, 'public', { hosts: ['shop.example'], certificate: GatewayCertificate.fromIssuer('letsencrypt') });
 *   gateway.route('/', frontend);
 *   gateway.deny('/admin');
 */
import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { directPeers, rangesOf, refuseClients } from './_gateway-clients';
import { runGateway } from './_gateway-pods';
import {
  checkRewrite, locationOf, matchOf, refuseDenied, refuseShadowed, refuseWeights, requestsOf, servicePortOf, textOf, tokenOf,
} from './_gateway-routes';
import { Solver, addSolvers, refuseUnproven, validatorsOf } from './_http01';
import { emit, emitPlans } from './_manifest';
import { CircuitBreaker, DenyOptions, ForwardOptions, GatewayService, MeshGatewayProps, RedirectOptions, WeightedDestination } from './gateway-options';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { checkServiceName } from '../admission/names';
import { CertificateSpec } from '../api/cert-manager';
import { TlsVersion } from '../control-plane/tls';
import { Connections } from '../intent/connections';
import { AddressEnd, WorkloadEnd, keyOf } from '../intent/endpoint';
import { GatewayIntent, GatewayRoute, IGatewayRenderer, RouteMatch } from '../intent/mesh-gateway';
import { hasIdentity } from '../intent/mesh-provider';
import { IPeer, Peer } from '../intent/peer';
import { Port } from '../intent/port';

const HTTPS = { service: 443, pods: 8443, name: 'https' };
const HTTP = { service: 80, pods: 8080, name: 'http' };
const HEALTH = { service: 15021, pods: 15021, name: 'http-status' };

const HOST = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** By the ledger, which is a cluster's: who answers for a host. */
const hostsTaken = new WeakMap<object, Map<string, string>>();

/**
 * A gateway of the mesh, at its edge: TLS for its hosts, and for each route the way to a destination, with the policies that let these
 * requests in and no others. Nothing has a route until one is stated. Routes are tried in the order they are stated in.
 *
 * A destination of another tenant has to agree, with `allowFrom(gateway)`.
 */
export class MeshGateway extends Construct implements IPeer {
  /** The hosts it answers for. */
  public readonly hosts: string[];
  /** @internal */
  public readonly _end: WorkloadEnd;

  private readonly connections: Connections;
  private readonly renderer: IGatewayRenderer;
  private readonly intent: GatewayIntent;
  private readonly routes: GatewayRoute[] = [];
  private readonly denials: RouteMatch[] = [];
  /** By destination and port: whether only some requests were stated, as its policy then says of all of them. */
  private readonly limited = new Set<string>();
  private readonly breakers = new Map<string, string>();
  private readonly solvers: readonly Solver[];

  /** Throws outside a mesh, for hosts that are not full names or that another gateway has, and where client addresses would not be the clients'. */
  constructor(namespace: SecureNamespace, id: string, props: MeshGatewayProps) {
    super(namespace, `gateway-${id}`);
    const { path } = this.node;
    checkServiceName(`[${path}] gateway id`, id);
    const renderer = namespace.edge.mesh?._mesh.gateways;
    if (!renderer || !namespace._home.meshed) {
      throw new Error(`[${path}] a gateway needs a mesh, and its namespace is in none: give the ClusterEdge a mesh, such as MeshProvider.istioSidecar(), and leave mesh: false out`);
    }
    if (!props.certificate) throw new Error(`[${path}] has no certificate, and would take requests and tokens in plaintext: GatewayCertificate.fromIssuer(...) or .fromSecret(...)`);
    this.hosts = checkHosts(path, props.hosts, namespace.edge._ledger);
    refuseClients(path, props);
    this.renderer = renderer;

    const { minReplicas = 2, maxReplicas = Math.max(5, minReplicas) } = props;
    if (!Number.isInteger(minReplicas) || !Number.isInteger(maxReplicas) || minReplicas < 1 || maxReplicas < minReplicas) {
      throw new Error(`[${path}] minReplicas '${minReplicas}' and maxReplicas '${maxReplicas}' are not whole numbers from 1 up in this order: correct them`);
    }
    const facts = namespace.edge.platform._addressFacts(path);
    const direct = directPeers(props);
    const http = props.redirectHttp === false ? undefined : HTTP;
    const preserves = props.preservesClientAddress ?? true;
    const workload = runGateway(this, namespace, {
      id,
      annotations: renderer.annotations(props.trustedProxies ?? 0),
      ports: [HTTPS, ...(http ? [http] : []), ...(props.healthChecks ? [HEALTH] : [])],
      loadBalancer: props.service === GatewayService.CLUSTER_IP ? undefined : { policy: preserves ? 'Local' : 'Cluster', sourceRanges: rangesOf(props, facts) },
      minReplicas,
      maxReplicas,
    });
    this._end = workload._end;
    this.connections = workload.connections;

    this.solvers = addSolvers(this, namespace, this.hosts, props);
    const forwarded = (props.trustedProxies ?? 0) > 0;
    this.intent = {
      end: this._end,
      facts,
      hosts: this.hosts,
      https: HTTPS,
      http,
      solvers: this.solvers,
      secretName: props.certificate._secretName ?? `${id}-tls`,
      minTlsVersion: props.minTlsVersion === TlsVersion.TLS_1_3 ? 'TLSV1_3' : 'TLSV1_2',
      clientCertificates: props.clientCertificates ?? false,
      clients: (forwarded ? props.clients ?? [Peer.internet()] : direct).map(peer => sourceOf(path, peer)),
      forwarded,
      issuers: (props.jwt ?? []).map(({ _issuer }) => _issuer),
      routes: () => this.routes,
      denials: () => this.denials,
    };
    const flows = () => namespace.edge._ledger.flowsOf(this._end);
    emitPlans(this, renderer.plan(this.intent), flows);
    this.askForCertificate(props);
    const ports = [HTTPS, ...(http ? [http] : [])].map(({ pods }) => Port.tcp(pods));
    for (const peer of direct) this.connections.allowFrom(peer, { ports, reason: `clients of ${this.hosts.join(', ')}` });
    for (const peer of props.healthChecks ?? []) this.connections.allowFrom(peer, { ports: [Port.tcp(HEALTH.pods)], reason: 'health checks of the load balancer' });
    for (const peer of validatorsOf(props)) this.connections.allowFrom(peer, { ports: [Port.tcp(HTTP.pods)], reason: `HTTP-01 for ${this.hosts.join(', ')}` });
    for (const { host, end, target } of this.solvers) {
      this.protect(end, target.service, {});
      this.connections.allowTo({ _end: end }, { reason: `HTTP-01 for ${host}` });
    }
    this.node.addValidation({
      validate: () => (this.routes.length ? [] : [`[${path}] has no route, so nobody is let in: state one, gateway.route('/', frontend)`]),
    });
  }

  /** Leads requests for a path, and all below it, to the Service of a workload. It is the gateway's end of the flow. */
  public route(path: string, destination: SecureWorkload, options: ForwardOptions = {}): void {
    this.forward(path, [{ destination, port: options.port }], options);
  }

  /** Leads requests to several Services, by weights that add up to 100. */
  public split(path: string, destinations: WeightedDestination[], options: ForwardOptions = {}): void {
    refuseWeights(this.node.path, destinations);
    this.forward(path, destinations, options);
  }

  /** Answers requests with the way to another path of the same host (`/new`) or an HTTPS URL. Nobody is asked for a token. */
  public redirect(path: string, location: string, options: RedirectOptions = {}): void {
    const match = matchOf(this.node.path, path, this.hosts, options);
    this.add({ match, redirect: locationOf(this.node.path, location, options.code ?? 302) });
  }

  /**
   * Denies a path and all below it to everybody, whatever route leads there: `/admin`, or a gRPC service, `/shop.Admin`. The gateway reads
   * paths before it decides, so that `//admin` and `/%61dmin` are denied too.
   */
  public deny(path: string, options: DenyOptions = {}): void {
    const denial = matchOf(this.node.path, path, this.hosts, options);
    refuseDenied(this.node.path, denial, this.routes);
    refuseUnproven(this.node.path, denial, this.solvers);
    if (this.denials.length === 0) emitPlans(this, this.renderer.planDenials(this.intent), () => ({ egress: [], ingress: [] }));
    this.denials.push(denial);
  }

  private forward(path: string, destinations: readonly Partial<WeightedDestination>[], options: ForwardOptions): void {
    const where = this.node.path;
    const match = matchOf(where, path, this.hosts, options);
    const token = tokenOf(where, this.intent.issuers, options);
    checkRewrite(where, options.rewrite);
    const retries = options.retries ?? 2;
    if (!Number.isInteger(retries) || retries < 0 || retries > 10) throw new Error(`[${where}] retries '${retries}' is not a whole number from 0 to 10: correct it`);
    refuseShadowed(where, match, this.routes, this.denials);
    const targets = destinations.map(({ destination, port, weight }) => {
      const end = destination!._end;
      if (!end.home.meshed && !options.reason) {
        throw new Error(`[${where}] '${end.path}' is outside the mesh, so what is sent there is plaintext and comes from nobody: say why, with a 'reason', or put its namespace into the mesh`);
      }
      return { end, ports: servicePortOf(where, end, port), service: destination!.service.name, weight };
    });
    for (const { end, ports, service } of targets) {
      this.protect(end, service, options.circuitBreaker ?? {});
      const key = `${keyOf(end)} ${ports.pods}`;
      const http = end.home.meshed ? requestsOf(match, options.rewrite, this.limited.has(key)) : undefined;
      if (http) this.limited.add(key);
      this.connections.allowTo({ _end: end }, { ports: [ports.pods], http, reason: options.reason ?? `route ${textOf(match).slice(1, -1)}` });
    }
    this.add({
      match,
      token,
      forward: {
        targets: targets.map(({ end, ports, service, weight }) => ({ namespace: end.home.namespace, service, port: ports.service, weight })),
        rewrite: options.rewrite,
        timeoutSeconds: (options.timeout ?? Duration.seconds(15)).toSeconds(),
        retries,
      },
    });
  }

  private add(route: GatewayRoute): void {
    refuseShadowed(this.node.path, route.match, this.routes, this.denials);
    this.routes.push(route);
  }

  /** How connections to a destination are made is said once, whichever routes lead there. */
  private protect(end: WorkloadEnd, service: string, breaker: CircuitBreaker): void {
    const { maxConnections = 1024, maxPendingRequests = 1024, consecutiveErrors = 5, ejection = Duration.seconds(30) } = breaker;
    const { namespace } = end.home;
    const meshed = hasIdentity(end);
    const ejectionSeconds = ejection.toSeconds();
    const destination = { namespace, service, meshed, maxConnections, maxPendingRequests, consecutiveErrors, ejectionSeconds };
    const wrong = Object.entries(destination).find(([, value]) => typeof value === 'number' && !(Number.isInteger(value) && value >= 1));
    if (wrong) throw new Error(`[${this.node.path}] ${wrong[0]} '${wrong[1]}' is not a whole number from 1 up: correct the circuitBreaker`);
    const key = `${namespace}/${service}`;
    const known = this.breakers.get(key);
    if (known !== undefined && known !== JSON.stringify(destination)) {
      throw new Error(`[${this.node.path}] two routes to '${key}' state different circuit breakers, and a destination has one: state the same in both`);
    }
    this.breakers.set(key, JSON.stringify(destination));
    if (known === undefined) emitPlans(this, this.renderer.planDestination(this._end, destination), () => ({ egress: [], ingress: [] }));
  }

  private askForCertificate({ certificate: { _issuer: issuer } }: MeshGatewayProps): void {
    if (!issuer) return;
    const { secretName } = this.intent;
    const spec: CertificateSpec = {
      secretName,
      dnsNames: this.hosts,
      issuerRef: { group: 'cert-manager.io', ...issuer },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
    };
    emit(this, 'certificate', { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: secretName, body: { spec } });
  }
}

/** The hosts, sorted, each in full and with this gateway alone. */
function checkHosts(path: string, hosts: readonly string[], ledger: object): string[] {
  if (hosts.length === 0) throw new Error(`[${path}] has no hosts, so nobody could ask for anything: name them in full, hosts: ['shop.example']`);
  const taken = hostsTaken.get(ledger) ?? new Map<string, string>();
  hostsTaken.set(ledger, taken);
  const sorted = [...new Set(hosts)].sort();
  for (const host of sorted) {
    if (host.includes('*')) {
      throw new Error(`[${path}] the host '${host}' is a wildcard, under which anybody could ask for what nobody meant: name each host in full`);
    }
    if (!HOST.test(host)) throw new Error(`[${path}] the host '${host}' is not a name that clients can ask for: write it in full and in lowercase, such as shop.example`);
    const owner = taken.get(host);
    if (owner) throw new Error(`[${path}] the host '${host}' belongs to the gateway '${owner}': a host has one gateway; state its routes there`);
  }
  for (const host of sorted) taken.set(host, path);
  return sorted;
}

function sourceOf(path: string, { _end: end }: IPeer): AddressEnd {
  if (end.kind !== 'addresses' || end.host) throw new Error(`[${path}] clients are known by address: use Peer.cidr(...) or Peer.internet()`);
  return end.source ?? end;
}
