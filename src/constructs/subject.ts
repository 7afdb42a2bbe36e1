import { RbacSubject } from '../api/rbac';
import { refuseReserved } from '../control-plane/_reserved';
import { IPeer } from '../intent/peer';

const RBAC = 'rbac.authorization.k8s.io';

/** Somebody who can be granted access: a person, a group of them, or a workload. */
export class Subject {
  /** A person, by the name the API server knows: with its issuer's prefix, as in `corp:alice`, where it has one. */
  public static user(name: string): Subject {
    checkName('user', name);
    refuseReserved('user', name, name.startsWith('system:serviceaccount:') ? 'use Subject.serviceAccount(workload)' : 'name a person');
    return new Subject({ kind: 'User', apiGroup: RBAC, name });
  }

  /** A group of people, with its issuer's prefix where it has one. Groups of Kubernetes' own, such as `system:authenticated`, are refused. */
  public static group(name: string): Subject {
    checkName('group', name);
    refuseReserved('group', name, 'name a group of people, because everybody and every pod of the cluster may be in that one');
    return new Subject({ kind: 'Group', apiGroup: RBAC, name });
  }

  /** The identity of a workload: a `SecureWorkload` of this App, or an imported one. */
  public static serviceAccount(workload: IPeer): Subject {
    const end = workload._end;
    if (end.kind !== 'workload') {
      throw new Error(`'${end.kind === 'namespace' ? `${end.namespace}/*` : end.text}' has no ServiceAccount: name one workload`);
    }
    return new Subject({ kind: 'ServiceAccount', name: end.serviceAccountName, namespace: end.home.namespace });
  }

  /** @internal */
  public readonly _wire: RbacSubject;

  private constructor(wire: RbacSubject) {
    this._wire = wire;
  }
}

function checkName(what: string, name: string): void {
  if (!name.trim() || name !== name.trim() || name.includes('*')) {
    throw new Error(`${what} '${name}' is not a name: write it as the API server knows it; no character stands for others in it`);
  }
}
