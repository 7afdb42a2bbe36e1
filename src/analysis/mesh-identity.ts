import { Labels } from '../algebra/label-selector';

/**
 * Who a pod is to a mesh: which pods have a proxy, the identity it gives them, and what policies say about identities.
 *
 * Laws: a pod without a proxy has no identity; nobody without identity meets what is asked of one; what excludes identities holds for
 * whoever has none, because that is how Envoy decides. Of two trust domains nothing is known here: one that is written out is taken as the mesh's own.
 */
export interface Identity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What a source in a policy says about identities; equal keys mean equal matches. */
export interface IdentityMatch {
  readonly key: string;
  matches(identity: Identity | undefined): boolean;
}

/** The namespace of the mesh itself, whose policies hold everywhere. */
export const ROOT_NAMESPACE = 'istio-system';

/** Whatever has an identity, which is: every pod with a proxy. */
export const ANY_IDENTITY: IdentityMatch = { key: '*', matches: identity => identity !== undefined };
export const NO_IDENTITY: IdentityMatch = notIdentity(ANY_IDENTITY);

export interface ProxyQuestion {
  readonly namespaceLabels: Labels;
  readonly podLabels: Labels;
  readonly hostNetwork: boolean;
}

/** Whether a proxy is injected: the pod's own label has the last word, but for pods on their node's network, which never get one. */
export function hasProxy({ namespaceLabels, podLabels, hostNetwork }: ProxyQuestion): boolean {
  if (hostNetwork) return false;
  const own = podLabels['sidecar.istio.io/inject'];
  const injection = namespaceLabels['istio-injection'];
  if (own === 'false' || injection === 'disabled') return false;
  return own === 'true' || injection === 'enabled' || namespaceLabels['istio.io/rev'] !== undefined;
}

/** `<trust domain>/ns/<namespace>/sa/<service account>`, exact, `prefix*`, `*suffix` or `*`. */
export function ofPrincipals(patterns: readonly string[]): IdentityMatch {
  return someOf('principal', patterns, pattern => {
    const domain = /^([^*/]+)\//.exec(pattern)?.[1] ?? 'cluster.local';
    return ({ namespace, serviceAccount }) => isText(`${domain}/ns/${namespace}/sa/${serviceAccount}`, pattern);
  });
}

export function ofNamespaces(patterns: readonly string[]): IdentityMatch {
  return someOf('namespace', patterns, pattern => ({ namespace }) => isText(namespace, pattern));
}

/** `namespace/name`, or a name in the policy's own namespace; without wildcards. */
export function ofServiceAccounts(names: readonly string[], policyNamespace: string): IdentityMatch {
  const full = names.map(name => name.includes('/') ? name : `${policyNamespace}/${name}`);
  return someOf('service account', full, name => ({ namespace, serviceAccount }) => name === `${namespace}/${serviceAccount}`);
}

export function notIdentity({ key, matches }: IdentityMatch): IdentityMatch {
  return { key: `not (${key})`, matches: identity => !matches(identity) };
}

export function everyIdentity(matches: readonly IdentityMatch[]): IdentityMatch {
  return { key: matches.map(({ key }) => key).sort().join(' & '), matches: identity => matches.every(match => match.matches(identity)) };
}

function someOf(what: string, values: readonly string[], read: (value: string) => (identity: Identity) => boolean): IdentityMatch {
  const sorted = [...new Set(values)].sort();
  const checks = sorted.map(read);
  return { key: `${what} ${sorted.join('|')}`, matches: identity => identity !== undefined && checks.some(check => check(identity)) };
}

function isText(text: string, pattern: string): boolean {
  if (pattern === '*') return text !== '';
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
