/** The wire shapes of k8s.ovn.org/v1, as far as they are emitted. */
import { LabelSelector } from './core';

/** What leaves the pods of one namespace. The first rule that matches decides; what none matches is allowed. Its name is `default`. */
export interface EgressFirewallSpec {
  readonly egress: readonly EgressFirewallRule[];
}

export interface EgressFirewallRule {
  readonly type: 'Allow' | 'Deny';
  /** Exactly one of them. The cluster's own pods are never meant by a CIDR. */
  readonly to: { readonly cidrSelector: string } | { readonly dnsName: string };
  /** Single ports; missing means every port and protocol. */
  readonly ports?: readonly { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number }[];
}

/** The source addresses of pods outside the cluster. Cluster-scoped. */
export interface EgressIpSpec {
  readonly egressIPs: readonly string[];
  readonly namespaceSelector: LabelSelector;
  /** Missing means all pods of the namespaces. */
  readonly podSelector?: LabelSelector;
}
