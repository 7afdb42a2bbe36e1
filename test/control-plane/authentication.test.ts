import { celEnv, parse, plan } from '@bufbuild/cel';
import { cluster, file, flag, kubeadm, openshift } from './support';
import { AnonymousAccess } from '../../src/control-plane/anonymous-access';
import { IdentityProvider } from '../../src/control-plane/identity-provider';
import { ClaimRule, JwtIssuer, JwtIssuerProps } from '../../src/control-plane/jwt-issuer';

const URL = 'https://login.example/realms/prod';
const issuer = (more: Partial<JwtIssuerProps> = {}) => JwtIssuer.of({ url: URL, audiences: ['prod'], ...more });
const authentication = (...issuers: JwtIssuer[]) => file(kubeadm({ authentication: issuers }), 'secure-network/authentication.yaml');

/** Whether the API server would take the user that a token made, by the rules it was given. */
function takes(jwt: any, user: { username: string; groups: string[] }): boolean {
  return jwt.userValidationRules.every(({ expression }: any) => plan(celEnv(), parse(expression))({ user } as any) === true);
}

describe('2. Authentication: issuers', () => {
  test('audiences, claims and their prefix, as the API server reads them', () => {
    const { apiVersion, kind, jwt } = authentication(issuer({ audiences: ['prod', 'a'], usernameClaim: 'email', groupsClaim: 'groups', prefix: 'corp:' }));
    expect([apiVersion, kind]).toEqual(['apiserver.config.k8s.io/v1', 'AuthenticationConfiguration']);
    expect(jwt).toHaveLength(1);
    expect(jwt[0].issuer).toEqual({ url: URL, audiences: ['a', 'prod'], audienceMatchPolicy: 'MatchAny' });
    expect(jwt[0].claimMappings).toEqual({ username: { claim: 'email', prefix: 'corp:' }, groups: { claim: 'groups', prefix: 'corp:' } });
  });

  test('one audience needs no word on matching; a claim without prefix says so; no groups where none are stated', () => {
    const { jwt: [{ issuer: own, claimMappings }] } = authentication(issuer());
    expect(own).toEqual({ url: URL, audiences: ['prod'] });
    expect(claimMappings).toEqual({ username: { claim: 'sub', prefix: '' } });
  });

  test('the file is handed over by its flag, in the version that the platform knows', () => {
    const edge = kubeadm({ authentication: [issuer()] });
    expect(flag(edge, 'authentication-config')).toEqual(['/etc/kubernetes/secure-network/authentication.yaml']);
    const before = kubeadm({ authentication: [issuer()] }, { version: '1.33' });
    expect(file(before, 'secure-network/authentication.yaml').apiVersion).toBe('apiserver.config.k8s.io/v1beta1');
  });

  test.each([
    ['http://login.example', 'is not reached over https'],
    ['login.example', 'is not a URL'],
    ['https://user@login.example', 'holds a user or a password'],
    ['https://login.example?a=b', 'has a query or a fragment'],
    ['https://login.example/#a', 'has a query or a fragment'],
  ])('the address %s is refused', (url, why) => {
    expect(() => issuer({ url })).toThrow(`issuer '${url}' ${why}`);
    expect(() => issuer()).not.toThrow();
  });

  test('tokens for anybody are refused', () => {
    expect(() => issuer({ audiences: [] })).toThrow('needs its audiences');
    expect(() => issuer({ audiences: [' '] })).toThrow('needs its audiences');
    expect(() => issuer({ audiences: ['a', 'a'] })).toThrow('names an audience twice');
  });

  test('certificates of the issuer are taken, keys are not', () => {
    const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    expect(authentication(issuer({ certificateAuthority: certificate })).jwt[0].issuer.certificateAuthority).toBe(certificate);
    expect(() => issuer({ certificateAuthority: `${certificate}-----BEGIN PRIVATE KEY-----` })).toThrow('holds a private key');
    expect(() => issuer({ certificateAuthority: 'ca.crt' })).toThrow('holds no certificate');
  });

  test('what claims must fulfil', () => {
    const rules = [ClaimRule.requires('hd', 'acme.example'), ClaimRule.satisfies('claims.exp - claims.nbf <= 86400', 'lives longer than a day')];
    expect(authentication(issuer({ claimValidationRules: rules })).jwt[0].claimValidationRules).toEqual([
      { claim: 'hd', requiredValue: 'acme.example' }, { expression: 'claims.exp - claims.nbf <= 86400', message: 'lives longer than a day' },
    ]);
    expect(authentication(issuer()).jwt[0].claimValidationRules).toBeUndefined();
  });
});

