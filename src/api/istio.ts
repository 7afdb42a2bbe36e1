/** The wire shapes of security.istio.io/v1, as far as they are emitted. */

/** What pods may be asked for, and by whom. Without rules nothing is allowed; an empty rule would allow everything. */
export interface AuthorizationPolicySpec {
  readonly selector?: { readonly matchLabels: Record<string, string> };
  /** Missing means ALLOW. */
  readonly action?: 'ALLOW';
  readonly rules?: readonly AuthorizationRule[];
}

export interface AuthorizationRule {
  readonly from: readonly { readonly source: AuthorizationSource }[];
  readonly to?: readonly { readonly operation: AuthorizationOperation }[];
  readonly when?: readonly { readonly key: string; readonly values: readonly string[] }[];
}

/** All that is named has to hold. */
export interface AuthorizationSource {
  /** `<trust domain>/ns/<namespace>/sa/<service account>` */
  readonly principals?: readonly string[];
  readonly notPrincipals?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly ipBlocks?: readonly string[];
  readonly notIpBlocks?: readonly string[];
}

/** Ports are those of the pods, as text. */
export interface AuthorizationOperation {
  readonly ports?: readonly string[];
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
  readonly hosts?: readonly string[];
}

/** Whether plaintext is taken. Ports are those of the pods. */
export interface PeerAuthenticationSpec {
  readonly selector?: { readonly matchLabels: Record<string, string> };
  readonly mtls: { readonly mode: 'STRICT' };
  readonly portLevelMtls?: Readonly<Record<string, { readonly mode: 'PERMISSIVE' }>>;
}
