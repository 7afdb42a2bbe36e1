import { closedCluster, withOneChange } from '../../bench/analysis-clusters';
import { diff } from '../../src/analysis/diff';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';
import { rowsOf } from '../../src/analysis/rows';

/** What the cost of an answer follows, counted in judgements of one class against another: a number that no machine changes. */

const reachOf = (objects: any[]) => Reachability.of(ClusterModel.of(objects));

function judgements(reaches: readonly Reachability[], run: () => void): number {
  const spies = reaches.map(({ judge }) => jest.spyOn(judge, 'between'));
  run();
  const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  for (const spy of spies) spy.mockRestore();
  return count;
}

/** Pods that everybody reaches, each on a port of its own: as many classes as pods, and every pair of them is open. */
const open = (pods: number) => Array.from({ length: pods }, (_, i) => [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${i}`, namespace: 'shop', labels: { app: `p-${i}` } }, spec: { containers: [] } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `p-${i}`, namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: `p-${i}` } }, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 1000 + i }] }] },
  },
]).flat();

describe('8. speed: what the cost follows', () => {
  test('all pairs of a closed cluster: its flows, and not the square of its pods', () => {
    const costs = [10, 40].map(namespaces => {
      const reach = reachOf(closedCluster(namespaces));
      let pairs = 0;
      const count = judgements([reach], () => { for (const _ of reach.classPairs()) pairs++; });
      expect(pairs).toBe(16 * namespaces);
      return count;
    });
    expect(costs).toEqual([160, 640]);
  });

  test('one changed policy: the classes it speaks about, in a cluster of any size', () => {
    const costs = [10, 40].map(namespaces => {
      const objects = closedCluster(namespaces);
      const [before, after] = [reachOf(objects), reachOf(withOneChange(objects))];
      let changes = 0;
      const count = judgements([before, after], () => { changes = diff(before, after).length; });
      expect(changes).toBe(4);
      return count;
    });
    expect(costs[1]).toBe(costs[0]);
    expect(costs[0]).toBeLessThan(40);
  });

  test('the first row: its own source, however many rows there are', () => {
    const reach = reachOf(open(30));
    const rows = rowsOf(reach)[Symbol.iterator]();
    expect(judgements([reach], () => { expect(rows.next().value).toMatchObject({ dst: 'shop/p-0[Pod]', conn: 'TCP 1000' }); })).toBeLessThan(60);
    expect(judgements([reach], () => { for (let next = rows.next(); !next.done;) next = rows.next(); })).toBeGreaterThan(800);
  });
});