describe('2. Authentication: names of Kubernetes', () => {
  test('a token cannot make a user or a group that begins with system:, its twin can', () => {
    const { jwt: [wire] } = authentication(issuer({ groupsClaim: 'groups' }));
    expect(takes(wire, { username: 'alice', groups: ['dev', 'ops'] })).toBe(true);
    expect(takes(wire, { username: 'system:admin', groups: [] })).toBe(false);
    expect(takes(wire, { username: 'alice', groups: ['dev', 'system:masters'] })).toBe(false);
  });

  test('the rules are there beside a prefix, and beside rules of the user, each once', () => {
    const own = [{ expression: "user.username != 'corp:root'", message: 'not root' }, { expression: "!user.username.startsWith('system:')", message: 'again' }];
    const { jwt: [wire] } = authentication(issuer({ prefix: 'corp:', userValidationRules: own }));
    expect(takes(wire, { username: 'corp:alice', groups: [] })).toBe(true);
    expect(takes(wire, { username: 'corp:root', groups: [] })).toBe(false);
    expect(takes(wire, { username: 'corp:alice', groups: ['system:masters'] })).toBe(false);
    expect(wire.userValidationRules).toHaveLength(3);
  });

  test.each(['system:', 'system:corp:', 'sys', 's'])('the prefix %s is refused', prefix => {
    expect(() => issuer({ prefix })).toThrow(`prefix '${prefix}' of ${URL} makes names that begin with 'system:'`);
    expect(() => issuer({ prefix: 'corp:' })).not.toThrow();
  });

  test('an expression that makes such a name is refused', () => {
    expect(() => issuer({ usernameExpression: "'system:' + claims.sub" })).toThrow("makes names that begin with 'system:'");
    expect(() => issuer({ groupsExpression: "['system:masters']" })).toThrow("makes names that begin with 'system:'");
    expect(() => issuer({ usernameExpression: "'corp:' + claims.sub" })).not.toThrow();
  });

  test('no issuer makes the users of another', () => {
    const other = (prefix?: string) => JwtIssuer.of({ url: 'https://ci.example', audiences: ['prod'], prefix });
    for (const [a, b] of [[undefined, undefined], ['corp:', undefined], ['corp', 'corporate:']]) {
      expect(() => authentication(issuer({ prefix: a }), other(b))).toThrow('can each make a user of the other');
    }
    expect(authentication(issuer({ prefix: 'corp:' }), other('ci:')).jwt).toHaveLength(2);
    expect(() => authentication(issuer({ prefix: 'a:' }), issuer({ prefix: 'b:' }))).toThrow('have one address');
  });

  test('names made by an expression are held to the prefix', () => {
    const { jwt: [wire] } = authentication(issuer({ prefix: 'ci:', usernameExpression: "'ci:' + claims.sub", groupsExpression: 'claims.groups' }));
    expect(wire.claimMappings).toEqual({ username: { expression: "'ci:' + claims.sub" }, groups: { expression: 'claims.groups' } });
    expect(takes(wire, { username: 'ci:build', groups: ['ci:main'] })).toBe(true);
    expect(takes(wire, { username: 'alice', groups: [] })).toBe(false);
    expect(takes(wire, { username: 'ci:build', groups: ['dev'] })).toBe(false);
  });
});

