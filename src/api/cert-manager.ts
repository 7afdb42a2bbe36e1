/** The wire shapes of cert-manager.io/v1, as far as they are emitted. */

export interface CertificateSpec {
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly issuerRef: { readonly group: 'cert-manager.io'; readonly kind: 'ClusterIssuer' | 'Issuer'; readonly name: string };
  readonly privateKey: { readonly algorithm: 'ECDSA'; readonly size: 256; readonly rotationPolicy: 'Always' };
  readonly usages: readonly string[];
}
