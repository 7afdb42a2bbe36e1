import { Decision, explain } from './explain';
import { adviceOf } from './mesh-advice';
import { toName, World, worldOf } from './names';
import { End, partsOf, Reachability } from './reachability';
import { ObjectRef, placeOf, textOfRef } from './rules';
import { sourceAddressesOf } from './source-addresses';
import { ConnectionSet, Protocol } from '../algebra/connection-set';
import { IpSet, isAddress } from '../algebra/ip-set';

/** A question about two peers. */
export interface ConnectivityQuery {
  /** A workload (`shop/api`, `shop/api[Deployment]`), an address, a CIDR or a range `first-last`. */
  readonly src: string;
  /** The same, or the name of a host outside (`orders.db.example`). */
  readonly dst: string;
  /**
   * TCP, UDP or SCTP.
   * @default - TCP where a port is given, else every protocol
   */
  readonly protocol?: string;
  /**
   * The port at the destination's pod, after any Service has been resolved.
   * @default - every port
   */
  readonly port?: number;
  /**
   * The last port of a range that begins with `port`.
   * @default - `port` alone
   */
  readonly endPort?: number;
}

/** Who decided, and what. */
export interface Reason {
  /** `egress` at the source, or `ingress` at the destination. */
  readonly direction: string;
  /** The layer that decided: `network-policy`, `admin`, `baseline`, ...; or what is told beside that: `source-address`, `sidecar`, `request-authentication`, `gateway`. */
  readonly layer: string;
  readonly allows: boolean;
  /** The object, as `Kind namespace/name`; none where nothing speaks about the pod. */
  readonly object?: string;
  /** Where the object was read: a file, or the path of a construct. */
  readonly origin?: string;
  /** The place of the rule in the object's list for that direction; none where no rule matched. */
  readonly rule?: number;
  /** The part of the question that is decided here. */
  readonly conn: string;
  /** All of it as a sentence. */
  readonly text: string;
}

/** The answer to a question. */
export interface Verdict {
  /** Whether anything that was asked for may pass; with a port: whether it may pass, for every address asked for. */
  readonly allowed: boolean;
  /** Whether nothing that was asked for may pass, for no address asked for. */
  readonly denied: boolean;
  /** What of the question may pass, for every address asked for. */
  readonly conn: string;
  readonly reasons: Reason[];
}

export function decide(reach: Reachability, query: ConnectivityQuery): Verdict {
  const asked = askedOf(query);
  const host = hostOf(query.dst);
  const targets = host === undefined ? endsOf(reach, query.dst) : [reach.model.outside];
  const ends = endsOf(reach, query.src).flatMap(src => targets.map(dst => ({ src, dst, ...answer(reach, src, dst, host) })));
  let every = asked;
  let some = ConnectionSet.none();
  for (const end of ends) {
    every = every.intersect(end.every);
    some = some.union(end.some.intersect(asked));
  }
  const exact = query.port !== undefined;
  return {
    allowed: exact ? every.equals(asked) : !every.isEmpty,
    denied: some.isEmpty,
    conn: every.toString(),
    reasons: ends.flatMap(({ src, dst, world }) => [
      ...world?.apart ? [] : explain(reach, src, dst, asked, host).map(decision => reasonOf(decision, src, dst)),
      ...some.isEmpty ? [] : [...sourceReasons(reach, src, dst), ...adviceReasons(reach, src, dst, some)],
      ...world ? proxyReasons(world, src, query.dst, some.isEmpty ? asked : some, !some.isEmpty) : [],
    ]),
  };
}

interface Answer {
  readonly every: ConnectionSet;
  readonly some: ConnectionSet;
  /** What a proxy leaves of the world outside, where the source is one. */
  readonly world?: World;
}

/** Behind a proxy its configuration decides what is outside; a name that nobody lists may be any address outside. */
function answer(reach: Reachability, src: End, dst: End, host?: string): Answer {
  if (src instanceof IpSet || !(dst instanceof IpSet)) return { every: reach.between(src, dst), some: reach.betweenSome(src, dst) };
  const world = worldOf(reach, src);
  const named = host === undefined ? ConnectionSet.none() : toName(world, host);
  if (world.proxiedBy.length === 0) return { every: reach.between(src, dst).union(named), some: reach.betweenSome(src, dst).union(named) };
  if (host !== undefined) return { every: named, some: named, world };
  const parts = partsOf(world.addresses, dst);
  return { every: parts.reduce((all, part) => all.intersect(part), ConnectionSet.all()), some: ConnectionSet.unionOf(parts), world };
}

