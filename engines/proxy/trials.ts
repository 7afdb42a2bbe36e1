/**
 * The router's proxy on trial: our configuration, a real HAProxy, real connections on loopback, a name server whose answers we change.
 * Every trial says what was seen; one that was not seen in time is a failure.
 */
import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import * as net from 'net';
import { networkInterfaces, tmpdir } from 'os';
import { join } from 'path';
import * as tls from 'tls';
import { TinyDns } from './dns';
import { RunningProxy } from './haproxy';
import { deadHost, dial, echo, freePorts, greeted, greeter, pause, probe, until } from './peers';
import { HAPROXY_LIVE_PATH, HAPROXY_READY_PATH, HaproxyInput, renderHaproxyConfig } from '../../src/providers/_haproxy';

export interface Trial {
  readonly name: string;
  readonly ok: boolean;
  readonly seen: string;
}

/** Ways to break the configuration, each of which at least one trial has to notice. */
export const SABOTAGES: Readonly<Record<string, (config: string) => string>> = {
  'names are resolved once, at the start': config => config.replace(/ resolvers cluster init-addr none resolve-prefer ipv4/g, ''),
  'a dead destination is waited for': config => config.replace('timeout connect 2s', 'timeout connect 9s'),
  'a second way out': config => config.replace('\nfrontend health', '\nlisten other\n  bind *:45678\n  server other 127.0.0.2:80\n\nfrontend health'),
  'readiness that asks for nothing': config => config.replace(/ reachable$/m, ''),
  'a directive that the proxy warns of': config => config.replace('  no log\n', '  no log\n  option tcplog\n'),
};

export interface ProxyTrialsOptions {
  /** The HAProxy to run. */
  readonly binary: string;
  /** Breaks the configuration on purpose, to see that the trials notice. */
  readonly sabotage?: (config: string) => string;
  readonly say?: (trial: Trial) => void;
}

const NAME = 'orders.db.example';
/** Within this time a client of a dead destination has its answer, and a changed address is followed. */
const LIMIT = 5_000;

