/** How the network is divided: by the policies that deny what nobody stated. */
import { HardenedCluster, Read } from './cluster';
import { Check, Finding, NOTHING, gap, held, joined } from './control';

const NETWORKING = 'networking.k8s.io';
const POLICIES = 'policy.networking.k8s.io';

/** In every namespace that was written, policies without a rule deny all pods both ways, and no other opens everything again. */
export const defaultDeny: Check = cluster => joined([denialOfAll(cluster), wideOpen(cluster)]);

const denialOfAll: Check = cluster => {
  const policies = cluster.once(policiesByNamespace);
  return joined(cluster.namespaces.map(({ ref, json }) => {
    const own = policies.get(json.metadata.name) ?? [];
    const denying = ['Ingress', 'Egress'].map(direction => own.find(({ json: { spec } }) => denies(spec, direction)));
    const open = ['ingress', 'egress'].filter((_, index) => !denying[index]);
    return joined([held(...denying.flatMap(found => (found ? [found.ref] : []))), gap(...open.map(way => `${ref} has no policy that denies all ${way}`))]);
  }));
};

/** A policy that opens everything for every pod: policies add up, and one such undoes the others. */
const wideOpen: Check = cluster => joined(cluster.objects(NETWORKING, 'NetworkPolicy').map(({ ref, json: { spec } }) => {
  const wide = isEmpty(spec?.podSelector) && rulesOf(spec).some(({ from, to, ports }: any) => !from?.length && !to?.length && !ports?.length);
  return wide ? gap(`${ref} opens everything for every pod of its namespace`) : NOTHING;
}));

/** Flows between pods that are named by what they are, not by address. */
export const flowsBySelector: Check = cluster => held(...cluster.objects(NETWORKING, 'NetworkPolicy')
  .filter(({ json: { spec } }) => rulesOf(spec).some(({ from = [], to = [] }: any) => [...from, ...to].some(selects)))
  .map(({ ref }) => ref));

/** What leaves a namespace ends with a denial of all the rest. */
export const egressFirewalls: Check = cluster => joined(cluster.objects('k8s.ovn.org', 'EgressFirewall').map(({ ref, json }) => {
  const denied = (json.spec?.egress ?? []).filter(({ type, ports }: any) => type === 'Deny' && !ports?.length).map(({ to }: any) => to?.cidrSelector);
  return ['0.0.0.0/0', '::/0'].every(family => denied.includes(family)) ? held(ref) : gap(`${ref} lets out what it does not name`);
}));

/** Tiers that no policy of a namespace can lift, or that stand behind them all. */
export const clusterTiers: Check = cluster => {
  const found = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'].flatMap(kind => cluster.objects(POLICIES, kind));
  return held(...found.filter(({ json }) => rulesOf(json.spec).some(({ action }: any) => action === 'Deny')).map(({ ref }) => ref));
};

/** What holds traffic of the mesh to certificates on both sides. */
export const mutualTls: Check = cluster => joined(cluster.objects('security.istio.io', 'PeerAuthentication').map(({ ref, json: { spec } }): Finding => {
  const exceptions = Object.entries(spec?.portLevelMtls ?? {}).filter(([, { mode }]: any) => mode !== 'STRICT').map(([port, { mode }]: any) => `${ref} says ${mode} on port ${port}`);
  if (spec?.mtls?.mode === undefined) return gap(...exceptions);
  return joined([spec.mtls.mode === 'STRICT' ? held(`${ref} (STRICT)`) : gap(`${ref} says ${spec.mtls.mode}`), gap(...exceptions)]);
}));

function policiesByNamespace(cluster: HardenedCluster): ReadonlyMap<string, readonly Read[]> {
  const policies = new Map<string, Read[]>();
  for (const read of cluster.objects(NETWORKING, 'NetworkPolicy')) {
    const namespace = read.json.metadata?.namespace;
    const known = policies.get(namespace);
    if (known) known.push(read);
    else policies.set(namespace, [read]);
  }
  return policies;
}

function denies(spec: any, direction: string): boolean {
  return isEmpty(spec?.podSelector) && (spec.policyTypes ?? []).includes(direction) && !(spec[direction.toLowerCase()]?.length);
}

const isEmpty = (selector: any) => selector !== undefined && !Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length;

const rulesOf = (spec: any): any[] => [...spec?.ingress ?? [], ...spec?.egress ?? []];

const selects = ({ podSelector, namespaceSelector }: any) => podSelector !== undefined || namespaceSelector !== undefined;
