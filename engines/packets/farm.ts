/** The farm of network namespaces: one prober process that makes hosts, listens and dials in them, and holds the router between them. */
import { createInterface } from 'readline';
import { ENGINES, built } from '../lib/build';
import { Program, Run, tail } from '../lib/run';

export type Transport = 'TCP' | 'UDP';

export interface Listener {
  readonly host: string;
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
}

export interface Try {
  readonly from: string;
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
}

export interface ServicePort {
  readonly address: string;
  readonly protocol: Transport;
  readonly port: number;
  readonly backends: readonly { readonly address: string; readonly port: number }[];
}

export interface Outcomes {
  readonly answers: string[];
  /** Packets that were dropped before the enforcer saw them; only without any does silence mean a denial. */
  readonly lost: number;
}

export class Farm {
  public static async start(run: Run, name: string): Promise<Farm> {
    return new Farm(run.start(name, [await built(ENGINES.prober), 'farm', String(process.pid)], { pipe: true }));
  }

  private readonly waiting = new Map<number, { resolve: (result: any) => void; reject: (error: Error) => void }>();
  private readonly hosts = new Set<string>();
  private orders = 0;

  private constructor(private readonly program: Program) {
    createInterface({ input: program.child.stdout! }).on('line', line => {
      const { id, error, result } = JSON.parse(line);
      const { resolve, reject } = this.waiting.get(id)!;
      this.waiting.delete(id);
      if (error) reject(new Error(error)); else resolve(result);
    });
    program.child.on('exit', () => this.waiting.forEach(({ reject }) => reject(new Error(`the farm ended:\n${tail(program.log)}`))));
  }

  /** A host of that name with these addresses, made when it is first asked for. */
  public async host(name: string, addresses: readonly string[]): Promise<void> {
    if (this.hosts.has(name)) return;
    this.hosts.add(name);
    await this.order('hosts', { hosts: [{ name, addresses }] });
  }

  public listen(listeners: readonly Listener[]): Promise<void> {
    return this.order('listen', { listeners });
  }

  public services(services: readonly ServicePort[]): Promise<void> {
    return this.order('services', { services });
  }

  /** From now on every new connection waits for the verdict of the program at the queue; without one it is dropped. */
  public queue(queue: number): Promise<void> {
    return this.order('queue', { queue });
  }

  /** Lets programs in the router's namespace reach a port of ours at the same port of their own loopback. */
  public forward(port: number): Promise<void> {
    return this.order('forward', { port, target: `127.0.0.1:${port}` });
  }

  /** Starts a program in the router's namespace; it ends with the farm. */
  public start(command: readonly string[], log: string): Promise<{ pid: number }> {
    return this.order('run', { command, log });
  }

  /** Who answered each: a host's name, or `!` and why nobody did. */
  public async dial(tries: readonly Try[], timeoutMs: number): Promise<Outcomes> {
    return tries.length === 0 ? { answers: [], lost: 0 } : this.order('dial', { tries, timeoutMs, atOnce: 1024 });
  }

  public get log(): string {
    return this.program.log;
  }

  private order(op: string, details: object): Promise<any> {
    const id = ++this.orders;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.program.child.stdin!.write(`${JSON.stringify({ id, op, ...details })}\n`);
    });
  }
}
