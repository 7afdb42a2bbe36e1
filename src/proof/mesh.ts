/**
 * What proxies let in passes the policies of the network first, and each of the two has to hold by itself: otherwise one could be wide open
 * and nobody would know while the other still stands. So each workload in the mesh is asked here whom its own proxy lets in, by identity,
 * as if there were no other policy, and that is held against what was stated.
 *
 * Beside the callers that were stated, identities are imagined that nobody meant: one in a namespace of nobody, one beside the workload,
 * and the smallest that each rule lets in. It walks the rules themselves and shares nothing with the programs of the analysis.
 */
import { Closure, Member, carries, connectionsAt } from './closure';
import { ConnectionSet } from '../algebra/connection-set';
import { groupBy } from '../algebra/group';
import { IpSet } from '../algebra/ip-set';
import { Identity } from '../analysis/mesh-identity';
import { ClusterModel } from '../analysis/model';
import { PodShape, textOfWorkload } from '../analysis/pods';
import { Policy, PROXIED, Rule, isOfMesh, textOfRef } from '../analysis/rules';
import { addressesOf } from '../intent/address-block';
import { AddressFacts } from '../intent/endpoint';
import { Flow, describe } from '../intent/flow';
import { Ledger } from '../intent/ledger';
import { hasIdentity } from '../intent/mesh-provider';

export interface MeshCheck {
  readonly model: ClusterModel;
  readonly ledger: Ledger;
  readonly members: readonly Member[];
  readonly closure: Closure;
  /** Policies whose openings are meant, although nobody stated them. */
  readonly meant: ReadonlySet<string>;
  factsFor(path: string): AddressFacts;
}

export function meshFaults(check: MeshCheck): string[] {
  const { model, closure, ledger, members } = check;
  const policies = model.policies.filter(({ layer }) => isOfMesh(layer));
  if (policies.length === 0) return [];
  const policiesOf = groupBy(policies, ({ subject: { namespace = EVERYWHERE } }) => namespace);
  const flowsTo = groupBy(ledger.flows(), ({ to }) => to.kind === 'workload' ? to.home.namespace : to.kind === 'namespace' ? to.namespace : EVERYWHERE);
  const memberOf = new Map(members.map(member => [member.end.namespace, member]));
  const faults = model.workloads.filter(({ real, namespace }) => real && closure.owns(namespace)).flatMap(workload => {
    const [{ shape }] = workload.variants;
    if (!shape.identity) return [];
    const member = memberOf.get(shape.namespace)!;
    const about = [EVERYWHERE, shape.namespace].flatMap(namespace => policiesOf.get(namespace) ?? []).filter(policy => isAbout(policy, shape));
    // What a gateway takes from the world is told by its routes; one that takes mutual TLS alone has callers like any workload.
    const own = member.workloads.find(({ labels }) => carries(shape.labels, labels));
    if (shape.identity.gateway && !own?.mutual) return gatewayFaults(textOfWorkload(workload), about, check.meant);
    const toHere = (flowsTo.get(shape.namespace) ?? []).filter(({ to }) => to.kind !== 'workload' || carries(shape.labels, to.labels));
    return new Door(textOfWorkload(workload), shape, member, toHere, about, check).faults();
  });
  return [...new Set(faults)];
}

/** No namespace has this name. */
const EVERYWHERE = '*';

/** Whatever a gateway lets in it lets in for a host, at least. */
function gatewayFaults(name: string, policies: readonly Policy[], meant: ReadonlySet<string>): string[] {
  const faults = policies.filter(({ layer, ref }) => layer === 'authorization' && !meant.has(textOfRef(ref))).flatMap(({ ref, rules }) =>
    rules.filter(({ condition }) => condition === undefined).map(({ index }) =>
      `${name} lets in whatever is asked for, by rules[${index}] of ${textOfRef(ref)}, and its routes say for which hosts and paths: take the rule out`));
  const holds = policies.some(({ layer }) => layer === 'authorization');
  return holds ? faults : [`${name} lets everybody in for everything: no AuthorizationPolicy is about it`];
}

/** A workload's own proxy. */
class Door {
  private readonly open: readonly Policy[];

