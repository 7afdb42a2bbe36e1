/**
 * What a test says about two peers, held against what the manifests allow, with a counterexample where it does not hold: the
 * connection, the object and rule that decided, and the line of TypeScript that stated the flow.
 */
import { connectionsAt, carries } from './closure';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { Connectivity } from '../analysis/connectivity';
import { explain } from '../analysis/explain';
import { worldOf } from '../analysis/names';
import { End, Reachability, partsOf } from '../analysis/reachability';
import { endsOf, reasonOf } from '../analysis/verdict';
import { addressesOf } from '../intent/address-block';
import { AddressEnd, AddressFacts, Endpoint, homeOf, keyOf, nameOf } from '../intent/endpoint';
import { Ledger } from '../intent/ledger';
import { IPeer } from '../intent/peer';
import { Port } from '../intent/port';

/** A peer as a test names it: a construct, `Peer...`, or text as in the rows (`shop/api`, `203.0.113.0/24`). */
export type TestedPeer = IPeer | string;
/** What a test says: everything asked for passes, nothing of it passes, or exactly it passes. */
export type Claim = 'allow' | 'deny' | 'only allow';

/** Whether a claim holds, and in words why or why not. */
export interface Outcome {
  readonly holds: boolean;
  readonly explanation: string;
}

export function test(net: Connectivity, claim: Claim, from: TestedPeer, to: TestedPeer, ports: readonly Port[]): Outcome {
  if (claim === 'only allow' && ports.length === 0) {
    throw new Error('toOnlyAllow needs the ports that are allowed, for example Port.tcp(8080): to say that nothing is allowed, use toDeny');
  }
  const reach = net._reachability;
  const pairs = endsFor(reach, from).flatMap(src => endsFor(reach, to).map(dst => ({ src, dst })));
  const judged = pairs.map(pair => ({ ...pair, ...judge(reach, claim, pair, ports) }));
  const broken = judged.find(({ fault }) => fault);
  const [shown] = broken ? [broken] : judged;
  const verb = { 'allow': 'allow', 'deny': 'deny', 'only allow': 'allow only' }[claim];
  const asked = ports.length ? ` on ${ports.join(', ')}` : '';
  return {
    holds: !broken,
    explanation: [
      `${broken ? 'expected' : 'did not expect'} the manifests to ${verb} ${labelOf(from)} -> ${labelOf(to)}${asked}${broken ? `, but ${broken.fault}` : ''}`,
      ...reasons(reach, shown, shown.about).map(line => `  ${line}`),
      ...statements(from, to).map(line => `  ${line}`),
    ].join('\n'),
  };
}

interface Judgement {
  /** What is wrong with the claim, if anything. */
  readonly fault?: string;
  /** The connections that decide it. */
  readonly about: ConnectionSet;
}

function judge(reach: Reachability, claim: Claim, { src, dst }: { src: End; dst: End }, ports: readonly Port[]): Judgement {
  const { every, some } = between(reach, src, dst);
  const pair = `${textOf(src)} -> ${textOf(dst)}`;
  const asked = ports.length ? connectionsAt(dst instanceof IpSet ? undefined : dst.workload.variants[0].shape, ports) : ConnectionSet.all();
  const missing = ports.length ? asked.subtract(every) : ConnectionSet.none();
  const open = some.intersect(asked);
  const extra = some.subtract(asked);
  switch (claim) {
    case 'allow':
      if (ports.length === 0) return every.isEmpty ? { fault: `nothing is allowed from ${pair}`, about: asked } : { about: every };
      return missing.isEmpty && !asked.isEmpty ? { about: asked } : { fault: `${asked.isEmpty ? ports.join(', ') : missing} is denied from ${pair}`, about: asked };
    case 'deny':
      return open.isEmpty ? { about: asked } : { fault: `${open} is allowed from ${pair}`, about: open };
    case 'only allow':
      if (!missing.isEmpty) return { fault: `${missing} is denied from ${pair}`, about: missing };
      return extra.isEmpty ? { about: asked } : { fault: `${extra} is allowed too, from ${pair}`, about: extra };
  }
}

