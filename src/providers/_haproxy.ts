/**
 * One way out: a TCP proxy that listens on a few ports and knows one destination for each.
 *
 *   renderHaproxyConfig({ listeners: [{ port: 5432, destination: { host: 'orders.db.example', port: 5432 } }] })
 *
 * Laws:
 * - It forwards to the destinations stated and to nothing else: no default server, no address taken from the client, no runtime socket.
 * - The same listeners in any order give the same bytes.
 * - It starts while a name does not resolve yet, follows a name that changes its address within seconds, and lets a client of a dead
 *   destination fail within five.
 * - It needs no root, no capability and no writable disk: ports from 1024 up, logs on stdout, no chroot, no pid file, no socket file.
 * - What is returned has passed `assertHaproxyConfig`, which knows every line this file can write and refuses all others.
 *
 * Written for HAProxy 3.x; every directive is also in 2.6.
 */
import * as ipaddr from 'ipaddr.js';

export interface HaproxyDestination {
  /** A DNS name or an IPv4 or IPv6 address. */
  readonly host: string;
  readonly port: number;
}

export interface HaproxyListener {
  /** The port inside the pod. A Service maps the client's port to it. */
  readonly port: number;
  readonly destination: HaproxyDestination;
}

export interface HaproxyNameserver {
  readonly address: string;
  /** @default 53 */
  readonly port?: number;
}

export interface HaproxyInput {
  readonly listeners: readonly HaproxyListener[];
  /**
   * The address families of the pods, as the pod CIDRs of the platform say. A listener on a family that the node's kernel was booted
   * without is fatal (`ipv6.disable=1` is common on hardened nodes), so IPv6 is listened on only where pods have it; and a name that
   * has addresses of both families is reached by the first family that pods have.
   * @default - IPv4
   */
  readonly families?: readonly ('IPv4' | 'IPv6')[];
  /** @default - the name servers of /etc/resolv.conf, which is the cluster's DNS */
  readonly nameservers?: readonly HaproxyNameserver[];
  /** Where probes ask. @default 8404 */
  readonly healthPort?: number;
  /** How long open connections may go on after SIGUSR1. Less than the pod's termination grace period. @default 25 */
  readonly drainSeconds?: number;
  /** Connections open at once, per listener. One costs up to 35 kB of memory while bytes move. @default 2000 */
  readonly maxConnections?: number;
  /** How long a connection may be silent. @default 24 */
  readonly idleHours?: number;
}

export const HAPROXY_CONFIG_KEY = 'haproxy.cfg';
export const HAPROXY_HEALTH_PORT = 8404;
/** Answers 200 as long as the process works. A dead destination must not restart the proxy: that would heal nothing and cut the other connections. */
export const HAPROXY_LIVE_PATH = '/live';
/**
 * Answers 200 while at least one destination is resolved and reachable from this pod, else 503. The proxy has no other purpose than its
 * destinations, so a pod that reaches none of them (a node without a route, an egress address not attached yet) should leave the Service
 * while another pod serves; a rollout with a mistyped destination stops before it replaces pods that work; and with every destination gone
 * clients are refused at once instead of being accepted and dropped. With several destinations one that lives is enough, or a
 * single dead database would take the way to all others.
 */
export const HAPROXY_READY_PATH = '/ready';

const LOWEST_PORT = 1024;

/**
 * The port inside the pod for each port of the Service: the same where an unprivileged process may listen on it, else 10000 more.
 * Ports that would meet are moved on to the next free one.
 */
export function haproxyPorts(servicePorts: readonly number[], healthPort = HAPROXY_HEALTH_PORT): Map<number, number> {
  const ports = [...new Set(servicePorts)].sort((a, b) => a - b);
  for (const port of ports) checkPort('service port', port, 1);
  const fits = (port: number) => port >= LOWEST_PORT && port !== healthPort;
  const taken = new Set([healthPort, ...ports.filter(fits)]);
  const inside = new Map<number, number>();
  for (const port of ports) {
    let candidate = port;
    if (!fits(port)) {
      candidate = port <= 55535 ? port + 10000 : LOWEST_PORT;
      while (taken.has(candidate)) candidate = candidate === 65535 ? LOWEST_PORT : candidate + 1;
      taken.add(candidate);
    }
    inside.set(port, candidate);
  }
  return inside;
}

