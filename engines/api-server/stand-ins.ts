/**
 * Schemas of our own for kinds whose real ones no Go module holds, written from the documentation of their API: the server then knows every
 * field that may stand there, and refuses one that may not. What the real schema demands beyond that is not proven, and proof.md says so.
 */
import { Manifest } from '../lib/manifests';

export interface StandIn {
  readonly of: string;
  readonly crds: readonly Manifest[];
}

const text = { type: 'string' };
const whole = { type: 'integer' };
const oneOf = (...values: string[]) => ({ type: 'string', enum: values });
const list = (items: object) => ({ type: 'array', items });
const labels = { type: 'object', additionalProperties: text };
const anything = { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true };
const shape = (properties: Record<string, object>, ...required: string[]) => ({ type: 'object', properties, ...required.length > 0 ? { required } : {} });
const selector = shape({ matchLabels: labels, matchExpressions: list(shape({ key: text, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'), values: list(text) }, 'key', 'operator')) });

function crd(group: string, kind: string, plural: string, scope: 'Namespaced' | 'Cluster', properties: Record<string, object>, more: object = {}): Manifest {
  const schema = { openAPIV3Schema: { ...shape({ apiVersion: text, kind: text, metadata: { type: 'object' }, ...properties }), ...more } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope, names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` }, versions: [{ name: 'v1', served: true, storage: true, schema }] },
  };
}

const OVN = 'k8s.ovn.org';
const port = shape({ protocol: oneOf('TCP', 'UDP', 'SCTP'), port: { ...whole, minimum: 1, maximum: 65535 } }, 'protocol', 'port');
const target = {
  ...shape({ cidrSelector: text, dnsName: { ...text, pattern: '^(\\*\\.)?([A-Za-z0-9-]+\\.)*[A-Za-z0-9-]+\\.?$' }, nodeSelector: selector }),
  minProperties: 1,
  maxProperties: 1,
};
const layer2 = shape({ role: oneOf('Primary', 'Secondary'), subnets: list(text), mtu: whole }, 'role');
const layer3 = shape({ role: oneOf('Primary', 'Secondary'), subnets: list(shape({ cidr: text, hostSubnet: whole }, 'cidr')), mtu: whole }, 'role');
const network = { topology: oneOf('Layer2', 'Layer3', 'Localnet'), layer2, layer3 };

export const STAND_INS: readonly StandIn[] = [
  {
    of: 'OVN-Kubernetes',
    crds: [
      crd(OVN, 'EgressFirewall', 'egressfirewalls', 'Namespaced', {
        spec: shape({ egress: list(shape({ type: oneOf('Allow', 'Deny'), ports: list(port), to: target }, 'type', 'to')) }, 'egress'),
      }, { 'x-kubernetes-validations': [{ rule: "self.metadata.name == 'default'", message: 'there is one, named default' }] }),
      crd(OVN, 'EgressIP', 'egressips', 'Cluster', {
        spec: shape({ egressIPs: list(text), namespaceSelector: selector, podSelector: selector }, 'egressIPs', 'namespaceSelector'),
      }),
      crd(OVN, 'UserDefinedNetwork', 'userdefinednetworks', 'Namespaced', { spec: shape(network, 'topology') }),
      crd(OVN, 'ClusterUserDefinedNetwork', 'clusteruserdefinednetworks', 'Cluster', {
        spec: shape({ namespaceSelector: selector, network: shape(network, 'topology') }, 'namespaceSelector', 'network'),
      }),
    ],
  },
  {
    of: 'OpenShift templates, which an API server of its own serves',
    crds: [crd('template.openshift.io', 'Template', 'templates', 'Namespaced', {
      message: text,
      labels,
      objects: list(anything),
      parameters: list(shape({ name: text, displayName: text, description: text, value: text, generate: text, from: text, required: { type: 'boolean' } }, 'name')),
    })],
  },
];
