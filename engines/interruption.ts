/**
 * Whoever interrupts the command finds his machine as it was. Each part is started as a command of its own, on one example, and interrupted
 * once it has started something: then no process of it lives, in whatever namespace; no network namespace has a name, no interface and no
 * table of rules is there that was not there before; and its folders are gone.
 */
import { spawn, spawnSync } from 'child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'fs';
import { join } from 'path';
import { ENGINES, built } from './lib/build';
import { CACHE, REPOSITORY } from './lib/paths';
import { Run, until } from './lib/run';

export interface InterruptionReport {
  /** The part, the signal, when it came, and what had been started by then. */
  readonly interrupted: { readonly part: string; readonly signal: string; readonly when: string; readonly programs: string[]; readonly namespaces: number }[];
  readonly failures: string[];
}

export const noInterruption = (): InterruptionReport => ({ interrupted: [], failures: [] });

const TOGETHER = 2;

/** When a part is interrupted: what has to be there by then. Without a moment of its own it is interrupted at the first sight of an engine. */
interface Moment {
  readonly signal: 'SIGINT' | 'SIGTERM';
  readonly when: string;
  readonly begun: (programs: ReadonlySet<string>, namespaces: number) => boolean;
}

const once = (signal: Moment['signal'], program: string): Moment => ({ signal, when: `${program} runs`, begun: programs => programs.has(program) });
const AT_SIGHT = once('SIGINT', 'etcd');
const MOMENTS: Record<string, readonly Moment[]> = {
  'packets': [{ signal: 'SIGTERM', when: 'packets are sent between namespaces', begun: (_, namespaces) => namespaces > 3 }],
  'proxy': [once('SIGTERM', 'haproxy')],
  'peer': [once('SIGINT', 'netpolicy')],
  'mesh': [once('SIGTERM', 'envoy')],
  'control-plane': [once('SIGTERM', 'kube-apiserver')],
};

export async function judgeInterruption(run: Run, parts: readonly string[], into: InterruptionReport): Promise<void> {
  const waiting = parts.flatMap(part => (MOMENTS[part] ?? [AT_SIGHT]).map(moment => ({ part, moment })));
  const rules = await machine();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await interrupt(run, next.part, next.moment, into);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  const left = [...await machine()].filter(thing => !rules.has(thing));
  into.failures.push(...left.map(thing => `interrupted, ${thing} stays behind`));
  into.interrupted.sort((a, b) => (`${a.part} ${a.signal}` < `${b.part} ${b.signal}` ? -1 : 1));
}

/** A part whose engine is done in a moment may be over before anybody looks: it is started again then, so often and no more. */
const TRIES = 5;

async function interrupt(run: Run, part: string, moment: Moment, into: InterruptionReport, tries = TRIES): Promise<void> {
  const { signal, when, begun } = moment;
  const temporary = run.folder(`interrupted-${part}-${signal}`);
  const args = ['--import', 'tsx', join(REPOSITORY, 'engines', 'main.ts'), `--only=${part}`, '--intents=1', '--example=kubeadm'];
  const child = spawn(process.execPath, args, {
    cwd: REPOSITORY, stdio: 'ignore', env: { ...process.env, TMPDIR: temporary, TSX_TSCONFIG_PATH: join(REPOSITORY, 'test', 'tsconfig.json') },
  });
  const seen = new Map<string, Seen>();
  try {
    await until(when, 150, async () => {
      look(child.pid!, seen);
      return child.exitCode !== null || begun(new Set([...seen.values()].map(({ program }) => program)), namespacesOf(seen)) || undefined;
    });
    if (child.exitCode === 0 && tries > 1) return await interrupt(run, part, moment, into, tries - 1);
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode} before it could be interrupted`);
    child.kill(signal);
    await until('its end', 30, async () => (child.exitCode ?? child.signalCode) ?? undefined);
    // What the kernel was told to kill is gone a moment later.
    await until('the end of its programs', 5, async () => [...seen.values()].every(one => !lives(one)) || undefined).catch(() => undefined);
    const left = [
      ...[...seen.values()].filter(lives).map(({ pid, program }) => `process ${pid} (${program})`),
      ...(existsSync(join(CACHE, `run-${child.pid}`)) ? [`folder run-${child.pid}`] : []),
      ...readdirSync(temporary).filter(name => !/^(tsx|node-compile-cache)/.test(name)).map(name => `folder ${name}`),
    ];
    into.failures.push(...left.map(what => `${part}, ${signal}: ${what} stays behind`));
    const programs = [...new Set([...seen.values()].map(({ program }) => program).filter(isEngine))].sort();
    into.interrupted.push({ part, signal, when, programs, namespaces: namespacesOf(seen) });
  } catch (error) {
    into.failures.push(`${part}, ${signal}: ${(error as Error).message}`);
  } finally {
    child.kill('SIGKILL');
  }
}

interface Seen {
  readonly pid: number;
  /** When it was started, so that another process of the same number is not taken for it. */
  readonly started: string;
  readonly program: string;
  readonly namespaces: string[];
}

const isEngine = (program: string) => !/^(node|sh|bash|go|esbuild|\?)/.test(program);

/** Network namespaces beside the machine's own. */
function namespacesOf(seen: ReadonlyMap<string, Seen>): number {
  const all = new Set([...seen.values()].flatMap(({ namespaces }) => namespaces));
  all.delete(linkOf('/proc/self/ns/net'));
  return all.size;
}

/** Every process below this one, and the network namespaces they are in. */
function look(root: number, seen: Map<string, Seen>): void {
  const all = readdirSync('/proc').filter(entry => /^\d+$/.test(entry)).flatMap(entry => statOf(Number(entry)) ?? []);
  const family = new Set([root]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  for (const { pid, started } of all.filter(one => one.pid !== root && family.has(one.pid))) {
    const [program, namespace] = [linkOf(`/proc/${pid}/exe`).split('/').pop()!.replace(/ \(deleted\)$/, '') || '?', linkOf(`/proc/${pid}/ns/net`)];
    const known = seen.get(`${pid} ${started}`);
    const namespaces = [...new Set([...known?.namespaces ?? [], ...(namespace ? [namespace] : []), ...threadsOf(pid)])];
    seen.set(`${pid} ${started}`, { pid, started, program: program === 'prober' && known ? known.program : program, namespaces });
  }
}

/** A farm's namespaces are those of its threads. */
function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(task => linkOf(`/proc/${pid}/task/${task}/ns/net`)).filter(link => link !== '');
  } catch {
    return [];
  }
}

function lives({ pid, started }: Seen): boolean {
  return statOf(pid)?.started === started;
}

function statOf(pid: number): { pid: number; parent: number; started: string } | undefined {
  try {
    const [state, parent, ...rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return state === 'Z' ? undefined : { pid, parent: Number(parent), started: rest[17] };
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** What of the machine itself a part could have changed: rules, interfaces, namespaces with names. */
async function machine(): Promise<Set<string>> {
  const tables = spawnSync(await built(ENGINES.prober), ['rules', '-'], { encoding: 'utf8' });
  if (tables.status !== 0) throw new Error(`the rules of this machine cannot be read: ${tables.stderr}`);
  mkdirSync(CACHE, { recursive: true });
  return new Set([
    ...tables.stdout.split('\n').filter(line => line !== '').map(line => `the table ${line}`),
    ...readdirSync('/sys/class/net').map(name => `the interface ${name}`),
    ...(existsSync('/run/netns') ? readdirSync('/run/netns') : []).map(name => `the namespace ${name}`),
  ]);
}
