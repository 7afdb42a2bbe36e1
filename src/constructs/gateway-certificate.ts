import { checkDnsSubdomain } from '../admission/names';
import { IPeer } from '../intent/peer';

/** Properties of a proof by HTTP-01. */
export interface Http01Props {
  /**
   * The pods of cert-manager. They make the solvers, and ask for the answer themselves before they tell the issuer to.
   * `SecureWorkload.imported(SecureNamespace.imported(edge, 'cert-manager'), 'cert-manager', { labels, serviceAccountName })`.
   */
  readonly certManager: IPeer;

  /**
   * Where the issuer asks from. Public ones do not say, and ask from several places at once.
   *
   * @default - everybody outside the cluster, where no `proxies` stand in front of the gateway
   */
  readonly validators?: IPeer[];
}

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

  /**
   * Has the issuer prove the names by HTTP-01, and opens the way to what answers for it: one path on port 80, in plaintext, for whoever
   * validates. The issuer's solver needs `ingress: { ingressClassName: nobody, serviceType: ClusterIP }`: no Ingress has to be served.
   *
   * @default - nothing is opened: the issuer proves the names by DNS-01, or has no need to
   * @see https://cert-manager.io/docs/configuration/acme/http01/
   */
  readonly http01?: Http01Props;
}

/** The certificate that a gateway shows its clients. Neither it nor its key stands in what is written: a Secret is named. */
export class GatewayCertificate {
  /** A certificate that cert-manager asks an issuer for, and renews. What proves the names by HTTP-01 is reached only where `http01` says so. */
  public static fromIssuer(name: string, options: IssuedCertificateOptions = {}): GatewayCertificate {
    checkDnsSubdomain('issuer', name);
    if (options.secretName !== undefined) checkDnsSubdomain('secretName', options.secretName);
    return new GatewayCertificate(options.secretName, { kind: options.inNamespace ? 'Issuer' : 'ClusterIssuer', name }, options.http01);
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
  /** @internal */
  public readonly _http01?: Http01Props;

  private constructor(secretName?: string, issuer?: { readonly kind: 'ClusterIssuer' | 'Issuer'; readonly name: string }, http01?: Http01Props) {
    this._http01 = http01;
    this._secretName = secretName;
    this._issuer = issuer;
  }
}
