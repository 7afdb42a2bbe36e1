import { spawnSync } from 'child_process';
import { cpus } from 'os';
import { stringify } from 'yaml';
import { closedCluster, mixedCluster } from './analysis-clusters';
import { diff } from '../src/analysis/diff';
import { readDocuments } from '../src/analysis/input/documents';
import { ClusterModel } from '../src/analysis/model';
import { Reachability } from '../src/analysis/reachability';
import { rowsOf } from '../src/analysis/rows';

/**
 * Measures the analysis: `tsx bench/analysis.ts` prints a table, each line from a process of its own, so that the peak of memory is its own.
 *
 * `read` is YAML to objects, `build` objects to model and classes, `pairs` all pairs with their ports, `print` all rows as text, `diff` the
 * difference after one changed policy, with the changed model already built.
 */
interface Size {
  readonly name: string;
  readonly make: () => any[];
  /** Reading that much YAML takes longer than all the rest, so it is measured up to a size. */
  readonly yaml: boolean;
}

const SIZES: readonly Size[] = [
  { name: '500 pods, 250 policies', make: () => mixedCluster({ pods: 500, policies: 250 }), yaml: true },
  { name: '10,000 pods, 5,000 policies', make: () => mixedCluster({ pods: 10_000, policies: 5_000 }), yaml: true },
  { name: '40,000 pods, 20,000 policies', make: () => mixedCluster({ pods: 40_000, policies: 20_000 }), yaml: false },
  { name: '100,000 pods, 50,000 policies', make: () => mixedCluster({ pods: 100_000, policies: 50_000 }), yaml: false },
  { name: '5,000 closed namespaces, 20,000 workloads', make: () => closedCluster(5_000), yaml: false },
];

interface Line {
  readonly read?: number;
  readonly build: number;
  readonly pairs: number;
  readonly print: number;
  readonly diff: number;
  readonly count: number;
  readonly rows: number;
  readonly memory: number;
}

function measure({ make, yaml }: Size): Line {
  const objects = make();
  let read: number | undefined;
  if (yaml) {
    const text = objects.map(object => stringify(object)).join('---\n');
    read = timed(() => readDocuments(text)).time;
  }
  const changed = withOneChange(objects);
  const { value: reach, time: build } = timed(() => Reachability.of(ClusterModel.of(objects)));
  const { value: count, time: pairs } = timed(() => counted(reach.pairs()));
  const { value: rows, time: print } = timed(() => counted(rowsOf(reach)));
  const memory = process.resourceUsage().maxRSS / 1024;
  const after = Reachability.of(ClusterModel.of(changed));
  return { read, build, pairs, print, diff: timed(() => diff(reach, after)).time, count, rows, memory };
}

/** The same objects, but for one policy that lets nobody in any more. */
function withOneChange(objects: readonly any[]): any[] {
  const place = objects.findIndex(({ kind, spec }) => kind === 'NetworkPolicy' && spec.ingress?.length > 0);
  const changed = { ...objects[place], spec: { ...objects[place].spec, ingress: [] } };
  return objects.map((object, i) => i === place ? changed : object);
}

function timed<T>(run: () => T): { value: T; time: number } {
  const start = process.hrtime.bigint();
  const value = run();
  return { value, time: Number(process.hrtime.bigint() - start) / 1e6 };
}

function counted(items: Iterable<unknown>): number {
  let count = 0;
  for (const _ of items) count++;
  return count;
}

const wanted = process.argv.indexOf('--size');
if (wanted > 0) {
  process.stdout.write(JSON.stringify(measure(SIZES[Number(process.argv[wanted + 1])])));
} else {
  process.stdout.write(`Measured on ${cpus().length} cores (${cpus()[0].model.trim()}), Node ${process.version}; milliseconds of wall time.\n\n`);
  process.stdout.write('| cluster | read YAML | build | all pairs | print rows | diff of one policy | pairs | rows | peak MB |\n|---|---|---|---|---|---|---|---|---|\n');
  SIZES.forEach(({ name }, i) => {
    const child = spawnSync(process.execPath, [...process.execArgv, __filename, '--size', String(i)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.status !== 0) throw new Error(`the measurement of '${name}' failed`);
    const line: Line = JSON.parse(child.stdout);
    const ms = (value: number | undefined) => value === undefined ? '-' : value.toFixed(0);
    const cells = [name, ms(line.read), ms(line.build), ms(line.pairs), ms(line.print), ms(line.diff), line.count, line.rows, line.memory.toFixed(0)];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  });
}