  constructor(
    private readonly name: string, private readonly shape: PodShape, private readonly member: Member, private readonly flows: readonly Flow[],
    private readonly policies: readonly Policy[], private readonly check: MeshCheck,
  ) {
    this.open = policies.filter(({ layer }) => layer === 'authorization');
  }

  public faults(): string[] {
    return [...this.identities().flatMap(caller => this.judge(caller)), ...this.strangers()];
  }

  private judge(caller: Caller): string[] {
    const faults: string[] = [];
    const stated = this.flows.filter(({ from }) => hasIdentity(from) && (from.kind === 'workload'
      ? from.home.namespace === caller.namespace && from.serviceAccountName === caller.serviceAccount
      : from.kind === 'namespace' && from.namespace === caller.namespace));
    const joined = this.member.joined.includes(caller.namespace);
    const expected = joined ? PROXIED : this.connections(stated);
    const lets = (rules: (rule: Rule) => boolean) => this.lets(rule => rules(rule) && admitsIdentity(rule, caller));
    const who = `${caller.namespace}/${caller.serviceAccount}, by its identity`;
    const found = lets(() => true);
    const more = lets(rule => !this.isMeant(rule)).subtract(expected);
    if (!more.isEmpty) faults.push(this.more(who, more, rule => admitsIdentity(rule, caller)));
    const less = expected.subtract(found);
    if (!less.isEmpty) {
      const why = stated.length ? `, although stated as ${[...new Set(stated.flatMap(({ statements }) => statements.map(describe)))].join(' and ')}` : '';
      faults.push(`${who} -> ${this.name} : ${less} is refused by its proxy${why}: something changed the mesh's policies after they were rendered`);
    }
    const limited = joined ? ConnectionSet.none() : this.connections(stated, 'limited').subtract(this.connections(stated, 'open'));
    const whole = lets(rule => rule.condition === undefined).intersect(limited);
    if (!whole.isEmpty) {
      faults.push(`${who} -> ${this.name} : ${whole} is let in whatever is asked for, although only some requests were stated: `
        + 'state the port without http, or take the rule out');
    }
    return faults;
  }

  /** Who has no identity is let in where plaintext was stated, from where it was stated. */
  private strangers(): string[] {
    const plain = this.flows.filter(({ from }) => !hasIdentity(from));
    const anywhere = this.connections(plain.filter(({ from }) => from.kind !== 'addresses'));
    const isEveryStranger = ({ peers: { any, withoutIdentity, addresses } }: Rule) => any || (withoutIdentity === true && addresses === undefined);
    const more = this.lets(rule => isEveryStranger(rule) && !this.isMeant(rule)).subtract(anywhere);
    const faults = more.isEmpty ? [] : [this.more('whoever has no identity', more, isEveryStranger)];
    const plaintext = this.encrypted(isEveryStranger).subtract(this.connections(plain));
    if (!plaintext.isEmpty && !this.shape.identity!.gateway) {
      faults.push(`${this.name} takes plaintext on ${plaintext}, and nobody without identity was let in there: `
        + 'look for a PeerAuthentication that says PERMISSIVE or DISABLE, or for one that says STRICT and was lost');
    }
    const byAddress = this.flows.flatMap(({ from, ports }) => {
      const targets = from.kind === 'addresses' ? from.resolve(this.check.factsFor(this.name)) : [];
      return targets.map(target => ({ addresses: addressesOf(target.blocks), conn: connectionsAt(this.shape, target.ports ?? ports) }));
    });
    for (const { ref, rules } of this.open) {
      for (const rule of rules) {
        if (!rule.peers.addresses || this.isMeant(rule)) continue;
        const fitting = byAddress.filter(({ conn }) => rule.ports.numbers.isSubsetOf(conn.union(anywhere)));
        const beyond = rule.peers.addresses.subtract(IpSet.unionOf(fitting.map(({ addresses }) => addresses)));
        if (beyond.isEmpty || rule.ports.numbers.isSubsetOf(anywhere)) continue;
        faults.push(`${beyond} -> ${this.name} : ${textOfRef(ref)} lets it in, and nobody stated it: state the flow, or take the rule out`);
      }
    }
    return faults;
  }

