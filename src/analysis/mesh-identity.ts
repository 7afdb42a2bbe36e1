import { Labels } from '../algebra/label-selector';

/**
 * Who a pod is to a mesh: which pods have a proxy, the identity it gives them, and what policies say about identities.
 *
 * Laws: a pod without a proxy has no identity; nobody without identity meets what is asked of one; what excludes identities holds for
 * whoever has none, because that is how Envoy decides. Every pod is of the mesh's own trust domain, for which policies may also write
 * `cluster.local`; where it is not known, one that is written out is taken for it.
 */
export interface Identity {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** A proxy that is told by Gateway objects what it takes, and stands before no application. */
  readonly gateway: boolean;
}

/** What a policy says about identities; equal keys mean equal matches. */
export interface IdentityMatch {
  readonly key: string;
  /** Identities that meet it, as far as it names some: what else it lets in, they show. */
  readonly witnesses: readonly Pick<Identity, 'namespace' | 'serviceAccount'>[];
  /** Namespaces outside which nobody meets it. @default - it may be met in every namespace */
  readonly namespaces?: readonly string[];
  matches(identity: Identity | undefined): boolean;
}

/** The namespace of the mesh itself, whose policies hold everywhere, where nothing else is stated. */
export const ROOT_NAMESPACE = 'istio-system';

/** Whatever has an identity, which is: every pod with a proxy. */
export const ANY_IDENTITY: IdentityMatch = { key: '*', matches: identity => identity !== undefined, witnesses: [] };
/** Proxies of applications. */
export const SIDECAR: IdentityMatch = { key: 'sidecar', matches: identity => identity?.gateway === false, witnesses: [] };

export interface ProxyQuestion {
  readonly namespaceLabels: Labels;
  readonly podLabels: Labels;
  /** What else is known of it. @default - nothing */
  readonly proxy?: boolean;
  readonly hostNetwork: boolean;
}

/** Whether a proxy is injected: the pod's own label has the last word, but for pods on their node's network, which never get one. */
export function hasProxy({ namespaceLabels, podLabels, proxy, hostNetwork }: ProxyQuestion): boolean {
  if (hostNetwork || proxy === false) return false;
  const own = podLabels['sidecar.istio.io/inject'];
  const injection = namespaceLabels['istio-injection'];
  if (own === 'false' || injection === 'disabled') return false;
  return own === 'true' || injection === 'enabled' || namespaceLabels['istio.io/rev'] !== undefined;
}

/** What policies may write for the mesh's own trust domain. */
const ALIAS = 'cluster.local';

/** `<trust domain>/ns/<namespace>/sa/<service account>`, exact, `prefix*`, `*suffix` or `*`. */
export function ofPrincipals(patterns: readonly string[], trustDomain?: string): IdentityMatch {
  return someOf('principal', patterns, pattern => {
    const written = /^([^*/]+)\//.exec(pattern)?.[1];
    const domain = written === ALIAS ? ALIAS : trustDomain ?? written ?? ALIAS;
    const has = (identity: Identity) => isText(`${domain}/ns/${identity.namespace}/sa/${identity.serviceAccount}`, pattern);
    return { has, ...partsOf(pattern) };
  });
}

/** The parts of a principal that a pattern names; it may leave out the first of them, or the last. */
function partsOf(pattern: string): Omit<Named, 'has'> {
  const parts = pattern.replaceAll('*', '').split('/');
  const missing = pattern.startsWith('*') ? Array(Math.max(0, 5 - parts.length)).fill('') : [];
  const [, , namespace, , serviceAccount] = [...missing, ...parts];
  // Between two slashes stands all of it.
  return { witness: { namespace: namespace || 'nowhere', serviceAccount: serviceAccount || 'anybody' }, namespace: parts.length > 3 ? namespace : undefined };
}

export function ofNamespaces(patterns: readonly string[]): IdentityMatch {
  return someOf('namespace', patterns, pattern =>
    ({
      has: ({ namespace }) => isText(namespace, pattern),
      witness: { namespace: pattern.replaceAll('*', '') || 'nowhere', serviceAccount: 'anybody' },
      namespace: pattern.includes('*') ? undefined : pattern,
    }));
}

/** `namespace/name`, or a name in the policy's own namespace; without wildcards. */
export function ofServiceAccounts(names: readonly string[], policyNamespace: string): IdentityMatch {
  const full = names.map(name => name.includes('/') ? name : `${policyNamespace}/${name}`);
  return someOf('service account', full, name => {
    const [home, account] = name.split('/');
    return { has: ({ namespace, serviceAccount }) => name === `${namespace}/${serviceAccount}`, witness: { namespace: home, serviceAccount: account }, namespace: home };
  });
}

export function notIdentity({ key, matches }: IdentityMatch): IdentityMatch {
  return { key: `not (${key})`, matches: identity => !matches(identity), witnesses: [{ namespace: 'nowhere', serviceAccount: 'anybody' }] };
}

export function everyIdentity(all: readonly IdentityMatch[]): IdentityMatch {
  return {
    key: all.map(({ key }) => key).sort().join(' & '),
    namespaces: all.find(({ namespaces }) => namespaces !== undefined)?.namespaces,
    matches: identity => all.every(match => match.matches(identity)),
    witnesses: all.flatMap(({ witnesses }) => witnesses).filter(witness => all.every(match => match.matches({ ...witness, gateway: false }))),
  };
}

interface Named {
  readonly witness: Pick<Identity, 'namespace' | 'serviceAccount'>;
  /** Where whoever meets it is. @default - anywhere */
  readonly namespace?: string;
  has(identity: Identity): boolean;
}

function someOf(what: string, values: readonly string[], read: (value: string) => Named): IdentityMatch {
  const sorted = [...new Set(values)].sort();
  const named = sorted.map(read);
  return {
    key: `${what} ${sorted.join('|')}`,
    matches: identity => identity !== undefined && named.some(({ has }) => has(identity)),
    witnesses: named.map(({ witness }) => witness),
    namespaces: named.every(({ namespace }) => namespace !== undefined) ? [...new Set(named.map(({ namespace }) => namespace!))] : undefined,
  };
}

function isText(text: string, pattern: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
