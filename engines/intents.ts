/**
 * Random intents, each a small cluster said in the library's own words: at least three namespaces of two tenants, six workloads, a CIDR with
 * an exception, a range of ports and a port by name. The same seed gives the same intent.
 */
import { ContainerPort, Protocol } from 'cdk8s-plus-28';
import {
  ClusterApp, ClusterEdge, IPeer, Isolation, NetworkProvider, Peer, Platform, PlatformFacts, Port, SecureNamespace, SecureWorkload,
} from 'cdk8s-secure-network';
import { Manifest, parseManifests } from './lib/manifests';
import { Random } from './lib/random';
import { POD_CIDRS, SERVICE_CIDRS } from './packets/scene';

export interface RandomIntent {
  readonly seed: number;
  /** All its namespaces begin with it. */
  readonly prefix: string;
  readonly manifests: readonly Manifest[];
}

interface Member {
  readonly workload: SecureWorkload;
  readonly tenant: string;
  readonly ports: readonly ContainerPort[];
}

const NODE_CIDRS = ['192.0.2.0/24', '2001:db8:2::/64'];
const OUTSIDE: readonly [string, string][] = [
  ['198.51.100.0/24', '198.51.100.64/26'], ['203.0.113.0/25', '203.0.113.5/32'], ['100.64.0.0/10', '100.80.0.0/12'], ['8.0.0.0/7', '9.9.9.0/24'],
  ['2001:db8:beef::/48', '2001:db8:beef:1::/64'], ['2600::/16', '2600:1::/32'],
];

/** Where an intent is realised. @default - plain Kubernetes, NetworkPolicy */
export interface Ground {
  readonly platform: (facts: PlatformFacts) => Platform;
  readonly network: () => NetworkProvider;
}

const PLAIN: Ground = { platform: facts => Platform.kubernetes(facts), network: () => NetworkProvider.upstream() };

export function randomIntent(seed: number, ground = PLAIN): RandomIntent {
  const random = new Random(seed);
  const prefix = `r${seed}-`;
  const app = new ClusterApp();
  const edge = new ClusterEdge(app, `${prefix}edge`, {
    platform: ground.platform({ version: '1.31', podCidrs: POD_CIDRS, serviceCidrs: SERVICE_CIDRS, nodeCidrs: NODE_CIDRS }),
    network: ground.network(),
  });
  const spaces = Array.from({ length: random.between(3, 4) }, (_, i) => new SecureNamespace(app, `${prefix}${'abcd'[i]}`, {
    edge,
    tenant: `${prefix}tenant-${i === 0 ? 0 : random.between(0, 1)}`,
    isolation: random.chance(0.25) ? Isolation.PROJECT : Isolation.WORKLOAD,
  }));
  const members = Array.from({ length: random.between(6, 7) }, (_, i) => member(random, spaces[i % spaces.length], `w${i}`));

  const density = 0.4 + (random.next() * 0.6);
  const pairs = members.flatMap(from => members.map(to => ({ from, to })));
  pairs.filter(() => random.chance(density)).forEach(({ from, to }) => connect(random, from, to));
  // What every intent has, whatever the dice say.
  const other = (not: Member) => members.find(m => m !== not)!;
  const [first, second] = [members[0], members[1]];
  connect(random, other(first), first, [Port.tcpNamed(first.ports[0].name!)]);
  connect(random, other(second), second, [Port.tcpRange(7000, 7002)]);
  members.forEach((m, i) => outside(random, m, i === 0));
  if (random.chance(0.3)) connectSpace(random.oneOf(members), random.oneOf(spaces));
  return { seed, prefix, manifests: parseManifests(app.synthYaml(), `intent ${seed}`) };
}

/** Each declares a named port, a port within 7000-7002, and perhaps one that speaks both protocols. */
function member(random: Random, space: SecureNamespace, name: string): Member {
  const ports: ContainerPort[] = [{ number: 8000 + random.between(0, 3), name: 'web' }];
  if (random.chance(0.8)) ports.push({ number: 7000 + random.between(0, 2), name: 'data' });
  if (random.chance(0.7)) {
    const number = 5000 + random.between(0, 2);
    ports.push({ number, name: 'both-tcp' }, { number, name: 'both-udp', protocol: Protocol.UDP });
  }
  const containers = [{ image: `registry.example/${name}:1.0.0`, ports }];
  const withService = { containers, servicePorts: [{ port: 80, targetPort: ports[0].number, name: 'web' }] };
  const workload = random.chance(0.3) ? space.addStatefulSet(name, { containers }) : space.addDeployment(name, withService);
  return { workload, tenant: space.tenant, ports };
}

function connect(random: Random, from: Member, to: Member, ports = random.chance(0.6) ? undefined : [random.oneOf(portsOf(to))]): void {
  if (from === to) {
    from.workload.connections.allowInternally({ ports });
    return;
  }
  const bothSides = from.tenant !== to.tenant || random.chance(0.2);
  const ingressOnly = !bothSides && random.chance(0.2);
  if (!ingressOnly) from.workload.connections.allowTo(to.workload, { ports });
  if (bothSides || ingressOnly) to.workload.connections.allowFrom(from.workload, { ports });
}

function portsOf({ ports }: Member): Port[] {
  return ports.map(({ number, protocol, name }) => protocol === Protocol.UDP ? Port.udpNamed(name!) : number > 7999 ? Port.tcp(number) : Port.tcpNamed(name!));
}

function outside(random: Random, { workload, ports }: Member, certainly: boolean): void {
  const range = (withException: boolean): IPeer => {
    const [cidr, except] = random.oneOf(OUTSIDE);
    return Peer.cidr(cidr, withException ? { except: [except] } : {});
  };
  if (certainly || random.chance(0.6)) workload.connections.allowTo(range(true), { ports: [Port.tcp(443), Port.udpRange(3000, 3010)] });
  if (certainly || random.chance(0.6)) workload.connections.allowFrom(range(random.chance(0.5)), { ports: [Port.tcp(ports[0].number)] });
}

/** A whole namespace as the far end: all its pods, on ports that are said. */
function connectSpace({ workload, tenant }: Member, space: SecureNamespace): void {
  if (space.tenant === tenant) workload.connections.allowTo(space, { ports: [Port.tcp(8000), Port.tcp(8001)] });
}
