/**
 * One measurement in a process of its own, so that its peak memory is its own: `_analysis-case.js PART BEFORE AFTER` prints a line of JSON.
 * BEFORE and AFTER are files of manifests that differ in one policy.
 *
 * Times are on the clock, and of all processors together, with what the engine of JavaScript does beside the program: the latter lose less to
 * what else runs.
 */
import * as fs from 'fs';
import { diff } from '../src/analysis/diff';
import { readDocuments } from '../src/analysis/input/documents';
import { ClusterModel } from '../src/analysis/model';
import { Reachability } from '../src/analysis/reachability';
import { JSON_ROWS } from '../src/analysis/report/json';
import { main } from '../src/cli/_main';

/** Milliseconds on the clock, and of all processors together. */
export interface Time {
  readonly clock: number;
  readonly cpu: number;
}

/** Times and MB. */
export interface Steps {
  readonly read: Time;
  readonly build: Time;
  readonly pairs: Time;
  readonly print: Time;
  readonly diff: Time;
  /** Pairs with a pod or an address outside on either side. */
  readonly count: number;
  /** After all pairs, with everything that was read. */
  readonly memory: number;
}

/** `secure-network list FILE -o json` from its first instruction to its last row. */
export interface Whole {
  readonly whole: Time;
  readonly memory: number;
}

function steps(before: string, after: string): Steps {
  const text = fs.readFileSync(before, 'utf8');
  const [{ objects }, read] = timed(() => readDocuments(text));
  const [reach, build] = timed(() => Reachability.of(ClusterModel.of(objects)));
  const [count, pairs] = timed(() => counted(reach.pairs()));
  const memory = peak();
  const [, print] = timed(() => counted(JSON_ROWS.write(reach)));
  const changed = Reachability.of(ClusterModel.of(readDocuments(fs.readFileSync(after, 'utf8')).objects));
  const [changes, difference] = timed(() => diff(reach, changed));
  if (changes.length === 0) throw new Error('the two clusters do not differ');
  return { read, build, pairs, print, diff: difference, count, memory };
}

async function whole(file: string): Promise<Whole> {
  const paint: any = undefined;
  const out = (pieces: Iterable<string>) => Promise.resolve(void counted(pieces));
  const code = await main({ screen: false, paint, stdin: () => '', out, note: () => undefined, progress: () => undefined }, ['list', file, '-o', 'json']);
  if (code !== 0) throw new Error(`the command ended with ${code}`);
  // Both count from the start of the process.
  return { whole: { clock: performance.now(), cpu: milliseconds(process.cpuUsage()) }, memory: peak() };
}

function timed<T>(run: () => T): [value: T, time: Time] {
  const [start, used] = [performance.now(), process.cpuUsage()];
  const value = run();
  return [value, { clock: performance.now() - start, cpu: milliseconds(process.cpuUsage(used)) }];
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

function counted(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

function peak(): number {
  return process.resourceUsage().maxRSS / 1024;
}

const [part, before, after] = process.argv.slice(2);
void (part === 'steps' ? Promise.resolve(steps(before, after)) : whole(before)).then(measured => process.stdout.write(JSON.stringify(measured)));
