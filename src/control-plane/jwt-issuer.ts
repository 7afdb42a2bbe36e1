import { CelReading, checkCel, checkCondition } from './_cel';
import { NOT_RESERVED, RESERVED, mayBecomeReserved } from './_reserved';
import { JwtAuthenticator, WireClaimRule } from '../api/control-plane';

/** An expression that must be true, and what is said where it is not. */
export interface CelRule {
  /** In CEL, about `user` (`username`, `uid`, `groups`, `extra`). */
  readonly expression: string;
  /** Written to the API server's log where it is not true. */
  readonly message: string;
}

/** Something that the claims of a token must fulfil. */
export class ClaimRule {
  /** The claim is there and has this value, for example `hd` and `acme.example`. */
  public static requires(claim: string, value: string): ClaimRule {
    if (!claim || !value) throw new Error(`claim '${claim}' with value '${value}' says nothing: name a claim and the value it must have`);
    return new ClaimRule({ claim, requiredValue: value });
  }

  /** The CEL expression about `claims` is true, for example `claims.exp - claims.nbf <= 86400`. */
  public static satisfies(expression: string, message: string): ClaimRule {
    const { fields } = checkCondition('claim rule', expression, ['claims']);
    if (!message.trim()) throw new Error(`claim rule '${expression}' needs a message: whoever is turned away will ask why`);
    return new ClaimRule({ expression, message }, fields);
  }

  /** @internal */
  public readonly _wire: WireClaimRule;
  /** @internal */
  public readonly _fields: readonly string[];

  private constructor(wire: WireClaimRule, fields: readonly string[] = []) {
    this._wire = wire;
    this._fields = fields;
  }
}

/** Properties of `JwtIssuer.of`. */
export interface JwtIssuerProps {
  /** The issuer as it stands in its tokens: `https://`, without user, query and fragment. */
  readonly url: string;

  /** Whom the tokens are made for, at least one. A token for anybody else is refused. */
  readonly audiences: string[];

  /**
   * Where its keys are found, if not below `url`.
   *
   * @default - `url` with `/.well-known/openid-configuration`
   */
  readonly discoveryUrl?: string;

  /**
   * Certificates (PEM) of the authority behind the issuer's own certificate.
   *
   * @default - those that the control-plane node trusts
   */
  readonly certificateAuthority?: string;

  /**
   * The claim that names the user.
   *
   * @default sub
   */
  readonly usernameClaim?: string;

  /**
   * The name of the user as CEL about `claims`, instead of a claim. Where it reads `claims.email`, a rule has to ask for `claims.email_verified`.
   *
   * @default - `usernameClaim`
   */
  readonly usernameExpression?: string;

  /**
   * The claim that lists the user's groups.
   *
   * @default - users have no groups
   */
  readonly groupsClaim?: string;

  /**
   * The groups as CEL about `claims`, instead of a claim.
   *
   * @default - `groupsClaim`
   */
  readonly groupsExpression?: string;

  /**
   * Stands before every name of a user or group from this issuer, such as `corp:`. Needed where there is more than one issuer, so that
   * none can speak for the users of another. Names made by an expression have to bring it themselves, and are held to it.
   *
   * @default - names stand as the issuer gives them; those that begin with `system:` are refused by a rule
   */
  readonly prefix?: string;

  /**
   * What the claims of a token must fulfil.
   *
   * @default - nothing but issuer, audience, signature and time
   */
  readonly claimValidationRules?: ClaimRule[];

  /**
   * What the user made from a token must fulfil.
   *
   * @default - no name of a user or group begins with `system:`; this rule is there in any case
   */
  readonly userValidationRules?: CelRule[];
}

/**
 * Somebody whose tokens (OpenID Connect) the API server takes: a login service, or the identity of a pipeline.
 * Whatever it says, it cannot make a user or a group whose name Kubernetes keeps for itself.
 */
export class JwtIssuer {
  /** Throws where the API server would not start with it, or where its names could be those of Kubernetes. */
  public static of(props: JwtIssuerProps): JwtIssuer {
    return new JwtIssuer(props);
  }

  /** @internal */
  public readonly _props: JwtIssuerProps;
  /** @internal */
  public readonly _prefix: string;

  private constructor(props: JwtIssuerProps) {
    const { url, audiences, discoveryUrl, prefix = '' } = props;
    this._props = props;
    this._prefix = prefix;
    checkUrl('issuer', url);
    if (discoveryUrl !== undefined) {
      checkUrl(`discoveryUrl of ${url}`, discoveryUrl);
      if (discoveryUrl === url) throw new Error(`discoveryUrl '${discoveryUrl}' of ${url} is the issuer itself: leave 'discoveryUrl' out`);
    }
    if (audiences.length === 0 || audiences.some(audience => !audience.trim())) {
      throw new Error(`issuer '${url}' needs its audiences, and got [${audiences.join(', ')}]: name those the tokens of this cluster are made for, or tokens for anybody would do`);
    }
    if (new Set(audiences).size < audiences.length) throw new Error(`issuer '${url}' names an audience twice in [${audiences.join(', ')}]: name each once`);
    checkAuthority(url, props.certificateAuthority);
    this.checkPrefix();
    this.checkMappings();
    for (const { expression, message } of props.userValidationRules ?? []) {
      checkCondition(`user rule of ${url}`, expression, ['user']);
      if (!message.trim()) throw new Error(`user rule '${expression}' of ${url} needs a message: whoever is turned away will ask why`);
    }
  }

