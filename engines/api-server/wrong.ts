/**
 * Manifests that have to be refused: a server that takes everything would prove nothing. Every kind gets a field that does not exist and a
 * field of the wrong type; the kinds below also get a mistake of their own, one that a schema on paper would not see.
 */
import { Manifest, kindOf } from '../lib/manifests';

export interface Wrong {
  readonly mistake: string;
  readonly manifest: Manifest;
}

export function wrongOnes(right: Manifest): Wrong[] {
  const own = MISTAKES[kindOf(right)]?.(right) ?? [];
  const place = typeof right.spec === 'object' && right.spec !== null ? 'spec' : '';
  const typo = place === '' ? { ...right, notAField: true } : { ...right, spec: { ...right.spec, notAField: true } };
  const field = Object.keys(right).find(key => !['apiVersion', 'kind', 'metadata'].includes(key)) ?? 'metadata';
  return [
    { mistake: `unknown field ${place ? `${place}.` : ''}notAField`, manifest: typo },
    { mistake: `${field} is a number`, manifest: field === 'metadata' ? { ...right, metadata: { ...right.metadata, labels: 7 as any } } : { ...right, [field]: 7 } },
    ...own,
  ];
}

type Mistakes = (right: Manifest) => Wrong[];

const withSpec = (right: Manifest, mistake: string, spec: object): Wrong => ({ mistake, manifest: { ...right, spec: { ...right.spec, ...spec } } });
const named = (right: Manifest, name: string): Wrong =>
  ({ mistake: `is named '${name}'`, manifest: { ...right, metadata: { ...right.metadata, name } } });
const unselected: Mistakes = right => [withSpec(right, 'the selector does not match the template', { selector: { matchLabels: { not: 'there' } } })];

const MISTAKES: Record<string, Mistakes> = {
  'v1 Namespace': right => [{ mistake: 'a label value with a space', manifest: { ...right, metadata: { ...right.metadata, labels: { a: 'b c' } } } }],
  'v1 Service': right => [withSpec(right, 'port 70000', { ports: [{ name: 'x', port: 70000, protocol: 'TCP' }] })],
  'v1 ServiceAccount': right => [named(right, 'Not_A_Name')],
  'v1 ConfigMap': right => [{ mistake: 'a key with a slash', manifest: { ...right, data: { 'a/b': 'c' } } }],
  'v1 ResourceQuota': right => [withSpec(right, 'a negative quantity', { hard: { pods: '-1' } })],
  'apps/v1 Deployment': unselected,
  'apps/v1 StatefulSet': unselected,
  'apps/v1 DaemonSet': unselected,
  'networking.k8s.io/v1 NetworkPolicy': right => [
    withSpec(right, 'an exception outside its range', { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['192.0.2.0/24'] } }] }] }),
    withSpec(right, 'port 0', { ingress: [{ ports: [{ port: 0, protocol: 'TCP' }] }] }),
    withSpec(right, 'a range with a name', { ingress: [{ ports: [{ port: 'http', endPort: 90, protocol: 'TCP' }] }] }),
    withSpec(right, 'an empty peer', { ingress: [{ from: [{}] }] }),
  ],
  'rbac.authorization.k8s.io/v1 Role': right => [{ mistake: 'a rule without verbs', manifest: { ...right, rules: [{ apiGroups: [''], resources: ['pods'] }] } }],
  'rbac.authorization.k8s.io/v1 ClusterRole': right => [{ mistake: 'a rule without verbs', manifest: { ...right, rules: [{ apiGroups: [''], resources: ['pods'] }] } }],
  'rbac.authorization.k8s.io/v1 RoleBinding': right => [{ mistake: 'no role', manifest: { ...right, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: '' } } }],
  'policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy': right => [withSpec(right, 'priority 1001', { priority: 1001 })],
  'policy.networking.k8s.io/v1alpha1 BaselineAdminNetworkPolicy': right => [named(right, 'other-than-default')],
  'policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy': right => [withSpec(right, 'priority 1001', { priority: 1001 })],
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': right => [
    withSpec(right, 'an expression that is no CEL', { validations: [{ expression: 'object.', message: 'x' }] }),
    withSpec(right, 'a condition about a name it does not have', { matchConditions: [{ name: 'x', expression: 'nobody.name == \'a\'' }] }),
    withSpec(right, 'a message of two lines', { validations: [{ expression: 'true', message: 'a\nb' }] }),
  ],
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': right => [withSpec(right, 'both denies and warns', { validationActions: ['Deny', 'Warn'] })],
  'k8s.ovn.org/v1 EgressFirewall': right => [named(right, 'other-than-default')],
  'k8s.ovn.org/v1 ClusterUserDefinedNetwork': right => [withSpec(right, 'no namespaces', { namespaceSelector: undefined })],
  'operator.openshift.io/v1 IngressController': right => [withSpec(right, 'a policy for hosts that does not exist', { routeAdmission: { namespaceOwnership: 'Anybody' } })],
  'k8s.ovn.org/v1 EgressIP': right => [withSpec(right, 'no addresses', { egressIPs: undefined })],
  'cilium.io/v2 CiliumNetworkPolicy': right => [withSpec(right, 'a port that is no number', { ingress: [{ toPorts: [{ ports: [{ port: 'a b' }] }] }] })],
};
