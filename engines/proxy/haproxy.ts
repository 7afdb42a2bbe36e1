/**
 * A real HAProxy running a configuration of ours as the container would: in the foreground, as nobody, with the file read-only.
 */
import { ChildProcess, execFileSync, spawn, spawnSync } from 'child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const NOBODY = 65534;

export class RunningProxy {
  readonly folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  readonly log: string[] = [];
  readonly exited: Promise<number | null>;
  private readonly file = join(this.folder, 'haproxy.cfg');
  private readonly child: ChildProcess;

  constructor(readonly binary: string, config: string) {
    writeFileSync(this.file, config, { mode: 0o444 });
    chmodSync(this.folder, 0o555);
    const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    this.child = spawn(binary, ['-db', '-f', this.file], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH }, ...owner });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on('data', data => this.log.push(String(data)));
    this.exited = new Promise(done => this.child.once('exit', done).once('error', () => done(null)));
    process.once('exit', this.clear);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What the proxy says to its own configuration: nothing, when all is well. */
  check(): string {
    const { status, stdout, stderr } = spawnSync(this.binary, ['-dW', '-c', '-f', this.file], { encoding: 'utf8' });
    return status === 0 ? '' : `${status}: ${stdout}${stderr}`;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The TCP ports this process listens on. */
  listening(): number[] {
    if (this.child.exitCode !== null) return [];
    const sockets = new Set(readdirSync(`/proc/${this.pid}/fd`).flatMap(fd => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${this.pid}/fd/${fd}`))?.[1] ?? ''];
      } catch {
        return [];
      }
    }));
    const rows = ['tcp', 'tcp6'].flatMap(table => readFileSync(`/proc/${this.pid}/net/${table}`, 'utf8').split('\n').slice(1).map(row => row.trim().split(/\s+/)));
    const ports = rows.filter(row => row[3] === '0A' && sockets.has(row[9])).map(row => parseInt(row[1].split(':')[1], 16));
    return [...new Set(ports)].sort((a, b) => a - b);
  }

  /** The most memory the process has held, in MiB. */
  memory(): number {
    if (this.child.exitCode !== null) return 0;
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  }

  async stop(): Promise<void> {
    this.clear();
    await this.exited;
    process.removeListener('exit', this.clear);
  }

  /** Leaves nothing behind, also when the trials are interrupted. */
  private readonly clear = () => {
    this.child.kill('SIGKILL');
    chmodSync(this.folder, 0o755);
    rmSync(this.folder, { recursive: true, force: true });
  };
}

export function haproxyVersion(binary: string): string | undefined {
  try {
    return /version (\S+)/.exec(execFileSync(binary, ['-v'], { encoding: 'utf8' }))?.[1];
  } catch {
    return undefined;
  }
}
