/** What a mesh is asked to realise at its edge, as plain data: hosts, routes in their order, denials, and whom each is for. */
import { AddressEnd, AddressFacts, WorkloadEnd } from './endpoint';
import { ManifestPlan } from './network-provider';

/** The path under which a name is proven by HTTP-01, with the token behind it (RFC 8555). */
export const CHALLENGE = '/.well-known/acme-challenge';

/** Requests that a route is for. */
export interface RouteMatch {
  /** `/orders`, and all that is below it unless `exact`; `/` is everything. */
  readonly path: string;
  readonly exact: boolean;
  /** Empty: any. */
  readonly methods: readonly string[];
  /** Never empty. */
  readonly hosts: readonly string[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** A Service that requests are led to. */
export interface RouteTarget {
  readonly namespace: string;
  readonly service: string;
  /** The port of the Service, not of its pods. */
  readonly port: number;
  /** Of a hundred requests, how many; undefined where it is the only one. */
  readonly weight?: number;
}

export interface Forwarding {
  readonly targets: readonly RouteTarget[];
  /** What stands in place of the matched path. */
  readonly rewrite?: string;
  readonly timeoutSeconds: number;
  readonly retries: number;
}

export interface Redirection {
  readonly scheme?: string;
  readonly authority?: string;
  readonly uri?: string;
  readonly code: number;
}

/** The token that a request has to carry. */
export interface TokenDemand {
  readonly issuers: readonly string[];
  /** Each claim has to have one of its values. */
  readonly claims: readonly { readonly name: string; readonly values: readonly string[] }[];
}

export interface GatewayRoute {
  readonly match: RouteMatch;
  readonly forward?: Forwarding;
  readonly redirect?: Redirection;
  /** Undefined: nobody is asked who they are. */
  readonly token?: TokenDemand;
}

/** Whose tokens are believed. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly jwksUri?: string;
  readonly forward: boolean;
}

/** A port, as clients dial it and as the pods listen. */
export interface GatewayPort {
  readonly service: number;
  readonly pods: number;
}

export interface GatewayIntent {
  readonly end: WorkloadEnd;
  readonly facts: AddressFacts;
  readonly hosts: readonly string[];
  readonly https: GatewayPort;
  /** Where plaintext is answered with the way to HTTPS. */
  readonly http?: GatewayPort;
  /** What proves its names by HTTP-01, reached by plaintext; empty where nothing is opened for it. */
  readonly solvers: readonly { readonly host: string; readonly target: RouteTarget }[];
  readonly secretName: string;
  readonly minTlsVersion: string;
  readonly clientCertificates: boolean;
  /** Whose requests are taken. */
  readonly clients: readonly AddressEnd[];
  /** Whether clients are known by what trusted proxies say of them, and not by where the connection comes from. */
  readonly forwarded: boolean;
  readonly issuers: readonly TokenIssuer[];
  /** In the order in which they are tried. */
  routes(): readonly GatewayRoute[];
  denials(): readonly RouteMatch[];
}

/** How connections to a destination are made, and when it is left alone for a while. */
export interface DestinationIntent {
  readonly namespace: string;
  readonly service: string;
  readonly meshed: boolean;
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly consecutiveErrors: number;
  readonly ejectionSeconds: number;
}

/** A way out of the mesh to one destination, as plain data. */
export interface EgressGatewayIntent {
  readonly end: WorkloadEnd;
  readonly facts: AddressFacts;
  readonly ports: readonly GatewayPort[];
  readonly destination: AddressEnd;
}

/** A mesh that has gateways. */
export interface IGatewayRenderer {
  /** The annotations by which pods become a gateway's. */
  annotations(trustedProxies: number): Readonly<Record<string, string>>;
  plan(intent: GatewayIntent): ManifestPlan[];
  planDenials(intent: GatewayIntent): ManifestPlan[];
  /** What leads callers to the gateway under their identity, and from there to its destination alone. */
  planEgress(intent: EgressGatewayIntent): ManifestPlan[];
  planDestination(gateway: WorkloadEnd, destination: DestinationIntent): ManifestPlan[];
}

/** Whether all that one route is for by its path, another is for too. */
export function coversPath(wide: RouteMatch, narrow: RouteMatch): boolean {
  if (wide.exact) return narrow.exact && wide.path === narrow.path;
  return wide.path === '/' || narrow.path === wide.path || narrow.path.startsWith(`${wide.path}/`);
}

/** Whether nothing is left for the second once the first has taken what it is for. */
export function shadows(first: RouteMatch, second: RouteMatch): boolean {
  return coversPath(first, second)
    && second.hosts.every(host => first.hosts.includes(host))
    && (first.methods.length === 0 || (second.methods.length > 0 && second.methods.every(method => first.methods.includes(method))))
    && first.headers.every(({ name, value }) => second.headers.some(other => other.name === name && other.value === value));
}
