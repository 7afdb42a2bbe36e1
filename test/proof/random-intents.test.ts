/**
 * Random programs: what they state is held against what a slow evaluator reads in the YAML they become, packet by packet, and against
 * what the analysis computes. The three share nothing but the manifests.
 */
import { ClusterApp, ClusterEdge, Connectivity, Isolation, NetworkProvider, Peer, Platform, Port, SecureNamespace, SecureWorkload } from 'cdk8s-secure-network';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { mayPass } from '../analysis/packet-evaluator';
import { FACTS } from '../support/app';

/** A port as plain data. */
interface Opening { readonly transport: 'TCP' | 'UDP' | 'SCTP'; readonly first: number; readonly last: number }
/** What a random program says: ends are places in the list of workloads (0-5), namespaces (6-8) and addresses (9-10). */
interface Said {
  readonly from: number;
  readonly to: number;
  readonly ports: readonly Opening[] | undefined;
  readonly twice: boolean;
  readonly atDestination: boolean;
}

const WORKLOADS = [['one', 'web', 80], ['one', 'db', 5432], ['two', 'web', 80], ['two', 'queue', 5672], ['three', 'web', 80], ['three', 'mail', 25]] as const;
const NAMESPACES = ['one', 'two', 'three'] as const;
const TENANTS: Record<string, string> = { one: 'acme', two: 'acme', three: 'other' };
const RANGES = [{ cidr: '203.0.113.0/24', inside: '203.0.113.9', outside: '203.0.114.9' }, { cidr: '10.0.0.0/8', inside: '10.9.9.9', outside: '10.244.1.1' }];

const opening: fc.Arbitrary<Opening> = fc.record({
  transport: fc.constantFrom('TCP', 'UDP', 'SCTP'),
  first: fc.constantFrom(25, 53, 80, 443, 5432, 5670),
  length: fc.constantFrom(0, 0, 5, 400),
}).map(({ transport, first, length }) => ({ transport, first, last: first + length }));
const said: fc.Arbitrary<Said> = fc.record({
  from: fc.nat(10),
  to: fc.nat(10),
  ports: fc.option(fc.array(opening, { minLength: 1, maxLength: 2 }), { nil: undefined }),
  twice: fc.boolean(),
  atDestination: fc.boolean(),
});
const program = fc.record({ said: fc.array(said, { maxLength: 10 }), projects: fc.subarray([...NAMESPACES]) });
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

/** Statements that mean something: not both ends outside, and ports wherever the destination declares none. */
function meaningful({ said: all, projects }: Program): Program {
  const kept = all.filter(({ from, to, ports }) => (from < 9 || to < 9) && (to < 6 || ports !== undefined));
  return { said: kept, projects };
}

const namespaceOf = (end: number) => (end < 6 ? WORKLOADS[end][0] : end < 9 ? NAMESPACES[end - 6] : undefined);
const portsOf = ({ to, ports }: Said): readonly Opening[] => ports ?? [{ transport: 'TCP', first: WORKLOADS[to][2], last: WORKLOADS[to][2] }];
const crosses = (from: number, to: number) => from < 9 && to < 9 && TENANTS[namespaceOf(from)!] !== TENANTS[namespaceOf(to)!];

/** A firewall lists single ports: ranges that leave the cluster are short. */
function withShortRanges({ said: all, projects }: Program): Program {
  const short = ({ first, last, transport }: Opening) => ({ transport, first, last: Math.min(last, first + 5) });
  return { projects, said: all.map(each => (each.to < 9 ? each : { ...each, ports: each.ports?.map(short) })) };
}

function construct({ said: all, projects }: Program, network: NetworkProvider): ClusterApp {
  const app = new ClusterApp();
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(FACTS), network });
  const homes = NAMESPACES.map(name =>
    new SecureNamespace(app, name, { edge, tenant: TENANTS[name], isolation: projects.includes(name) ? Isolation.PROJECT : Isolation.WORKLOAD }));
  const home = (name: string) => homes[NAMESPACES.indexOf(name as typeof NAMESPACES[number])];
  const workloads = WORKLOADS.map(([namespace, name, port]): SecureWorkload =>
    home(namespace).addDeployment(name, { containers: [{ image: 'registry.example/app:1.0.0', portNumber: port }] }));
  const inside: (SecureWorkload | SecureNamespace)[] = [...workloads, ...homes];
  const peer = (end: number) => (end < 9 ? inside[end] : Peer.cidr(RANGES[end - 9].cidr));
  for (const statement of all) {
    const { from, to, twice, atDestination } = statement;
    const ports = statement.ports?.map(({ transport, first, last }) => Port._of(transport, first, last));
    const both = crosses(from, to) || twice;
    if (from < 9 && (both || !atDestination || to >= 9)) inside[from].connections.allowTo(peer(to), { ports });
    if (to < 9 && (both || atDestination || from >= 9)) inside[to].connections.allowFrom(peer(from), { ports });
  }
  return app;
}

