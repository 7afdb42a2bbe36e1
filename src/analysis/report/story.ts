import { remediesOf, Remedy } from './remedy';
import { ConnectionSet } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { Decision, explain } from '../explain';
import { Advice, adviceOf } from '../mesh-advice';
import { toName, World, worldOf } from '../names';
import { End, Reachability } from '../reachability';
import { Direction, LayerName, ObjectRef, placeOf, textOfRef } from '../rules';

/** What one layer, or one end without any, said about a packet. */
export interface StoryReason {
  readonly layer: LayerName | 'none';
  readonly effect: Decision['effect'];
  /** Several where many policies close a pod together, none where nothing speaks about it. */
  readonly objects: readonly ObjectRef[];
  /** `egress[2]`: the place of the rule in the object. @default - no rule matched */
  readonly rule?: string;
  readonly conn: ConnectionSet;
  readonly text: string;
}

/** What happens to the packet at one end. */
export interface StoryStep {
  readonly direction: Direction;
  /** `out of shop/frontend[Deployment]` */
  readonly text: string;
  /** What of the question gets through here. */
  readonly conn: ConnectionSet;
  readonly reasons: readonly StoryReason[];
}

/** From packet to verdict: out of the source, into the destination. */
export interface Story {
  readonly src: string;
  readonly dst: string;
  readonly asked: ConnectionSet;
  readonly conn: ConnectionSet;
  readonly verdict: 'allowed' | 'denied' | 'partly allowed';
  readonly steps: readonly StoryStep[];
  /** The smallest change that would allow what is denied; none where everything asked for is allowed, or something is and no port was named. */
  readonly remedies: readonly Remedy[];
  /** What a mesh says of it without deciding: nothing where it is denied. */
  readonly advice: readonly Advice[];
}

/** @param host the name that the destination is known by; `dst` is then every address that it may have */
export function tell(reach: Reachability, src: End, dst: End, asked: ConnectionSet = ConnectionSet.all(), host?: string): Story {
  const world = src instanceof IpSet || !(dst instanceof IpSet) ? undefined : worldOf(reach, src);
  const decisions = world?.apart ? [] : settled(explain(reach, src, dst, asked, host), host !== undefined);
  const conn = (world && dst instanceof IpSet ? connOf(reach, world, src, dst, host) : reach.between(src, dst)).intersect(asked);
  const verdict = conn.equals(asked) ? 'allowed' : conn.isEmpty ? 'denied' : 'partly allowed';
  const steps = (['egress', 'ingress'] as const).flatMap(direction => {
    const here = decisions.filter(decision => decision.direction === direction);
    if (here.length === 0 && !(world?.apart && direction === 'egress')) return [];
    const step = stepOf(direction, direction === 'egress' ? src : dst, here, asked);
    const proxied = world?.proxiedBy.map(config => proxyReason(config, host ?? textOf(dst), conn, asked));
    return [proxied ? { ...step, conn, reasons: [...step.reasons, ...proxied] } : step];
  });
  const wanted = verdict === 'denied' || (verdict === 'partly allowed' && !asked.isAll);
  const remedies = !wanted ? [] : world && world.proxiedBy.length > 0 ? world.proxiedBy.map(config => proxyRemedy(config, host ?? textOf(dst), asked))
    : remediesOf(reach, src, dst, asked);
  return { src: textOf(src), dst: host ?? textOf(dst), asked, conn, verdict, steps, remedies, advice: adviceOf(reach.model, src, dst, conn) };
}

function connOf(reach: Reachability, world: World, src: End, dst: IpSet, host?: string): ConnectionSet {
  const named = host === undefined ? ConnectionSet.none() : toName(world, host);
  if (world.proxiedBy.length === 0) return reach.between(src, dst).union(named);
  if (host !== undefined) return named;
  const known = world.addresses.filter(({ addresses }) => addresses.contains(dst));
  return ConnectionSet.unionOf(known.map(row => row.conn));
}

/** Where somebody decides, it does not matter that others have nothing to say; and for a name, one address that it may have is enough at each gate. */
function settled(decisions: readonly Decision[], some: boolean): Decision[] {
  return decisions.filter(({ direction, effect, conn, layer }) => {
    const others = decisions.filter(other => other.direction === direction
      && (effect === 'open' ? other.effect !== 'open' : other.layer?.stage === layer?.stage && (other.effect === 'allow' || other.effect === 'open')));
    const settles = effect === 'open' || (some && (effect === 'isolate' || effect === 'deny'));
    return !(settles && conn.isSubsetOf(ConnectionSet.unionOf(others.map(other => other.conn))));
  });
}

