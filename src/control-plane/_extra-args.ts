/**
 * Flags of kube-apiserver that users bring themselves: taken as they are, unless a property states them, or unless they undo what the
 * others hold.
 */

/** Which property states a flag. */
const STATED: readonly [RegExp, string][] = [
  [/^tls-min-version$/, 'tlsMinVersion'],
  [/^tls-cipher-suites$/, 'cipherSuites'],
  [/^tls-(sni-cert-key|cert-file|private-key-file)$/, 'servingCertificates'],
  [/^client-ca-file$/, 'clientCaFile'],
  [/^(oidc-.*|authentication-config|authentication-token-webhook-.*)$/, 'authentication'],
  [/^anonymous-auth$/, 'anonymous'],
  [/^authorization-.*$/, 'authorization'],
  [/^audit-(policy-file|log-.*)$/, 'audit'],
  [/^encryption-provider-config(-automatic-reload)?$/, 'encryption'],
];

/** What opens a way around everything else, and why. */
const UNDOING: readonly { flag: RegExp; value: RegExp; why: string }[] = [
  { flag: /^authorization-mode$/, value: /AlwaysAllow/, why: 'AlwaysAllow allows everything to everybody, whatever stands beside it' },
  { flag: /^(token-auth-file|basic-auth-file)$/, value: /.*/, why: 'passwords in a file on the node never expire' },
  { flag: /^insecure-/, value: /.*/, why: 'it serves without TLS and without asking who is there' },
  { flag: /^enable-admission-plugins$/, value: /AlwaysAdmit/, why: 'AlwaysAdmit switches admission off' },
  {
    flag: /^disable-admission-plugins$/,
    value: /NodeRestriction|PodSecurity|ServiceAccount|NamespaceLifecycle|ValidatingAdmission|CertificateSubjectRestriction/,
    why: 'what it disables holds nodes, pods and identities to their limits',
  },
  { flag: /^profiling$/, value: /^true$/, why: 'profiles tell strangers what the API server does' },
  { flag: /^service-account-lookup$/, value: /^false$/, why: 'tokens of deleted ServiceAccounts would go on working' },
  { flag: /^service-account-extend-token-expiration$/, value: /^true$/, why: 'tokens would live for a year' },
  { flag: /^feature-gates$/, value: /(AnonymousAuthConfigurableEndpoints|StructuredAuth[a-zA-Z]*)=false/, why: 'it switches off what reads the files' },
];

/** The flags as they are handed to kubeadm. Throws for what a property states and for what undoes the rest. */
export function checkExtraArgs(extraArgs: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(extraArgs).map(([name, value]) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new Error(`extraArgs '${name}' is not the name of a flag: write it without dashes in front, such as 'event-ttl'`);
    const undoing = UNDOING.find(({ flag, value: bad }) => flag.test(name) && bad.test(value));
    if (undoing) throw new Error(`extraArgs '${name}=${value}' is refused: ${undoing.why}: leave it out`);
    const stated = STATED.find(([flag]) => flag.test(name));
    if (stated) throw new Error(`extraArgs '${name}' is stated by the property '${stated[1]}': use that instead`);
    return [name, value];
  });
}
