/** What pods may be: by the level that admission holds each namespace to, and by the identity that they carry. */
import { HardenedCluster, Read } from './cluster';
import { Check, NOTHING, gap, held, joined } from './control';
import { grantedAccounts, judgeAll } from './grants';

const LEVELS = ['privileged', 'baseline', 'restricted'];
const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Admission turns away, in every namespace that was written, what this level does not allow. */
const podSecurity = (least: 'baseline' | 'restricted'): Check => cluster => judgeAll(cluster.namespaces, ({ ref, json }) => {
  const level = json.metadata?.labels?.[ENFORCE] ?? 'privileged';
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least) ? [] : [`${ref} enforces ${level}`];
});

export const baseline = podSecurity('baseline');
export const restricted = podSecurity('restricted');

/** A policy of admission that refuses: it is bound to deny, and fails closed. */
export const admissionPolicies: Check = cluster => {
  const group = 'admissionregistration.k8s.io';
  const denying = new Set(cluster.objects(group, 'ValidatingAdmissionPolicyBinding').filter(({ json }) => json.spec?.validationActions?.includes('Deny'))
    .map(({ json }) => json.spec.policyName));
  return judgeAll(cluster.objects(group, 'ValidatingAdmissionPolicy'), ({ ref, json }) => [
    ...(denying.has(json.metadata?.name) ? [] : [`${ref} is not bound to deny`]),
    ...(json.spec?.failurePolicy === 'Ignore' ? [`${ref} lets through what it cannot judge`] : []),
  ]);
};

/** The identity that every pod would have by default carries no token, and no pod uses it. */
export const defaultAccountsUnused: Check = cluster => {
  const accounts = cluster.once(accountsByName);
  const named = judgeAll(cluster.namespaces, ({ json: { metadata } }) =>
    (accounts.get(`${metadata.name}/default`)?.json.automountServiceAccountToken === false ? [] : [`ServiceAccount ${metadata.name}/default carries a token`]));
  const evidence = cluster.namespaces.map(({ json }) => `ServiceAccount ${json.metadata.name}/default`).filter(ref => !named.gaps.some(text => text.startsWith(`${ref} `)));
  const users = cluster.pods.filter(({ spec }) => (spec.serviceAccountName ?? 'default') === 'default').map(({ ref }) => `${ref} runs as the default ServiceAccount`);
  return { by: evidence, gaps: [...named.gaps, ...users] };
};

/** A token is mounted only where its identity was granted something. */
export const tokensWhereNeeded: Check = cluster => {
  const accounts = cluster.once(accountsByName);
  const granted = cluster.once(grantedAccounts);
  return joined(cluster.pods.map(({ ref, namespace, spec }) => {
    const account = `${namespace}/${spec.serviceAccountName ?? 'default'}`;
    const mounted = spec.automountServiceAccountToken ?? accounts.get(account)?.json.automountServiceAccountToken ?? true;
    return mounted && !granted.has(account) ? gap(`${ref} mounts a token that was granted nothing`) : held(ref);
  }));
};

/** What was written stands in namespaces made for it. */
export const ownNamespaces = (...forbidden: string[]): Check => cluster => {
  if (cluster.namespaces.length === 0) return NOTHING;
  const strayed = new Set([
    ...[...cluster.namespaced()].filter(({ namespace }) => forbidden.includes(namespace)).map(({ ref }) => ref),
    ...cluster.pods.filter(({ namespace }) => forbidden.includes(namespace)).map(({ ref }) => ref),
  ]);
  const kept = cluster.namespaces.filter(({ json }) => !forbidden.includes(json.metadata.name)).map(({ ref }) => ref);
  return { by: kept, gaps: [...strayed].map(ref => `${ref} stands in ${forbidden.join(' or ')}`) };
};

/** An object of this kind in every namespace that was written. */
export const inEveryNamespace = (group: string, kind: string, does: (json: any) => boolean): Check => cluster => {
  const found = cluster.objects(group, kind).filter(({ json }) => does(json));
  if (!found.length) return NOTHING;
  const holding = new Set(found.map(({ json }) => json.metadata?.namespace));
  return joined([
    held(...found.map(({ ref }) => ref)),
    gap(...cluster.namespaces.filter(({ json }) => !holding.has(json.metadata.name)).map(({ ref }) => `${ref} has none`)),
  ]);
};

function accountsByName(cluster: HardenedCluster): ReadonlyMap<string, Read> {
  return new Map(cluster.objects('', 'ServiceAccount').map(read => [`${read.json.metadata?.namespace}/${read.json.metadata?.name}`, read]));
}
