/**
 * What an egress firewall that is one for the whole namespace cannot hold apart, in words.
 *
 * A policy of a workload that leads to a name has to open its port to the world outside, and the firewall narrows it to the names and
 * addresses that anybody in the namespace stated. So whatever another workload stated on the same port would be open to this one too.
 */
import { MOST_RULES, WIDEST_RANGE } from './_egress-firewall';
import { IpSet } from '../algebra/ip-set';
import { addressesOf } from '../intent/address-block';
import { AddressEnd, AddressFacts, Subject, keyOf, nameOf } from '../intent/endpoint';
import { Flow, describe, flowKey } from '../intent/flow';
import { Port } from '../intent/port';

/** One flow to addresses or to a name. */
interface Leaving extends Flow {
  readonly from: Subject;
  readonly to: AddressEnd;
}

export function firewallFaults(title: string, flows: readonly Flow[], facts: AddressFacts, rules: () => number): string[] {
  const leaving = (flows as Leaving[]).filter(({ to }) => !to.apart);
  const wide = leaving.flatMap(flow => flow.ports.filter(({ _first, _last }) => _last - _first >= WIDEST_RANGE).map(port =>
    `${title} cannot state the range '${port}' of ${describe(flow.statements[0])}: an EgressFirewall knows single ports, and no more than ${WIDEST_RANGE} `
    + 'are written one by one. name the ports the destination listens on'));
  if (wide.length) return wide;
  const mixed = new Map<string, string>();
  for (const { pair, text } of leaving.flatMap(flow => mixedWith(title, flow, leaving, facts))) if (!mixed.has(pair)) mixed.set(pair, text);
  if (mixed.size) return [...mixed.values()];
  return rules() > MOST_RULES ? [`${title} takes ${MOST_RULES} rules in an EgressFirewall, and these flows make ${rules()}: name wider ranges, or split the namespace`] : [];
}

/** What others in the namespace state, that this flow to a name would reach as well. */
function mixedWith(title: string, named: Leaving, all: readonly Leaving[], facts: AddressFacts): { pair: string; text: string }[] {
  if (named.to.host === undefined || named.to.proxied) return [];
  const own = all.filter(flow => isPart(named.from, flow.from));
  const world = addressesIn(named, facts);
  return all.filter(flow => !isPart(named.from, flow.from) && flow.to.range !== 'pods').flatMap(other => {
    const shared = named.ports.filter(port => portsOf(other, facts).some(theirs => overlap(port, theirs)));
    if (shared.length === 0 || isCovered(other, own, shared, world, facts)) return [];
    const text = `${title} cannot keep ${describe(named.statements[0])} and ${describe(other.statements[0])} apart on ${shared.join(', ')}: an EgressFirewall is one for `
      + `the whole namespace, so '${nameOf(named.from)}' would reach '${other.to.text}' too. give one of them a namespace of its own, or put an EgressRouter in front of it`;
    return [{ pair: [flowKey(named), flowKey(other)].sort().join(' and '), text }];
  });
}

/** Whether a pod of the one is a pod of the other: flows of a namespace are those of all its pods. */
function isPart(subject: Subject, other: Subject): boolean {
  return other.kind === 'namespace' || keyOf(subject) === keyOf(other);
}

/** Whether what another states is no more than what one's own flows reach on these ports, or lies where a flow to a name does not lead. */
function isCovered(other: Leaving, own: readonly Leaving[], shared: readonly Port[], world: IpSet, facts: AddressFacts): boolean {
  const sameName = (flow: Leaving) => flow.to.host === other.to.host && shared.every(port => flow.ports.some(mine => holds(mine, port)));
  if (other.to.host !== undefined) return own.some(sameName);
  const mine = own.filter(flow => flow.to.host === undefined && shared.every(port => portsOf(flow, facts).some(each => holds(each, port))));
  return IpSet.unionOf(mine.map(flow => addressesIn(flow, facts))).contains(addressesIn(other, facts).intersect(world));
}

function addressesIn({ to }: Leaving, facts: AddressFacts): IpSet {
  return IpSet.unionOf(to.resolve(facts).map(({ blocks }) => addressesOf(blocks)));
}

function portsOf({ to, ports }: Leaving, facts: AddressFacts): readonly Port[] {
  return to.ownPorts === undefined ? ports : to.resolve(facts).flatMap(target => target.ports ?? ports);
}

function overlap(a: Port, b: Port): boolean {
  return a._transport === b._transport && a._first <= b._last && b._first <= a._last;
}

function holds(a: Port, b: Port): boolean {
  return a._transport === b._transport && a._first <= b._first && b._last <= a._last;
}
