const HEALTH = ['/healthz', '/livez', '/readyz'];
/** What `kubeadm join` reads before it has any credentials, to compare it with the token it was given. */
const JOIN = '/api/v1/namespaces/kube-public/configmaps/cluster-info';

/**
 * What the API server answers to those who show no credentials. RBAC decides about them too; here nobody gets that far.
 */
export class AnonymousAccess {
  /** `/healthz`, `/livez` and `/readyz`: load balancers and kubelets probe them without credentials. Needs Kubernetes 1.32. */
  public static healthOnly(): AnonymousAccess {
    return new AnonymousAccess(HEALTH);
  }

  /**
   * The health paths, and the ConfigMap `cluster-info` that `kubeadm join` with a token reads first. It holds the address and the
   * certificate authority of the cluster, both public. Without it, join with a file: `kubeadm join --discovery-file`. Needs Kubernetes 1.32.
   */
  public static healthAndJoin(): AnonymousAccess {
    return new AnonymousAccess([...HEALTH, JOIN].sort());
  }

  /** Every path, as far as RBAC lets them: all that is possible before Kubernetes 1.32. */
  public static unrestricted(reason: string): AnonymousAccess {
    if (!reason.trim()) throw new Error('anonymous requests on every path need a reason: those who review it will ask');
    return new AnonymousAccess(undefined);
  }

  /** Undefined: every path. @internal */
  public readonly _paths: readonly string[] | undefined;

  private constructor(paths: readonly string[] | undefined) {
    this._paths = paths;
  }
}
