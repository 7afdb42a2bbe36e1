/**
 * Real Envoys with what istiod told them: a gateway, and behind it the proxies of two workloads. Every refusal has its twin that passes, and
 * with a policy widened on purpose what was refused passes.
 */
import { spawnSync } from 'child_process';
import { readFileSync, writeFileSync } from 'fs';
import { IncomingMessage, createServer, request as plain } from 'http';
import { request as encrypted } from 'https';
import { AddressInfo } from 'net';
import { join } from 'path';
import { BootstrapOptions, Place, bootstrap } from './bootstrap';
import { ControlPlane, MeshPod, ProxyConfiguration } from './istiod';
import { HOST, ISSUER, OTHER_HOST, TRUST_DOMAIN } from './scene';
import { answer, tokenOf } from '../control-plane/issuer';
import { Claims, Signing } from '../control-plane/tokens';
import { ENGINES, built } from '../lib/build';
import { Run, freePort, tail, until } from '../lib/run';

export interface Try {
  readonly what: string;
  /** A status, or `refused` where no request was answered. */
  readonly expected: readonly (number | 'refused')[];
  readonly found: number | 'refused';
}

const PORT = 8080;
const PLACES = { orders: '127.0.7.1', web: '127.0.7.2', gateway: '127.0.7.3' };
const IDENTITIES: Readonly<Record<string, string>> = {
  web: `spiffe://${TRUST_DOMAIN}/ns/store/sa/web`,
  orders: `spiffe://${TRUST_DOMAIN}/ns/store/sa/orders`,
  gateway: `spiffe://${TRUST_DOMAIN}/ns/entrance/sa/public`,
  stranger: `spiffe://${TRUST_DOMAIN}/ns/store/sa/stranger`,
  foreign: 'spiffe://foreign.example/ns/store/sa/web',
};

/** What one Envoy starts with: what it is told, and where its listeners and their ends are. */
export interface Proxy extends Pick<BootstrapOptions, 'own' | 'listeners' | 'targets' | 'keys'> {
  readonly told: ProxyConfiguration;
}

/** Starts Envoys under identities of their own, with an application behind them, and has them asked. */
export async function withEnvoys(
  run: Run, binary: string, name: string, identities: Readonly<Record<string, string>>,
  proxiesFor: (application: Place) => readonly Proxy[], ask: (certificates: string) => Promise<Try[]>,
): Promise<Try[]> {
  const certificates = run.folder(`${name}-certificates`);
  const made = spawnSync(await built(ENGINES.prober), ['identities', certificates, ...Object.entries(identities).map(pair => pair.join('='))], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`certificates cannot be made: ${made.stderr}`);
  const behind = createServer((_, response) => response.end('here'));
  await new Promise<void>(resolve => behind.listen(0, '127.0.0.1', resolve));
  const started = [];
  try {
    for (const { own, told, listeners, targets, keys } of proxiesFor({ address: '127.0.0.1', port: (behind.address() as AddressInfo).port })) {
      const admin = await freePort();
      const file = join(run.folder(`${name}-files`), `${own}.json`);
      writeFileSync(file, JSON.stringify(bootstrap(told, { certificates, own, admin, listeners, targets, keys })));
      const proxy = run.start(`${name}-${own}`, [binary, '-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning']);
      started.push(proxy);
      const ended = () => proxy.child.exitCode !== null || proxy.child.signalCode !== null;
      await until(`Envoy of ${own} ready`, 30, async () => ended() || (await status({ url: `http://127.0.0.1:${admin}/ready` }) === 200 || undefined));
      if (ended()) throw new Error(`the Envoy of ${own} ended at once:\n${tail(proxy.log, 6)}`);
    }
    return await ask(certificates);
  } finally {
    behind.close();
    for (const { child } of started) child.kill('SIGKILL');
  }
}

export async function tryEnvoys(run: Run, binary: string, plane: ControlPlane, pods: readonly MeshPod[], name = 'envoys'): Promise<Try[]> {
  const told = await plane.configurationsOf(pods);
  const of = (workload: string) => told[pods.findIndex(pod => pod.workload === workload)];
  const keys = JSON.stringify(answer('', `/${encodeURIComponent(ISSUER)}/keys`));
  return withEnvoys(run, binary, name, IDENTITIES, application => {
    const inbound = (workload: 'orders' | 'web'): Proxy => {
      const json = of(workload).listeners.find(each => each.name === 'virtualInbound');
      const place = { address: PLACES[workload], port: PORT };
      return { own: workload, told: of(workload), keys, listeners: [{ place, json }], targets: { [`inbound|${PORT}||`]: application, InboundPassthroughCluster: application, BlackHoleCluster: application } };
    };
    const entrance: Proxy = {
      own: 'gateway',
      told: of('public'),
      keys,
      listeners: [{ place: { address: PLACES.gateway, port: 8443 }, json: listenerOf(of('public'), 8443) }],
      targets: Object.fromEntries((['orders', 'web'] as const).map(workload =>
        [`outbound|${PORT}||${workload}.store.svc.cluster.local`, { address: PLACES[workload], port: PORT, as: 'gateway' }])),
    };
    return [inbound('orders'), inbound('web'), entrance];
  }, tries);
}

