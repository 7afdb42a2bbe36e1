/** What holds for every intent, tried on random ones. */
import * as fc from 'fast-check';
import { IpSet } from '../../src/algebra/ip-set';
import { EgressRouter } from '../../src/constructs/egress-router';
import { Isolation, SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { writeYaml } from '../../src/emit/yaml-writer';
import { Connections } from '../../src/intent/connections';
import { IPeer, Peer } from '../../src/intent/peer';
import { Port } from '../../src/intent/port';
import { NODE_CIDR, POD_CIDR, SERVICE_CIDR, deployment, newCluster, objects } from '../support/app';

interface Stated {
  readonly who: number;
  readonly verb: 'allowTo' | 'allowFrom';
  readonly whom: number;
  readonly ports: readonly Port[];
}

const number = fc.integer({ min: 1, max: 65535 });
const port: fc.Arbitrary<Port> = fc.oneof(
  number.map(Port.tcp.bind(Port)), number.map(Port.udp.bind(Port)), number.map(Port.sctp.bind(Port)),
  fc.tuple(number, number).map(([a, b]) => Port.tcpRange(Math.min(a, b), Math.max(a, b))),
  fc.constantFrom(Port.tcp(80), Port.tcp(443), Port.udp(53)),
);
const cidr = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => {
  const first = prefix === 0 ? 0 : address - (address % 2 ** (32 - prefix));
  return `${[24, 16, 8, 0].map(shift => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;
});
const near = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.96.0.0/11', '10.244.0.0/15', '169.254.0.0/16', '192.0.0.0/8', '::/0', 'fd00::/8', '203.0.113.0/24');
const cidrs = fc.array(fc.oneof(near, cidr), { minLength: 1, maxLength: 4 });
const statement: fc.Arbitrary<Stated> = fc.record({
  who: fc.nat(), whom: fc.nat(), verb: fc.constantFrom('allowTo', 'allowFrom'), ports: fc.array(port, { minLength: 1, maxLength: 3 }),
});
const intent = fc.record({ stated: fc.array(statement, { maxLength: 12 }), cidrs, project: fc.boolean() });

/** A small cluster with the statements made in the given order. A statement that is refused is none. */
function build({ stated, cidrs: ranges, project }: { stated: readonly Stated[]; cidrs: readonly string[]; project: boolean }): any[] {
  const { app, namespace } = newCluster();
  const isolation = project ? Isolation.PROJECT : Isolation.WORKLOAD;
  const [shop, bank] = [namespace('shop', { tenant: 'acme', isolation }), namespace('bank', { isolation })];
  const router = new EgressRouter(bank, 'out', { destination: Peer.host('orders.db.example'), ports: [Port.postgres()] });
  const subjects: (SecureNamespace | SecureWorkload)[] = [shop, deployment(shop, 'web', 8080), deployment(shop, 'api', 9090), deployment(bank, 'ledger', 7000), bank];
  const addresses = ranges.flatMap((range): IPeer[] => [Peer.cidr(range)]);
  const peers: IPeer[] = [...subjects, ...addresses, router, Peer.internet(), Peer.apiServer()];
  for (const { who, verb, whom, ports } of stated) {
    const { connections }: { connections: Connections } = subjects[who % subjects.length];
    const peer = peers[whom % peers.length];
    try {
      connections[verb](peer, { ports: [...ports] });
    } catch (error) {
      expect((error as Error).message).toMatch(/lies wholly inside|states ports/);
    }
  }
  return objects(app);
}

const policiesOf = (manifests: any[]) => manifests.filter(({ kind }) => kind === 'NetworkPolicy');
const rulesOf = ({ metadata, spec }: any) =>
  [...spec.ingress ?? [], ...spec.egress ?? []].map((rule: any) => ({ ...rule, name: metadata.name, peers: rule.from ?? rule.to }));

describe('4. whatever is stated', () => {
  test('the same intent in any order, said any number of times, gives the same bytes', () => {
    fc.assert(fc.property(intent, fc.infiniteStream(fc.nat()), (all, random) => {
      const shuffled = [...all.stated].map(one => ({ one, at: random.next().value as number })).sort((a, b) => a.at - b.at).map(({ one }) => one);
      const again = [...shuffled, ...shuffled.slice(0, 2)].map(one => ({ ...one, ports: [...one.ports].reverse() }));
      expect(writeYaml(build({ ...all, stated: again }))).toBe(writeYaml(build(all)));
    }), { numRuns: 40 });
  });

  test('every policy isolates both ways, and no list or peer is written empty, which would mean everything', () => {
    fc.assert(fc.property(intent, all => {
      for (const policy of policiesOf(build(all))) {
        expect(policy.spec.policyTypes).toEqual(['Ingress', 'Egress']);
        expect([policy.spec.ingress, policy.spec.egress]).not.toContainEqual([]);
        for (const { peers, ports, name } of rulesOf(policy)) {
          expect(peers.length).toBeGreaterThan(0);
          for (const peer of peers) expect(Object.keys(peer).length).toBeGreaterThan(0);
          if (name === 'allow-project') expect(all.project).toBe(true);
          else expect(ports.length).toBeGreaterThan(0);
        }
      }
    }), { numRuns: 60 });
  });

  test('a pod is never chosen in a namespace that is not pinned by its name, and never by an empty selector', () => {
    fc.assert(fc.property(intent, all => {
      for (const peer of policiesOf(build(all)).flatMap(rulesOf).flatMap(({ peers }) => peers)) {
        if (peer.ipBlock) {
          expect(Object.keys(peer)).toEqual(['ipBlock']);
          continue;
        }
        const { matchLabels, matchExpressions } = peer.namespaceSelector;
        const names = matchExpressions
          ? matchExpressions.flatMap(({ key, operator, values }: any) => (key === 'kubernetes.io/metadata.name' && operator === 'In' ? values : ['*']))
          : [matchLabels['kubernetes.io/metadata.name']];
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) expect(['shop', 'bank', 'kube-system']).toContain(name);
        if (peer.podSelector) expect(Object.keys(peer.podSelector.matchLabels).length).toBeGreaterThan(0);
      }
    }), { numRuns: 60 });
  });

  test('no block holds an address of the cluster\'s own, but the API server where it is asked for', () => {
    const own = IpSet.ofCidrs([POD_CIDR, SERVICE_CIDR, NODE_CIDR, '169.254.169.254/32', 'fd00:ec2::254/128']);
    const apiServer = ['192.0.2.10/32', '10.96.0.1/32'];
    const seen = { cut: 0, whole: 0 };
    fc.assert(fc.property(intent, all => {
      const blocks = policiesOf(build(all)).flatMap(rulesOf).flatMap(({ peers }) => peers).flatMap(({ ipBlock }: any) => ipBlock ?? []);
      for (const ipBlock of blocks.filter(({ cidr: text }) => !apiServer.includes(text))) {
        const [block, except] = [IpSet.ofCidr(ipBlock.cidr), IpSet.ofCidrs(ipBlock.except ?? [])];
        expect(block.subtract(except).overlaps(own)).toBe(false);
        // Nothing is taken away that is not the cluster's: a hole that is too wide would close what was stated.
        expect(own.contains(except)).toBe(true);
        expect(block.contains(except) && !except.contains(block)).toBe(true);
        seen[ipBlock.except ? 'cut' : 'whole'] += 1;
      }
    }), { numRuns: 100 });
    expect(seen.cut).toBeGreaterThan(20);
    expect(seen.whole).toBeGreaterThan(20);
  });
});
