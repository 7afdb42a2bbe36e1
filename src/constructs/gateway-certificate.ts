import { checkDnsSubdomain } from '../admission/names';

/** Options of `GatewayCertificate.fromIssuer`. */
export interface IssuedCertificateOptions {
  /**
   * Whether the issuer is an `Issuer` of the gateway's own namespace, and not a `ClusterIssuer`.
   *
   * @default false
   */
  readonly inNamespace?: boolean;

  /**
   * The Secret that the certificate is put in.
   *
   * @default - the name of the gateway with `-tls`
   */
  readonly secretName?: string;
}

/** The certificate that a gateway shows its clients. Neither it nor its key stands in what is written: a Secret is named. */
export class GatewayCertificate {
  /**
   * A certificate that cert-manager asks an issuer for, and renews. The issuer proves the names by DNS-01, or has no need to: what solves
   * HTTP-01 could not be reached through this gateway.
   */
  public static fromIssuer(name: string, options: IssuedCertificateOptions = {}): GatewayCertificate {
    checkDnsSubdomain('issuer', name);
    if (options.secretName !== undefined) checkDnsSubdomain('secretName', options.secretName);
    return new GatewayCertificate(options.secretName, { kind: options.inNamespace ? 'Issuer' : 'ClusterIssuer', name });
  }

  /** A Secret of type `kubernetes.io/tls` in the gateway's namespace, which others fill and renew. */
  public static fromSecret(name: string): GatewayCertificate {
    checkDnsSubdomain('secret', name);
    return new GatewayCertificate(name);
  }

  /** @internal */
  public readonly _secretName?: string;
  /** @internal */
  public readonly _issuer?: { readonly kind: 'ClusterIssuer' | 'Issuer'; readonly name: string };

  private constructor(secretName?: string, issuer?: { readonly kind: 'ClusterIssuer' | 'Issuer'; readonly name: string }) {
    this._secretName = secretName;
    this._issuer = issuer;
  }
}
