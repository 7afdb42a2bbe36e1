/**
 * One run of the engines and all it starts. However it ends - done, failed, interrupted, killed - nothing stays behind:
 * - a program is started through `prober exec`, so the kernel kills it when this process ends;
 * - the network namespaces have no names and no rule is written outside them, so they vanish with the program that holds them;
 * - files live in one folder, removed at the end; the folder of a run that was killed is removed by the next one.
 */
import { ChildProcess, spawn } from 'child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'fs';
import { createServer } from 'net';
import { join } from 'path';
import { CACHE } from './paths';

const TAG = 'SECURE_NETWORK_ENGINES';

export interface Program {
  readonly name: string;
  readonly log: string;
  readonly child: ChildProcess;
}

export class Run {
  /** Removes what runs that were killed left behind, and says so. */
  public static begin(prober: string): Run {
    for (const left of leftovers()) {
      process.stdout.write(`removed what a killed run left behind: ${left.what}\n`);
      left.remove();
    }
    return new Run(prober);
  }

  public readonly dir = join(CACHE, `run-${process.pid}`);
  private readonly programs: Program[] = [];
  private ended = false;

  private constructor(private readonly prober: string) {
    mkdirSync(this.dir, { recursive: true });
    const stop = (code: number) => () => {
      this.endNow();
      process.exit(code);
    };
    process.on('SIGINT', stop(130));
    process.on('SIGTERM', stop(143));
    process.on('SIGHUP', stop(129));
    process.on('exit', () => this.endNow());
  }

  /** Starts a program that writes to a log of its own; `pipe` keeps its input and output for orders. */
  public start(name: string, command: string[], options: { env?: Record<string, string>; pipe?: boolean } = {}): Program {
    const log = join(this.dir, `${name}.log`);
    const file = openSync(log, 'a');
    const child = spawn(this.prober, ['exec', String(process.pid), '--', ...command], {
      env: { ...process.env, [TAG]: String(process.pid), ...options.env },
      stdio: options.pipe ? ['pipe', 'pipe', file] : ['ignore', file, file],
    });
    closeSync(file);
    const program = { name, log, child };
    this.programs.push(program);
    return program;
  }

  public folder(name: string): string {
    const path = join(this.dir, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Ends every program, waits for them, removes the folder, and gives what is left nevertheless: nothing. */
  public async end(): Promise<string[]> {
    await Promise.all(this.programs.map(program => stopped(program.child)));
    const own = leftovers(process.pid).filter(left => !left.folder).map(left => left.what);
    this.endNow();
    if (existsSync(this.dir)) own.push(`folder ${this.dir}`);
    return own;
  }

  private endNow(): void {
    if (this.ended) return;
    this.ended = true;
    for (const { child } of this.programs) child.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The last lines of a program's log: what to show when it fails. */
export function tail(log: string, lines = 15): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
}

/** A port of the loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export async function until<T>(what: string, seconds: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await attempt().catch(() => undefined);
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    const impatience = setTimeout(() => child.kill('SIGKILL'), 3000);
    child.once('exit', () => {
      clearTimeout(impatience);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

interface Leftover {
  readonly what: string;
  readonly folder: boolean;
  readonly remove: () => void;
}

/** Programs and folders of the run `owner`; without one, of every run whose process is gone. */
function leftovers(owner?: number): Leftover[] {
  const meant = (pid: number) => owner === undefined ? !existsSync(`/proc/${pid}`) : pid === owner;
  const found: Leftover[] = [];
  for (const entry of existsSync('/proc') ? readdirSync('/proc') : []) {
    const run = /^\d+$/.test(entry) && Number(entry) !== process.pid ? runOf(entry) : undefined;
    if (run === undefined || !meant(run)) continue;
    found.push({ what: `process ${entry} (${programOf(entry)})`, folder: false, remove: () => process.kill(Number(entry), 'SIGKILL') });
  }
  for (const entry of existsSync(CACHE) ? readdirSync(CACHE) : []) {
    const run = /^run-(\d+)$/.exec(entry);
    if (!run || !meant(Number(run[1]))) continue;
    found.push({ what: `folder ${entry}`, folder: true, remove: () => rmSync(join(CACHE, entry), { recursive: true, force: true }) });
  }
  return found;
}

function runOf(pid: string): number | undefined {
  try {
    const tag = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').find(line => line.startsWith(`${TAG}=`));
    return tag === undefined ? undefined : Number(tag.slice(TAG.length + 1));
  } catch {
    return undefined;
  }
}

function programOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return 'ended';
  }
}