/** The listener of a gateway on a port of its pods. */
export function listenerOf({ listeners }: ProxyConfiguration, port: number): any {
  return listeners.find(each => each.address?.socketAddress?.portValue === port);
}

/** Asks, and writes down what came of it. */
export function asking(certificates: string, into: Try[]) {
  const read = (file: string) => readFileSync(join(certificates, file));
  return {
    as: (name: string) => ({ cert: read(`${name}.crt`), key: read(`${name}.key`) }),
    attempt: async (what: string, expected: Try['expected'], asked: Omit<Asked, 'ca'>) => {
      into.push({ what, expected, found: await status({ ...asked, ca: read('ca.crt') }) });
    },
  };
}

async function tries(certificates: string): Promise<Try[]> {
  const found: Try[] = [];
  const { as, attempt } = asking(certificates, found);
  const orders = (path: string) => `https://${PLACES.orders}:${PORT}${path}`;
  await attempt('`web` asks `orders` for `GET /orders/1`, as stated', [200], { url: orders('/orders/1'), ...as('web') });
  await attempt('`web` asks `orders` for `DELETE /orders/1`', [403], { url: orders('/orders/1'), method: 'DELETE', ...as('web') });
  await attempt('`web` asks `orders` for `GET /admin`', [403], { url: orders('/admin'), ...as('web') });
  await attempt('an identity that nobody stated asks for `GET /orders/1`', [403], { url: orders('/orders/1'), ...as('stranger') });
  await attempt('`web` of another trust domain, under the same authority, asks for `GET /orders/1`', [403, 'refused'], { url: orders('/orders/1'), ...as('foreign') });
  await attempt('nobody, over TLS without a certificate', ['refused'], { url: orders('/orders/1') });
  await attempt('plaintext', ['refused'], { url: `http://${PLACES.orders}:${PORT}/orders/1` });

  const gateway = (path: string) => ({ url: `https://${PLACES.gateway}:8443${path}`, host: HOST, servername: HOST });
  const soon = Math.floor(Date.now() / 1000) + 600;
  const bearer = (claims: Claims, signing: Signing) =>
    ({ authorization: `Bearer ${tokenOf(ISSUER, { iss: ISSUER, aud: 'shop', sub: 'customer', exp: soon, ...claims }, signing)}` });
  await attempt('through the gateway, `GET /` of `web`, for everybody', [200], gateway('/'));
  for (const path of ['/admin', '/admin/x', '//admin', '/%61dmin', '/x/../admin']) await attempt(`through the gateway, \`GET ${path}\``, [403], gateway(path));
  await attempt('through the gateway, `GET /orders/1` without a token', [403], gateway('/orders/1'));
  await attempt('through the gateway, `GET /orders/1` with a token of the issuer', [200], { ...gateway('/orders/1'), headers: bearer({}, 'RS256') });
  await attempt('through the gateway, `GET /orders/1` with a token that another key signed', [401], { ...gateway('/orders/1'), headers: bearer({}, 'stranger') });
  await attempt('through the gateway, `GET /orders/1` with a token for another audience', [401, 403], { ...gateway('/orders/1'), headers: bearer({ aud: 'other' }, 'RS256') });
  await attempt('through the gateway, `stock.example`, which is its too, on the connection for `shop.example`', [421], { ...gateway('/'), host: OTHER_HOST });
  await attempt('through the gateway, `stock.example` on a connection of its own', [200], { ...gateway('/'), host: OTHER_HOST, servername: OTHER_HOST });
  await attempt('through the gateway, a host that is not its, on the connection for `shop.example`', [403], { ...gateway('/'), host: 'other.example' });
  await attempt('a connection for another host', ['refused'], { ...gateway('/'), servername: 'other.example' });
  return found;
}

interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly host?: string;
  readonly servername?: string;
  readonly headers?: Record<string, string>;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

function status({ url, method = 'GET', host, servername, headers = {}, ca, cert, key }: Asked): Promise<number | 'refused'> {
  return new Promise(resolve => {
    const { protocol, hostname, port } = new URL(url);
    // The path as it is written: a URL would read it first.
    const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
    const options = { hostname, port, path, method, timeout: 5000, agent: false, headers: { ...headers, ...host ? { host } : {} } };
    const answered = (response: IncomingMessage) => {
      response.resume();
      resolve(response.statusCode!);
    };
    const sent = protocol === 'https:'
      ? encrypted({ ...options, ca, cert, key, servername: servername ?? '', rejectUnauthorized: false }, answered)
      : plain(options, answered);
    sent.on('error', () => resolve('refused')).on('timeout', () => sent.destroy()).end();
  });
}
