import { Duration } from 'cdk8s';
import { GatewayCertificate } from './gateway-certificate';
import { RequestJwt } from './jwt-requests';
import { SecureWorkload } from './secure-workload';
import { TlsVersion } from '../control-plane/tls';
import { IPeer } from '../intent/peer';

/** How a gateway is reached. */
export enum GatewayService {
  /** By a load balancer of its own, which the cluster's cloud or load balancer controller makes. */
  LOAD_BALANCER = 'LoadBalancer',
  /** By what stands in front of it and connects to its pods; nothing is made for it. */
  CLUSTER_IP = 'ClusterIP',
}

/** Properties of `MeshGateway`. */
export interface MeshGatewayProps {
  /** The hosts it answers for, each in full: `shop.example`. Wildcards are refused. */
  readonly hosts: string[];

  /** The certificate it shows, for all of its hosts. */
  readonly certificate: GatewayCertificate;

  /**
   * The tokens it believes. It then demands one on every route, but those that say `anonymous`.
   *
   * @default - none, so everybody in `clients` may ask for what has a route
   */
  readonly jwt?: RequestJwt[];

  /**
   * Whose requests are taken, by address.
   *
   * @default - everybody outside the cluster
   */
  readonly clients?: IPeer[];

  /**
   * How it is reached.
   *
   * @default GatewayService.LOAD_BALANCER
   */
  readonly service?: GatewayService;

  /**
   * Whether connections arrive with the address of the client. A load balancer then sends them only to nodes with a pod of the gateway
   * (`externalTrafficPolicy: Local`).
   *
   * @default true with a load balancer of its own, false otherwise
   */
  readonly preservesClientAddress?: boolean;

  /**
   * How many proxies stand in front of it, each of which appends the address it saw to `X-Forwarded-For`. Clients are then known by what the
   * outermost of them saw, and nobody but `proxies` can connect.
   *
   * @default 0
   */
  readonly trustedProxies?: number;

  /**
   * Where the proxies in front of it connect from.
   *
   * @default - nobody; needed with `trustedProxies`
   */
  readonly proxies?: IPeer[];

  /**
   * Where the load balancer's health checks of port 15021 come from.
   *
   * @default - nowhere: Kubernetes answers them on the nodes
   */
  readonly healthChecks?: IPeer[];

  /**
   * The oldest version of TLS that clients may speak.
   *
   * @default TlsVersion.TLS_1_2
   */
  readonly minTlsVersion?: TlsVersion;

  /**
   * Whether clients have to show a certificate of their own. The authority that signs them is in the key `ca.crt` of the Secret that has the
   * name of the certificate's with `-cacert`; without that Secret, in the certificate's own.
   *
   * @default false
   */
  readonly clientCertificates?: boolean;

  /**
   * Whether port 80 is open, to answer every request there with the way to HTTPS.
   *
   * @default true
   */
  readonly redirectHttp?: boolean;

  /**
   * How many pods there are at least.
   *
   * @default 2
   */
  readonly minReplicas?: number;

  /**
   * How many pods there are at most.
   *
   * @default 5, or `minReplicas` where that is more
   */
  readonly maxReplicas?: number;
}

/** Which requests are meant. */
export interface RequestOptions {
  /**
   * Whether the path alone is meant, without what is below it.
   *
   * @default false
   */
  readonly exact?: boolean;

  /**
   * The methods that are meant, such as `GET`.
   *
   * @default - any
   */
  readonly methods?: string[];

  /**
   * Headers that the request has to have, each with exactly this value. Clients choose them: they say nothing about who asks.
   *
   * @default - any
   */
  readonly headers?: Record<string, string>;

  /**
   * The hosts of the gateway that are meant.
   *
   * @default - all of them
   */
  readonly hosts?: string[];
}

/** Which requests a route is for, and whom. */
export interface RouteOptions extends RequestOptions {
  /**
   * Claims that the token has to have, each with one of these values: `{ groups: ['customers'] }`.
   *
   * @default - any token of the gateway's issuers
   */
  readonly claims?: Record<string, string[]>;

  /**
   * Whether no token is demanded, at a gateway that believes some.
   *
   * @default false
   */
  readonly anonymous?: boolean;
}

/** How requests of a route are led on. */
export interface ForwardOptions extends RouteOptions {
  /**
   * The port of the destination's Service.
   *
   * @default - its only one
   */
  readonly port?: number;

  /**
   * What stands in place of the matched path when the request is led on.
   *
   * @default - the path stays
   */
  readonly rewrite?: string;

  /**
   * How long an answer may take, in whole seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly timeout?: Duration;

  /**
   * How often a request is tried again that no destination has seen.
   *
   * @default 2
   */
  readonly retries?: number;

  /**
   * When the destination is left alone.
   *
   * @default - 1024 connections and 1024 waiting requests; a pod that fails five times in a row is left alone for 30 seconds
   */
  readonly circuitBreaker?: CircuitBreaker;

  /**
   * Why the flow to the destination is needed. A destination outside the mesh gets plaintext, and needs one.
   *
   * @default - `route` with the path
   */
  readonly reason?: string;
}

/** When a destination is left alone. */
export interface CircuitBreaker {
  /**
   * Connections at a time, of each pod of the gateway.
   *
   * @default 1024
   */
  readonly maxConnections?: number;

  /**
   * Requests that wait for a connection, of each pod of the gateway.
   *
   * @default 1024
   */
  readonly maxPendingRequests?: number;

  /**
   * Failures in a row after which a pod of the destination is left alone.
   *
   * @default 5
   */
  readonly consecutiveErrors?: number;

  /**
   * For how long, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly ejection?: Duration;
}

/** One of the destinations of `MeshGateway.split`. */
export interface WeightedDestination {
  readonly destination: SecureWorkload;

  /** Of a hundred requests, how many. */
  readonly weight: number;

  /**
   * The port of its Service.
   *
   * @default - its only one
   */
  readonly port?: number;
}

/** Options of `MeshGateway.redirect`. */
export interface RedirectOptions extends RequestOptions {
  /**
   * 301, 302, 303, 307 or 308.
   *
   * @default 302
   */
  readonly code?: number;
}

/** Options of `MeshGateway.deny`. */
export interface DenyOptions {
  /**
   * The methods that are denied.
   *
   * @default - all
   */
  readonly methods?: string[];

  /**
   * The hosts of the gateway where it is denied.
   *
   * @default - all of them
   */
  readonly hosts?: string[];
}