export async function proxyTrials(options: ProxyTrialsOptions): Promise<Trial[]> {
  const trials: Trial[] = [];
  const judge = (name: string, ok: boolean, seen: string) => {
    trials.push({ name, ok, seen });
    options.say?.({ name, ok, seen });
  };
  const within = (name: string, ms: number | undefined, limit = LIMIT) => judge(name, ms !== undefined && ms < limit, ms === undefined ? 'not seen' : `${ms} ms`);
  const cleanups: (() => unknown)[] = [];
  const start = (input: HaproxyInput) => {
    const config = renderHaproxyConfig(input);
    const proxy = new RunningProxy(options.binary, options.sabotage?.(config) ?? config);
    cleanups.push(() => proxy.stop());
    return proxy;
  };
  try {
    const dns = await TinyDns.start();
    cleanups.push(() => dns.stop());
    const [listen, secure, health, server] = await freePorts(4);
    const nameservers = [{ address: '127.0.0.1', port: dns.port }];
    const ready = () => probe(health, HAPROXY_READY_PATH);
    const listeners = [{ port: listen, destination: { host: NAME, port: server } }, { port: secure, destination: { host: `tls.${NAME}`, port: server } }];

    const proxy = start({ listeners, nameservers, healthPort: health });
    judge('the proxy has nothing to say against its configuration', proxy.check() === '', proxy.check() || 'valid, no warning');
    within('it starts while the name does not resolve', await until(() => probe(health, HAPROXY_LIVE_PATH), status => status === 200, LIMIT));
    judge('it is not ready without a destination', await ready() === 503, `${await ready()}`);
    const wanted = [listen, secure, health].sort((a, b) => a - b);
    judge('it listens on its ports and no other', `${proxy.listening()}` === `${wanted}`, `${proxy.listening().length} ports`);
    const early = await dial(listen);
    judge('a client is turned away at once while the name does not resolve', early.said !== 'silence' && early.ms < 1_000, `${early.said} after ${early.ms} ms`);

    const first = await greeter('first', '127.0.0.2', server);
    cleanups.push(() => first.close());
    dns.set(NAME, '127.0.0.2');
    within('a client gets through once the name resolves', await until(() => dial(listen), answer => answer.said === 'first', LIMIT));
    within('it is ready then', await until(ready, status => status === 200, LIMIT));
    const elsewhere = await dial(listen, { words: 'CONNECT 127.0.0.3:80 HTTP/1.1\r\nHost: 127.0.0.3\r\n\r\n', lines: 3 });
    judge('a client that asks for another destination reaches the stated one', elsewhere.said.startsWith('first\nCONNECT 127.0.0.3'), 'its words arrive at the stated server');

    const second = await greeter('second', '127.0.0.3', server);
    cleanups.push(() => second.close());
    const { socket: held } = await greeted(listen);
    cleanups.push(() => held.destroy());
    dns.set(NAME, '127.0.0.3');
    within('a changed address is followed', await until(() => dial(listen), answer => answer.said === 'second', LIMIT));
    const echoed = await echo(held, 'still here');
    judge('an open connection stays where it is', echoed === 'still here', echoed);
    held.destroy();

    const revive = await deadHost('127.0.0.4', server);
    cleanups.push(revive);
    dns.set(NAME, '127.0.0.4');
    await pause(3_000);
    const dead = await dial(listen);
    judge('a client of a dead destination has its answer in time', dead.said !== 'silence' && dead.ms < LIMIT, `${dead.said} after ${dead.ms} ms`);
    await pause(2_500);
    const next = await dial(listen);
    judge('later clients are turned away at once', next.said !== 'silence' && next.ms < 500, `${next.said} after ${next.ms} ms`);
    within('it is not ready then', await until(ready, status => status === 503, LIMIT));
    judge('it lives on', await probe(health, HAPROXY_LIVE_PATH) === 200, '200');
    revive();
    await pause(200);
    const third = await greeter('third', '127.0.0.4', server);
    cleanups.push(() => third.close());
    within('a destination that comes back is found', await until(() => dial(listen), answer => answer.said === 'third', LIMIT));

    dns.set(NAME);
    await pause(6_000);
    judge('a name that is gone for a moment keeps its address', (await dial(listen)).said === 'third', 'still reached after 6 s');

    await tryTls({ dns, server, secure, judge, cleanups });
    await tryDrain({ proxy, listen, judge });
    await tryIpv6({ start, health: (await freePorts(1))[0], dns, judge, cleanups });
    await tryLoad({ start, dns, judge, cleanups });
  } catch (error) {
    judge('the trials came to their end', false, String(error));
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
  return trials;
}

type Judge = (name: string, ok: boolean, seen: string) => void;

/** Clients that verify the server's name: the router has another name, so they are told which one to expect, or dial by the true one. */
async function tryTls({ dns, server, secure, judge, cleanups }: {
  dns: TinyDns; server: number; secure: number; judge: Judge; cleanups: (() => unknown)[];
}): Promise<void> {
  const name = `tls.${NAME}`;
  const folder = mkdtempSync(join(tmpdir(), 'proxy-tls-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const ca = readFileSync(cert);
  const listening = tls.createServer({ key: readFileSync(key), cert: ca }, socket => socket.on('error', () => undefined).end('verified\n'));
  await new Promise<void>(done => listening.listen(server, '127.0.0.5', done));
  cleanups.push(() => listening.close());
  dns.set(name, '127.0.0.5');
  const shake = (options: tls.ConnectionOptions) => new Promise<string>(done => {
    const socket = tls.connect({ port: secure, ca, ...options });
    socket.once('data', data => done(data.toString().trim()));
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    socket.once('close', () => done('closed'));
  });
  await until(() => shake({ host: '127.0.0.1', servername: name }), said => said === 'verified', LIMIT);
  const told = await shake({ host: '127.0.0.1', servername: name });
  judge('a client told the server name verifies the certificate', told === 'verified', told);
  // What `hostAliases` does in a pod: the true name leads to the router's address.
  const lookup: net.LookupFunction = (_, { all }, done) => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));
  const aliased = await shake({ host: name, lookup });
  judge('a client that dials the true name at the router\'s address verifies the certificate', aliased === 'verified', aliased);
  const routed = await shake({ host: 'orders-db.egress.svc', lookup });
  judge('a client that expects the router\'s own name does not', routed === 'ERR_TLS_CERT_ALTNAME_INVALID', routed);
}

async function tryDrain({ proxy, listen, judge }: { proxy: RunningProxy; listen: number; judge: Judge }): Promise<void> {
  const { socket: held } = await greeted(listen);
  proxy.signal('SIGUSR1');
  const closed = await until(() => dial(listen), answer => answer.said === 'ECONNREFUSED', LIMIT);
  const echoed = await echo(held, 'draining');
  judge('a stopping proxy takes no new client and keeps the open ones', closed !== undefined && echoed === 'draining', `refused after ${closed} ms, the open one says ${echoed}`);
  held.destroy();
  const left = await Promise.race([proxy.exited.then(() => true), pause(LIMIT).then(() => false)]);
  judge('it leaves when the last client has left', left, left ? 'it left' : 'still there');
}

async function tryIpv6({ start, health, dns, judge, cleanups }: {
  start: (input: HaproxyInput) => RunningProxy; health: number; dns: TinyDns; judge: Judge; cleanups: (() => unknown)[];
}): Promise<void> {
  if (!Object.values(networkInterfaces()).flat().some(address => address?.address === '::1')) {
    judge('IPv6', true, 'not tried: this machine has none');
    return;
  }
  const [listen, server] = await freePorts(2);
  const six = await greeter('six', '::1', server);
  cleanups.push(() => six.close());
  dns.set(`six.${NAME}`, '::1');
  start({
    listeners: [{ port: listen, destination: { host: `six.${NAME}`, port: server } }],
    nameservers: [{ address: '127.0.0.1', port: dns.port }],
    healthPort: health,
    families: ['IPv4', 'IPv6'],
  });
  const reached = await until(() => dial(listen, { host: '::1' }), answer => answer.said === 'six', LIMIT);
  const four = await dial(listen);
  judge('IPv6 clients reach an IPv6 destination, IPv4 clients too', reached !== undefined && four.said === 'six', `${reached} ms, ${four.said}`);
}

async function tryLoad({ start, dns, judge, cleanups }: {
  start: (input: HaproxyInput) => RunningProxy; dns: TinyDns; judge: Judge; cleanups: (() => unknown)[];
}): Promise<void> {
  const [listen, server, health] = await freePorts(3);
  const many = await greeter('many', '127.0.0.2', server);
  cleanups.push(() => many.close());
  dns.set(`many.${NAME}`, '127.0.0.2');
  const proxy = start({
    listeners: [{ port: listen, destination: { host: `many.${NAME}`, port: server } }],
    nameservers: [{ address: '127.0.0.1', port: dns.port }],
    healthPort: health,
    maxConnections: 200,
  });
  await until(() => dial(listen), answer => answer.said === 'many', LIMIT);
  const clients = await Promise.all(Array.from({ length: 200 }, () => greeted(listen)));
  cleanups.push(() => clients.forEach(({ socket }) => socket.destroy()));
  const served = clients.filter(({ name }) => name === 'many').length;
  const extra = net.connect(listen, '127.0.0.1').on('error', () => undefined);
  cleanups.push(() => extra.destroy());
  await pause(200);
  const status = await probe(health, HAPROXY_LIVE_PATH);
  judge('a full proxy still answers its probes', served === 200 && status === 200, `${status} with ${served} connections, ${proxy.memory()} MiB at most`);
}
