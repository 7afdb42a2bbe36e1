/**
 * How the API server itself is guarded: by the flags and files of kubeadm, or by the objects named `cluster` of OpenShift.
 *
 * Laws: a file counts only where a flag names it; what is left to the installer's own defaults is not counted.
 */
import { AuditedRequest, auditLevel } from './audit-levels';
import { HardenedCluster, Read } from './cluster';
import { Check, Finding, NOTHING, anyOf, gap, held, joined } from './control';

const OPENSHIFT = 'config.openshift.io';

/** A flag whose value is as it should be. */
export const flag = (name: string, good: (value: string) => boolean): Check => cluster => {
  const found = cluster.flag(name);
  return found ? judged(found.ref, good(found.json)) : NOTHING;
};

/** A list among the flags that holds what it should. */
export const plugin = (name: string): Check => flag('enable-admission-plugins', value => value.split(',').includes(name));

/** A list of what is switched off, in which this does not stand. */
export const notDisabled = (name: string): Check => flag('disable-admission-plugins', value => !value.split(',').includes(name));

export const atLeast = (least: number) => (value: string): boolean => Number(value) >= least;

/** Requests without credentials are turned away, or reach paths that are named one by one. */
export const anonymousOnNamedPaths: Check = anyOf(flag('anonymous-auth', value => value === 'false'), file('authentication-config', ({ ref, json: { anonymous } }) => {
  if (!anonymous) return NOTHING;
  if (anonymous.enabled === false) return held(`${ref} (anonymous: off)`);
  const paths = (anonymous.conditions ?? []).map(({ path }: any) => path);
  return paths.length ? held(`${ref} (${paths.join(', ')})`) : gap(`${ref} answers requests without credentials on every path`);
}));

/** People have a way to sign in that is not a certificate or a token of the cluster. */
export const peopleSignIn: Check = anyOf(
  file('authentication-config', ({ ref, json: { jwt = [] } }) => (jwt.length ? held(`${ref} (${jwt.map(({ issuer }: any) => issuer.url).join(', ')})`) : NOTHING)),
  object('OAuth', ({ spec }) => spec?.identityProviders?.length > 0 || undefined),
  object('Authentication', ({ spec }) => (spec?.type === 'OIDC' && spec.oidcProviders?.length > 0) || undefined),
);

const authorizers = (good: (types: readonly string[]) => boolean): Check => anyOf(
  file('authorization-config', ({ ref, json }) => judged(ref, good((json.authorizers ?? []).map(({ type }: any) => type)))),
  flag('authorization-mode', value => good(value.split(','))),
);
export const authorizerIs = (type: string): Check => authorizers(types => types.includes(type));
export const nobodyIsAlwaysAllowed: Check = authorizers(types => types.length > 0 && !types.includes('AlwaysAllow'));

/** Secrets are written to etcd by a provider that encrypts: the first of the list is the one that writes. */
export const secretsEncrypted: Check = anyOf(
  file('encryption-provider-config', ({ ref, json }) => {
    const writes = (json.resources ?? []).find(({ resources }: any) => resources?.some((name: string) => ['secrets', '*.', '*.*'].includes(name)))?.providers?.[0];
    const kind = ['kms', 'secretbox', 'aescbc', 'aesgcm'].find(name => writes?.[name]);
    return kind ? held(`${ref} (secrets: ${kind})`) : gap(`${ref} writes Secrets as they are`);
  }),
  object('APIServer', ({ spec }) => {
    const type = spec?.encryption?.type;
    return type === undefined ? undefined : ['aescbc', 'aesgcm', 'KMS'].includes(type) && `encryption ${type}`;
  }),
);

const STRONG = /^(TLS_)?ECDHE[-_](RSA|ECDSA)[-_](WITH_)?(AES_?(128|256)[-_]GCM|CHACHA20[-_]POLY1305)/;
const TLS_13 = /^TLS_(AES_(128|256)_GCM|CHACHA20_POLY1305)/;
const strong = (suites: readonly string[]) => suites.length > 0 && suites.every(suite => STRONG.test(suite) || TLS_13.test(suite));

/** Only suites with forward secrecy and authenticated encryption are spoken. */
export const strongCiphers: Check = anyOf(
  cluster => (cluster.flag('tls-min-version')?.json === 'VersionTLS13' ? NOTHING : flag('tls-cipher-suites', value => strong(value.split(',')))(cluster)),
  flag13,
  object('APIServer', ({ spec }) => {
    const { type, custom } = spec?.tlsSecurityProfile ?? {};
    if (type === undefined) return undefined;
    return (['Intermediate', 'Modern'].includes(type) || (type === 'Custom' && strong(custom?.ciphers ?? []))) && `tlsSecurityProfile ${type}`;
  }),
);

