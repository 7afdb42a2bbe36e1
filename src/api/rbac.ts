/** The wire shapes of rbac.authorization.k8s.io/v1, as far as they are emitted. */

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface RbacSubject {
  readonly kind: 'User' | 'Group' | 'ServiceAccount';
  /** Stands with users and groups, and must not stand with ServiceAccounts. */
  readonly apiGroup?: 'rbac.authorization.k8s.io';
  readonly name: string;
  /** Stands with ServiceAccounts only. */
  readonly namespace?: string;
}

/** What a binding binds; it can never be changed in place. */
export interface RoleRef {
  readonly apiGroup: 'rbac.authorization.k8s.io';
  readonly kind: 'Role' | 'ClusterRole';
  readonly name: string;
}
