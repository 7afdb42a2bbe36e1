/**
 * A gateway of Istio as a pure function of its routes.
 *
 * Laws: only requests of a route are let in, and of each only those that bring what it demands: no wider route lets in what a narrower one
 * before it demands a token for. What is denied is denied whatever route leads there. Destinations and ports are written in full. Each host
 * is a server of its own, so that a connection made for one host carries no requests for another.
 */
import { renderAuthorization } from './_authorization';
import { renderEgressAddress, renderEgressCallers, renderEgressHost, renderEgressNames, renderEgressRoutes, renderEgressServers } from './_egress-gateway';
import { renderGatewayAllows, renderGatewayDenials } from './_gateway-authorization';
import { renderChallenge, renderPlain } from './_gateway-http01';
import {
  DestinationRuleSpec, EnvoyFilterSpec, GatewaySpec, HttpMatchSpec, HttpRouteSpec, RequestAuthenticationSpec, VirtualServiceSpec,
} from '../api/istio-gateway';
import { WorkloadEnd } from '../intent/endpoint';
import { SubjectFlows } from '../intent/ledger';
import { DestinationIntent, EgressGatewayIntent, GatewayIntent, GatewayRoute, IGatewayRenderer, RouteMatch } from '../intent/mesh-gateway';
import { ManifestPlan } from '../intent/network-provider';
import { compareText } from '../intent/port';

const NETWORKING = 'networking.istio.io/v1';
const SECURITY = 'security.istio.io/v1';

/** Failures before a destination has seen the request: nothing is done twice. */
const RETRY_ON = 'connect-failure,refused-stream';

/** The analyzer warns about every EnvoyFilter. This one is meant: no other kind says how a path is read, or what answers a request for another host. */
const MEANT = { 'galley.istio.io/analyze-suppress': 'IST0133' };

export class IstioGateway implements IGatewayRenderer {
  private readonly policy: Pick<ManifestPlan, 'apiVersion' | 'kind' | 'annotations'>;

  /** @param dryRun whether policies are to be logged only */
  constructor(private readonly clusterDomain: string, private readonly trustDomain: string, dryRun: boolean) {
    this.policy = { apiVersion: SECURITY, kind: 'AuthorizationPolicy', annotations: dryRun ? { 'istio.io/dry-run': 'true' } : undefined };
  }

  public annotations(trustedProxies: number): Record<string, string> {
    const topology = JSON.stringify({ gatewayTopology: { numTrustedProxies: trustedProxies } });
    return { 'inject.istio.io/templates': 'gateway', ...(trustedProxies ? { 'proxy.istio.io/config': topology } : {}) };
  }

