/**
 * Who is not stopped by a guardrail: the people and pipelines that apply this output, and the cluster's own programs, each where it has
 * work to do and nowhere else.
 *
 * Laws: nobody outside the cluster's own namespaces is let pass unnamed; a group of ServiceAccounts is let pass only where that
 * distribution has the namespace, because on another one anybody could make it.
 */
import { RbacSubject } from '../api/rbac';

/** Names as the API server knows them. */
export interface Identities {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** The cluster's own programs, by the work they do. */
export interface SystemPrograms {
  /** Take away what belongs to nothing any more: namespaces still end, owners still take what they own with them. */
  readonly cleaners: Identities;
  /** Write down which pods are behind a Service, and what stands in front of it. */
  readonly services: Identities;
  /** Fit out namespaces and ServiceAccounts of their own accord. */
  readonly tenancy: Identities;
  /** The network's own: write what they made of its objects. */
  readonly network: Identities;
}

const NOBODY: Identities = { users: [], groups: [] };

const controller = (name: string) => `system:serviceaccount:kube-system:${name}`;
const accountsOf = (namespace: string) => `system:serviceaccounts:${namespace}`;

/** As kubeadm and most others run them: each under a ServiceAccount of its own, or all under that of the program they live in. */
const KUBERNETES = {
  cleaners: [
    'system:kube-controller-manager', controller('generic-garbage-collector'), controller('namespace-controller'), controller('storage-version-migrator-controller'),
  ],
  services: [
    'system:cloud-controller-manager', controller('cloud-controller-manager'), controller('endpoint-controller'), controller('endpointslice-controller'),
    controller('endpointslicemirroring-controller'), controller('service-controller'),
  ],
};

/** OpenShift has more of them, in namespaces that only its administrators can make. */
const OPENSHIFT = {
  cleaners: ['openshift-kube-storage-version-migrator'],
  services: ['openshift-cloud-controller-manager', 'openshift-infra', 'openshift-route-controller-manager'],
  tenancy: ['openshift-infra'],
  network: ['openshift-network-operator'],
};

/** The programs of one distribution; `networkGroups` are those of the network that enforces its policy. */
export function systemPrograms(distribution: string, networkGroups: readonly string[]): SystemPrograms {
  const openshift = distribution === 'openshift';
  const groups = (names: readonly string[]) => (openshift ? names.map(accountsOf) : []);
  return {
    cleaners: { users: KUBERNETES.cleaners, groups: groups(OPENSHIFT.cleaners) },
    services: { users: KUBERNETES.services, groups: groups(OPENSHIFT.services) },
    tenancy: { users: [], groups: groups(OPENSHIFT.tenancy) },
    network: { users: [], groups: [...groups(OPENSHIFT.network), ...networkGroups] },
  };
}

/**
 * Subjects as the API server will see them. `system:masters` is always among them: it may remove the guardrails themselves, so stopping it
 * holds nobody, and takes the last way in from those who lost all others.
 */
export function identitiesOf(subjects: readonly RbacSubject[]): Identities {
  return {
    users: subjects.filter(({ kind }) => kind !== 'Group')
      .map(({ kind, namespace, name }) => (kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`)),
    groups: ['system:masters', ...subjects.filter(({ kind }) => kind === 'Group').map(({ name }) => name)],
  };
}

export function together(...all: readonly Identities[]): Identities {
  return all.reduce((a, b) => ({ users: [...a.users, ...b.users], groups: [...a.groups, ...b.groups] }), NOBODY);
}
