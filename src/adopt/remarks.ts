/**
 * What the program does not open, and why: every line of the difference between the manifests and what the program writes, under what has to
 * be done about it; and what the program could not take over of policies, although no pod shows it today.
 */
import { isProxy } from './addresses';
import { Grants } from './grants';
import { labelsOf, namespacesOf } from './mentioned';
import { isPlatform } from './plan';
import { Units } from './units';
import { groupBy } from '../algebra/group';
import { ConnectivityChange, opens } from '../analysis/diff';
import { CONTROLLER_TEXT } from '../analysis/entrance-rows';
import { Endpoint, Reachability } from '../analysis/reachability';
import { Direction, PodMatch, textOfRef } from '../analysis/rules';

export interface Remark {
  /** Why these lines differ, and what to do. */
  readonly why: string;
  readonly changes: readonly ConnectivityChange[];
}

export interface RemarkContext {
  /** The cluster as it is. */
  readonly reach: Reachability;
  readonly grants: Grants;
  readonly units: Units;
  /** The families of addresses that pods have. Undefined where the ranges of the cluster are not known, and so no range can be stated. */
  readonly families?: ReadonlySet<4 | 6>;
}

const DNS = 'opens, because every namespace of the library reaches DNS: if that is not meant, leave this namespace out with --leave';
const OPENED = 'opens, because the policies of the whole cluster that deny it are left out: leave these namespaces out with --leave, or correct those policies first';
const LABELS = 'closed, because other pods of the namespace have all labels that these pods have: give their template a label of its own';
const HOST = 'closed, because pods on their node\'s network have no identity that a policy could name: take them off the host network, '
  + 'or open their nodes\' range with allowFrom(Peer.clusterRange(ClusterRange.NODES))';
const INGRESS = 'closed, because nothing says which pods the ingress controller is: import it with SecureWorkload.imported(...) and state allowFrom(controller)';
const PROXY = 'closed, because what these pods reach is said by the configuration of their proxy: replace them by an EgressRouter';
const NAMES = 'closed, because NetworkPolicy knows no names: put an EgressRouter in front of it and state allowTo(router)';
const RANGES = 'closed, because ranges of addresses are stated only where the cluster\'s own are known: give --pod-cidr, --service-cidr and --node-cidr';
const OWN_RANGES = 'closed, because it belongs to the cluster itself (pods, services, nodes, the metadata service), which no range means by itself: '
  + 'if it is meant, state Peer.clusterRange(...)';
const FAMILY = 'closed, and nothing is lost by it: these addresses are of a family that the cluster\'s pods have not (--pod-cidr)';
const OPEN = (direction: Direction) => `closed, because no policy closed ${direction === 'egress' ? 'what these pods send' : 'these pods to whoever calls them'}: state whom they need, `
  + `${direction === 'egress' ? 'allowTo(...), with Peer.internet() for the world' : 'allowFrom(...), with Peer.internet() for the world'}`;
const EVERYBODY = 'closed, because no policy names these two for each other, and "everybody" cannot be stated: state the pairs that are needed with allowTo(...)';
const OTHERWISE = 'closed, because a policy opens it to some pods only that one statement would have to treat alike: state it for a workload of its own';

/** The differences, under their reasons. */
export function remarksOf(changes: readonly ConnectivityChange[], context: RemarkContext): Remark[] {
  const endpoints = new Map(context.reach.endpoints.map(endpoint => [endpoint.text, endpoint]));
  return [...groupBy(changes, change => whyOf(change, endpoints, context))].map(([why, group]) => ({ why, changes: group }))
    .sort((a, b) => (a.why < b.why ? -1 : 1));
}

function whyOf(change: ConnectivityChange, endpoints: ReadonlyMap<string, Endpoint>, { grants, units, families }: RemarkContext): string {
  if (opens(change)) return /^((TCP|UDP) (53|5353),?)+$/.test(change.after.subtract(change.before).toString()) ? DNS : OPENED;
  const [src, dst] = [endpoints.get(change.src), endpoints.get(change.dst)];
  for (const end of [src, dst]) {
    const stray = units.strays.find(({ endpoint }) => endpoint.text === end?.text);
    if (stray) return stray.why === 'labels' ? LABELS : HOST;
  }
  if (change.src === CONTROLLER_TEXT) return INGRESS;
  if (src && dst) {
    const said = grants.said(src, dst);
    return said.overlaps(change.before.subtract(change.after)) ? OTHERWISE : EVERYBODY;
  }
  const [inside, direction] = src ? [src, 'egress' as const] : [dst, 'ingress' as const];
  if (inside === undefined) return OTHERWISE;
  if (direction === 'egress' && isProxy(inside)) return PROXY;
  if (!change.src.endsWith('[External]') && !change.dst.endsWith('[External]')) return NAMES;
  if (!grants.isClosed(inside, direction)) return OPEN(direction);
  if (!families) return RANGES;
  return families.has((direction === 'egress' ? change.dst : change.src).includes(':') ? 6 : 4) ? OWN_RANGES : FAMILY;
}

/** What policies say that shows in no line today: of pods that are not there yet. */
export function notesOf({ model }: Reachability, grants: Grants, secured: ReadonlySet<string>): string[] {
  const notes: string[] = [];
  const shows = (match: PodMatch) => grants.chosen(match).some(({ real }) => real);
  for (const { ref, layer, subject, rules } of model.policies) {
    if (layer !== 'network-policy' || (ref.namespace !== undefined && !secured.has(ref.namespace))) continue;
    const text = textOfRef(ref);
    if (!shows(subject)) {
      notes.push(`${text} selects no pod of these manifests: it is left out; give the manifests of its pods too, or state what it said with select(...)`);
      continue;
    }
    for (const { direction, index, peers, ports } of rules) {
      const rule = `${text}, rule ${direction}[${index}],`;
      for (const match of peers.pods) {
        const who = match.pods.isEverything ? '' : ` with ${match.pods}`;
        if (!namespacesOf(match)) {
          notes.push(`${rule} chooses namespaces by labels (${match.namespaces}): only pods of these manifests are stated; a label can be given to any namespace, so name those that are meant`);
        } else if (!match.pods.isEverything && !labelsOf(match.pods)) {
          notes.push(`${rule} chooses pods by what their labels are not, or whatever they are (${match.pods}): only pods of these manifests are stated`);
        } else if (!match.pods.isEverything && !shows(match)) {
          notes.push(`${rule} names pods${who} that are not in these manifests: they are left out; state them with select(...)`);
        }
      }
      if (ports.names.length > 0 && direction === 'egress') {
        const shown = peers.pods.some(match => grants.chosen(match).some(({ real, namespace }) => real && !isPlatform(namespace)));
        if (!shown) notes.push(`${rule} names the port '${ports.names[0].name}', which no pod of these manifests declares: it is left out; state its number`);
      }
    }
  }
  return [...new Set(notes)];
}