/** What passes between two ends; of pods with an interface outside, what leaves there. */
function between(reach: Reachability, src: End, dst: End): { every: ConnectionSet; some: ConnectionSet } {
  const world = src instanceof IpSet || !(dst instanceof IpSet) ? undefined : worldOf(reach, src);
  if (!world?.apart || !(dst instanceof IpSet)) return { every: reach.between(src, dst), some: reach.betweenSome(src, dst) };
  const parts = partsOf(world.addresses, dst);
  return { every: parts.reduce((all, part) => all.intersect(part), ConnectionSet.all()), some: ConnectionSet.unionOf(parts) };
}

function reasons(reach: Reachability, { src, dst }: { src: End; dst: End }, about: ConnectionSet): string[] {
  return [...new Set(explain(reach, src, dst, about).map(decision => reasonOf(decision, src, dst).text))];
}

/** The lines that stated the flow between two peers, as far as both are given as constructs. */
function statements(from: TestedPeer, to: TestedPeer): string[] {
  if (typeof from === 'string' || typeof to === 'string') return [];
  const ledger = (homeOf(from._end) ?? homeOf(to._end))?.ledger as Ledger | undefined;
  const flow = ledger?.flows().find(candidate => keyOf(candidate.from) === keyOf(from._end) && keyOf(candidate.to) === keyOf(to._end));
  if (!flow) return ['no statement in the program allows it'];
  return flow.statements.map(({ site, by, reason }) => `stated by the ${by} at ${site}${reason ? ` (${reason})` : ''}`);
}

function endsFor(reach: Reachability, peer: TestedPeer): readonly End[] {
  if (typeof peer === 'string') return endsOf(reach, peer);
  const end = peer._end;
  if (end.kind === 'addresses') return end.host ? endsOf(reach, end.host) : [addressesFor(reach, end)];
  const ends = podsOf(reach, end);
  if (ends.length === 0) throw new Error(`'${nameOf(end)}' has no pods in what is tested: is it of another App, or of another set of manifests?`);
  return ends;
}

function podsOf(reach: Reachability, end: Exclude<Endpoint, AddressEnd>): End[] {
  const namespace = end.kind === 'workload' ? end.home.namespace : end.namespace;
  const labels = end.kind === 'workload' ? end.labels : {};
  const group = end.kind === 'namespace' ? end.group : undefined;
  const isHome = (name: string) => (group ? carries(reach.model.namespaces.get(name) ?? {}, group) : name === namespace);
  return reach.endpoints.filter(pod => pod.real && !pod.hostNetwork && isHome(pod.namespace) && carries(pod.labels, labels));
}

/** Addresses as the facts of what is tested make them; where nothing is known of the cluster, nothing is left out of them. */
function addressesFor(reach: Reachability, end: AddressEnd): IpSet {
  const { podCidrs = [], serviceCidrs = [], nodeCidrs = [] } = reach.model.facts;
  const ranges = { pods: podCidrs, services: serviceCidrs, nodes: nodeCidrs, metadata: [] };
  const unknown = () => {
    throw new Error('Peer.apiServer() cannot be tested as a peer: name its endpoints with Peer.address(...)');
  };
  const facts: AddressFacts = {
    path: 'the peer of the assertion',
    clusterRange: name => IpSet.ofCidrs(ranges[name]),
    everywhere: () => ['0.0.0.0/0', '::/0'],
    apiServer: unknown,
    apiServerAddresses: unknown,
    apiServerSources: unknown,
    wildcardNames: true,
  };
  return IpSet.unionOf(end.resolve(facts).map(({ blocks }) => addressesOf(blocks)));
}

function labelOf(peer: TestedPeer): string {
  return typeof peer === 'string' ? peer : nameOf(peer._end);
}

function textOf(end: End): string {
  return end instanceof IpSet ? end.toString() : end.text;
}
