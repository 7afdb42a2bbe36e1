import * as fc from 'fast-check';
import { ConnectionSet } from '../../src/algebra/connection-set';
import { IpSet } from '../../src/algebra/ip-set';
import { diff, opens } from '../../src/analysis/diff';
import { ClusterModel } from '../../src/analysis/model';
import { Endpoint, Reachability } from '../../src/analysis/reachability';
import { tell } from '../../src/analysis/report/story';
import { clusters } from '../analysis/random-clusters';

const RUNS = Number(process.env.ANALYSIS_RUNS ?? 150);
const SEED = Number(process.env.ANALYSIS_SEED ?? Date.now() % 1_000_000);

const reachOf = (objects: readonly any[]) => Reachability.of(ClusterModel.of(objects));

/** The objects with every rule and every policy that the remedies ask for; undefined where one asks for something else. */
function applied(objects: readonly any[], remedies: ReturnType<typeof tell>['remedies']): any[] | undefined {
  const next: any[] = JSON.parse(JSON.stringify(objects));
  for (const { object, rule, manifest, direction } of remedies) {
    if (manifest) {next.push(manifest);} else if (rule && object) {
      const { spec } = next.find(({ kind, metadata }) => kind === object.kind && metadata.namespace === object.namespace && metadata.name === object.name);
      spec[direction] = [...spec[direction] ?? [], rule];
    } else {return undefined;}
  }
  return next;
}

describe('2. the smallest change that would allow what is denied', () => {
  let tried = 0;
  let told = 0;
  afterAll(() => { process.stdout.write(`remedies: ${RUNS} random clusters, seed ${SEED}, ${tried} denials allowed by their remedy, ${told} left to who owns a rule\n`); });

  it('allows it, and opens nothing but what no label tells from it', () => {
    fc.assert(fc.property(clusters(), fc.nat(), fc.nat(), fc.constantFrom(80, 8080), ({ objects }, i, j, port) => {
      const before = reachOf(objects);
      const ends = before.endpoints.filter(({ real }) => real);
      if (ends.length === 0) return;
      const [src, dst] = [ends[i % ends.length], j % 3 === 0 ? IpSet.ofCidr('203.0.113.0/24') : ends[j % ends.length]];
      const asked = ConnectionSet.of('TCP', port);
      const { verdict, remedies } = tell(before, src, dst, asked);
      if (src === dst) return;
      if (verdict === 'allowed') return expect(remedies).toEqual([]);
      expect(remedies).not.toEqual([]);
      const next = applied(objects, remedies);
      if (!next) return void told++;
      tried++;
      const after = reachOf(next);
      const again = (end: Endpoint | IpSet) => (end instanceof IpSet ? end : after.endpoints.find(({ text }) => text === end.text)
        ?? after.find(end.workload.namespace, end.workload.name)[0]);
      expect(tell(after, again(src), again(dst), asked).verdict).toBe('allowed');
      for (const change of diff(before, after).filter(opens)) {
        expect(change.after.subtract(change.before).isSubsetOf(asked)).toBe(true);
        for (const [text, end] of [[change.src, src], [change.dst, dst]] as const) expect([text, isLike(after, text, end)]).toEqual([text, true]);
      }
    }), { numRuns: RUNS, seed: SEED });
  });
});

/** Whether a name in a row is the end itself, or cannot be told from it by labels. */
function isLike(reach: Reachability, text: string, end: Endpoint | IpSet): boolean {
  if (end instanceof IpSet) return text === '203.0.113.0-203.0.113.255[External]';
  const other = reach.endpoints.find(each => each.text === text);
  return other !== undefined && other.namespace === end.namespace && Object.entries(end.labels).every(([key, value]) => other.labels[key] === value);
}
