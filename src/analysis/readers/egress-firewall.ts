import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { Action, ALL_PORTS, ObjectRef, Peers, Ports, Rule } from '../rules';

/**
 * k8s.ovn.org/v1 EgressFirewall: an ordered list for what leaves the pods of its namespace. The first rule that matches decides, and what
 * none matches is allowed. Pods are never meant by an address: OVN-Kubernetes takes the cluster's subnets out of every CIDR.
 */
export const EGRESS_FIREWALL: KindReader = {
  kinds: ['k8s.ovn.org/EgressFirewall'],
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    if (ref.name !== 'default') throw new Error(`metadata.name: '${ref.name}' is not 'default', the only name it may have`);
    sink.policy({
      ref,
      layer: 'egress-firewall',
      order: 0,
      subject: { namespace: ref.namespace!, pods: LabelSelector.EVERYTHING },
      directions: ['egress'],
      rules: at('spec', () => each(object.spec?.egress, 'egress', (rule, index) => readRule(rule, index, ref, sink))),
    });
  },
};

const ACTIONS: Readonly<Record<string, Action>> = { Allow: 'allow', Deny: 'deny' };
const TARGETS = ['cidrSelector', 'dnsName', 'nodeSelector'];

function readRule(rule: any, index: number, ref: ObjectRef, sink: ModelSink): Rule {
  const action = ACTIONS[rule?.type];
  if (action === undefined) throw new Error(`type '${rule?.type}' is unknown: use Allow or Deny`);
  return { direction: 'egress', action, index, peers: at('to', () => readTarget(rule, index, ref, sink)), ports: readPorts(rule.ports) };
}

function readTarget({ type, to }: any, index: number, ref: ObjectRef, sink: ModelSink): Peers {
  const kinds = Object.keys(to ?? {});
  if (kinds.length !== 1 || !TARGETS.includes(kinds[0])) throw new Error(`write exactly one of ${TARGETS.join(', ')}`);
  const { pods, nodes } = sink.ranges();
  if (to.dnsName !== undefined) {
    if (type === 'Deny') sink.warn(ref, `rule egress[${index}] denies by name: an address of ${to.dnsName} that is not resolved yet stays open`);
    // What a name stands for may not be known in time, so a denial by name denies nothing for sure.
    return { any: false, pods: [], hosts: type === 'Deny' ? [] : [String(to.dnsName)] };
  }
  const addresses = to.cidrSelector !== undefined
    ? at('cidrSelector', () => IpSet.ofCidr(to.cidrSelector, { hostBits: 'mask' }))
    : at('nodeSelector', () => nodesOf(LabelSelector.of(to.nodeSelector), type, index, ref, sink, nodes));
  const meant = pods ? addresses.subtract(pods) : addresses;
  if (meant.isEmpty && !addresses.isEmpty) sink.warn(ref, `rule egress[${index}] is about addresses of pods only, which a firewall never sees: it matches nothing`);
  return { any: false, pods: [], addresses: meant };
}

/** Where no manifest shows nodes, they may have any of the nodes' addresses: an allowance may open them all, a denial none for sure. */
function nodesOf(selector: LabelSelector, type: string, index: number, ref: ObjectRef, sink: ModelSink, range: IpSet | undefined): IpSet {
  const shown = sink.nodes();
  if (shown.length > 0) return IpSet.unionOf(shown.filter(node => selector.matches(node.labels)).map(({ addresses }) => addresses));
  const rest = type === 'Allow' && range ? 'it is taken to be about all of them' : 'it is left out';
  sink.warn(ref, `rule egress[${index}] is about nodes with the labels '${selector}', and no Node is among the manifests: ${rest}`);
  return type === 'Allow' && range ? range : IpSet.none();
}

function readPorts(list: any): Ports {
  const ports = each(list, 'ports', ({ protocol, port } = {} as any) => {
    if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
    if (port === undefined) throw new Error('the port is missing: a firewall takes single ports only');
    return ConnectionSet.of(protocol, port);
  });
  return ports.length === 0 ? ALL_PORTS : { numbers: ConnectionSet.unionOf(ports), names: [] };
}