export function renderHaproxyConfig(input: HaproxyInput): string {
  const families = input.families ?? ['IPv4'];
  const healthPort = input.healthPort ?? HAPROXY_HEALTH_PORT;
  const maxConnections = checkNumber('maxConnections', input.maxConnections ?? 2000, 1, 100_000);
  const drainSeconds = checkNumber('drainSeconds', input.drainSeconds ?? 25, 1, 86_400);
  const idleHours = checkNumber('idleHours', input.idleHours ?? 24, 1, 480);
  if (families.length === 0) throw new Error("families '' of the proxy is empty: name the families of the pods, 'IPv4', 'IPv6' or both");
  checkPort('health port', healthPort, LOWEST_PORT);

  const listeners = [...input.listeners].sort((a, b) => a.port - b.port);
  if (listeners.length === 0) throw new Error('a proxy without listeners forwards nothing: state at least one port and its destination');
  listeners.forEach((listener, i) => {
    checkPort('listening port', listener.port, LOWEST_PORT);
    if (listener.port === healthPort) throw new Error(`listening port '${listener.port}' is the port of the health checks: choose another for one of them`);
    if (listener.port === listeners[i - 1]?.port) throw new Error(`listening port '${listener.port}' is stated twice: give each destination its own port`);
  });

  const destinations = listeners.map(listener => parseDestination(listener.destination));
  const prefer = families[0] === 'IPv6' ? 'ipv6' : 'ipv4';
  const binds = (port: number) => [
    ...(families.includes('IPv4') ? [`  bind *:${port}`] : []),
    ...(families.includes('IPv6') ? [`  bind :::${port} v6only`] : []),
  ];

  const lines = [
    'global',
    '  log stdout format raw local0 info',
    // A pod sees all cores of its node, and would start a thread for each.
    '  nbthread 2',
    // The health checks keep a place of their own: a proxy that is full is busy, not dead.
    `  maxconn ${maxConnections * listeners.length + 50}`,
    // A node that grants fewer file descriptors gets fewer connections and a message, not a pod that never starts.
    '  no strict-limits',
    `  hard-stop-after ${drainSeconds}s`,
    '',
    ...(destinations.some(destination => destination.name) ? [...renderResolvers(input.nameservers), ''] : []),
    'defaults',
    '  mode tcp',
    '  log global',
    '  option dontlognull',
    `  maxconn ${maxConnections}`,
    // Twice two seconds: a lost packet is sent again within each, and a client of a dead destination has its answer before five have passed.
    '  timeout connect 2s',
    '  retries 1',
    // Pools keep connections silent for hours. What is dead rather than silent is found by keep-alive within two minutes.
    `  timeout client ${idleHours}h`,
    `  timeout server ${idleHours}h`,
    '  timeout client-fin 1m',
    '  timeout server-fin 1m',
    ...['clitcpka', 'srvtcpka'].flatMap(side => [`  option ${side}`, `  ${side}-idle 60s`, `  ${side}-intvl 10s`, `  ${side}-cnt 6`]),
    // A destination is asked rarely while its clients are content (databases count and log connections that say nothing), at once when
    // a client fails (one failed check then confirms it is down), and every two seconds while it is down.
    '  default-server check inter 10m fastinter 1s downinter 2s fall 2 rise 1 observe layer4 error-limit 1 on-error sudden-death',
    '',
    ...listeners.flatMap((listener, i) => [
      `listen port-${listener.port}`,
      ...binds(listener.port),
      '  option tcplog',
      `  server destination ${destinations[i].text}${destinations[i].name ? ` resolvers cluster init-addr none resolve-prefer ${prefer}` : ''}`,
      '',
    ]),
    'frontend health',
    '  mode http',
    ...binds(healthPort),
    '  no log',
    '  maxconn 50',
    '  timeout client 5s',
    '  timeout http-request 5s',
    ...listeners.map(listener => `  acl reachable nbsrv(port-${listener.port}) gt 0`),
    `  http-request return status 200 content-type text/plain string live if { path ${HAPROXY_LIVE_PATH} }`,
    `  http-request return status 200 content-type text/plain string ready if { path ${HAPROXY_READY_PATH} } reachable`,
    `  http-request return status 503 content-type text/plain string unreachable if { path ${HAPROXY_READY_PATH} }`,
    '  http-request return status 404',
  ];
  const config = lines.join('\n') + '\n';
  assertHaproxyConfig(config);
  return config;
}

function renderResolvers(nameservers: readonly HaproxyNameserver[] | undefined): string[] {
  return [
    'resolvers cluster',
    ...nameservers?.map((server, i) => {
      const address = parseAddress(server.address);
      if (!address) throw new Error(`name server '${server.address}' is not an IP address: write its IPv4 or IPv6 address`);
      return `  nameserver dns${i + 1} ${bracketed(address)}:${checkPort('name server port', server.port ?? 53, 1)}`;
    }) ?? ['  parse-resolv-conf'],
    '  accepted_payload_size 4096',
    '  resolve_retries 3',
    '  timeout resolve 2s',
    '  timeout retry 1s',
    // DNS that does not answer says nothing about the address it gave before; DNS that says the name is gone does.
    '  hold nx 30s',
    '  hold obsolete 0s',
    ...['timeout', 'refused', 'other'].map(status => `  hold ${status} 10m`),
  ];
}

interface ParsedDestination {
  readonly text: string;
  /** Whether it has to be resolved. */
  readonly name: boolean;
}

function parseDestination({ host, port }: HaproxyDestination): ParsedDestination {
  checkPort(`port of destination '${host}'`, port, 1);
  const address = parseAddress(host);
  if (address) {
    const range = address.range();
    // HAProxy takes 0.0.0.0 for "wherever the client wanted to go".
    if (['unspecified', 'broadcast', 'multicast', 'loopback', 'ipv4Mapped'].includes(range)) {
      throw new Error(`destination '${host}' is not one other host (${range}): write the address of one host outside the proxy`);
    }
    return { text: `${bracketed(address)}:${port}`, name: false };
  }
  if (!HOST_NAME.test(host) || host.length > 253) {
    throw new Error(`destination '${host}' is neither an IP address nor a whole host name: write it like 'orders.db.example', in lowercase and with its domain`);
  }
  return { text: `${host}:${port}`, name: true };
}

