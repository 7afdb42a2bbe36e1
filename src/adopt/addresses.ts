/**
 * The flows between pods and addresses outside, as ranges with exceptions.
 *
 * Law: what a range opens beyond the addresses asked for belongs to the cluster itself, and every range leaves that out.
 */
import { byText } from './_order';
import { Grants } from './grants';
import { keyOfEnd, PlannedEnd, PlannedPlatform, PlannedStatement } from './plan';
import { portsOf, reasonOf } from './statements';
import { Unit } from './units';
import { formatAddress } from '../algebra/cidr';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet, parseCidr } from '../algebra/ip-set';
import { OutsideRow } from '../analysis/outside';
import { Endpoint, partsOf, Reachability } from '../analysis/reachability';
import { Direction, DIRECTIONS, ObjectRef, Rule } from '../analysis/rules';

const METADATA = ['169.254.169.254/32', 'fd00:ec2::254/128'];
const WORLD = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** What belongs to the cluster and is never meant by a range. Undefined where it is not known: then no range can be stated. */
export function clusterAddresses({ podCidrs, serviceCidrs, nodeCidrs }: PlannedPlatform): IpSet | undefined {
  return podCidrs && serviceCidrs && nodeCidrs ? IpSet.ofCidrs([...podCidrs, ...serviceCidrs, ...nodeCidrs, ...METADATA]) : undefined;
}

/** The families of addresses that pods have. Undefined where that is not known. */
export function familiesOf(platform: PlannedPlatform): ReadonlySet<4 | 6> | undefined {
  return clusterAddresses(platform) && new Set(platform.podCidrs!.map(cidr => parseCidr(cidr).family));
}

/** What units and whole namespaces may exchange with addresses, as far as a policy says so. */
export function addressFlows(reach: Reachability, grants: Grants, units: readonly Unit[], platform: PlannedPlatform): PlannedStatement[] {
  const own = clusterAddresses(platform);
  if (!own) return [];
  const families = familiesOf(platform)!;
  const statements: PlannedStatement[] = [];
  const state = (self: PlannedEnd, direction: Direction, rows: readonly OutsideRow[], endpoint: Endpoint) => {
    for (const { addresses, conn } of rows) {
      const reason = reasonOf(objectsOf(grants, endpoint, direction, addresses, conn));
      const ports = portsOf(conn);
      for (const other of endsFor(addresses, own, families)) {
        const [from, to] = direction === 'egress' ? [self, other] : [other, self];
        statements.push({ from, to, ports, declared: false, reason });
      }
    }
  };
  const ours = units.filter(({ foreign }) => !foreign);
  for (const namespace of new Set(ours.map(unit => unit.namespace))) {
    const everybody = reach.endpoints.filter(endpoint => endpoint.namespace === namespace && !endpoint.hostNetwork);
    const stranger = everybody.find(({ real, labels }) => !real && Object.keys(labels).length === 0)!;
    for (const direction of DIRECTIONS) {
      const proxied = direction === 'egress' ? everybody.filter(isProxy) : [];
      const shared = proxied.length > 0 || !grants.isClosed(stranger, direction) ? [] : reach.outside(stranger, direction)
        .filter(({ addresses, conn }) => everybody.every(each => partsOf(reach.outside(each, direction), addresses).every(part => conn.isSubsetOf(part))));
      state({ kind: 'namespace', namespace }, direction, shared, stranger);
      for (const { name, members } of ours.filter(unit => unit.namespace === namespace)) {
        const [first, ...others] = members;
        if (!grants.isClosed(first, direction) || members.some(member => proxied.includes(member))) continue;
        const rows = reach.outside(first, direction);
        if (others.some(other => textOf(reach.outside(other, direction)) !== textOf(rows))) continue;
        state({ kind: 'workload', namespace, name }, direction, without(rows, shared), first);
      }
    }
  }
  return statements.sort(byText(({ from, to }) => `${keyOfEnd(from)} > ${keyOfEnd(to)}`));
}

/** Its configuration, and not its policy, says what it reaches: that is an `EgressRouter`'s to state. */
export function isProxy({ workload }: Endpoint): boolean {
  return workload.variants.some(({ shape }) => shape.proxyConfigs.length > 0);
}

function textOf(rows: readonly OutsideRow[]): string {
  return rows.map(({ addresses, conn }) => `${addresses.key} ${conn.key}`).sort().join(';');
}

function without(rows: readonly OutsideRow[], stated: readonly OutsideRow[]): OutsideRow[] {
  return stated.reduce((left: OutsideRow[], { addresses, conn }) => left.flatMap(row => [
    { addresses: row.addresses.subtract(addresses), conn: row.conn },
    { addresses: row.addresses.intersect(addresses), conn: row.conn.subtract(conn) },
  ].filter(part => !part.addresses.isEmpty && !part.conn.isEmpty)), [...rows]);
}

function objectsOf(grants: Grants, endpoint: Endpoint, direction: Direction, addresses: IpSet, conn: ConnectionSet): ObjectRef[] {
  const speaks = ({ direction: of, action, peers, ports }: Rule) => of === direction && action === 'allow'
    && (peers.any || peers.addresses?.overlaps(addresses)) && (ports.names.length > 0 || ports.numbers.overlaps(conn));
  return grants.policiesOf(endpoint, direction).filter(({ rules }) => rules.some(speaks)).map(({ ref }) => ref);
}

/** The peers that mean these addresses, as far as they lie outside the cluster. */
export function endsFor(addresses: IpSet, own: IpSet, families: ReadonlySet<4 | 6>): PlannedEnd[] {
  const meant = addresses.subtract(own);
  const everywhere = [...families].every(family => meant.union(own).contains(IpSet.ofCidr(WORLD[family])));
  const rest = everywhere ? meant.subtract(IpSet.ofCidrs([...families].map(family => WORLD[family]))) : meant;
  const blocks = ([4, 6] as const).flatMap(family => {
    const part = rest.only(family);
    return part.isEmpty || !families.has(family) ? [] : cover(WORLD[family], part, own);
  });
  return [...everywhere ? [{ kind: 'internet' } as const] : [], ...blocks.map(block => ({ kind: 'cidr', ...block } as const))];
}

interface Block {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** The shortest list of ranges that holds these addresses, and beside them only what is the cluster's own. */
function cover(cidr: string, addresses: IpSet, own: IpSet): Block[] {
  const whole = IpSet.ofCidr(cidr);
  const inside = whole.intersect(addresses);
  if (inside.isEmpty) return [];
  const holes = whole.subtract(inside).subtract(own);
  if (holes.isEmpty) return [{ cidr, except: [] }];
  const halves = halvesOf(cidr);
  const [left, right] = halves.map(half => inside.overlaps(IpSet.ofCidr(half)));
  if (!left || !right) return cover(left ? halves[0] : halves[1], inside, own);
  const split = halves.flatMap(half => cover(half, inside, own));
  const excepted = { cidr, except: holes.toCidrs() };
  return weight([excepted]) <= weight(split) ? [excepted] : split;
}

function weight(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { except }) => sum + 1 + except.length, 0);
}

function halvesOf(cidr: string): readonly [string, string] {
  const { family, first, prefix } = parseCidr(cidr);
  const size = 2n ** BigInt((family === 4 ? 32 : 128) - prefix - 1);
  return [first, first + size].map(start => `${formatAddress(start, family)}/${prefix + 1}`) as [string, string];
}
