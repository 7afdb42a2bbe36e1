/**
 * The wire shapes of what a control plane is configured by, as far as they are emitted: files of kube-apiserver and kubeadm, which are
 * never applied, and the objects named `cluster` of OpenShift.
 */

/** https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/#apiserver-config-k8s-io-v1-AuthenticationConfiguration */
export interface AuthenticationConfiguration {
  readonly apiVersion: string;
  readonly kind: 'AuthenticationConfiguration';
  readonly anonymous?: { readonly enabled: boolean; readonly conditions?: readonly { readonly path: string }[] };
  readonly jwt?: readonly JwtAuthenticator[];
}

export interface JwtAuthenticator {
  readonly issuer: {
    readonly url: string;
    readonly discoveryURL?: string;
    readonly certificateAuthority?: string;
    readonly audiences: readonly string[];
    /** Required where there is more than one audience. */
    readonly audienceMatchPolicy?: 'MatchAny';
  };
  readonly claimValidationRules?: readonly WireClaimRule[];
  readonly claimMappings: { readonly username: ClaimOrExpression; readonly groups?: ClaimOrExpression };
  readonly userValidationRules?: readonly { readonly expression: string; readonly message: string }[];
}

/** `claim` with `prefix`, which must be there and may be empty, or `expression`. */
export interface ClaimOrExpression {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}

/** `claim` with `requiredValue`, or `expression` with `message`. */
export interface WireClaimRule {
  readonly claim?: string;
  readonly requiredValue?: string;
  readonly expression?: string;
  readonly message?: string;
}

export interface AuthorizationConfiguration {
  readonly apiVersion: string;
  readonly kind: 'AuthorizationConfiguration';
  readonly authorizers: readonly WireAuthorizer[];
}

export interface WireAuthorizer {
  readonly type: 'Node' | 'RBAC' | 'Webhook';
  readonly name: string;
  readonly webhook?: {
    readonly timeout: string;
    readonly authorizedTTL: string;
    readonly unauthorizedTTL: string;
    readonly subjectAccessReviewVersion: 'v1';
    readonly matchConditionSubjectAccessReviewVersion: 'v1';
    readonly failurePolicy: string;
    readonly connectionInfo: { readonly type: 'KubeConfigFile'; readonly kubeConfigFile: string };
    readonly matchConditions?: readonly { readonly expression: string }[];
  };
}

/** https://kubernetes.io/docs/reference/config-api/apiserver-encryption.v1/ */
export interface EncryptionConfiguration {
  readonly apiVersion: 'apiserver.config.k8s.io/v1';
  readonly kind: 'EncryptionConfiguration';
  readonly resources: readonly { readonly resources: readonly string[]; readonly providers: readonly WireEncryptionProvider[] }[];
}

/** The first provider of a list encrypts, all of them decrypt. */
export interface WireEncryptionProvider {
  readonly kms?: { readonly apiVersion: 'v2'; readonly name: string; readonly endpoint: string; readonly timeout: string };
  readonly identity?: Record<string, never>;
}

/** https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ : the first rule that matches decides. */
export interface AuditPolicyFile {
  readonly apiVersion: 'audit.k8s.io/v1';
  readonly kind: 'Policy';
  readonly omitStages: readonly string[];
  readonly omitManagedFields: boolean;
  readonly rules: readonly AuditRule[];
}

export interface AuditRule {
  readonly level: 'None' | 'Metadata' | 'Request' | 'RequestResponse';
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly group: string; readonly resources: readonly string[] }[];
  readonly nonResourceURLs?: readonly string[];
}

/** https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/#kubeadm-k8s-io-v1beta4-ClusterConfiguration */
export interface ClusterConfiguration {
  readonly apiVersion: 'kubeadm.k8s.io/v1beta4';
  readonly kind: 'ClusterConfiguration';
  readonly controlPlaneEndpoint?: string;
  readonly networking?: { readonly podSubnet?: string; readonly serviceSubnet?: string };
  readonly apiServer: {
    readonly certSANs?: readonly string[];
    /** A list since v1beta4; a name may stand in it more than once. */
    readonly extraArgs: readonly { readonly name: string; readonly value: string }[];
    readonly extraVolumes: readonly HostPathMount[];
  };
}

export interface HostPathMount {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly pathType: 'DirectoryOrCreate';
}
