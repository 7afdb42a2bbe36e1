import { remediesOf, Remedy } from './remedy';
import { ConnectionSet } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { Decision, explain } from '../explain';
import { End, Reachability } from '../reachability';
import { Direction, LayerName, ObjectRef, textOfRef } from '../rules';

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
}

export function tell(reach: Reachability, src: End, dst: End, asked: ConnectionSet = ConnectionSet.all()): Story {
  const decisions = explain(reach, src, dst, asked);
  const conn = reach.between(src, dst).intersect(asked);
  const verdict = conn.equals(asked) ? 'allowed' : conn.isEmpty ? 'denied' : 'partly allowed';
  const steps = (['egress', 'ingress'] as const).flatMap(direction => {
    const here = decisions.filter(decision => decision.direction === direction);
    return here.length === 0 ? [] : [stepOf(direction, direction === 'egress' ? src : dst, here, asked)];
  });
  const wanted = verdict === 'denied' || (verdict === 'partly allowed' && !asked.isAll);
  return { src: textOf(src), dst: textOf(dst), asked, conn, verdict, steps, remedies: wanted ? remediesOf(reach, src, dst, asked) : [] };
}

function stepOf(direction: Direction, subject: End, decisions: readonly Decision[], asked: ConnectionSet): StoryStep {
  const denied = ConnectionSet.unionOf(decisions.filter(({ effect }) => effect === 'isolate' || effect === 'deny').map(({ conn }) => conn));
  const conn = ConnectionSet.unionOf(decisions.filter(({ effect }) => effect === 'allow' || effect === 'open').map(each => each.conn)).subtract(denied);
  const groups = new Map<string, Decision[]>();
  for (const decision of decisions) {
    const { effect, rule, object, conn: part, layer } = decision;
    const key = effect === 'isolate' ? `${effect} ${part.key} ${layer?.name}` : `${effect} ${object && textOfRef(object)} ${rule?.index} ${part.key}`;
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
  const place = rule && `${direction}[${rule.index}]`;
  return {
    layer: layer?.name ?? 'none',
    effect,
    objects,
    conn,
    rule: place,
    text: SENTENCES[effect](listed(objects), what, `${place}${rule?.name ? ` '${rule.name}'` : ''}`, direction, objects.length > 1),
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