  public plan(intent: GatewayIntent): ManifestPlan[] {
    const { end: { name }, hosts, issuers, solvers } = intent;
    return [
      { apiVersion: NETWORKING, kind: 'Gateway', name, render: () => renderGateway(intent) },
      ...hosts.map(host => ({ apiVersion: NETWORKING, kind: 'VirtualService', name: `${name}-${host}`, render: () => renderRoutes(intent, host, this.clusterDomain) })),
      ...(solvers.length ? [{ apiVersion: NETWORKING, kind: 'Gateway', name: `${name}-http`, render: () => renderPlain(intent) }] : []),
      ...solvers.map(({ host, target }) =>
        ({ apiVersion: NETWORKING, kind: 'VirtualService', name: `${name}-http-${host}`, render: () => renderChallenge(intent, host, target, this.clusterDomain) })),
      { ...this.policy, name: `${name}-authorization`, render: () => renderGatewayAllows(intent) },
      ...(issuers.length ? [{ apiVersion: SECURITY, kind: 'RequestAuthentication', name: `${name}-tokens`, render: () => renderTokens(intent) }] : []),
      { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', name: `${name}-requests`, annotations: MEANT, render: () => renderRequests(intent.end) },
    ];
  }

  public planDenials(intent: GatewayIntent): ManifestPlan[] {
    return [{ ...this.policy, name: `${intent.end.name}-denials`, render: () => renderGatewayDenials(intent) }];
  }

  public planEgress(intent: EgressGatewayIntent): ManifestPlan[] {
    const { end, facts, destination } = intent;
    const { name } = end;
    return [
      { apiVersion: NETWORKING, kind: 'Gateway', name, render: () => renderEgressServers(intent, this.clusterDomain) },
      { apiVersion: NETWORKING, kind: 'VirtualService', name, render: () => renderEgressRoutes(intent, this.clusterDomain) },
      { apiVersion: NETWORKING, kind: 'DestinationRule', name, render: ({ ingress }) => renderEgressCallers(intent, ingress, this.clusterDomain) },
      {
        apiVersion: NETWORKING,
        kind: 'ServiceEntry',
        name: `${name}-destination`,
        render: ({ ingress }) => destination.host === undefined ? renderEgressAddress(intent) : renderEgressHost(intent, ingress),
      },
      ...(end.names?.length
        ? [{ apiVersion: NETWORKING, kind: 'VirtualService', name: `${name}-callers`, render: ({ ingress }: SubjectFlows) => renderEgressNames(intent, ingress, this.clusterDomain) }]
        : []),
      { ...this.policy, name: `${name}-authorization`, render: ({ ingress }) => renderAuthorization(end, ingress, facts, this.trustDomain) },
    ];
  }

  public planDestination({ name }: WorkloadEnd, destination: DestinationIntent): ManifestPlan[] {
    const { namespace, service } = destination;
    return [{ apiVersion: NETWORKING, kind: 'DestinationRule', name: `${name}-${service}.${namespace}`, render: () => renderDestination(destination, this.clusterDomain) }];
  }
}

export function renderGateway({ end, hosts, https, http, solvers, secretName, minTlsVersion, clientCertificates }: GatewayIntent): GatewaySpec {
  const own = hosts.map(host => `./${host}`);
  return {
    selector: end.labels,
    servers: [
      ...own.map((host, i) => ({
        port: { number: https.service, name: `https-${i}`, protocol: 'HTTPS' as const },
        hosts: [host],
        tls: { mode: clientCertificates ? 'MUTUAL' as const : 'SIMPLE' as const, credentialName: secretName, minProtocolVersion: minTlsVersion },
      })),
      ...(http && solvers.length === 0 ? [{ port: { number: http.service, name: 'http', protocol: 'HTTP' as const }, hosts: own, tls: { httpsRedirect: true as const } }] : []),
    ],
  };
}

/** The routes of one host in their order; what no route is for is not found. */
export function renderRoutes({ end, routes }: GatewayIntent, host: string, domain: string): VirtualServiceSpec {
  return {
    hosts: [host],
    gateways: [`${end.home.namespace}/${end.name}`],
    exportTo: ['.'],
    http: [...routes().filter(({ match }) => match.hosts.includes(host)).flatMap(route => routeSpecs(route, domain)), { directResponse: { status: 404 } }],
  };
}

function routeSpecs({ match, forward, redirect }: GatewayRoute, domain: string): HttpRouteSpec[] {
  if (redirect) {
    const { code, ...where } = redirect;
    return [{ match: urisOf(match).map(uri => matchSpec(match, uri)), redirect: { ...where, redirectCode: code } }];
  }
  const { targets, rewrite, timeoutSeconds, retries } = forward!;
  const rest = {
    route: targets.map(({ namespace, service, port, weight }) => ({
      destination: { host: `${service}.${namespace}.svc.${domain}`, port: { number: port } }, ...(weight === undefined ? {} : { weight }),
    })),
    timeout: `${timeoutSeconds}s`,
    retries: retries ? { attempts: retries, retryOn: RETRY_ON } : { attempts: 0 },
  };
  if (rewrite === undefined) return [{ match: urisOf(match).map(uri => matchSpec(match, uri)), ...rest }];
  // A prefix is replaced as it was matched: with its slash by a path with a slash, the path alone by the path alone.
  return urisOf(match).map(uri => ({ match: [matchSpec(match, uri)], rewrite: { uri: uri.prefix ? withSlash(rewrite) : rewrite }, ...rest }));
}

type Uri = NonNullable<HttpMatchSpec['uri']>;

function urisOf({ path, exact }: RouteMatch): Uri[] {
  if (path === '/' && !exact) return [{ prefix: '/' }];
  return exact ? [{ exact: path }] : [{ exact: path }, { prefix: `${path}/` }];
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`;
}

function matchSpec({ methods, headers }: RouteMatch, uri: Uri): HttpMatchSpec {
  return {
    uri,
    ...(methods.length === 1 ? { method: { exact: methods[0] } } : methods.length ? { method: { regex: methods.join('|') } } : {}),
    ...(headers.length ? { headers: Object.fromEntries(headers.map(({ name, value }) => [name, { exact: value }])) } : {}),
  };
}

export function renderDestination(destination: DestinationIntent, domain: string): DestinationRuleSpec {
  const { namespace, service, meshed, maxConnections, maxPendingRequests, consecutiveErrors, ejectionSeconds } = destination;
  return {
    host: `${service}.${namespace}.svc.${domain}`,
    exportTo: ['.'],
    trafficPolicy: {
      tls: { mode: meshed ? 'ISTIO_MUTUAL' : 'DISABLE' },
      connectionPool: { tcp: { maxConnections }, http: { http1MaxPendingRequests: maxPendingRequests } },
      outlierDetection: { consecutive5xxErrors: consecutiveErrors, interval: '10s', baseEjectionTime: `${ejectionSeconds}s` },
    },
  };
}

export function renderTokens({ end, issuers }: GatewayIntent): RequestAuthenticationSpec {
  const sorted = [...issuers].sort((a, b) => compareText(a.issuer, b.issuer));
  return {
    selector: { matchLabels: end.labels },
    jwtRules: sorted.map(({ issuer, audiences, jwksUri, forward }) => ({
      issuer, audiences: [...audiences].sort(compareText), ...(jwksUri === undefined ? {} : { jwksUri }), ...(forward ? { forwardOriginalToken: true } : {}),
    })),
  };
}

/**
 * How the gateway reads requests: paths as DECODE_AND_MERGE_SLASHES has them, so that no other way to write a path goes past a policy; and a
 * request for a host that its connection was not made for is answered 421, so that the client asks again on a connection of its own.
 */
export function renderRequests({ labels }: WorkloadEnd): EnvoyFilterSpec {
  const manager = 'envoy.filters.network.http_connection_manager';
  return {
    workloadSelector: { labels },
    configPatches: [{
      applyTo: 'NETWORK_FILTER',
      match: { context: 'GATEWAY', listener: { filterChain: { filter: { name: manager } } } },
      patch: {
        operation: 'MERGE',
        value: {
          name: manager,
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            'normalize_path': true,
            'merge_slashes': true,
            'path_with_escaped_slashes_action': 'UNESCAPE_AND_FORWARD',
            'local_reply_config': { mappers: [{ filter: { response_flag_filter: { flags: ['NR'] } }, status_code: 421 }] },
          },
        },
      },
    }],
  };
}