export const tlsFrom12: Check = anyOf(
  flag('tls-min-version', value => ['VersionTLS12', 'VersionTLS13'].includes(value)),
  object('APIServer', ({ spec }) => {
    const { type, custom } = spec?.tlsSecurityProfile ?? {};
    if (type === undefined) return undefined;
    return (['Intermediate', 'Modern'].includes(type) || ['VersionTLS12', 'VersionTLS13'].includes(custom?.minTLSVersion)) && `tlsSecurityProfile ${type}`;
  }),
);

export const ownServingCertificate: Check = anyOf(
  flag('tls-sni-cert-key', value => value !== ''),
  object('APIServer', ({ spec }) => (spec?.servingCerts?.namedCertificates?.length ? 'servingCerts' : undefined)),
);

export const clientAuthority: Check = anyOf(
  flag('client-ca-file', value => value !== ''),
  object('APIServer', ({ spec }) => (spec?.clientCA?.name ? `clientCA ${spec.clientCA.name}` : undefined)),
);

/** There is a policy, and it records changes. */
export const auditPolicy: Check = audited('records nothing of changes', [{ verb: 'patch', group: 'networking.k8s.io', resource: 'networkpolicies' }], () => true);

const CONTENTS: AuditedRequest[] = [['', 'secrets'], ['', 'configmaps'], ['authentication.k8s.io', 'tokenreviews']].map(([group, resource]) => ({ verb: 'create', group, resource }));
const TUNNELS: AuditedRequest[] = ['pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'].map(resource => ({ verb: 'create', group: '', resource }));

/** Secrets without what they hold, ways into pods, and changes of pods, Deployments and roles. */
export const auditCoverage: Check = cluster => joined([
  audited('does not record without its contents', CONTENTS, level => level === 'Metadata')(cluster),
  audited('does not record', [
    ...TUNNELS, { verb: 'create', group: '', resource: 'pods' }, { verb: 'patch', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' }, { verb: 'patch', group: 'networking.k8s.io', resource: 'networkpolicies' },
  ], () => true)(cluster),
]);

/** Only stated addresses reach the API server from outside: the firewall of its nodes drops what nobody named. */
export const apiServerFirewall: Check = cluster => joined(cluster.textsOf('.nft').map(({ ref, text }) => {
  const named = /elements = \{ [^}]*[0-9a-f][^}]*\}/.test(text);
  return judged(ref, named && /^\s*(counter )?drop$/m.test(text), `${ref} names no clients, or drops nobody`);
}));

function flag13(cluster: HardenedCluster): Finding {
  const version = cluster.flag('tls-min-version');
  return version?.json === 'VersionTLS13' ? held(version.ref) : NOTHING;
}

function audited(lacks: string, requests: readonly AuditedRequest[], good: (level: string) => boolean): Check {
  return anyOf(
    file('audit-policy-file', ({ ref, json }) => {
      const bad = requests.filter(request => {
        const level = auditLevel(json, request);
        return level === 'None' || !good(level);
      });
      return bad.length ? gap(`${ref} ${lacks}: ${bad.map(({ resource }) => resource).join(', ')}`) : held(ref);
    }),
    // Each profile of OpenShift but None records all of this, and leaves out what Secrets hold.
    object('APIServer', ({ spec }) => {
      const profile = spec?.audit?.profile;
      return profile === undefined ? undefined : profile !== 'None' && `audit ${profile}`;
    }),
  );
}

/** A file that kube-apiserver is told to read. A flag that names a file nobody wrote shows nothing. */
function file(name: string, judge: (file: Read) => Finding): Check {
  return cluster => {
    const found = cluster.fileBehind(name);
    return found ? judge(found) : NOTHING;
  };
}

/** An object `cluster` of OpenShift: true or the value that does it; false where its value does not; undefined where it says nothing. */
function object(kind: string, judge: (json: any) => string | boolean | undefined): Check {
  return cluster => joined(cluster.objects(OPENSHIFT, kind).filter(({ json }) => json.metadata?.name === 'cluster').map(({ ref, json }) => {
    const answer = judge(json);
    if (answer === undefined) return NOTHING;
    return answer === false ? gap(`${ref} says otherwise`) : held(answer === true ? ref : `${ref} (${answer})`);
  }));
}

function judged(ref: string, good: boolean, otherwise = `${ref} says otherwise`): Finding {
  return good ? held(ref) : gap(otherwise);
}
