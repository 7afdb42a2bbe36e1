/**
 * OVN-Kubernetes' EgressFirewall as a pure function of the flows that leave a namespace: `renderEgressFirewall({ flows, ... })`.
 *
 * Laws:
 * - It allows the addresses and names that the flows state, on their ports, and then denies everything in both families.
 * - Each port is in one group of rules, so the order of the groups means nothing; within a group the holes of a range are denied before the
 *   range is allowed.
 * - The cluster's pods are not its business: OVN-Kubernetes takes them out of every CIDR, and a rule about them would never match.
 * - Nothing is denied by name: a name whose address changed would be open until it is resolved again.
 * - The same flows in any order give the same bytes.
 */
import { IpSet, parseCidr } from '../algebra/ip-set';
import { EgressFirewallRule, EgressFirewallSpec } from '../api/ovn';
import { AddressBlock, addressesOf } from '../intent/address-block';
import { AddressFacts } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { hostCidr, ResolvedDns } from '../intent/platform';
import { Port, comparePorts, compareText } from '../intent/port';

export interface EgressFirewallInput {
  readonly flows: readonly Flow[];
  readonly dns: ResolvedDns;
  readonly facts: AddressFacts;
}

/** The rules take single ports, and a range becomes as many of them. */
export const WIDEST_RANGE = 100;
/** OVN-Kubernetes refuses the whole object beyond. */
export const MOST_RULES = 8000;

const EVERYTHING_ELSE: readonly EgressFirewallRule[] = ['0.0.0.0/0', '::/0'].map(cidrSelector => ({ type: 'Deny', to: { cidrSelector } }));

export function renderEgressFirewall(input: EgressFirewallInput): EgressFirewallSpec {
  return { egress: [...groupsOf(input).flatMap(group => rulesOf(group, input.facts)), ...EVERYTHING_ELSE] };
}

/** What one port may be used for. */
interface Destinations {
  readonly blocks: AddressBlock[];
  readonly hosts: Set<string>;
}

/** Ports that lead to the same destinations. */
interface Group extends Destinations {
  readonly ports: Port[];
}

function groupsOf({ flows, dns, facts }: EgressFirewallInput): Group[] {
  const byPort = new Map<string, Destinations & { port: Port }>();
  const at = (port: Port, use: (found: Destinations) => void) => {
    for (let number = port._first; number <= port._last; number++) {
      const single = Port._of(port._transport, number);
      const known = byPort.get(single.toString()) ?? { port: single, blocks: [], hosts: new Set<string>() };
      byPort.set(single.toString(), known);
      use(known);
    }
  };
  for (const { to, ports } of flows) {
    if (to.kind !== 'addresses' || to.range === 'pods' || to.apart) continue;
    if (to.host !== undefined) for (const port of ports) at(port, found => found.hosts.add(to.host!));
    else for (const target of to.resolve(facts)) for (const port of target.ports ?? ports) at(port, found => found.blocks.push(...target.blocks));
  }
  // The cache on the node has no pod address, so without a rule every name would be unknown.
  for (const address of dns.nodeLocalAddresses) {
    for (const port of [Port.tcp(53), Port.udp(53)]) at(port, found => found.blocks.push({ cidr: hostCidr(address), except: [] }));
  }
  const groups = new Map<string, Group>();
  for (const { port, blocks, hosts } of [...byPort.values()].sort((a, b) => comparePorts(a.port, b.port))) {
    const key = [addressesOf(blocks).key, widest(blocks), [...hosts].sort(compareText)].join(' ');
    const known = groups.get(key);
    if (known) known.ports.push(port);
    else groups.set(key, { ports: [port], blocks, hosts });
  }
  return [...groups.values()];
}

function rulesOf({ ports, blocks, hosts }: Group, facts: AddressFacts): EgressFirewallRule[] {
  const on = ports.map(port => ({ protocol: port._transport, port: port._first }));
  const cidrs = widest(blocks);
  const rule = (type: 'Allow' | 'Deny') => (cidrSelector: string): EgressFirewallRule => ({ type, to: { cidrSelector }, ports: on });
  return [
    ...holesOf(cidrs, blocks, facts).map(rule('Deny')),
    ...cidrs.map(rule('Allow')),
    ...[...hosts].sort(compareText).map((dnsName): EgressFirewallRule => ({ type: 'Allow', to: { dnsName }, ports: on })),
  ];
}

/** What lies inside the CIDRs and is not meant; pods are taken out of them anyway. */
function holesOf(cidrs: readonly string[], blocks: readonly AddressBlock[], facts: AddressFacts): string[] {
  const holes = IpSet.ofCidrs(cidrs).subtract(addressesOf(blocks));
  return holes.isEmpty ? [] : holes.subtract(facts.clusterRange('pods', 'an egress firewall')).toCidrs();
}

/** The CIDRs without those that lie inside another. */
function widest(blocks: readonly AddressBlock[]): string[] {
  const cidrs = [...new Set(blocks.map(({ cidr }) => cidr))];
  const sets = new Map(cidrs.map(cidr => [cidr, IpSet.ofCidr(cidr)]));
  const inside = (a: string, b: string) => a !== b && sets.get(b)!.contains(sets.get(a)!) && (!sets.get(a)!.equals(sets.get(b)!) || b < a);
  return cidrs.filter(cidr => !cidrs.some(other => inside(cidr, other))).sort(byAddress);
}

function byAddress(a: string, b: string): number {
  const [left, right] = [parseCidr(a), parseCidr(b)];
  return left.family - right.family || (left.first < right.first ? -1 : left.first > right.first ? 1 : left.prefix - right.prefix);
}
