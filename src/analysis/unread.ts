import { groupOf } from './readers/_reader';
import { ObjectRef } from './rules';

/**
 * Objects that can change who reaches whom and that nobody here reads: they are named, so that an answer is not taken for more than it is.
 */
const WHOLE_GROUPS = new Set(['cilium.io', 'projectcalico.org', 'crd.projectcalico.org', 'crd.antrea.io', 'gateway.networking.k8s.io', 'policy.networking.k8s.io']);
const SINGLE_KINDS = new Set(['networking.istio.io/EnvoyFilter', 'network.openshift.io/EgressNetworkPolicy', 'network.openshift.io/NetNamespace']);

/** What is not in the answer because of an object without reader. @returns undefined where it changes nothing */
export function unreadRemark(object: any, { apiVersion, kind }: ObjectRef): string | undefined {
  const group = groupOf(apiVersion);
  if (WHOLE_GROUPS.has(group) || SINGLE_KINDS.has(`${group}/${kind}`)) return `${group} ${kind} is not read: what it allows or denies is not in the answer`;
  if (Array.isArray(object?.spec?.template?.spec?.containers)) return `${group} ${kind} is not read: the pods it makes are not in the answer`;
  return undefined;
}
