/**
 * The engines' own judgement is tried without engines: tokens are what they say, and what is expected of a file or a grant comes out closed
 * where it should, and open where it should.
 */
import { createPublicKey, createVerify } from 'crypto';
import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ClaimRule, EncryptionProvider, JwtIssuer } from 'cdk8s-secure-network';
import { parse } from 'yaml';
import { moved } from '../../engines/control-plane/files';
import { answer, tokenOf } from '../../engines/control-plane/issuer';
import { Asked, promised, universe } from '../../engines/control-plane/promises';
import { Statement } from '../../engines/control-plane/statements';
import { TokenTry, goodClaims, isReserved, tokenTries } from '../../engines/control-plane/tokens';
import { brokenFiles, weakened } from '../../engines/control-plane/weakened';
import { kubeadm } from '../control-plane/support';

const NOW = 1_800_000_000;
const URL_OF = 'https://login.example/realms/prod';

function authenticators(...issuers: JwtIssuer[]): any[] {
  return parse(kubeadm({ authentication: issuers }).files()['control-plane/secure-network/authentication.yaml']).jwt;
}

const people = JwtIssuer.of({ url: URL_OF, audiences: ['prod'], usernameClaim: 'name', groupsClaim: 'groups', prefix: 'corp:' });

const pipelines = JwtIssuer.of({
  url: 'https://ci.example',
  audiences: ['prod'],
  usernameExpression: "'ci:' + claims.project",
  prefix: 'ci:',
  claimValidationRules: [ClaimRule.requires('ref', 'main'), ClaimRule.satisfies('claims.exp - claims.iat < 3600', 'jobs are short')],
});

describe('12. Engines: tokens to try', () => {
  const tries = (...issuers: JwtIssuer[]) => {
    const [jwt, ...others] = authenticators(...issuers);
    return tokenTries(jwt, others, NOW);
  };
  const only = (all: readonly TokenTry[], what: string) => {
    const found = all.filter(one => one.what.includes(what));
    expect(found).not.toHaveLength(0);
    return found[0];
  };

  test('one in good order is accepted, as whom the file makes of it', () => {
    expect(only(tries(people), 'in good order')).toMatchObject({ meant: 'accepted', username: 'corp:somebody', groups: ['corp:team'], signing: 'RS256' });
    expect(only(tries(people), 'ES256').meant).toBe('accepted');
  });

  test.each([
    ['for another audience', (claims: any) => claims.aud.includes('prod')], ['of another issuer', (claims: any) => claims.iss === URL_OF],
    ['that has ended', (claims: any) => claims.exp > NOW], ['that has not begun', (claims: any) => claims.nbf <= NOW], ['that never ends', (claims: any) => 'exp' in claims],
    ['name is missing', (claims: any) => 'name' in claims],
  ])('one %s is refused, and differs from a good one in that', (what, good) => {
    const [one, accepted] = [only(tries(people), what), only(tries(people), 'in good order')];
    expect([one.meant, good(one.claims), good(accepted.claims)]).toEqual(['refused', false, true]);
  });

  test.each(['without a signature', 'signed by a stranger', 'signed with the public key'])('one %s is refused, with claims in good order', what => {
    expect(only(tries(people), what)).toMatchObject({ meant: 'refused', claims: goodClaims(authenticators(people)[0], NOW) });
  });

  test('each rule is tried: the value it asks for, and how long a token lives', () => {
    const all = tries(pipelines);
    expect(goodClaims(authenticators(pipelines)[0], NOW)).toMatchObject({ ref: 'main', project: 'somebody' });
    expect(all.filter(({ what }) => /^ref is|for a month|^project is/.test(what)).map(({ what, meant }) => [what, meant])).toEqual([
      ['ref is missing', 'refused'], ["ref is 'another'", 'refused'], ['project is missing', 'refused'], ['that lives for a month', 'refused'],
    ]);
  });

  test('with two issuers, each is tried in the name of the other', () => {
    expect(only(tries(people, pipelines), 'in the name of')).toMatchObject({ meant: 'refused', claims: { iss: 'https://ci.example' } });
    expect(tries(people).some(({ what }) => what.includes('in the name of'))).toBe(false);
  });

  test('names of Kubernetes are refused where they stand bare, and no name behind a prefix', () => {
    const bare = JwtIssuer.of({ url: URL_OF, audiences: ['prod'], usernameClaim: 'name', groupsClaim: 'groups' });
    expect([only(tries(bare), 'user system:admin').meant, only(tries(bare), 'group system:masters').meant]).toEqual(['refused', 'refused']);
    expect(only(tries(people), 'user system:admin').meant).toBe('harmless');
    expect([{ username: 'system:admin' }, { username: 'a', groups: ['system:masters'] }].map(isReserved)).toEqual([true, true]);
    expect([{ username: 'corp:system:admin', groups: ['system:authenticated'] }, {}].map(isReserved)).toEqual([false, false]);
  });
});

