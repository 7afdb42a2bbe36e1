/** The wire shapes of networking.istio.io that a way out of the mesh needs, as far as they are emitted. */

/** Where connections of the mesh end, each port a server of its own. */
export interface EgressServersSpec {
  readonly selector: Record<string, string>;
  readonly servers: readonly {
    /** The port of the Service. */
    readonly port: { readonly number: number; readonly name: string; readonly protocol: 'TLS' };
    readonly hosts: readonly string[];
    /** The caller's identity is known by its certificate. */
    readonly tls: { readonly mode: 'ISTIO_MUTUAL' };
  }[];
}

/** Where connections to the gateway are led, as bytes. */
export interface EgressRoutesSpec {
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  readonly exportTo: readonly ['.'];
  readonly tcp: readonly {
    readonly match: readonly { readonly gateways: readonly string[]; readonly port: number }[];
    readonly route: readonly { readonly destination: { readonly host: string; readonly port: { readonly number: number } } }[];
  }[];
}

/** How proxies of callers lead what opens TLS with a name: to the gateway. */
export interface EgressNamesSpec {
  readonly hosts: readonly string[];
  readonly gateways: readonly ['mesh'];
  readonly exportTo: readonly string[];
  readonly tls: readonly {
    readonly match: readonly { readonly port: number; readonly sniHosts: readonly string[] }[];
    readonly route: readonly { readonly destination: { readonly host: string; readonly port: { readonly number: number } } }[];
  }[];
}

/** How callers connect to the gateway. */
export interface EgressCallersSpec {
  readonly host: string;
  readonly exportTo: readonly string[];
  readonly trafficPolicy: { readonly tls: { readonly mode: 'ISTIO_MUTUAL'; readonly sni: string } };
}