/** What the program means, straight from what it says. Ends are places among the workloads, or addresses. */
function meant({ said: all, projects }: Program, from: number | string, to: number | string, transport: string, port: number): boolean {
  const covers = (end: number, who: number | string) => (typeof who === 'string'
    ? end >= 9 && RANGES[end - 9].inside === who
    : end === who || (end >= 6 && end < 9 && NAMESPACES[end - 6] === WORKLOADS[who][0]));
  if (typeof from === 'number' && typeof to === 'number') {
    const [a, b] = [WORKLOADS[from][0], WORKLOADS[to][0]];
    if (projects.includes(a) && projects.includes(b) && TENANTS[a] === TENANTS[b]) return true;
  }
  return all.some(statement => covers(statement.from, from) && covers(statement.to, to)
    && portsOf(statement).some(({ transport: own, first, last }) => own === transport && first <= port && port <= last));
}

const SEED = Number(process.env.FC_SEED ?? 20261121);
const RUNS = Number(process.env.FC_RUNS ?? 25);

const NETWORKS = [
  ['upstream', NetworkProvider.upstream(), program.map(meaningful), RUNS],
  ['OVN-Kubernetes', NetworkProvider.ovnKubernetes(), program.map(meaningful).map(withShortRanges), Math.ceil(RUNS / 2)],
] as const;

describe.each(NETWORKS)('7. random intents come back as they were stated: %s', (_, network, programs, runs) => {
  test(`${runs} programs, seed ${SEED}`, () => {
    let asked = 0;
    let allowed = 0;
    fc.assert(fc.property(programs, intent => {
      const app = construct(intent, network);
      app.synthYaml();
      const objects = app.charts.flatMap(chart => chart.toJson()).map(json => parse(JSON.stringify(json)));
      const net = Connectivity.ofObjects(objects, { facts: { podCidrs: FACTS.podCidrs, serviceCidrs: FACTS.serviceCidrs, nodeCidrs: FACTS.nodeCidrs } });
      const pods = WORKLOADS.map(([namespace, name]) => {
        const { spec: { template } } = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === namespace && metadata.name === name);
        return { metadata: { ...template.metadata, namespace, name }, spec: template.spec };
      });
      const ends = [...WORKLOADS.keys(), ...RANGES.flatMap(({ inside, outside }) => [inside, outside])];
      for (const from of ends) {
        for (const to of ends) {
          if (from === to || (typeof from === 'string' && typeof to === 'string')) continue;
          for (const [transport, port] of [['TCP', 80], ['TCP', 5432], ['TCP', 5435], ['UDP', 53], ['UDP', 80], ['SCTP', 443], ['TCP', 481]] as const) {
            const expected = meant(intent, from, to, transport, port) && from !== RANGES[1].outside && to !== RANGES[1].outside;
            const side = (end: number | string) => (typeof end === 'number' ? { pod: pods[end], ip: `10.244.7.${end + 1}` } : { ip: end });
            const [src, dst] = [side(from), side(to)];
            const packet = { srcPod: src.pod, srcIp: src.ip, dstPod: dst.pod, dstIp: dst.ip, protocol: transport, port };
            const named = (end: number | string) => (typeof end === 'number' ? `${WORKLOADS[end][0]}/${WORKLOADS[end][1]}` : end);
            const what = `${named(from)} -> ${named(to)} ${transport} ${port}`;
            expect(`${what}: ${mayPass(objects, packet)}`).toBe(`${what}: ${expected}`);
            if (from !== RANGES[1].outside && to !== RANGES[1].outside) {
              const { allowed: computed } = net.verdict({ src: named(from), dst: named(to), protocol: transport, port });
              expect(`${what}: ${computed}`).toBe(`${what}: ${expected}`);
            }
            asked += 1;
            allowed += expected ? 1 : 0;
          }
        }
      }
    }), { numRuns: runs, seed: SEED });
    console.log(`${runs} random programs, seed ${SEED}: ${asked} packets asked, ${allowed} allowed`);
    expect(allowed).toBeGreaterThan(asked / 100);
  }, 300_000);
});
