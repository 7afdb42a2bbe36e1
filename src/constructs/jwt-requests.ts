import { TokenIssuer } from '../intent/mesh-gateway';

/** Properties of `RequestJwt.of`. */
export interface RequestJwtProps {
  /** The issuer, as tokens name it: an HTTPS URL. */
  readonly issuer: string;

  /** The audiences a token may be for, at least one. A token for somebody else is none. */
  readonly audiences: string[];

  /**
   * Where the issuer's keys are, an HTTPS URL. istiod fetches them, not the gateway.
   *
   * @default - where the issuer's own `/.well-known/openid-configuration` says
   */
  readonly jwksUri?: string;

  /**
   * Whether the workload behind the gateway gets the token too.
   *
   * @default false
   */
  readonly forwardToken?: boolean;
}

/**
 * Tokens that a gateway believes, of one issuer. A gateway that believes some demands one on every route, but those that say `anonymous`.
 */
export class RequestJwt {
  /** Throws without an issuer and an audience: any token of anybody's would do. */
  public static of(props: RequestJwtProps): RequestJwt {
    const { issuer, audiences, jwksUri } = props;
    for (const [what, url] of [['issuer', issuer], ['jwksUri', jwksUri]]) {
      if (what === 'jwksUri' && url === undefined) continue;
      if (!/^https:\/\/[^\s?#*]+$/.test(url ?? '')) throw new Error(`${what} '${url ?? ''}' is not an HTTPS URL: write it as tokens of it do, such as https://login.example`);
    }
    if (audiences.length === 0 || audiences.some(audience => audience === '')) {
      throw new Error(`tokens of '${issuer}' need an audience, or one made for any other program would do here: audiences: ['shop']`);
    }
    return new RequestJwt(props);
  }

  /** @internal */
  public readonly _issuer: TokenIssuer;

  private constructor({ issuer, audiences, jwksUri, forwardToken = false }: RequestJwtProps) {
    this._issuer = { issuer, audiences: [...new Set(audiences)], jwksUri, forward: forwardToken };
  }
}