describe('12. Engines: the local issuer', () => {
  const keys = (issuer: string): any[] => (answer('https://127.0.0.1:1', `/${encodeURIComponent(issuer)}/keys`) as any).keys;
  const verifies = (token: string, issuer: string) => {
    const [head, body, signature] = token.split('.');
    const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url').toString());
    if (!['RS256', 'ES256'].includes(alg)) return false;
    const key = createPublicKey({ key: keys(issuer).find(one => one.kid === kid), format: 'jwk' });
    return createVerify('sha256').update(`${head}.${body}`).verify(alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key, Buffer.from(signature, 'base64url'));
  };

  test('its discovery document names the issuer as it stands in tokens', () => {
    const path = `/${encodeURIComponent(URL_OF)}/.well-known/openid-configuration`;
    expect(answer('https://127.0.0.1:1', path)).toMatchObject({ issuer: URL_OF, jwks_uri: `https://127.0.0.1:1/${encodeURIComponent(URL_OF)}/keys` });
    expect(answer('https://127.0.0.1:1', '/elsewhere')).toBeUndefined();
  });

  test.each(['RS256', 'ES256'] as const)('%s is verified by its own key, and by that of no other issuer', signing => {
    const token = tokenOf(URL_OF, { sub: 'somebody' }, signing);
    expect([verifies(token, URL_OF), verifies(token, 'https://ci.example')]).toEqual([true, false]);
  });

  test.each(['stranger', 'none', 'confused'] as const)('%s is verified by nobody', signing => {
    expect(verifies(tokenOf(URL_OF, { sub: 'somebody' }, signing), URL_OF)).toBe(false);
  });

  test('no private key is among those it serves', () => {
    expect(keys(URL_OF).map(key => Object.keys(key)).flat()).not.toEqual(expect.arrayContaining(['d']));
  });
});

