import { resolveOutside } from './outside';
import { NAME_LABEL, PodShape } from './pods';
import { isHostIn, PeerView, PortResolver } from './program';
import { End, Endpoint, Reachability } from './reachability';
import { Direction, Layer, LAYERS, ObjectRef, Peers, Policy, Rule } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { Labels } from '../algebra/label-selector';

/**
 * Why a connection is allowed or denied: the objects and rules that decided, from the source's egress to the destination's ingress.
 * It walks the policies themselves, not the compiled programs, so it is also a check on those.
 */
export interface Decision {
  readonly direction: Direction;
  readonly layer?: Layer;
  /** `allow`, `deny` and `pass` are rules; `isolate` is the denial that comes with being selected; `open` is that nobody decides. */
  readonly effect: 'allow' | 'deny' | 'pass' | 'isolate' | 'open';
  readonly object?: ObjectRef;
  readonly rule?: Rule;
  /** The part of the question that is decided here. */
  readonly conn: ConnectionSet;
}

/** @param host the name that the destination is known by; `dst` is then every address that it may have */
export function explain(reach: Reachability, src: End, dst: End, asked: ConnectionSet = ConnectionSet.all(), host?: string): Decision[] {
  const decisions: Decision[] = [];
  if (!(src instanceof IpSet)) {
    const resolve = dst instanceof IpSet ? resolveOutside : reach.judge.resolverOf(dst.peerClass);
    decisions.push(...decideAt(reach, src, 'egress', { end: dst, host }, resolve, asked));
  }
  if (!(dst instanceof IpSet)) decisions.push(...decideAt(reach, dst, 'ingress', { end: src }, reach.judge.resolverOf(dst.peerClass), asked));
  return decisions;
}

/** The other end, and the name by which it is known. */
interface Other {
  readonly end: End;
  readonly host?: string;
}

function decideAt(reach: Reachability, subject: Endpoint, direction: Direction, peer: Other, resolve: PortResolver, asked: ConnectionSet): Decision[] {
  const found = new Map<string, Decision>();
  const policies = subject.workload.variants.flatMap(({ shape }) => reach.compilation.policiesOf[shape.id]);
  const speaking = [...new Set(policies)].filter(policy => policy.directions.includes(direction));
  for (const view of viewsOf(reach, subject, direction, peer)) {
    const all = stagesOf(speaking).flatMap(stage => [...decideStage(reach, stage, direction, view, resolve, asked)]);
    const decided = ConnectionSet.unionOf(all.filter(({ effect }) => effect !== 'open' && effect !== 'pass').map(({ conn }) => conn));
    for (const decision of all) {
      const { layer, effect, object, rule } = decision;
      // A stage that is silent about what another decides has nothing to explain.
      const conn = effect === 'open' ? decision.conn.subtract(decided) : decision.conn;
      if (conn.isEmpty) continue;
      found.set([layer?.name, effect, object?.kind, object?.namespace, object?.name, rule?.index, rule?.condition, conn.key].join(' '), { ...decision, conn });
    }
  }
  return [...found.values()];
}

/** A peer as the rules may meet it, with the pod that it is. */
interface View {
  readonly shape?: PodShape;
  readonly at: PeerView;
}

function viewsOf(reach: Reachability, subject: Endpoint, direction: Direction, { end: peer, host }: Other): View[] {
  if (peer instanceof IpSet) {
    return reach.outside(subject, direction).map(row => row.addresses.intersect(peer)).concat(
      peer.subtract(IpSet.unionOf(reach.outside(subject, direction).map(row => row.addresses))),
    ).filter(set => !set.isEmpty).map(set => ({ at: { selectable: false, anonymous: true, host, v4: set.v4.cuts[0], v6: set.v6.cuts[0] } }));
  }
  const program = subject.peerClass[direction];
  const views = ([4, 6] as const).flatMap(family => reach.judge.viewsOf(program, peer.peerClass, family));
  return peer.workload.variants.flatMap(({ shape }) => [...new Set(views)].map(at => ({ shape, at })));
}

function stagesOf(policies: readonly Policy[]): { layer: Layer; policies: Policy[] }[][] {
  const stages = new Map<string, { layer: Layer; policies: Policy[] }[]>();
  for (const layer of LAYERS) {
    const tiers = stages.get(layer.stage) ?? [];
    stages.set(layer.stage, tiers);
    const own = policies.filter(policy => policy.layer === layer.name);
    if (own.length > 0) tiers.push({ layer, policies: own });
  }
  const speaking = [...stages.values()].filter(tiers => tiers.length > 0);
  return speaking.length > 0 ? speaking : [[]];
}

function* decideStage(reach: Reachability, stage: readonly { layer: Layer; policies: Policy[] }[], direction: Direction, view: View,
  resolve: PortResolver, asked: ConnectionSet): Iterable<Decision> {
  let undecided = asked;
  for (const { layer, policies } of stage) {
    const rules = policies.flatMap(policy => policy.rules.filter(rule => rule.direction === direction).map(rule => ({ policy, rule })))
      .filter(({ rule }) => isPeer(rule.peers, view, reach.model.namespaces));
    const portsOf = (rule: Rule) => resolve(rule);
    if (layer.decides === 'isolating') {
      const seen = layer.about ? undecided.intersect(layer.about) : undecided;
      let opened = ConnectionSet.none();
      for (const { policy, rule } of rules) {
        const conn = portsOf(rule).intersect(seen);
        opened = opened.union(conn);
        yield { direction, layer, effect: 'allow', object: policy.ref, rule, conn };
      }
      for (const policy of policies) yield { direction, layer, effect: 'isolate', object: policy.ref, conn: seen.subtract(opened) };
      undecided = undecided.subtract(seen);
      if (undecided.isEmpty) return;
      continue;
    }
    let passed = ConnectionSet.none();
    for (const { policy, rule } of rules) {
      const conn = portsOf(rule).intersect(undecided);
      undecided = undecided.subtract(conn);
      if (rule.action === 'pass') passed = passed.union(conn);
      yield { direction, layer, effect: rule.action, object: policy.ref, rule, conn };
    }
    undecided = undecided.union(passed);
  }
  yield { direction, effect: 'open', conn: undecided };
}

function isPeer(peers: Peers, { shape, at }: View, namespaces: ReadonlyMap<string, Labels>): boolean {
  if (peers.any) return true;
  if (shape && at.selectable) {
    const labels = namespaces.get(shape.namespace) ?? { [NAME_LABEL]: shape.namespace };
    for (const match of peers.pods) {
      const here = match.namespace === undefined ? match.namespaces?.matches(labels) ?? true : match.namespace === shape.namespace;
      const known = match.identity === undefined || (shape.identity !== undefined && match.identity.matches(shape.identity));
      if (here && known && match.pods.matches(shape.labels)) return true;
    }
  }
  const { addresses, hosts = [] } = peers;
  if (peers.withoutIdentity && (shape ? shape.identity !== undefined : !at.anonymous)) return false;
  if (peers.withoutIdentity && addresses === undefined) return true;
  if (peers.addressesOfPods && at.unplaced && addresses?.contains(IpSet.all(4))) return true;
  if (at.host !== undefined && hosts.some(pattern => isHostIn(at.host!, pattern))) return true;
  return addresses !== undefined && ((at.v4 !== undefined && addresses.v4.has(at.v4)) || (at.v6 !== undefined && addresses.v6.has(at.v6)));
}
