/** A network of its own for some namespaces, as the providers that have such a thing see it. */
export interface TenantNetworkIntent {
  /** Path of the construct, for messages. */
  readonly path: string;
  readonly name: string;
  /** One range, or one of each address family. */
  readonly subnets: readonly string[];
  /** The size of each node's share of an IPv4 range, where nodes have shares: a prefix length. */
  readonly hostPrefix?: number;
  /** The namespaces that are on it at this moment, sorted. */
  namespaces(): readonly string[];
}