function proxyReasons({ proxiedBy, apart }: World, src: End, dst: string, conn: ConnectionSet, allows: boolean): Reason[] {
  return proxiedBy.map(config => ({
    direction: 'egress',
    layer: 'proxy',
    allows,
    object: textOfRef(config),
    origin: config.origin,
    conn: conn.toString(),
    text: `${textOfRef(config)} ${allows ? 'lists' : 'does not list'} ${dst} for ${conn}, and ${apart ? 'what leaves by its interface outside' : `the proxy ${textOf(src)}`} reaches what it lists only`,
  }));
}

/** What a mesh says without deciding. */
function adviceReasons(reach: Reachability, src: End, dst: End, conn: ConnectionSet): Reason[] {
  return adviceOf(reach.model, src, dst, conn).map(({ layer, object, text }) => ({
    direction: layer === 'sidecar' ? 'egress' : 'ingress',
    layer,
    allows: true,
    object: textOfRef(object),
    origin: object.origin,
    conn: 'any',
    text,
  }));
}

/** Under which addresses what is allowed to leave is seen outside. */
function sourceReasons(reach: Reachability, src: End, dst: End): Reason[] {
  if (src instanceof IpSet || !(dst instanceof IpSet)) return [];
  return sourceAddressesOf(reach, src).map(({ ref, addresses }) => ({
    direction: 'egress',
    layer: 'source-address',
    allows: true,
    object: textOfRef(ref),
    origin: ref.origin,
    conn: 'any',
    text: `${textOfRef(ref)} lets ${src.text} leave the cluster as ${addresses.join(' or ')}`,
  }));
}

/** The name of a host outside, where a text is one. */
export function hostOf(text: string): string | undefined {
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\.?$/i.test(text) && !/^[\d.]+$/.test(text) ? text : undefined;
}

export function askedOf({ protocol, port, endPort }: ConnectivityQuery): ConnectionSet {
  if (port !== undefined) return ConnectionSet.of((protocol ?? 'TCP') as Protocol, port, endPort ?? port);
  return protocol === undefined ? ConnectionSet.all() : ConnectionSet.ofProtocol(protocol as Protocol);
}

/** The ends that a text names. Throws where it names nobody. */
export function endsOf(reach: Reachability, text: string): readonly End[] {
  const bare = text.replace(/\[External\]$/, '');
  if (isAddress(bare)) return [IpSet.ofAddress(bare)];
  const range = /^([0-9a-fA-F.:]+)-([0-9a-fA-F.:]+)$/.exec(bare);
  if (range && isAddress(range[1])) return [IpSet.ofRange(range[1], range[2])];
  if (/^[0-9a-fA-F.:]+\/\d+$/.test(bare)) return [IpSet.ofCidr(bare)];
  const match = /^([^/[\]]+)\/([^/[\]]+)(?:\[([^\]]+)\])?$/.exec(text);
  if (!match) throw new Error(`'${text}' names no peer: write namespace/name, namespace/name[Kind], an address, a CIDR or the name of a host outside`);
  const [, namespace, name, kind] = match;
  const found = reach.find(namespace, name, kind);
  if (found.length > 0) return found;
  const near = reach.endpoints.filter(e => e.real && (e.namespace === namespace || e.name === name)).map(e => e.text).sort().slice(0, 8);
  throw new Error(`'${text}' is no workload of this cluster: ${near.length > 0 ? `did you mean ${near.join(', ')}?` : 'check namespace and name'}`);
}

export function reasonOf({ direction, layer, effect, object, rule, conn }: Decision, src: End, dst: End): Reason {
  const subject = direction === 'egress' ? textOf(src) : textOf(dst);
  return {
    direction,
    layer: layer?.name ?? 'none',
    allows: effect === 'allow' || effect === 'open',
    object: object && textOfRef(object),
    origin: object?.origin,
    rule: rule?.index,
    conn: conn.toString(),
    text: SENTENCES[effect](subject, direction, conn.toString(), object, rule && placeOf(rule, layer!.name)),
  };
}

type Sentence = (subject: string, direction: string, conn: string, object?: ObjectRef, rule?: string) => string;
const SENTENCES: Record<Decision['effect'], Sentence> = {
  allow: (subject, direction, conn, object, rule) => `${textOfRef(object!)} allows ${conn} by rule ${rule} (${direction} of ${subject})`,
  deny: (subject, direction, conn, object, rule) => `${textOfRef(object!)} denies ${conn} by rule ${rule} (${direction} of ${subject})`,
  pass: (subject, direction, conn, object, rule) => `${textOfRef(object!)} leaves ${conn} to the next layer by rule ${rule} (${direction} of ${subject})`,
  isolate: (subject, direction, conn, object) => `${textOfRef(object!)} selects ${subject}, and no ${direction} rule allows ${conn}`,
  open: (subject, direction, conn) => `nothing decides about ${conn} for the ${direction} of ${subject}, so it is allowed`,
};

function textOf(end: End): string {
  return end instanceof IpSet ? end.toString() : end.text;
}
