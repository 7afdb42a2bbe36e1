/**
 * The peers that a comparison needs beside the pods in the manifests: those that statements name and others own, and those that
 * nobody meant.
 */
import { Member, carries } from './closure';
import { ClusterModel } from '../analysis/model';
import { AssumedPeer, PodShape, keyOfLabels } from '../analysis/pods';
import { selectorWitnesses, strangers } from '../analysis/witnesses';
import { WorkloadEnd } from '../intent/endpoint';
import { Ledger } from '../intent/ledger';
import { Platform } from '../intent/platform';

/** What names peers in a cluster. */
export interface PeerBook {
  readonly ledger: Ledger;
  readonly platform: Platform;
  readonly members: readonly Member[];
}

/** Workloads known by labels only, what others own, and the pods of DNS, as far as no manifest shows them. */
export function statedPeers(shown: readonly PodShape[], { ledger, platform, members }: PeerBook): AssumedPeer[] {
  const { namespace, labels, port } = platform._dns;
  const dns = {
    namespace,
    name: Object.values(labels)[0],
    labels,
    foreign: true,
    ports: [{ name: 'dns', protocol: 'UDP' as const, port }, { name: 'dns-tcp', protocol: 'TCP' as const, port }],
  };
  const imported = ledger.ends().filter((end): end is WorkloadEnd => end.kind === 'workload' && end.imported);
  const own = members.flatMap(({ workloads }) => workloads);
  const groups = ledger.ends().flatMap(end => (end.kind === 'namespace' && end.group ? [{ ...GROUP, namespace: end.namespace, namespaceLabels: end.group }] : []));
  const known = podsByNamespace(shown);
  const peers = new Map([dns, ...groups, ...[...imported, ...own].map(assumedOf)].map(peer => [`${peer.namespace}/${peer.name}`, peer]));
  return [...peers.values()].filter(peer => !known.get(peer.namespace)?.some(pod => carries(pod, peer.labels)));
}

/** All pods of a group of namespaces, whichever they are. */
const GROUP = { name: 'pods', kind: 'PolicyGroup', labels: {}, foreign: true };

/**
 * A pod without labels in every namespace and one in a namespace of nobody; and for every selector of every policy the smallest pods
 * that it speaks for or lets in, as far as no workload is exactly that. `nowhere` is the namespace of nobody.
 */
export function imaginedPeers(model: ClusterModel, members: readonly Member[]): { peers: AssumedPeer[]; nowhere: string } {
  const known = new Set<string>();
  for (const { namespace, labels } of model.shapes) known.add(keyOf(namespace, labels));
  for (const { end, workloads } of members) for (const { labels } of workloads) known.add(keyOf(end.namespace, labels));
  const imagined = strangers(model);
  const nowhere = imagined[imagined.length - 1].namespace;
  for (const { namespace, labels } of imagined) known.add(keyOf(namespace, labels));
  for (const { peer } of selectorWitnesses(model)) {
    const key = keyOf(peer.namespace, peer.labels);
    if (!known.has(key)) imagined.push(peer);
    known.add(key);
  }
  return { peers: imagined, nowhere };
}

function assumedOf(end: WorkloadEnd): AssumedPeer {
  return {
    namespace: end.home.namespace,
    name: end.name,
    labels: end.labels,
    serviceAccount: end.serviceAccountName,
    foreign: end.imported,
    proxy: end.unmeshed ? false : undefined,
    ports: end.ports().filter(({ port }) => port._first > 0).map(({ port, name }) => ({ name, protocol: port._transport, port: port._first })),
  };
}

function podsByNamespace(pods: readonly PodShape[]): Map<string, Readonly<Record<string, string>>[]> {
  const known = new Map<string, Readonly<Record<string, string>>[]>();
  for (const { namespace, labels } of pods) {
    const list = known.get(namespace);
    if (list) list.push(labels);
    else known.set(namespace, [labels]);
  }
  return known;
}

function keyOf(namespace: string, labels: Readonly<Record<string, string>>): string {
  return `${namespace} ${keyOfLabels(labels)}`;
}