describe('12. Engines: files in a copy', () => {
  const edge = kubeadm({ authentication: [people, pipelines], encryption: [EncryptionProvider.kms('vault', { endpoint: 'unix:///var/run/kms/socket.sock' })] });
  const files = Object.entries(edge.files()).filter(([path]) => path.endsWith('.yaml')).map(([path, text]) => ({ path, json: parse(text) }));
  const folder = mkdtempSync(join(tmpdir(), 'copies-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const copy = moved({ name: 'a case', files }, { folder, discoveryUrl: url => `https://127.0.0.1:1/${url}`, authority: 'PEM', webhookUrl: '', askedAbout: [] });
  const original = (kind: string) => files.find(({ json }) => json.kind === kind)!.json;

  test('of an issuer, only where it is found and who vouches for it is changed', () => {
    expect(copy.authentication.jwt.map((jwt: any) => jwt.issuer.discoveryURL)).toEqual([`https://127.0.0.1:1/${URL_OF}`, 'https://127.0.0.1:1/https://ci.example']);
    const undone = copy.authentication.jwt.map(({ issuer: { discoveryURL, certificateAuthority, ...issuer }, ...jwt }: any) => ({ ...jwt, issuer }));
    expect({ ...copy.authentication, jwt: undone }).toEqual(original('AuthenticationConfiguration'));
  });

  test('of a key service, only the socket is changed', () => {
    expect(copy.sockets).toEqual([join(folder, 'socket.sock')]);
    const text = JSON.stringify(copy.encryption).replace(`unix://${folder}/socket.sock`, 'unix:///var/run/kms/socket.sock');
    expect(JSON.parse(text)).toEqual(original('EncryptionConfiguration'));
  });

  test('every flag is handed on, and those that name a file name its copy', () => {
    const stated: { name: string; value: string }[] = original('ClusterConfiguration').apiServer.extraArgs;
    expect(copy.flags.map(flag => flag.slice(2).split('=')[0])).toEqual(stated.map(({ name }) => name));
    expect(copy.flags).toEqual(expect.arrayContaining(['--profiling=false', `--authorization-config=${folder}/authorization.yaml`, `--audit-log-path=${folder}/audit.log`]));
    expect(copy.flags.filter(flag => flag.includes('/etc/'))).toEqual([]);
  });

  test('weakened, each file is another, and so it is with a mistake in it', () => {
    const changed = (after: readonly { json: any }[]) =>
      files.filter(({ json }, index) => JSON.stringify(json) !== JSON.stringify(after[index].json)).map(({ json }) => json.kind);
    const kinds = ['AuthenticationConfiguration', 'AuthorizationConfiguration', 'EncryptionConfiguration', 'Policy'];
    expect(changed(weakened({ name: 'a case', files }).files).sort()).toEqual([...kinds, 'ClusterConfiguration'].sort());
    expect(brokenFiles({ name: 'a case', files }).flatMap(broken => changed(broken.files)).sort()).toEqual(kinds);
  });
});

describe('12. Engines: what a grant promises', () => {
  const granted = (access: string, more: Partial<Statement> = {}): Statement => ({ namespace: 'shop', kind: 'Group', name: 'developers', access, ...more });
  const may = (statement: Statement, verb: string, resource: string, group = '', asked: Partial<Asked> = { namespace: 'shop' }) =>
    promised([statement], { verb, resource, group, ...asked });

  test.each<[string, string, string, string, boolean[]]>([
    ['get', 'pods', '', 'everybody', [true, true, true]],
    ['create', 'pods', '', 'from EDIT on', [false, true, true]],
    ['patch', 'deployments', 'apps', 'from EDIT on', [false, true, true]],
    ['get', 'secrets', '', 'ADMIN', [false, false, true]],
    ['create', 'secrets', '', 'nobody', [false, false, false]],
    ['create', 'pods/exec', '', 'ADMIN', [false, false, true]],
    ['create', 'rolebindings', 'rbac.authorization.k8s.io', 'ADMIN', [false, false, true]],
    ['patch', 'networkpolicies', 'networking.k8s.io', 'nobody', [false, false, false]],
    ['create', 'services', '', 'nobody', [false, false, false]],
    ['create', 'serviceaccounts/token', '', 'nobody', [false, false, false]],
    ['deletecollection', 'pods', '', 'nobody', [false, false, false]],
    ['escalate', 'roles', 'rbac.authorization.k8s.io', 'nobody', [false, false, false]],
  ])('%s %s%s: %s', (verb, resource, group, _, meant) => {
    expect(['view', 'edit', 'admin'].map(level => may(granted(`secure-network-${level}`), verb, resource, group))).toEqual(meant);
  });

  test('it holds in its namespace, and elsewhere only where it is for the whole cluster', () => {
    const everywhere = granted('secure-network-view', { namespace: undefined });
    const places = [{ namespace: 'shop' }, { namespace: 'kube-system' }, {}];
    expect(places.map(where => may(granted('secure-network-view'), 'get', 'pods', '', where))).toEqual([true, false, false]);
    expect([{ namespace: 'shop' }, {}].map(where => may(everywhere, 'get', 'pods', '', where))).toEqual([true, true]);
    expect([may(everywhere, 'list', 'nodes'), may(granted('secure-network-view'), 'list', 'nodes')]).toEqual([true, false]);
  });

  test('access of one\'s own is what was stated, for the names that were stated', () => {
    const own = granted('roll-out', { rules: [{ group: 'apps', resource: 'deployments', verbs: ['patch'], names: ['web'] }] });
    expect(['web', 'other', undefined].map(name => may(own, 'patch', 'deployments', 'apps', { namespace: 'shop', name }))).toEqual([true, false, false]);
    expect(may(own, 'delete', 'deployments', 'apps', { namespace: 'shop', name: 'web' })).toBe(false);
  });

  test('everybody is asked for what leads to more, in every namespace and in all at once', () => {
    const all = universe([granted('secure-network-edit')], ['shop'], ['kube-system']);
    const asked = new Set(all.map(({ verb, resource, namespace }) => [verb, resource, namespace].join()));
    const has = (verb: string, resource: string, namespace?: string) => asked.has([verb, resource, namespace].join());
    for (const namespace of ['shop', 'kube-system', undefined]) {
      expect([has('get', 'secrets', namespace), has('bind', 'clusterroles', namespace), has('*', '*', namespace)]).toEqual([true, true, true]);
    }
    expect(all.filter(one => promised([granted('secure-network-edit')], one)).length).toBeGreaterThan(50);
  });
});
