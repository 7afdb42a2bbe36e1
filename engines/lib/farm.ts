/** The farm of network namespaces: one prober process that makes hosts, listens and dials in them, and holds the router between them. */
import { createInterface } from 'readline';
import { ENGINES, built } from './build';
import { Program, Run, tail } from './run';

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

/** Where the TCP connections of a host are led: to its proxy, whose own are told by their group. */
export interface Redirect {
  readonly host: string;
  readonly inbound: number;
  readonly outbound: number;
  readonly group: number;
}

/** Answers every request with 200, over TLS where it has a certificate. */
export interface Application {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Question {
  readonly from: string;
  readonly url: string;
  readonly method?: string;
  /** The host that is asked for. @default - that of the URL */
  readonly host?: string;
  readonly serverName?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly certificate?: string;
  readonly key?: string;
}

export interface Reply {
  readonly status?: number;
  /** The host of the application that answered. */
  readonly by?: string;
  /** Why nobody answered. */
  readonly error?: string;
}

export interface StartOptions {
  /** @default - the router */
  readonly host?: string;
  /** Where it works. @default - where this process does */
  readonly folder?: string;
  /** The group it runs under, and the file in place of /etc/resolv.conf. @default - as this process */
  readonly inside?: { readonly group: number; readonly names: string };
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

  /** Lets the router forget every connection: what comes next is new to it. */
  public forget(): Promise<void> {
    return this.order('forget', {});
  }

  /**
   * Lets programs of a host reach a port of ours at a port of their own loopback.
   *
   * @param host the router where none is named
   */
  public forward(port: number, host?: string, as = port): Promise<void> {
    return this.order('forward', { host, port: as, target: `127.0.0.1:${port}` });
  }

  /** Starts a program; it ends with the farm. */
  public start(command: readonly string[], log: string, options: StartOptions = {}): Promise<{ pid: number }> {
    return this.order('run', { command, log, ...options });
  }

  public redirect(redirects: readonly Redirect[]): Promise<void> {
    return this.order('redirect', { redirects });
  }

  public serve(applications: readonly Application[]): Promise<void> {
    return this.order('serve', { applications });
  }

  /** A name server at a port of the host's loopback, which knows these names and no other. */
  public names(host: string, port: number, names: Readonly<Record<string, string>>): Promise<void> {
    return this.order('names', { host, port, names });
  }

  /** One request after the other, each on a connection of its own. */
  public ask(questions: readonly Question[], timeoutMs: number): Promise<Reply[]> {
    return this.order('ask', { questions, timeoutMs });
  }

  public stop(): void {
    this.program.child.kill('SIGKILL');
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
