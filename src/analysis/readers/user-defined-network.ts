import { at, KindReader, ModelSink } from './_reader';
import { LabelSelector, Requirement } from '../../algebra/label-selector';
import { ALL_PORTS, Direction, ObjectRef, Peers, PodMatch, Rule } from '../rules';

/**
 * k8s.ovn.org/v1 UserDefinedNetwork and ClusterUserDefinedNetwork: a primary network of some namespaces, on which pods meet each other, DNS,
 * what is outside the cluster and what is on the nodes' own network, and no other pods.
 *
 * A namespace without the label is on the cluster's network, whatever the object says. One that got the label later is too, which no
 * manifest shows. Secondary networks are ways beside this one: nobody here reads them, and that is said.
 */
export const USER_DEFINED_NETWORK: KindReader = {
  kinds: ['k8s.ovn.org/UserDefinedNetwork', 'k8s.ovn.org/ClusterUserDefinedNetwork'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const cluster = ref.kind === 'ClusterUserDefinedNetwork';
    const spec = cluster ? object.spec?.network : object.spec;
    const topology = String(spec?.topology ?? '');
    const role = spec?.[topology.toLowerCase()]?.role;
    if (role !== 'Primary' && role !== 'Secondary') throw new Error(`spec: the role of topology '${topology}' is '${role}': use Primary or Secondary`);
    if (role === 'Secondary') {
      sink.warn(ref, 'is a secondary network: pods on it may meet there, and that is not in the answer');
      return;
    }
    const selector = cluster ? at('spec.namespaceSelector', () => LabelSelector.of(object.spec?.namespaceSelector)) : LabelSelector.ofLabels({ [NAME]: ref.namespace! });
    const here: PodMatch = { namespaces: new LabelSelector([...selector.requirements, LABELLED]), pods: LabelSelector.EVERYTHING };
    sink.policy({ ref, layer: 'tenant-network', order: 0, subject: here, directions: ['ingress', 'egress'], rules: [...rules('ingress', [here]), ...rules('egress', [here, ...DNS])] });
  },
};

const NAME = 'kubernetes.io/metadata.name';
const LABELLED: Requirement = { key: 'k8s.ovn.org/primary-user-defined-network', operator: 'Exists', values: [] };

/** The DNS of Kubernetes and of OpenShift, which is let in on every network. */
const DNS: readonly PodMatch[] = ['kube-system', 'openshift-dns'].map(namespace => ({ namespace, pods: LabelSelector.EVERYTHING }));

function rules(direction: Direction, met: readonly PodMatch[]): Rule[] {
  const peers = (pods: readonly PodMatch[]): Peers => ({ any: false, pods });
  return [
    { direction, action: 'allow', index: 0, name: 'pods of the same network', peers: peers(met), ports: ALL_PORTS },
    { direction, action: 'deny', index: 1, name: 'all other pods', peers: peers([{ pods: LabelSelector.EVERYTHING }]), ports: ALL_PORTS },
  ];
}
