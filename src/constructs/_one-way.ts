/**
 * A router is the one way to its destination. A flow of others that leads there past it is refused, on whatever network: the router would be a
 * detour, and its clients' list would say nothing.
 *
 * A name may stand for any address outside, so of a router to a name it is known for sure only that others state the same name, or the whole
 * world.
 */
import { IpSet } from '../algebra/ip-set';
import { addressesOf } from '../intent/address-block';
import { AddressEnd, AddressFacts, keyOf, nameOf } from '../intent/endpoint';
import { Flow, describe } from '../intent/flow';
import { Port } from '../intent/port';

/** Flows that lead past a router to its destination, as messages. */
export function detours(flows: readonly Flow[], facts: AddressFacts): string[] {
  const leaving = flows.filter((flow): flow is Flow & { to: AddressEnd } => flow.to.kind === 'addresses');
  const routed = leaving.filter(({ to }) => to.proxied);
  const direct = leaving.filter(({ from, to }) => !to.proxied && from.kind !== 'addresses');
  return routed.flatMap(router => direct.filter(({ from }) => keyOf(from) !== keyOf(router.from)).flatMap(flow => {
    const shared = router.ports.filter(port => portsOf(flow, facts).some(theirs => overlap(port, theirs)));
    if (shared.length === 0 || !leadsTo(flow.to, router.to, facts)) return [];
    return [`${describe(flow.statements[0])} reaches ${router.to.text} on ${shared.join(', ')} past the router '${nameOf(router.from)}', which is to be the one way there: `
      + 'allow it to the router instead, or take the destination out with Peer.cidr(..., { except: [...] }) or other ports'];
  }));
}

function leadsTo(to: AddressEnd, destination: AddressEnd, facts: AddressFacts): boolean {
  if (to.host !== undefined) return to.host === destination.host;
  const addresses = addressesIn(to, facts);
  return destination.host === undefined ? addresses.overlaps(addressesIn(destination, facts)) : addresses.contains(addressesIn(destination, facts));
}

function addressesIn(end: AddressEnd, facts: AddressFacts): IpSet {
  return IpSet.unionOf(end.resolve(facts).map(({ blocks }) => addressesOf(blocks)));
}

function portsOf({ to, ports }: Flow & { to: AddressEnd }, facts: AddressFacts): readonly Port[] {
  return to.ownPorts === undefined ? ports : to.resolve(facts).flatMap(target => target.ports ?? ports);
}

function overlap(a: Port, b: Port): boolean {
  return a._transport === b._transport && a._first <= b._last && b._first <= a._last;
}
