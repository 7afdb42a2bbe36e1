/** The wire shapes of the core and networking.k8s.io families, as far as they are emitted. */

export interface LabelSelector {
  readonly matchLabels?: Record<string, string>;
  readonly matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[];
}

/** Exactly one of `ipBlock` and the selectors; an empty peer is refused by the API server. */
export interface NetworkPolicyPeer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface NetworkPolicyPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** A number from 1 to 65535, or the name a container gives its port. */
  readonly port: number | string;
  /** The end of a range; never with a name. */
  readonly endPort?: number;
}

/** `from` in ingress rules, `to` in egress rules; an empty list means every peer, so it is never emitted. */
export interface NetworkPolicyRule {
  readonly from?: readonly NetworkPolicyPeer[];
  readonly to?: readonly NetworkPolicyPeer[];
  /** Missing only where a whole project is joined: then every port is meant. */
  readonly ports?: readonly NetworkPolicyPort[];
}

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
export interface NetworkPolicySpec {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  /** Missing where `policyTypes` names the direction and nothing is allowed in it. */
  readonly ingress?: readonly NetworkPolicyRule[];
  readonly egress?: readonly NetworkPolicyRule[];
}