/** Whole and in lowercase: the proxy knows no search domains. No top-level domain is a number, so a malformed address is no name. */
const HOST_NAME = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text)) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text) && !/(^|\.)0\d/.test(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

const bracketed = (address: ipaddr.IPv4 | ipaddr.IPv6) => address.kind() === 'ipv6' ? `[${address}]` : address.toString();

function checkPort(what: string, port: number, lowest: number): number {
  if (Number.isInteger(port) && port >= lowest && port <= 65535) return port;
  const remedy = port > 0 && port < lowest ? `the container is not root: let a Service map '${port}' to a port from ${lowest} up` : 'write a whole number in that range';
  throw new Error(`${what} '${port}' is outside ${lowest}-65535: ${remedy}`);
}

function checkNumber(what: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new Error(`${what} '${value}' of the proxy is outside ${lowest}-${highest}: write a whole number in that range`);
}

const PORT = '[1-9]\\d{0,4}';
const NAME = '(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\\.)+[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const ADDRESS = '(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:.]+\\])';
const RETURN = 'http-request return status \\d{3}(?: content-type text/plain string [a-z]+ if \\{ path /[a-z]+ \\}(?: reachable)?)?';

/** What may stand in each section. A line that is not listed was not meant. */
const GRAMMAR: Readonly<Record<string, RegExp>> = lineGrammar({
  global: ['log stdout format raw local0 info', 'nbthread \\d+', 'maxconn \\d+', 'no strict-limits', 'hard-stop-after \\d+s'],
  resolvers: [
    'parse-resolv-conf', `nameserver dns\\d+ ${ADDRESS}:${PORT}`, 'accepted_payload_size \\d+', 'resolve_retries \\d+',
    'timeout (?:resolve|retry) \\d+s', 'hold (?:nx|timeout|refused|other|obsolete) \\d+[sm]',
  ],
  defaults: [
    'mode tcp', 'log global', 'option (?:dontlognull|clitcpka|srvtcpka)', 'maxconn \\d+', 'retries \\d+',
    'timeout (?:connect|client|server|client-fin|server-fin) \\d+[smh]', '(?:cli|srv)tcpka-(?:idle|intvl) \\d+s', '(?:cli|srv)tcpka-cnt \\d+',
    'default-server check inter \\d+[sm] fastinter \\d+s downinter \\d+s fall \\d+ rise \\d+ observe layer4 error-limit \\d+ on-error sudden-death',
  ],
  listen: [
    `bind \\*:${PORT}`, `bind :::${PORT} v6only`, 'option tcplog', `server destination ${ADDRESS}:${PORT}`,
    `server destination ${NAME}:${PORT} resolvers cluster init-addr none resolve-prefer ipv[46]`,
  ],
  frontend: [
    'mode http', `bind \\*:${PORT}`, `bind :::${PORT} v6only`, 'no log', 'maxconn \\d+', 'timeout (?:client|http-request) \\d+s',
    `acl reachable nbsrv\\(port-${PORT}\\) gt 0`, RETURN,
  ],
});
const SECTION = new RegExp(`^(?:(global|defaults)|(resolvers) cluster|(listen) port-${PORT}|(frontend) health)$`);

function lineGrammar(sections: Record<string, string[]>): Record<string, RegExp> {
  return Object.fromEntries(Object.entries(sections).map(([section, lines]) => [section, new RegExp(`^  (?:${lines.join('|')})$`)]));
}

/** Throws at the first line that this file does not write. */
export function assertHaproxyConfig(config: string): void {
  if (!config.endsWith('\n')) throw new Error('the proxy configuration does not end with a line break: HAProxy refuses a truncated file');
  let section: string | undefined;
  const servers: Record<string, number> = {};
  let open = '';
  config.slice(0, -1).split('\n').forEach((line, i) => {
    const refuse = () => { throw new Error(`line ${i + 1} of the proxy configuration is not one that may stand there: ${JSON.stringify(line)}: check the host names and ports of the router`); };
    if (line === '') {
      section = undefined;
      return;
    }
    const header = SECTION.exec(line);
    if (header) {
      section = header.slice(1).find(Boolean);
      if (servers[line] !== undefined) refuse();
      servers[line] = 0;
      open = line;
    } else {
      if (!section || !GRAMMAR[section].test(line)) refuse();
      if (line.startsWith('  server ') && ++servers[open] > 1) refuse();
      if (line.startsWith('  bind ') && Number(/:(\d+)(?: |$)/.exec(line)![1]) > 65535) refuse();
    }
  });
  for (const [header, count] of Object.entries(servers)) {
    if (header.startsWith('listen ') && count !== 1) throw new Error(`section '${header}' of the proxy configuration has no destination: state one`);
  }
}
