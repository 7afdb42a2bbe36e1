/** What it costs to find out who reaches whom, in clusters of 500 to 100,000 pods. */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Steps, Time, Whole } from './_analysis-case';
import { AnalysisRow } from './_analysis-report';
import { closedCluster, mixedCluster, withOneChange, yamlOf } from './analysis-clusters';

interface Size {
  readonly name: string;
  readonly make: () => any[];
  /** Small ones are measured several times, and the cheapest counts: a run can only be disturbed towards more. */
  readonly runs: number;
}

const mixed = (pods: number, runs: number): Size => ({ name: String(pods), make: () => mixedCluster({ pods, policies: pods / 2 }), runs });
const SIZES: readonly Size[] = [mixed(500, 5), mixed(10_000, 5), mixed(40_000, 5), mixed(100_000, 1), { name: '20000, closed', make: () => closedCluster(5_000), runs: 2 }];

/** @param compiled the folder of the compiled bench, @param folder for the manifests */
export function measureAnalysis(compiled: string, folder: string, quick: boolean): AnalysisRow[] {
  return (quick ? SIZES.slice(0, 2) : SIZES).map(({ name, make, runs }) => {
    process.stderr.write(`analysis, ${name} pods ...\n`);
    const objects = make();
    const files = [objects, withOneChange(objects)].map((each, i) => {
      const file = path.join(folder, `${i}.yaml`);
      fs.writeFileSync(file, yamlOf(each));
      return file;
    });
    const measure = <T>(part: string) => Array.from({ length: runs }, () => run<T>(compiled, part, files));
    const steps = measure<Steps>('steps').reduce(best);
    const whole = measure<Whole>('whole').reduce((a, b) => b.whole.clock < a.whole.clock ? b : a);
    return { name, policies: objects.filter(({ kind }) => kind.endsWith('NetworkPolicy')).length, steps, whole };
  });
}

/** The least of each number; what is counted is the same in all. */
function best(a: Steps, b: Steps): Steps {
  const less = (one: Time | number, other: Time | number) => typeof one === 'number' ? Math.min(one, other as number)
    : { clock: Math.min(one.clock, (other as Time).clock), cpu: Math.min(one.cpu, (other as Time).cpu) };
  return Object.fromEntries(Object.entries(a).map(([step, value]) => [step, less(value, b[step as keyof Steps])])) as unknown as Steps;
}

function run<T>(compiled: string, part: string, files: readonly string[]): T {
  const args = ['--max-old-space-size=8192', path.join(compiled, 'bench', '_analysis-case.js'), part, ...files];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the case '${part}' failed: ${stderr}`);
  return JSON.parse(stdout);
}