function proxyReason(config: ObjectRef, dst: string, conn: ConnectionSet, asked: ConnectionSet): StoryReason {
  const text = conn.isEmpty ? `${textOfRef(config)} does not list ${dst}${asked.isAll ? '' : ` for ${asked}`}, and the proxy reaches what it lists only`
    : `${textOfRef(config)} lists ${dst} for ${conn}, and the proxy reaches what it lists only`;
  return { layer: 'proxy', effect: conn.isEmpty ? 'isolate' : 'allow', objects: [config], conn: conn.isEmpty ? asked : conn, text };
}

function proxyRemedy(config: ObjectRef, dst: string, asked: ConnectionSet): Remedy {
  return { direction: 'egress', text: `list ${dst}${asked.isAll ? '' : ` for ${asked}`} as a server in ${textOfRef(config)}, which holds what the proxy may reach` };
}

function stepOf(direction: Direction, subject: End, decisions: readonly Decision[], asked: ConnectionSet): StoryStep {
  const denied = ConnectionSet.unionOf(decisions.filter(({ effect }) => effect === 'isolate' || effect === 'deny').map(({ conn }) => conn));
  const conn = ConnectionSet.unionOf(decisions.filter(({ effect }) => effect === 'allow' || effect === 'open').map(each => each.conn)).subtract(denied);
  const groups = new Map<string, Decision[]>();
  for (const decision of decisions) {
    const { effect, rule, object, conn: part, layer } = decision;
    const key = effect === 'isolate' ? `${effect} ${part.key} ${layer?.name}` : `${effect} ${object && textOfRef(object)} ${rule?.index} ${rule?.condition} ${part.key}`;
    groups.set(key, [...groups.get(key) ?? [], decision]);
  }
  return {
    direction,
    conn,
    text: `${direction === 'egress' ? 'out of' : 'into'} ${textOf(subject)}`,
    reasons: [...groups.values()].map(group => reasonOf(group, asked)),
  };
}

function reasonOf(group: readonly Decision[], asked: ConnectionSet): StoryReason {
  const [{ effect, layer, rule, direction, conn }] = group;
  const objects = [...new Set(group.flatMap(({ object }) => object ?? []))].sort((a, b) => (textOfRef(a) < textOfRef(b) ? -1 : 1));
  const what = conn.equals(asked) && asked.isAll ? 'everything' : effect === 'isolate' && asked.isAll ? 'anything else' : conn.toString();
  const place = rule && placeOf({ ...rule, name: undefined, condition: undefined }, layer!.name);
  return {
    layer: layer?.name ?? 'none',
    effect,
    objects,
    conn,
    rule: place,
    text: SENTENCES[effect](listed(objects), what, rule ? placeOf(rule, layer!.name) : '', direction, objects.length > 1),
  };
}

type Sentence = (objects: string, conn: string, rule: string, direction: Direction, many: boolean) => string;
const SENTENCES: Readonly<Record<Decision['effect'], Sentence>> = {
  allow: (objects, conn, rule) => `${objects} opens ${conn} by rule ${rule}`,
  deny: (objects, conn, rule) => `${objects} denies ${conn} by rule ${rule}`,
  pass: (objects, conn, rule) => `${objects} leaves ${conn} to the next layer by rule ${rule}`,
  isolate: (objects, conn, _, direction, many) => `${objects} ${many ? 'select' : 'selects'} it, and no ${direction} rule there opens ${conn}`,
  open: (_, conn) => `nothing decides about ${conn}, so it is open`,
};

/** The kind is said once where all are of one. */
function listed(refs: readonly ObjectRef[]): string {
  const names = refs.map((ref, i) => (i > 0 && ref.kind === refs[i - 1].kind ? textOfRef(ref).slice(ref.kind.length + 1) : textOfRef(ref)));
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** The files, or construct paths, of what decided. */
export function filesOf({ objects }: StoryReason): string[] {
  return [...new Set(objects.flatMap(({ origin }) => origin ?? []))].sort();
}

export function textOf(end: End): string {
  return end instanceof IpSet ? end.toString() : end.text;
}
