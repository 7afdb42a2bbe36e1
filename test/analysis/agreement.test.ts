import * as fc from 'fast-check';
import { mayPass } from './packet-evaluator';
import { clusters, PORTS, RandomCluster } from './random-clusters';
import { ConnectionSet, PROTOCOLS } from '../../src/algebra/connection-set';
import { IpSet } from '../../src/algebra/ip-set';
import { explain } from '../../src/analysis/explain';
import { ClusterFacts } from '../../src/analysis/facts';
import { ClusterModel } from '../../src/analysis/model';
import { End, Endpoint, Reachability } from '../../src/analysis/reachability';

/** `ANALYSIS_RUNS=10000 ANALYSIS_SEED=7 npx jest test/analysis/agreement` repeats or lengthens a run. */
const RUNS = Number(process.env.ANALYSIS_RUNS ?? 200);
const SEED = Number(process.env.ANALYSIS_SEED ?? Date.now() % 1_000_000);
const FACTS: ClusterFacts = { podCidrs: ['10.0.0.0/29', '2001:db8::/125'], nodeCidrs: ['192.0.2.0/24'] };

let packets = 0;
let passed = 0;
afterAll(() => { process.stdout.write(`agreement: ${RUNS} random clusters each, seed ${SEED}, ${packets} packets compared, ${passed} of them pass\n`); });

function check(arbitrary: fc.Arbitrary<RandomCluster>, compare: (cluster: RandomCluster) => void, runs = RUNS): void {
  fc.assert(fc.property(arbitrary, compare), { numRuns: runs, seed: SEED });
}

function reachOf({ objects }: RandomCluster, facts?: ClusterFacts): Reachability {
  const model = ClusterModel.of(objects, { facts });
  expect(model.problems).toEqual([]);
  return Reachability.of(model);
}

const endpointOf = (reach: Reachability, pod: any): Endpoint => reach.find(pod.metadata.namespace, pod.metadata.name)[0];

interface Tried {
  readonly end: End;
  readonly pod?: any;
  readonly ips: readonly (string | undefined)[];
}

/** Holds every packet between two ends against the evaluator. */
function compareEnds(reach: Reachability, objects: any[], src: Tried, dst: Tried) {
  const conn = reach.between(src.end, dst.end);
  for (const protocol of PROTOCOLS) {
    for (const port of PORTS) {
      const expected = src.ips.some(srcIp => dst.ips.some(dstIp => family(srcIp, dstIp)
        && mayPass(objects, { srcPod: src.pod, srcIp, dstPod: dst.pod, dstIp, protocol, port })));
      packets++;
      if (expected) passed++;
      if (conn.has(protocol, port) !== expected) {
        throw new Error(`${text(src.end)} => ${text(dst.end)} ${protocol} ${port}: the evaluator says ${expected}, the engine ${conn}`);
      }
    }
  }
}

const text = (end: End) => end instanceof IpSet ? end.toString() : end.text;
const family = (a?: string, b?: string) => a === undefined || b === undefined || a.includes(':') === b.includes(':');

function compareAll(cluster: RandomCluster, reach: Reachability, ipsOf: (pod: any) => (string | undefined)[]) {
  const pods = cluster.pods.map(pod => ({ end: endpointOf(reach, pod), pod, ips: ipsOf(pod) }));
  for (const src of pods) for (const dst of pods) if (src !== dst) compareEnds(reach, cluster.objects, src, dst);
  for (const address of cluster.addresses.filter(each => reach.model.outside.contains(IpSet.ofAddress(each)))) {
    const outside = { end: IpSet.ofAddress(address), ips: [address] };
    for (const pod of pods) {
      compareEnds(reach, cluster.objects, { ...pod, ips: [undefined] }, outside);
      compareEnds(reach, cluster.objects, outside, { ...pod, ips: [undefined] });
    }
  }
}

const KINDS: [string, fc.Arbitrary<RandomCluster>][] = [
  ['NetworkPolicy', clusters()],
  ['AdminNetworkPolicy, BaselineAdminNetworkPolicy', clusters({ admin: true })],
  ['ClusterNetworkPolicy', clusters({ cluster: true })],
  ['EgressFirewall', clusters({ firewall: true })],
  ['AuthorizationPolicy, PeerAuthentication', clusters({ mesh: true })],
  ['EgressFirewall, AdminNetworkPolicy', clusters({ admin: true, firewall: true })],
];

describe.each(KINDS)('7. read-back: %s', (_, arbitrary) => {
  test('agrees with the packet evaluator, pods and addresses outside', () => {
    check(arbitrary, cluster => compareAll(cluster, reachOf(cluster), () => [undefined]));
  });

  test('agrees where pods have addresses that rules can match', () => {
    check(arbitrary, cluster => {
      const pods = cluster.pods.map((pod, i) => ({
        ...pod,
        status: { podIPs: pod.spec.hostNetwork ? [{ ip: '192.0.2.1' }] : [{ ip: `10.0.0.${i}` }, ...i % 2 ? [{ ip: `2001:db8::${i}` }] : []] },
      }));
      const addressed = { ...cluster, pods, objects: [...cluster.objects.filter(object => object.kind !== 'Pod'), ...pods] };
      compareAll(addressed, reachOf(addressed, FACTS), pod => pod.status.podIPs.map((entry: any) => entry.ip));
    }, Math.ceil(RUNS / 2));
  });

  test('agrees where a pod may have any address of a range', () => {
    check(arbitrary, cluster => {
      const range = (base: string) => Array.from({ length: 8 }, (__, i) => `${base}${i}`);
      const inPods = [...range('10.0.0.'), ...range('2001:db8::')];
      compareAll({ ...cluster, pods: cluster.pods.filter(pod => !pod.spec.hostNetwork).slice(0, 2) },
        reachOf(cluster, { podCidrs: FACTS.podCidrs }), () => inPods);
    }, Math.ceil(RUNS / 6));
  });

  test('lists exactly the pairs that may connect, each once', () => {
    check(arbitrary, cluster => {
      const reach = reachOf(cluster);
      const listed = new Map<string, ConnectionSet>();
      for (const { src, dst, conn } of reach.pairs()) {
        const key = `${text(src)} => ${text(dst)}`;
        expect(listed.has(key)).toBe(false);
        listed.set(key, conn);
      }
      for (const src of reach.endpoints) {
        for (const dst of reach.endpoints) {
          const conn = reach.between(src, dst);
          expect(listed.get(`${src.text} => ${dst.text}`) ?? ConnectionSet.none()).toBe(conn);
        }
      }
      const only = new Set(reach.endpoints.slice(0, 1));
      const expected = [...listed.keys()].filter(key => key.split(' => ').includes(reach.endpoints[0].text)).sort();
      expect([...reach.pairs(only)].map(({ src, dst }) => `${text(src)} => ${text(dst)}`).sort()).toEqual(expected);
    });
  });

  test('explains every verdict: the reasons add up to it', () => {
    check(arbitrary, cluster => {
      const reach = reachOf(cluster);
      for (const src of reach.endpoints) {
        for (const dst of reach.endpoints) {
          const decisions = explain(reach, src, dst);
          const said = (...effects: string[]) => (direction: string) => ConnectionSet.unionOf(decisions
            .filter(decision => decision.direction === direction && effects.includes(decision.effect)).map(({ conn }) => conn));
          // What one stage allows another may still deny.
          const consents = ['egress', 'ingress'].map(direction => said('allow', 'open')(direction).subtract(said('deny', 'isolate')(direction)));
          expect(consents[0].intersect(consents[1])).toBe(reach.between(src, dst));
        }
      }
    });
  });
});