  /** As kube-apiserver reads it. @internal */
  public _wire(): JwtAuthenticator {
    const { url, audiences, discoveryUrl, certificateAuthority, claimValidationRules = [], usernameExpression, groupsClaim, groupsExpression } = this._props;
    const mapped = (claim: string | undefined, expression: string | undefined) => (expression ? { expression } : { claim, prefix: this._prefix });
    return {
      issuer: {
        url,
        discoveryURL: discoveryUrl,
        certificateAuthority,
        audiences: [...audiences].sort(),
        audienceMatchPolicy: audiences.length > 1 ? 'MatchAny' : undefined,
      },
      claimValidationRules: claimValidationRules.length ? claimValidationRules.map(({ _wire }) => _wire) : undefined,
      claimMappings: {
        username: mapped(this._usernameClaim, usernameExpression),
        groups: groupsClaim || groupsExpression ? mapped(groupsClaim, groupsExpression) : undefined,
      },
      userValidationRules: this.userRules(),
    };
  }

  /** @internal */
  public get _usernameClaim(): string {
    return this._props.usernameClaim ?? 'sub';
  }

  /** Each expression once: the API server refuses to start with one that stands there twice. */
  private userRules(): CelRule[] {
    const { usernameExpression, groupsExpression, userValidationRules = [] } = this._props;
    const prefixed = this._prefix ? [
      ...(usernameExpression ? [{ expression: `user.username.startsWith('${this._prefix}')`, message: `user names of this issuer begin with ${this._prefix}` }] : []),
      ...(groupsExpression ? [{ expression: `user.groups.all(group, group.startsWith('${this._prefix}'))`, message: `groups of this issuer begin with ${this._prefix}` }] : []),
    ] : [];
    const rules = [...NOT_RESERVED, ...prefixed, ...userValidationRules];
    return rules.filter(({ expression }, index) => rules.findIndex(rule => rule.expression === expression) === index);
  }

  private checkPrefix(): void {
    const { url, prefix } = this._props;
    if (prefix === undefined) return;
    if (!/^[A-Za-z0-9._:#/@+-]+$/.test(prefix)) {
      throw new Error(`prefix '${prefix}' of ${url} is not made of letters, digits and . _ : # / @ + -: write one such as 'corp:'`);
    }
    if (mayBecomeReserved(prefix)) {
      throw new Error(`prefix '${prefix}' of ${url} makes names that begin with '${RESERVED}', which Kubernetes keeps for its own: write one such as 'corp:'`);
    }
  }

  private checkMappings(): void {
    const { url, usernameClaim, usernameExpression, groupsClaim, groupsExpression, claimValidationRules = [] } = this._props;
    for (const [what, claim, expression] of [['username', usernameClaim, usernameExpression], ['groups', groupsClaim, groupsExpression]] as const) {
      if (claim !== undefined && expression !== undefined) {
        throw new Error(`${what}Claim '${claim}' and ${what}Expression '${expression}' of ${url} exclude each other: keep one of them`);
      }
      if (claim === '') throw new Error(`${what}Claim of ${url} is empty: name a claim, or leave it out`);
    }
    const username = readMapping(`usernameExpression of ${url}`, usernameExpression);
    readMapping(`groupsExpression of ${url}`, groupsExpression);
    const asked = [...claimValidationRules.flatMap(({ _fields }) => _fields), ...username.fields];
    if (username.fields.includes('claims.email') && !asked.includes('claims.email_verified')) {
      throw new Error(`usernameExpression '${usernameExpression}' of ${url} trusts an address that nobody has verified: `
        + "add ClaimRule.satisfies('claims.email_verified == true', 'the address is not verified') to its claimValidationRules");
    }
  }
}

/** Throws where issuers are the same, or where one could speak for the users of another. */
export function checkIssuers(issuers: readonly JwtIssuer[]): void {
  if (issuers.length > 64) throw new Error(`${issuers.length} issuers are more than the API server takes: name at most 64`);
  issuers.forEach((issuer, index) => {
    for (const other of issuers.slice(index + 1)) {
      const [a, b] = [issuer, other].map(({ _props: { url, discoveryUrl }, _prefix: prefix }) => ({ url, prefix, discovery: discoveryUrl ?? url }));
      if (a.url === b.url || a.discovery === b.discovery) throw new Error(`issuer '${a.url}' and issuer '${b.url}' have one address: state each issuer once, with all its audiences`);
      if (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) {
        throw new Error(`issuer '${a.url}' with prefix '${a.prefix}' and issuer '${b.url}' with prefix '${b.prefix}' can each make a user of the other: `
          + "give each a 'prefix', of which none is the beginning of another, such as 'corp:' and 'ci:'");
      }
    }
  });
}

function readMapping(what: string, expression: string | undefined): CelReading {
  if (expression === undefined) return { texts: [], fields: [], decides: false };
  const reading = checkCel(what, expression, ['claims']);
  const reserved = reading.texts.find(text => text.startsWith(RESERVED));
  if (reserved) throw new Error(`${what} '${expression}' makes names that begin with '${RESERVED}', which Kubernetes keeps for its own: begin them with something else`);
  return reading;
}

function checkUrl(what: string, text: string): void {
  const say = (reason: string) => {
    throw new Error(`${what} '${text}' ${reason}: write it as it stands in the tokens, such as https://login.example/realms/prod`);
  };
  if (!URL.canParse(text)) say('is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') say('is not reached over https, so anybody on the way could make its keys');
  if (url.username || url.password) say('holds a user or a password');
  if (url.search || url.hash || /[?#]/.test(text)) say('has a query or a fragment');
}

function checkAuthority(url: string, pem: string | undefined): void {
  if (pem === undefined) return;
  if (/PRIVATE KEY/.test(pem)) throw new Error(`certificateAuthority of ${url} holds a private key: give its certificates only`);
  if (!/-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----/.test(pem)) {
    throw new Error(`certificateAuthority of ${url} holds no certificate: give it as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----`);
  }
}
