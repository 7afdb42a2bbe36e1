import { at, listOf, ModelSink } from './_reader';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef, PodMatch, Peers } from '../rules';

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

export function readPeers(list: any, field: string, egress: boolean, addressesOfPods: boolean, ref: ObjectRef, sink: ModelSink): AdminPeers {
  const peers = listOf(list, field);
  if (peers.length === 0) throw new Error(`${field}: a rule without peers: name at least one`);
  const pods: PodMatch[] = [];
  const networks: IpSet[] = [];
  const hosts: string[] = [];
  let hasAddresses = false;
  peers.forEach((peer, i) => at(`${field}[${i}]`, () => {
    const kinds = Object.keys(peer ?? {}).filter(kind => peer[kind] !== undefined);
    if (kinds.length !== 1) throw new Error(`the peer has ${kinds.length === 0 ? 'nothing' : kinds.join(' and ')}: write exactly one of ${KINDS.join(', ')}`);
    const [kind] = kinds;
    if (!KINDS.includes(kind) || (!egress && kind !== 'namespaces' && kind !== 'pods')) throw new Error(`'${kind}' is no peer here`);
    if (kind === 'namespaces' || kind === 'pods') {
      pods.push(readScope(peer));
      return;
    }
    hasAddresses = true;
    if (kind === 'networks') networks.push(...listOf(peer.networks, 'networks').map(cidr => IpSet.ofCidr(cidr, { hostBits: 'mask' })));
    if (kind === 'nodes') networks.push(nodesOf(LabelSelector.of(peer.nodes), ref, sink));
    if (kind === 'domainNames') hosts.push(...listOf(peer.domainNames, 'domainNames'));
  }));
  return { any: false, pods, addresses: networks.length > 0 ? IpSet.unionOf(networks) : undefined, addressesOfPods, hosts, hasAddresses };
}

function nodesOf(selector: LabelSelector, ref: ObjectRef, sink: ModelSink): IpSet {
  const nodes = sink.nodes().filter(node => selector.matches(node.labels));
  if (nodes.length === 0) sink.warn(ref, `no Node with the labels '${selector}' is among the manifests, so what the rule says about nodes is left out`);
  return IpSet.unionOf(nodes.map(node => node.addresses));
}
