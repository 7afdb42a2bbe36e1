/**
 * What passes between two pods because a policy says so, and not merely because nobody closed it. What a policy says is stated in the program;
 * what nobody closed is closed by it.
 */
import { ConnectionSet } from '../algebra/connection-set';
import { LabelSelector } from '../algebra/label-selector';
import { PeerClass } from '../analysis/classes';
import { Endpoint, Reachability } from '../analysis/reachability';
import { ObjectRef, PodMatch, Policy, Rule, Direction } from '../analysis/rules';
import { NamespaceIndex } from '../analysis/selection';

export class Grants {
  private readonly known = new Map<number, ConnectionSet>();
  private readonly size: number;
  private readonly namespaces: NamespaceIndex;

  constructor(private readonly reach: Reachability) {
    this.size = reach.classes.all.length;
    this.namespaces = new NamespaceIndex(reach.model.namespaces);
  }

  /** All that passes from one pod to another. */
  open(src: Endpoint, dst: Endpoint): ConnectionSet {
    return this.reach.judge.between(src.peerClass, dst.peerClass);
  }

  /** What of it a rule at either end opens for the other end by its labels. */
  said(src: Endpoint, dst: Endpoint): ConnectionSet {
    const key = src.peerClass.id * this.size + dst.peerClass.id;
    let said = this.known.get(key);
    if (!said) {
      const open = this.open(src, dst);
      said = open.isEmpty ? open : open.intersect(ConnectionSet.unionOf([...this.rules(src, dst)].map(({ rule }) => this.portsOf(rule, dst.peerClass))));
      this.known.set(key, said);
    }
    return said;
  }

  /** The policies that say something of these connections, sorted. */
  objects(src: Endpoint, dst: Endpoint, conn: ConnectionSet): ObjectRef[] {
    return [...this.rules(src, dst)].filter(({ rule }) => this.portsOf(rule, dst.peerClass).overlaps(conn)).map(({ policy }) => policy.ref);
  }

  policiesOf({ workload }: Endpoint, direction: Direction): readonly Policy[] {
    return this.reach.compilation.policiesOf[workload.variants[0].shape.id].filter(({ directions }) => directions.includes(direction));
  }

  /** Whether somebody has closed a direction of a pod, so that whatever passes there is meant. */
  isClosed(endpoint: Endpoint, direction: Direction): boolean {
    return this.policiesOf(endpoint, direction).some(({ layer }) => layer === 'network-policy');
  }

  /** The pods that a match chooses, also those that nobody runs. */
  chosen(match: PodMatch): Endpoint[] {
    return this.homesOf(match).flatMap(home => this.reach.within(home)).filter(({ hostNetwork, labels }) => !hostNetwork && match.pods.matches(labels));
  }

  /** The namespaces that a match speaks about. */
  homesOf({ namespace, namespaces = LabelSelector.EVERYTHING }: PodMatch): readonly string[] {
    return namespace !== undefined ? [namespace] : this.namespaces.chosenBy(namespaces);
  }

  chooses(match: PodMatch, { namespace, labels, hostNetwork }: Endpoint): boolean {
    return !hostNetwork && this.choosesNamespace(match, namespace) && match.pods.matches(labels);
  }

  choosesNamespace(match: PodMatch, name: string): boolean {
    if (match.namespace !== undefined) return match.namespace === name;
    return match.namespaces?.matches(this.reach.model.namespaces.get(name) ?? {}) ?? true;
  }

  private portsOf(rule: Rule, dst: PeerClass): ConnectionSet {
    return this.reach.judge.resolverOf(dst)(rule);
  }

  private* rules(src: Endpoint, dst: Endpoint): Iterable<{ policy: Policy; rule: Rule }> {
    for (const [self, peer, direction] of [[src, dst, 'egress'], [dst, src, 'ingress']] as const) {
      for (const policy of this.policiesOf(self, direction)) {
        for (const rule of policy.rules) {
          if (rule.direction === direction && rule.action === 'allow' && rule.peers.pods.some(match => this.chooses(match, peer))) yield { policy, rule };
        }
      }
    }
  }
}