describe('2. Authentication: expressions are read before the API server reads them', () => {
  test.each([
    ['claims.sub +', 'is not a CEL expression'],
    ["claims.sub == 'a", 'is not a CEL expression'],
    ['user.username', "names 'user', which it will not have: it has 'claims'"],
    ['claims.groups.map(g, h)', "names 'h', which it will not have"],
  ])('%s is refused', (expression, why) => {
    expect(() => issuer({ usernameExpression: expression })).toThrow(why);
    expect(() => ClaimRule.satisfies(expression, 'no')).toThrow(why);
  });

  test.each(['claims.email_verified', 'claims.?email_verified.orValue(false)', "claims['ok']", 'claims', "'yes'"])('%s may be anything, and is no rule', expression => {
    expect(() => ClaimRule.satisfies(expression, 'no')).toThrow(`claim rule '${expression}' may be anything, and has to be true or false`);
    expect(() => ClaimRule.satisfies(`${expression} == true`, 'no')).not.toThrow();
  });

  test.each(['has(claims.hd)', "claims.hd in ['a', 'b']", "claims.groups.exists(g, g == 'dev')", '!claims.guest', 'true'])('%s is a rule', expression => {
    expect(() => ClaimRule.satisfies(expression, 'no')).not.toThrow();
  });

  test.each([
    'claims.sub', "claims['preferred_username']", "claims.groups.filter(g, g.startsWith('k8s-'))[0]", "claims.?name.orValue('nobody')",
    'has(claims.name) ? claims.name : claims.sub', "type(claims.aud) == string ? claims.aud : ''", "claims.a == 'what.?is[?this' ? 'x' : claims.b",
  ])('%s is taken', usernameExpression => {
    expect(authentication(issuer({ usernameExpression })).jwt[0].claimMappings.username).toEqual({ expression: usernameExpression });
  });

  test('rules about users have the user, and not the claims', () => {
    expect(() => issuer({ userValidationRules: [{ expression: 'claims.sub', message: 'no' }] })).toThrow("names 'claims'");
    expect(() => issuer({ userValidationRules: [{ expression: "user.username != ''", message: ' ' }] })).toThrow('needs a message');
    expect(() => issuer({ userValidationRules: [{ expression: "user.username != ''", message: 'empty' }] })).not.toThrow();
  });

  test('an address that nobody verified is refused as a name', () => {
    for (const expression of ['claims.email', "claims['email']"]) {
      expect(() => issuer({ usernameExpression: expression })).toThrow('trusts an address that nobody has verified');
      const verified = ClaimRule.satisfies('claims.?email_verified.orValue(false) == true', 'not verified');
      expect(() => issuer({ usernameExpression: expression, claimValidationRules: [verified] })).not.toThrow();
    }
    expect(() => issuer({ usernameExpression: 'claims.email_verified ? claims.email : claims.sub' })).not.toThrow();
  });

  test('a claim and an expression exclude each other', () => {
    expect(() => issuer({ usernameClaim: 'sub', usernameExpression: 'claims.sub' })).toThrow('exclude each other');
    expect(() => issuer({ groupsClaim: 'groups', groupsExpression: 'claims.groups' })).toThrow('exclude each other');
  });
});

describe('2. Authentication: without credentials', () => {
  const anonymous = (edge: ReturnType<typeof kubeadm>) => file(edge, 'secure-network/authentication.yaml')?.anonymous;

  test('health paths and nothing else', () => {
    expect(anonymous(kubeadm())).toEqual({ enabled: true, conditions: [{ path: '/healthz' }, { path: '/livez' }, { path: '/readyz' }] });
    expect(flag(kubeadm(), 'anonymous-auth')).toEqual([]);
  });

  test('what kubeadm join reads, where it is asked for', () => {
    const { conditions } = anonymous(kubeadm({ anonymous: AnonymousAccess.healthAndJoin() }));
    expect(conditions).toContainEqual({ path: '/api/v1/namespaces/kube-public/configmaps/cluster-info' });
    expect(conditions).toHaveLength(4);
  });

  test('a version that knows no paths is refused, unless every path is meant', () => {
    expect(() => kubeadm({}, { version: '1.31' })).toThrow('[edge] ControlPlane.kubeadm() cannot keep anonymous requests to health paths on 1.31');
    const edge = kubeadm({ anonymous: AnonymousAccess.unrestricted('1.31 knows no paths'), authentication: [issuer()] }, { version: '1.31' });
    expect(file(edge, 'secure-network/authentication.yaml').anonymous).toBeUndefined();
    expect(file(edge, 'secure-network/authentication.yaml').jwt).toHaveLength(1);
    expect(() => AnonymousAccess.unrestricted(' ')).toThrow('need a reason');
  });
});

