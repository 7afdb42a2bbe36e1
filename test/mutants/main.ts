/**
 * Are the tests awake? Each mutant is applied to a copy of the sources, alone, and a named test has to go red:
 *
 *   npm run test:mutants          all of them
 *   npm run test:mutants -- 4 5   those of items 4 and 5
 *
 * Fails if a mutant survives, if it no longer fits its source, if its test is not green without it, or if a mutant breaks more than
 * behaviour: a source that no longer loads proves nothing.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { runCLI } from 'jest';
import { MUTANTS } from './all';
import { Mutant, misfit } from './mutant';

const ROOT = path.resolve(__dirname, '../..');
/** What tests read. Packages are linked, the rest of the repository is left out. */
const COPIED = ['src', 'test', 'engines', 'examples', 'docs', 'bench', 'README.md', 'package.json', 'jest.config.json', 'tsconfig.json'];

interface Task extends Mutant {
  readonly item: number;
}

type Outcomes = ReadonlyMap<string, string>;

/** Random tests try the same cases each time: whether a mutant is killed is not a matter of luck. */
process.env.SEED ??= '1';

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).map(Number);
  const tasks = Object.entries(MUTANTS).flatMap(([item, mutants]) => mutants.map(mutant => ({ item: Number(item), ...mutant })))
    .filter(({ item }) => wanted.length === 0 || wanted.includes(item));
  const copy = makeCopy();
  try {
    const survivors = await tryAll(copy, tasks);
    console.log(`\n${tasks.length} mutants, ${tasks.length - survivors.length} killed, ${survivors.length} not`);
    for (const survivor of survivors) console.log(survivor);
    process.exitCode = survivors.length || tasks.length === 0 ? 1 : 0;
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

/** Test file by test file: first without any mutant, then with one at a time. Answers what was said of those that were not killed. */
async function tryAll(copy: string, tasks: readonly Task[]): Promise<string[]> {
  const survivors: string[] = [];
  for (const test of [...new Set(tasks.map(task => task.test))].sort()) {
    const own = tasks.filter(task => task.test === test);
    const before = await runTests(copy, test, own.map(({ name }) => name));
    for (const task of own) {
      const verdict = await tryOne(copy, task, before);
      const killed = verdict === 'killed';
      const line = `${killed ? 'killed  ' : 'SURVIVED'}  ${task.item}. ${task.title}\n          ${killed ? `by ${task.name}` : verdict}`;
      console.log(line);
      if (!killed) survivors.push(line);
    }
  }
  return survivors;
}

async function tryOne(copy: string, task: Task, before: Outcomes): Promise<string> {
  const file = path.join(copy, task.file);
  const source = fs.readFileSync(file, 'utf8');
  const problem = misfit(task, source);
  if (problem) return problem;
  const named = [...before].filter(([name]) => name.startsWith(task.name));
  if (named.length === 0) return `${task.test} has no test named '${task.name}'`;
  if (named.some(([, status]) => status !== 'passed')) return `'${task.name}' is red without the mutant`;
  fs.writeFileSync(file, source.split(task.find).join(task.replace));
  try {
    const after = await runTests(copy, task.test, [task.name]);
    if (after.size === 0) return 'the source no longer loads: nothing is proved';
    return named.some(([name]) => after.get(name) === 'failed') ? 'killed' : `'${task.name}' stays green`;
  } finally {
    fs.writeFileSync(file, source);
  }
}

/** The status of each test whose full name begins with one of the names. Empty where the file does not load. */
async function runTests(copy: string, test: string, names: readonly string[]): Promise<Outcomes> {
  const pattern = `^(${[...new Set(names)].map(name => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`;
  const argv: any = {
    _: [path.join(copy, test)],
    $0: '',
    runTestsByPath: true,
    testNamePattern: pattern,
    reporters: [],
    silent: true,
    runInBand: true,
    watchman: false,
    cacheDirectory: path.join(copy, '.cache'),
  };
  const { results } = await runCLI(argv, [copy]);
  return new Map(results.testResults.flatMap(({ testResults }) =>
    testResults.filter(({ status }) => status !== 'pending').map(({ fullName, status }): [string, string] => [fullName, status])));
}

function makeCopy(): string {
  const copy = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mutants.')));
  for (const name of COPIED) {
    const from = path.join(ROOT, name);
    if (fs.existsSync(from)) fs.cpSync(from, path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  process.chdir(copy);
  return copy;
}

void main();
