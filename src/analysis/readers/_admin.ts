import { at, each, listOf, ModelSink } from './_reader';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef, Peers, PodMatch } from '../rules';

/**
 * What the kinds of policy.networking.k8s.io share: a subject and peers that are namespaces or pods, and peers outside that are
 * networks, nodes or names. Each peer has exactly one of them.
 */
export function readScope(scope: any): PodMatch {
  const { namespaces, pods } = scope ?? {};
  if ((namespaces === undefined) === (pods === undefined)) throw new Error('write exactly one of namespaces and pods');
  if (namespaces !== undefined) return { namespaces: at('namespaces', () => LabelSelector.of(namespaces)), pods: LabelSelector.EVERYTHING };
  return {
    namespaces: at('pods.namespaceSelector', () => LabelSelector.of(pods?.namespaceSelector)),
    pods: at('pods.podSelector', () => LabelSelector.of(pods?.podSelector)),
  };
}

/** Peers that are addresses match nobody by a port name. */
export interface AdminPeers extends Peers {
  readonly hasAddresses: boolean;
}

const KINDS = ['namespaces', 'pods', 'networks', 'nodes', 'domainNames'];

export function readPeers(rule: any, egress: boolean, addressesOfPods: boolean, ref: ObjectRef, sink: ModelSink): AdminPeers {
  const field = egress ? 'to' : 'from';
  const pods: PodMatch[] = [];
  const networks: IpSet[] = [];
  const hosts: string[] = [];
  let hasAddresses = false;
  const peers = each(rule[field], field, peer => {
    const kinds = Object.keys(peer ?? {}).filter(kind => peer[kind] !== undefined);
    if (kinds.length !== 1) throw new Error(`the peer has ${kinds.length === 0 ? 'nothing' : kinds.join(' and ')}: write exactly one of ${KINDS.join(', ')}`);
    const [kind] = kinds;
    if (!KINDS.includes(kind) || (!egress && kind !== 'namespaces' && kind !== 'pods')) throw new Error(`'${kind}' is no peer here`);
    if (kind === 'namespaces' || kind === 'pods') {
      pods.push(readScope(peer));
      return;
    }
    hasAddresses = true;
    if (kind === 'networks') networks.push(...each(peer.networks, 'networks', cidr => IpSet.ofCidr(cidr, { hostBits: 'mask' })));
    if (kind === 'nodes') networks.push(nodesOf(LabelSelector.of(peer.nodes), ref, sink));
    if (kind === 'domainNames') hosts.push(...listOf(peer.domainNames, 'domainNames'));
  });
  if (peers.length === 0) throw new Error(`'${field}' is empty: name at least one peer`);
  return { any: false, pods, addresses: networks.length > 0 ? IpSet.unionOf(networks) : undefined, addressesOfPods, hosts, hasAddresses };
}

function nodesOf(selector: LabelSelector, ref: ObjectRef, sink: ModelSink): IpSet {
  const nodes = sink.nodes().filter(node => selector.matches(node.labels));
  if (nodes.length === 0) sink.warn(ref, `no Node with the labels '${selector}' is among the manifests, so what the rule says about nodes is left out`);
  return IpSet.unionOf(nodes.map(node => node.addresses));
}
