/** The wire shapes of networking.istio.io and security.istio.io that a gateway needs, as far as they are emitted. */

/** Where connections end, and for which hosts. */
export interface GatewaySpec {
  readonly selector: Record<string, string>;
  readonly servers: readonly GatewayServer[];
}

export interface GatewayServer {
  /** The port of the Service. */
  readonly port: { readonly number: number; readonly name: string; readonly protocol: 'HTTP' | 'HTTPS' };
  /** `./shop.example`: only what stands in the gateway's own namespace may say what becomes of it. */
  readonly hosts: readonly string[];
  readonly tls?: {
    readonly httpsRedirect?: true;
    readonly mode?: 'SIMPLE' | 'MUTUAL';
    readonly credentialName?: string;
    readonly minProtocolVersion?: string;
  };
}

/** What becomes of requests for some hosts; the first that matches decides. */
export interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  readonly exportTo: readonly ['.'];
  readonly http: readonly HttpRouteSpec[];
}

export interface HttpRouteSpec {
  readonly match?: readonly HttpMatchSpec[];
  readonly route?: readonly { readonly destination: { readonly host: string; readonly port: { readonly number: number } }; readonly weight?: number }[];
  readonly rewrite?: { readonly uri: string };
  readonly redirect?: { readonly scheme?: string; readonly authority?: string; readonly uri?: string; readonly redirectCode: number };
  readonly directResponse?: { readonly status: number };
  readonly timeout?: string;
  readonly retries?: { readonly attempts: number; readonly retryOn?: string };
}

export interface HttpMatchSpec {
  readonly uri?: { readonly exact?: string; readonly prefix?: string };
  readonly method?: { readonly exact?: string; readonly regex?: string };
  readonly headers?: Readonly<Record<string, { readonly exact: string }>>;
}

/** How connections to a destination are made. */
export interface DestinationRuleSpec {
  readonly host: string;
  readonly exportTo: readonly ['.'];
  readonly trafficPolicy: {
    readonly tls: { readonly mode: 'ISTIO_MUTUAL' | 'DISABLE' };
    readonly connectionPool: { readonly tcp: { readonly maxConnections: number }; readonly http: { readonly http1MaxPendingRequests: number } };
    readonly outlierDetection: { readonly consecutive5xxErrors: number; readonly interval: string; readonly baseEjectionTime: string };
  };
}

/** Which tokens are believed. A request without one passes: what demands one is a policy. */
export interface RequestAuthenticationSpec {
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly jwtRules: readonly {
    readonly issuer: string;
    readonly audiences: readonly string[];
    readonly jwksUri?: string;
    readonly forwardOriginalToken?: boolean;
  }[];
}

/** Who may ask the gateway for what. All that is named in a rule has to hold. */
export interface GatewayAuthorizationSpec {
  readonly selector: { readonly matchLabels: Record<string, string> };
  readonly action: 'ALLOW' | 'DENY';
  readonly rules?: readonly GatewayRule[];
}

export interface GatewayRule {
  readonly from?: readonly { readonly source: GatewaySource }[];
  readonly to: readonly { readonly operation: GatewayOperation }[];
  readonly when?: readonly { readonly key: string; readonly values?: readonly string[]; readonly notValues?: readonly string[] }[];
}

export interface GatewaySource {
  readonly ipBlocks?: readonly string[];
  readonly notIpBlocks?: readonly string[];
  readonly remoteIpBlocks?: readonly string[];
  readonly notRemoteIpBlocks?: readonly string[];
  readonly requestPrincipals?: readonly string[];
}

export interface GatewayOperation {
  readonly ports?: readonly string[];
  readonly hosts?: readonly string[];
  readonly methods?: readonly string[];
  readonly notMethods?: readonly string[];
  readonly paths?: readonly string[];
  readonly notPaths?: readonly string[];
}

/** A change of what istiod makes, for one proxy. */
export interface EnvoyFilterSpec {
  readonly workloadSelector: { readonly labels: Record<string, string> };
  readonly configPatches: readonly { readonly applyTo: string; readonly match: object; readonly patch: { readonly operation: 'MERGE'; readonly value: object } }[];
}
