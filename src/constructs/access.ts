import { IApiResource } from 'cdk8s-plus-28';
import { limitOf } from './_access-limits';
import { checkDnsSubdomain } from '../admission/names';
import { PolicyRule } from '../api/rbac';

/** What can be done with a resource. Impersonating, binding and escalating cannot be stated. */
export enum Verb {
  GET = 'get',
  LIST = 'list',
  WATCH = 'watch',
  CREATE = 'create',
  UPDATE = 'update',
  PATCH = 'patch',
  DELETE = 'delete',
  DELETE_COLLECTION = 'deletecollection',
}

/** One rule of custom access: these verbs on these resources. */
export interface AccessRule {
  /** `ApiResource.PODS`, or `ApiResource.custom({ apiGroup: 'example.com', resourceType: 'widgets' })`; both of cdk8s-plus-28. */
  readonly resources: IApiResource[];
  /** What may be done with them. */
  readonly verbs: Verb[];

  /**
   * The names of the only objects that are meant. Does not go with creating and listing.
   *
   * @default - all objects
   */
  readonly resourceNames?: string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'patch', 'update'];

const rule = (group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({ apiGroups: [group], resources, verbs });

const VIEW: PolicyRule[] = [
  rule('', [
    'configmaps', 'endpoints', 'events', 'limitranges', 'persistentvolumeclaims', 'pods', 'pods/log', 'pods/status', 'replicationcontrollers',
    'resourcequotas', 'serviceaccounts', 'services',
  ], READ),
  rule('apps', ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'], READ),
  rule('autoscaling', ['horizontalpodautoscalers'], READ),
  rule('batch', ['cronjobs', 'jobs'], READ),
  rule('discovery.k8s.io', ['endpointslices'], READ),
  rule('events.k8s.io', ['events'], READ),
  rule('networking.k8s.io', ['ingresses', 'networkpolicies'], READ),
  rule('policy', ['poddisruptionbudgets'], READ),
];

const EDIT: PolicyRule[] = [
  ...VIEW,
  rule('', ['configmaps', 'persistentvolumeclaims', 'pods'], WRITE),
  rule('apps', ['daemonsets', 'deployments', 'statefulsets'], WRITE),
  rule('apps', ['deployments/scale', 'replicasets/scale', 'statefulsets/scale'], ['get', 'patch', 'update']),
  rule('autoscaling', ['horizontalpodautoscalers'], WRITE),
  rule('batch', ['cronjobs', 'jobs'], WRITE),
  rule('policy', ['poddisruptionbudgets'], WRITE),
];

const ADMIN: PolicyRule[] = [
  ...EDIT,
  // Without 'create': a Secret can be made that Kubernetes fills with the token of any ServiceAccount.
  rule('', ['secrets'], [...READ, 'delete', 'patch', 'update']),
  rule('', ['serviceaccounts'], WRITE),
  rule('', ['pods/attach', 'pods/exec', 'pods/portforward'], ['create', 'get']),
  // Kubernetes lets nobody put more into a role, or bind one, than he may do himself.
  rule('rbac.authorization.k8s.io', ['rolebindings', 'roles'], [...READ, ...WRITE]),
];

/** Reading in the whole cluster also shows what stands outside namespaces. */
const VIEW_EVERYWHERE: PolicyRule[] = [
  ...VIEW,
  rule('', ['namespaces', 'nodes', 'persistentvolumes'], READ),
  rule('policy.networking.k8s.io', ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies'], READ),
  rule('storage.k8s.io', ['storageclasses'], READ),
];

/**
 * What a subject may do through the API server. None of it holds a wildcard, the network's own policies, those of a mesh, tokens of other
 * identities, or impersonation.
 *
 * A namespace is the boundary between people: who may create pods in it can use every identity and every ConfigMap and Secret of it.
 */
export class Access {
  /** Reads all but Secrets. In the whole cluster also nodes and namespaces. */
  public static readonly VIEW = new Access('secure-network-view', VIEW, VIEW_EVERYWHERE);

  /**
   * Reads all but Secrets, and changes workloads, ConfigMaps and volumes. No Services, Ingresses and Routes, which are ways in; no network
   * policies; no roles; no way into running pods. In single namespaces only.
   */
  public static readonly EDIT = new Access('secure-network-edit', EDIT);

  /**
   * Also Secrets (but no new ones), ServiceAccounts (but no tokens), running pods, and roles of no more than it has itself. In single
   * namespaces only.
   */
  public static readonly ADMIN = new Access('secure-network-admin', ADMIN);

  /**
   * Access of your own.
   *
   * @param name names its Role and its binding, for example `restart-deployments`
   * @param rules resources and verbs; what would lead to more than is granted is refused
   */
  public static of(name: string, rules: AccessRule[]): Access {
    checkDnsSubdomain('access', name);
    if (name.startsWith('secure-network-')) throw new Error(`access '${name}' begins with 'secure-network-', which is kept for Access.VIEW, EDIT and ADMIN: choose another name`);
    if (rules.length === 0) throw new Error(`access '${name}' has no rules, so it grants nothing: name resources and verbs`);
    const wires = rules.map(({ resources, verbs, resourceNames }) => toWire(name, resources, verbs, resourceNames));
    const known = Object.values(Verb) as string[];
    for (const wire of wires) {
      const limit = limitOf(wire, false);
      if (limit) throw new Error(`access '${name}': ${limit}`);
      const unknown = wire.verbs.find(verb => !known.includes(verb));
      if (unknown) throw new Error(`access '${name}': the verb '${unknown}' leads to what others may do, or is none: use one of Verb`);
    }
    return new Access(name, merged(wires), wires);
  }

  /** Its name, that of its Role and its binding. */
  public readonly accessName: string;
  /** @internal */
  public readonly _rules: readonly PolicyRule[];
  private readonly everywhere?: readonly PolicyRule[];

  private constructor(accessName: string, rules: readonly PolicyRule[], everywhere?: readonly PolicyRule[]) {
    this.accessName = accessName;
    this._rules = merged(rules);
    this.everywhere = everywhere && merged(everywhere);
  }

  /** Its rules for all namespaces at once. Throws where that would be too much. @internal */
  public _rulesEverywhere(path: string): readonly PolicyRule[] {
    if (!this.everywhere) {
      throw new Error(`[${path}] '${this.accessName}' in the whole cluster would run code in kube-system, under identities that may do everything: `
        + 'grant it in single namespaces, namespace.grant(...)');
    }
    for (const wire of this.everywhere) {
      const limit = limitOf(wire, true);
      if (limit) throw new Error(`[${path}] access '${this.accessName}': ${limit}`);
    }
    return this.everywhere;
  }
}

function toWire(access: string, resources: readonly IApiResource[], verbs: readonly string[], resourceNames?: readonly string[]): PolicyRule {
  const unnamed = resourceNames?.length && verbs.find(verb => ['create', 'list', 'watch', 'deletecollection'].includes(verb));
  if (unnamed) throw new Error(`access '${access}': '${unnamed}' with resourceNames [${resourceNames.join(', ')}] does not do what it says: name the objects in a rule of their own, without '${unnamed}'`);
  if (resourceNames && !resourceNames.length) throw new Error(`access '${access}' has an empty list of resourceNames, which means all objects: name some, or leave it out`);
  const groups = [...new Set(resources.map(({ apiGroup }) => apiGroup))];
  if (groups.length > 1) throw new Error(`access '${access}' mixes the API groups ${groups.map(group => `'${group}'`).join(' and ')} in one rule, which would grant their names in each: write a rule for each`);
  return {
    apiGroups: groups,
    resources: [...new Set(resources.map(({ resourceType }) => resourceType))].sort(),
    verbs: [...new Set(verbs)].sort(),
    resourceNames: resourceNames && [...new Set(resourceNames)].sort(),
  };
}

/** One rule for each resource, its verbs together; those with the same verbs in one; sorted, so that the order of a program does not show. */
function merged(rules: readonly PolicyRule[]): PolicyRule[] {
  const verbs = new Map<string, Set<string>>();
  for (const { apiGroups: [group], resources, resourceNames = [], verbs: own } of rules) {
    for (const resource of resources) {
      const key = JSON.stringify([group, [...resourceNames], resource]);
      verbs.set(key, new Set([...verbs.get(key) ?? [], ...own]));
    }
  }
  const bundles = new Map<string, string[]>();
  for (const [key, own] of [...verbs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [group, names, resource] = JSON.parse(key);
    const bundle = JSON.stringify([group, names, [...own].sort()]);
    bundles.set(bundle, [...bundles.get(bundle) ?? [], resource]);
  }
  return [...bundles].map(([key, resources]) => {
    const [group, resourceNames, own] = JSON.parse(key);
    return { apiGroups: [group], resources: resources.sort(), verbs: own, ...(resourceNames.length ? { resourceNames } : {}) };
  });
}
