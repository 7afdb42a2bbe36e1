/** The wire shapes of networking.istio.io/v1 and telemetry.istio.io/v1, as far as proxies of workloads need them. */

/** What a proxy knows of. Without a selector: the proxies of a namespace that no other Sidecar selects. */
export interface SidecarSpec {
  readonly workloadSelector?: { readonly labels: Record<string, string> };
  /** `<namespace>/<name>`, `./<name>` of its own namespace, `<namespace>/*`. */
  readonly egress: readonly { readonly hosts: readonly string[] }[];
  /** What becomes of connections to what it does not know of. */
  readonly outboundTrafficPolicy: { readonly mode: 'REGISTRY_ONLY' };
}

/** What is outside the cluster, entered into the registry of some namespaces. */
export interface ServiceEntrySpec {
  readonly hosts: readonly string[];
  /** CIDRs with `NONE` only. Without them a TCP port is listened on for every address. */
  readonly addresses?: readonly string[];
  readonly ports: readonly { readonly number: number; readonly name: string; readonly protocol: 'HTTP' | 'TCP' | 'TLS' }[];
  readonly location: 'MESH_EXTERNAL';
  /** `NONE`: where the client dialled; `DNS`: where the proxy finds the name to be; `STATIC`: at its endpoints. */
  readonly resolution: 'DNS' | 'NONE' | 'STATIC';
  readonly endpoints?: readonly { readonly address: string }[];
  readonly exportTo: readonly string[];
}

/** What proxies tell about what they carry. */
export interface TelemetrySpec {
  readonly tracing?: readonly { readonly providers: readonly { readonly name: string }[]; readonly randomSamplingPercentage: number }[];
  readonly accessLogging?: readonly { readonly providers: readonly { readonly name: string }[] }[];
}