describe('2. Authentication: OpenShift', () => {
  test('login services of its OAuth server, by reference', () => {
    const login = IdentityProvider.openId('corp', { issuer: URL, clientId: 'openshift', clientSecretName: 'corp-oidc', groupsClaim: 'groups' });
    const { metadata, spec } = cluster(openshift({ identityProviders: [login, IdentityProvider.htpasswd('emergency', 'htpasswd')] }), 'OAuth');
    expect(metadata.annotations['argocd.argoproj.io/sync-options']).toBe('Prune=false');
    expect(spec.tokenConfig).toEqual({ accessTokenMaxAgeSeconds: 28800 });
    expect(spec.identityProviders).toEqual([
      {
        name: 'corp',
        mappingMethod: 'claim',
        type: 'OpenID',
        openID: {
          issuer: URL,
          clientID: 'openshift',
          clientSecret: { name: 'corp-oidc' },
          claims: { preferredUsername: ['preferred_username'], name: ['name'], email: ['email'], groups: ['groups'] },
        },
      },
      { name: 'emergency', mappingMethod: 'claim', type: 'HTPasswd', htpasswd: { fileData: { name: 'htpasswd' } } },
    ]);
    expect(cluster(openshift(), 'OAuth')).toBeUndefined();
  });

  test('an issuer of tokens, with a prefix; without one it is refused', () => {
    const { metadata, spec } = cluster(openshift({ authentication: [issuer({ prefix: 'corp:', groupsClaim: 'groups' })] }), 'Authentication');
    expect(metadata.annotations['kustomize.toolkit.fluxcd.io/prune']).toBe('disabled');
    expect(spec.type).toBe('OIDC');
    expect(spec.oidcProviders[0]).toEqual({
      name: 'login.example',
      issuer: { issuerURL: URL, audiences: ['prod'] },
      claimMappings: { username: { claim: 'sub', prefixPolicy: 'Prefix', prefix: { prefixString: 'corp:' } }, groups: { claim: 'groups', prefix: 'corp:' } },
    });
    expect(() => openshift({ authentication: [issuer()] })).toThrow(`cannot keep '${URL}' from making names that begin with 'system:'`);
  });

  test('its certificates go where OpenShift looks for them', () => {
    const edge = openshift({ authentication: [issuer({ prefix: 'corp:', certificateAuthority: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' })] });
    const { name } = cluster(edge, 'Authentication').spec.oidcProviders[0].issuer.issuerCertificateAuthority;
    const { metadata, data } = cluster(edge, 'ConfigMap');
    expect(metadata).toMatchObject({ name, namespace: 'openshift-config' });
    expect(data['ca-bundle.crt']).toContain('BEGIN CERTIFICATE');
  });

  test('what OpenShift cannot hold is refused', () => {
    const ok = { prefix: 'corp:' };
    const unfit: Partial<JwtIssuerProps>[] = [
      { usernameExpression: 'claims.sub' }, { groupsExpression: 'claims.groups' }, { discoveryUrl: 'https://keys.example' }, { userValidationRules: [{ expression: "user.username != ''", message: 'a' }] },
    ];
    for (const more of unfit) expect(() => openshift({ authentication: [issuer({ ...ok, ...more })] })).toThrow(`cannot hold ${Object.keys(more)[0]} of '${URL}'`);
    expect(() => openshift({ authentication: [issuer({ ...ok, claimValidationRules: [ClaimRule.satisfies('claims.a == 1', 'no')] })] })).toThrow("cannot hold the claim rule 'claims.a == 1'");
    const { spec } = cluster(openshift({ authentication: [issuer({ ...ok, claimValidationRules: [ClaimRule.requires('hd', 'a')] })] }), 'Authentication');
    expect(spec.oidcProviders[0].claimValidationRules).toEqual([{ type: 'RequiredClaim', requiredClaim: { claim: 'hd', requiredValue: 'a' } }]);
  });

  test('a version that takes no tokens of others is refused', () => {
    expect(() => openshift({ authentication: [issuer({ prefix: 'corp:' })] }, '1.31')).toThrow('OpenShift takes them from 4.20 (Kubernetes 1.33) on');
    expect(() => openshift({}, '1.31')).not.toThrow();
  });

  test('both ways at once, and two login services of one name, are refused', () => {
    const login = IdentityProvider.htpasswd('emergency', 'htpasswd');
    expect(() => openshift({ authentication: [issuer({ prefix: 'corp:' })], identityProviders: [login] })).toThrow('never both');
    expect(() => openshift({ identityProviders: [login, login] })).toThrow("two identity providers are named 'emergency'");
    expect(() => IdentityProvider.htpasswd('a:b', 'htpasswd')).toThrow("identity provider 'a:b' cannot be named so");
  });
});
