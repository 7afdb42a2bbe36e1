import { checkDnsSubdomain } from '../admission/names';

/** Properties of `IdentityProvider.openId`. */
export interface OpenIdProps {
  /** The issuer, over https. */
  readonly issuer: string;
  /** The id that the issuer gave to OpenShift. */
  readonly clientId: string;
  /** The Secret in `openshift-config` that holds the client's secret under `clientSecret`. */
  readonly clientSecretName: string;

  /**
   * The claim that lists the user's groups.
   *
   * @default - groups are kept in OpenShift
   */
  readonly groupsClaim?: string;

  /**
   * The ConfigMap in `openshift-config` with the issuer's authority under `ca.crt`.
   *
   * @default - those that OpenShift trusts
   */
  readonly caConfigMap?: string;
}

/**
 * Where users of OpenShift log in. OpenShift itself takes no user and no group with a `:` in its name from it, so none of Kubernetes' own.
 * A user whom one provider has made cannot be taken over through another.
 */
export class IdentityProvider {
  /** A login service that speaks OpenID Connect. */
  public static openId(name: string, props: OpenIdProps): IdentityProvider {
    const { issuer, clientId, clientSecretName, groupsClaim, caConfigMap } = props;
    if (!/^https:\/\/[^\s?#@]+$/.test(issuer)) throw new Error(`issuer '${issuer}' of identity provider '${name}' is not an https address: write it as its tokens do, such as https://login.example/realms/prod`);
    if (!clientId) throw new Error(`identity provider '${name}' has no clientId: give the id that ${issuer} knows OpenShift by`);
    checkDnsSubdomain(`clientSecretName of '${name}'`, clientSecretName);
    if (caConfigMap !== undefined) checkDnsSubdomain(`caConfigMap of '${name}'`, caConfigMap);
    return new IdentityProvider(name, 'OpenID', {
      openID: {
        issuer,
        clientID: clientId,
        clientSecret: { name: clientSecretName },
        ca: caConfigMap ? { name: caConfigMap } : undefined,
        claims: { preferredUsername: ['preferred_username'], name: ['name'], email: ['email'], groups: groupsClaim ? [groupsClaim] : undefined },
      },
    });
  }

  /** Users with passwords in a Secret of `openshift-config` (key `htpasswd`): for the day when the login service is down. */
  public static htpasswd(name: string, secretName: string): IdentityProvider {
    checkDnsSubdomain(`secretName of '${name}'`, secretName);
    return new IdentityProvider(name, 'HTPasswd', { htpasswd: { fileData: { name: secretName } } });
  }

  /** @internal */
  public readonly _wire: { readonly name: string };

  private constructor(name: string, type: string, block: object) {
    if (!name || name === '.' || name === '..' || /[/%:]/.test(name)) {
      throw new Error(`identity provider '${name}' cannot be named so: give a name without '/', '%' and ':'`);
    }
    this._wire = { name, ...{ mappingMethod: 'claim', type }, ...block };
  }
}
