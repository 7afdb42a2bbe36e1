/**
 * The two ends of a connection through the proxy: servers that say who they are, one that is dead, and clients that tell what became of them.
 */
import { ChildProcess, spawn } from 'child_process';
import * as http from 'http';
import * as net from 'net';

/** What a client met: the first words of the server, or why there were none; and when. */
export interface Dialled {
  readonly said: string;
  readonly ms: number;
}

/** Greets with its name and returns what it hears. */
export async function greeter(name: string, host: string, port: number): Promise<net.Server> {
  const server = net.createServer(socket => {
    socket.on('error', () => socket.destroy());
    socket.write(`${name}\n`);
    socket.pipe(socket);
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(port, host, done));
  return server;
}

/** A host that answers nothing: its queue is full and its process stopped, so the kernel drops every further SYN. */
export async function deadHost(host: string, port: number): Promise<() => void> {
  const script = `require('net').createServer().listen({ host: '${host}', port: ${port}, backlog: 1 }, () => process.stdout.write('up'))`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => { child.kill('SIGKILL'); };
  process.once('exit', kill);
  await new Promise<void>((done, fail) => {
    child.stdout!.once('data', () => done());
    child.once('exit', code => fail(new Error(`the dead host left with ${code}`)));
  });
  child.kill('SIGSTOP');
  const waiting: net.Socket[] = [];
  // Connections are made until one is not answered any more: then the queue is full.
  for (let full = false; !full && waiting.length < 64;) {
    const socket = net.connect(port, host);
    socket.on('error', () => undefined);
    waiting.push(socket);
    full = await new Promise<boolean>(done => {
      const timer = setTimeout(() => done(true), 500);
      socket.once('connect', () => { clearTimeout(timer); done(false); });
    });
  }
  return () => {
    for (const socket of waiting) socket.destroy();
    child.removeAllListeners('exit');
    process.removeListener('exit', kill);
    kill();
  };
}

/** Connects, sends `words` and tells the first `lines` lines that come back. */
export function dial(port: number, options: { host?: string; words?: string; lines?: number } = {}): Promise<Dialled> {
  const { host = '127.0.0.1', words = '', lines = 1 } = options;
  const start = Date.now();
  return new Promise(done => {
    let heard = '';
    const socket = net.connect(port, host);
    const finish = (said: string) => {
      socket.destroy();
      done({ said, ms: Date.now() - start });
    };
    socket.setTimeout(15_000, () => finish('silence'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.on('close', () => finish('closed'));
    socket.on('connect', () => { if (words) socket.write(words); });
    socket.on('data', data => {
      heard += data.toString();
      if (heard.split('\n').length > lines) finish(heard.trimEnd());
    });
  });
}

/** A connection that the server has greeted, or that was never greeted. */
export function greeted(port: number): Promise<{ socket: net.Socket; name: string | undefined }> {
  return new Promise(done => {
    const socket = net.connect(port, '127.0.0.1');
    const finish = (name?: string) => done({ socket, name });
    socket.on('error', () => finish());
    socket.on('close', () => finish());
    socket.once('data', data => finish(data.toString().trim()));
    setTimeout(finish, 5_000).unref();
  });
}

/** What the other end returns to `words`. */
export function echo(socket: net.Socket, words: string): Promise<string> {
  return new Promise(done => {
    if (socket.destroyed) return done('closed');
    socket.once('data', data => done(data.toString().trim()));
    socket.once('close', () => done('closed'));
    setTimeout(() => done('silence'), 2_000).unref();
    socket.write(`${words}\n`);
  });
}

/** The status of a probe, or 0 without an answer. */
export function probe(port: number, path: string): Promise<number> {
  return new Promise(done => {
    http.get({ host: '127.0.0.1', port, path, timeout: 5_000 }, response => {
      response.resume();
      done(response.statusCode ?? 0);
    }).on('error', () => done(0));
  });
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<net.Server>(done => {
    const server = net.createServer();
    server.listen(0, '127.0.0.1', () => done(server));
  })));
  const ports = servers.map(server => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}

/** Asks again until the answer is right, and tells how long that took; undefined after `limit`. */
export async function until<T>(ask: () => Promise<T>, right: (answer: T) => boolean, limit: number): Promise<number | undefined> {
  const start = Date.now();
  while (Date.now() - start <= limit) {
    if (right(await ask())) return Date.now() - start;
    await pause(50);
  }
  return undefined;
}

export const pause = (ms: number) => new Promise<void>(done => setTimeout(done, ms));
