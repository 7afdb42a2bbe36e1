/**
 * Which tokens to show to an API server, and what it has to make of each: taken from the claims that its own file asks for, without running
 * any of its expressions. A token in good order is accepted; each that lacks one thing is refused; and nobody becomes a name of Kubernetes.
 */

export interface Claims {
  readonly [name: string]: unknown;
}

/**
 * How a token is signed: by the issuer's own key of this algorithm, by a key that is not the issuer's, not at all, or with the issuer's
 * public key as if it were a shared secret.
 */
export type Signing = 'RS256' | 'ES256' | 'stranger' | 'none' | 'confused';

export interface TokenTry {
  readonly what: string;
  readonly claims: Claims;
  readonly signing: Signing;
  /** Accepted or refused; `harmless` may be either, but the name and groups are none of Kubernetes' own. */
  readonly meant: 'accepted' | 'refused' | 'harmless';
  /** Whom an accepted token makes, where the file says it without an expression. */
  readonly username?: string;
  readonly groups?: readonly string[];
}

const MINUTE = 60;

/** Everything to try with one issuer of an AuthenticationConfiguration, at this time in seconds. `others` are the other issuers of the file. */
export function tokenTries(jwt: any, others: readonly any[], now: number): TokenTry[] {
  const good = goodClaims(jwt, now);
  const { username, groups } = jwt.claimMappings;
  const made = username.claim ? { username: `${username.prefix ?? ''}${good[username.claim]}` } : {};
  const teams = groups?.claim ? { groups: (good[groups.claim] as string[]).map(name => `${groups.prefix ?? ''}${name}`) } : {};
  const refused = (what: string, change: Claims, signing: Signing = 'RS256'): TokenTry => ({ what, claims: without({ ...good, ...change }), signing, meant: 'refused' });
  return [
    { what: 'a token in good order, RS256', claims: good, signing: 'RS256', meant: 'accepted', ...made, ...teams },
    { what: 'a token in good order, ES256', claims: good, signing: 'ES256', meant: 'accepted', ...made, ...teams },
    refused('for another audience', { aud: ['somebody-else'] }),
    refused('for no audience', { aud: undefined }),
    refused('of another issuer', { iss: 'https://evil.example' }),
    ...others.map(other => refused(`in the name of the issuer ${other.issuer.url}`, goodClaims(other, now))),
    refused('that has ended', { iat: now - (20 * MINUTE), exp: now - (10 * MINUTE) }),
    refused('that has not begun', { nbf: now + (10 * MINUTE) }),
    refused('that never ends', { exp: undefined }),
    refused('without a signature', {}, 'none'),
    refused('signed by a stranger', {}, 'stranger'),
    refused('signed with the public key', {}, 'confused'),
    ...lacking(jwt, good).map(([claim, value]) => refused(`${claim} is ${value === undefined ? 'missing' : `'${value}'`}`, { [claim]: value })),
    ...(asksFor(jwt, 'exp') ? [refused('that lives for a month', { exp: now + (30 * 24 * 60 * MINUTE) })] : []),
    ...reserved(jwt, good),
  ];
}

/** Whether somebody has a name that Kubernetes keeps for its own, beyond what everybody has who signs in. */
export function isReserved(user: { username?: string; groups?: readonly string[] }): boolean {
  return [user.username ?? '', ...(user.groups ?? []).filter(name => name !== 'system:authenticated')].some(name => name.startsWith('system:'));
}

/** Claims that the file asks for, each with a value that should do. */
export function goodClaims(jwt: any, now: number): Record<string, unknown> {
  const { username, groups } = jwt.claimMappings;
  const asked = Object.fromEntries(claimNames(expressionsOf(jwt)).map(name => [name, /verified|enabled|active/.test(name) ? true : 'somebody']));
  const rules: any[] = jwt.claimValidationRules ?? [];
  const required = Object.fromEntries(rules.filter(({ claim }) => claim).map(({ claim, requiredValue }) => [claim, requiredValue]));
  return {
    sub: 'somebody',
    ...asked,
    ...(username.claim ? { [username.claim]: 'somebody' } : {}),
    ...(groups?.claim ? { [groups.claim]: ['team'] } : {}),
    ...Object.fromEntries(claimNames(groups?.expression ? [groups.expression] : []).map(name => [name, ['team']])),
    ...required,
    iss: jwt.issuer.url,
    aud: [jwt.issuer.audiences[0]],
    iat: now - MINUTE,
    nbf: now - MINUTE,
    exp: now + (10 * MINUTE),
  };
}

/** Each claim of which a rule says what it must be: gone, or something else. */
function lacking(jwt: any, good: Record<string, unknown>): [string, unknown][] {
  const { username } = jwt.claimMappings;
  const byValue = (jwt.claimValidationRules ?? []).filter(({ claim }: any) => claim).flatMap(({ claim }: any) => [[claim, undefined], [claim, 'another']]);
  const byExpression = claimNames((jwt.claimValidationRules ?? []).flatMap(({ expression }: any) => expression ?? [])).filter(name => good[name] === true)
    .map(name => [name, false]);
  const named = username.claim ? [username.claim] : claimNames([username.expression]);
  return [...byValue, ...byExpression, ...named.map((name: string) => [name, undefined])] as [string, unknown][];
}

/** Names that Kubernetes keeps for its own, wherever the file takes a name from. */
function reserved({ claimMappings: { username, groups } }: any, good: Claims): TokenTry[] {
  const names = username.claim ? [username.claim] : claimNames([username.expression]);
  const teams = groups?.claim ? [groups.claim] : claimNames(groups?.expression ? [groups.expression] : []);
  const tries: [string, string, unknown, string][] = [
    ...names.map((name: string): [string, string, unknown, string] => ['user system:admin', name, 'system:admin', username.prefix ?? '']),
    ...teams.map((name: string): [string, string, unknown, string] => ['group system:masters', name, ['system:masters'], groups.prefix ?? '']),
  ];
  // Behind a prefix it is a name like any other; by an expression it depends; bare, it has to be refused.
  return tries.map(([what, claim, value, prefix]) => ({
    what: `for the ${what}`,
    claims: { ...good, [claim]: value },
    signing: 'RS256',
    meant: prefix === '' && (what.startsWith('user') ? username.claim : groups.claim) ? 'refused' : 'harmless',
  }));
}

function asksFor(jwt: any, claim: string): boolean {
  return claimNames((jwt.claimValidationRules ?? []).flatMap(({ expression }: any) => expression ?? [])).includes(claim);
}

function expressionsOf({ claimMappings: { username }, claimValidationRules = [] }: any): string[] {
  return [username.expression, ...claimValidationRules.map(({ expression }: any) => expression)].filter(text => text !== undefined);
}

/** `a` of `claims.a`, and of `claims['a']`. */
function claimNames(expressions: readonly string[]): string[] {
  const found = expressions.flatMap(text => [...text.matchAll(/\bclaims(?:\.([A-Za-z_]\w*)|\[['"]([^'"]+)['"]\])/g)].map(([, plain, quoted]) => plain ?? quoted));
  return [...new Set(found)].sort();
}

function without(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