  /** What passes the proxy by the rules that are asked. */
  private lets(asked: (rule: Rule) => boolean): ConnectionSet {
    const denied = ConnectionSet.unionOf(this.rules('authorization-deny').filter(asked).map(({ ports }) => ports.numbers));
    const allowed = this.open.length === 0 ? PROXIED : ConnectionSet.unionOf(this.rules('authorization').filter(asked).map(({ ports }) => ports.numbers));
    return this.encrypted(asked).intersect(allowed).subtract(denied);
  }

  /** What mutual TLS, or the want of it, lets pass. */
  private encrypted(asked: (rule: Rule) => boolean): ConnectionSet {
    let passes = PROXIED;
    let settled = ConnectionSet.none();
    for (const rule of this.rules('mutual-tls').filter(asked)) {
      const here = rule.ports.numbers.subtract(settled);
      settled = settled.union(here);
      if (rule.action === 'deny') passes = passes.subtract(here);
    }
    return passes;
  }

  private rules(layer: string): Rule[] {
    return this.policies.filter(policy => policy.layer === layer).sort((a, b) => a.order - b.order).flatMap(({ rules }) => [...rules]);
  }

  private isMeant(rule: Partial<Rule>): boolean {
    if (this.check.meant.size === 0) return false;
    return this.open.some(({ ref, rules }) => this.check.meant.has(textOfRef(ref)) && rules.some(({ ports }) => ports === rule.ports));
  }

  private more(who: string, conn: ConnectionSet, admits: (rule: Rule) => boolean): string {
    const objects = this.open.filter(({ rules }) => rules.some(admits)).map(({ ref }) => textOfRef(ref));
    const cause = objects.length ? `${objects.join(' and ')} opens it` : 'no AuthorizationPolicy closes it';
    return `${who} -> ${this.name} : ${conn} is let in by its proxy, and nobody stated it: ${cause}. state the flow with allowTo/allowFrom, close it, `
      + `or say that it is meant with edge.acknowledge('${objects[0] ?? 'AuthorizationPolicy namespace/name'}', { reason })`;
  }

  private connections(flows: readonly Flow[], part: 'all' | 'limited' | 'open' = 'all'): ConnectionSet {
    return ConnectionSet.unionOf(flows.map(({ ports, limited }) => {
      const told = ConnectionSet.unionOf(limited.map(limit => connectionsAt(this.shape, limit.ports)));
      const all = connectionsAt(this.shape, ports);
      return part === 'limited' ? told : part === 'open' ? all.subtract(told) : all.union(told);
    })).intersect(PROXIED);
  }

  private identities(): Caller[] {
    const stated = this.flows.filter(({ from }) => hasIdentity(from)).flatMap(({ from }): Caller[] => {
      if (from.kind === 'workload') return [{ namespace: from.home.namespace, serviceAccount: from.serviceAccountName }];
      return from.kind === 'namespace' ? [{ namespace: from.namespace, serviceAccount: 'anybody' }] : [];
    });
    const admitted = this.open.flatMap(({ rules }) => rules.flatMap(({ peers }) => peers.pods.flatMap(({ identity }) => [...identity?.witnesses ?? []])));
    const nobody = [{ namespace: 'nowhere', serviceAccount: 'anybody' }, { namespace: this.shape.namespace, serviceAccount: 'anybody' }];
    return [...new Map([...stated, ...admitted, ...nobody].map(each => [`${each.namespace}/${each.serviceAccount}`, each])).values()];
  }
}

type Caller = Pick<Identity, 'namespace' | 'serviceAccount'>;

function admitsIdentity({ peers }: Rule, caller: Caller): boolean {
  if (peers.any || (peers.addresses !== undefined && !peers.withoutIdentity)) return true;
  return peers.pods.some(({ identity }) => identity?.matches({ ...caller, gateway: false }));
}

function isAbout({ subject: { namespace, pods, identity } }: Policy, shape: PodShape): boolean {
  return (namespace === undefined || namespace === shape.namespace) && pods.matches(shape.labels) && (identity?.matches(shape.identity) ?? true);
}
