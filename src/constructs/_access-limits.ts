/**
 * What nobody is granted, because it would be a way to more than was granted: to another identity, around the network's policies, or to
 * deciding over them.
 */
import { PolicyRule } from '../api/rbac';

/** A resource of the API, `pods/exec` of the group ''. */
interface Resource {
  readonly group: string;
  readonly name: string;
}

const READ = ['get', 'list', 'watch'];

/** No verb at all: each is a way into something else. */
const NEVER: readonly { readonly of: (resource: Resource) => boolean; readonly why: string }[] = [
  { of: ({ group, name }) => group === '' && name === 'serviceaccounts/token', why: 'it makes tokens of any identity of the namespace' },
  {
    of: ({ group, name }) => group === '' && /^(nodes|pods|services)\/proxy$/.test(name),
    why: 'the API server itself then opens the connection, and policies see none of it',
  },
];

/** Reading only: changing it decides over who reaches whom, or over who may decide. */
const DECIDING_GROUPS = [
  'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'authorization.openshift.io', 'certificates.k8s.io', 'cilium.io',
  'config.openshift.io', 'crd.antrea.io', 'crd.projectcalico.org', 'discovery.k8s.io', 'extensions.istio.io', 'gateway.networking.k8s.io', 'k8s.cni.cncf.io',
  'k8s.ovn.org', 'machineconfiguration.openshift.io', 'network.openshift.io', 'network.operator.openshift.io', 'networking.istio.io', 'networking.k8s.io',
  'operator.openshift.io', 'policy.networking.k8s.io', 'projectcalico.org', 'rbac.authorization.k8s.io', 'route.openshift.io', 'security.istio.io',
  'security.openshift.io', 'telemetry.istio.io',
];
const DECIDING_CORE = ['endpoints', 'namespaces', 'namespaces/finalize', 'namespaces/status', 'nodes', 'nodes/status', 'persistentvolumes', 'services/status'];

/** In all namespaces at once this runs code under the most powerful identity of the cluster, or reads what its identities are made of. */
const POWERFUL_EVERYWHERE: readonly { readonly of: (resource: Resource) => boolean; readonly verbs: readonly string[] | 'all'; readonly why: string }[] = [
  { of: ({ group, name }) => group === '' && name === 'secrets', verbs: 'all', why: 'the tokens and keys of all namespaces are in them' },
  {
    of: ({ group, name }) => ['apps', 'batch'].includes(group) || (group === '' && /^(pods|replicationcontrollers|podtemplates)(\/.*)?$/.test(name) && name !== 'pods/log'),
    verbs: ['create', 'update', 'patch'],
    why: 'it runs code in kube-system, under identities that may do everything',
  },
  { of: ({ group, name }) => group === '' && /^pods\/(exec|attach|portforward|ephemeralcontainers)$/.test(name), verbs: 'all', why: 'it leads into the pods of kube-system' },
];

/** What is wrong with a rule of custom access, or nothing. */
export function limitOf({ apiGroups, resources, verbs }: PolicyRule, everywhere: boolean): string | undefined {
  if (!apiGroups.length || !resources.length || !verbs.length) return 'it names no resource or no verb: name at least one of each';
  const wild = [...apiGroups, ...resources, ...verbs].find(text => text.includes('*'));
  if (wild) return `'${wild}' stands for more than anybody can review: name each resource and verb`;
  for (const group of apiGroups) {
    for (const name of resources) {
      const resource = { group, name };
      const shown = `${name}${group && `.${group}`}`;
      const never = NEVER.find(({ of }) => of(resource));
      if (never) return `'${shown}' is granted to nobody: ${never.why}: leave it out`;
      const change = verbs.find(verb => !READ.includes(verb));
      if (change && (DECIDING_GROUPS.includes(group) || (group === '' && DECIDING_CORE.includes(name)))) {
        return `'${change} ${shown}' decides over the network or over who may change it, and stays with those who apply this output: grant get, list and watch only`;
      }
      const powerful = everywhere ? POWERFUL_EVERYWHERE.find(({ of, verbs: bad }) => of(resource) && (bad === 'all' || verbs.some(verb => bad.includes(verb)))) : undefined;
      if (powerful) return `'${shown}' in the whole cluster is too much: ${powerful.why}: grant it in single namespaces, namespace.grant(...)`;
    }
  }
  return undefined;
}
