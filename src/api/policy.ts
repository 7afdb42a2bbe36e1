/** The wire shapes of policy.networking.k8s.io/v1alpha1, as far as they are emitted. */
import { LabelSelector } from './core';

/** Exactly one field is set. Nodes and networks stand in egress rules only. */
export interface AdminPolicyPeer {
  readonly namespaces?: LabelSelector;
  readonly pods?: { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector };
  readonly nodes?: LabelSelector;
  /** At most 25. */
  readonly networks?: readonly string[];
}

/** Exactly one field is set. */
export interface AdminPolicyPort {
  readonly portNumber?: { readonly protocol: string; readonly port: number };
  readonly portRange?: { readonly protocol: string; readonly start: number; readonly end: number };
}

export interface AdminPolicyRule {
  readonly name: string;
  /** A baseline knows no Pass: nothing comes after it. */
  readonly action: 'Allow' | 'Deny' | 'Pass';
  readonly from?: readonly AdminPolicyPeer[];
  readonly to?: readonly AdminPolicyPeer[];
  /** Missing means every port. */
  readonly ports?: readonly AdminPolicyPort[];
}

/** https://network-policy-api.sigs.k8s.io/api-overview/ : the first rule that matches decides. */
export interface AdminNetworkPolicySpec {
  /** Lower decides first. A baseline has none. */
  readonly priority?: number;
  readonly subject: { readonly namespaces: LabelSelector };
  readonly ingress?: readonly AdminPolicyRule[];
  readonly egress?: readonly AdminPolicyRule[];
}
