/**
 * What a proxy really forwards: `readHaproxy(config)` names, for every port it listens on, the hosts it can connect to.
 *
 *   listen pg
 *     bind *:5432
 *     server a orders.db.example:5432      =>  { port: 5432, protocol: 'TCP', servers: [{ host: 'orders.db.example', port: 5432 }] }
 *
 * Laws:
 * - It reads any configuration, also one written by hand, and knows nothing of the one we write.
 * - It never says less than the proxy can do: every branch of a condition counts, backup and disabled servers count, and what can send a
 *   client where the file does not say is listed in `unknown`.
 * - A listener that reaches no server (health, monitor, statistics) is not a way out, and is left out.
 */

export interface HaproxyServer {
  /** A name in lowercase, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface HaproxyListening {
  readonly port: number;
  readonly protocol: 'TCP';
  /** Sorted, without repetition. */
  readonly servers: readonly HaproxyServer[];
}

/** A line that may lead elsewhere, or that could not be read. */
export interface HaproxyUnknown {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface HaproxyReading {
  /** Sorted by port. */
  readonly listeners: readonly HaproxyListening[];
  readonly unknown: readonly HaproxyUnknown[];
}

interface Statement {
  readonly line: number;
  readonly text: string;
  readonly words: readonly string[];
}

type Note = (statement: Statement, reason: string) => void;

interface Section {
  readonly kind: string;
  readonly name: string;
  readonly lines: Statement[];
}

interface ReadServer {
  readonly host: string;
  /** A fixed port, or what is added to the port the client dialled. */
  readonly port: number;
  readonly relative: boolean;
}

const SECTIONS = new Set([
  'global', 'defaults', 'frontend', 'backend', 'listen', 'resolvers', 'peers', 'mailers', 'userlist', 'cache', 'program', 'ring', 'http-errors',
  'fcgi-app', 'log-forward', 'log-profile', 'traces', 'crt-store', 'acme', 'dynamic-update',
]);
const PROXIES = new Set(['frontend', 'backend', 'listen']);

export function readHaproxy(config: string): HaproxyReading {
  const unknown: HaproxyUnknown[] = [];
  const note: Note = ({ line, text }, reason) => {
    if (!unknown.some(known => known.line === line && known.reason === reason)) unknown.push({ line, text, reason });
  };
  const sections = readSections(readStatements(config), note);

  const backends = new Map<string, Section>();
  for (const section of sections) if (section.kind !== 'frontend') backends.set(section.name, section);
  const serversOf = new Map([...backends].map(([name, section]) => [name, readServers(section, note)]));

  const reached = new Map<number, Map<string, HaproxyServer>>();
  for (const section of sections) {
    if (section.kind === 'backend') continue;
    const servers = section.kind === 'listen' ? [...serversOf.get(section.name)!] : [];
    for (const name of readTargets(section, note)) {
      const target = serversOf.get(name.backend);
      if (target) servers.push(...target);
      else note(name.statement, `there is no backend '${name.backend}' in this file`);
    }
    for (const port of readPorts(section, note)) {
      const known = reached.get(port) ?? new Map<string, HaproxyServer>();
      for (const server of servers) {
        const target = { host: server.host, port: server.relative ? port + server.port : server.port };
        known.set(`${target.host} ${target.port}`, target);
      }
      reached.set(port, known);
    }
  }

  const listeners = [...reached].filter(([, servers]) => servers.size > 0).sort(([a], [b]) => a - b).map(([port, servers]) => ({
    port,
    protocol: 'TCP' as const,
    servers: [...servers.values()].sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : a.port - b.port)),
  }));
  return { listeners, unknown: unknown.sort((a, b) => a.line - b.line) };
}

/** Splits a line into words: quotes and backslashes keep spaces, `#` begins a comment. */
function splitWords(text: string): string[] {
  if (!/["'\\#]/.test(text)) return text.split(/\s+/).filter(word => word !== '');
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\\' && quote !== "'" && i + 1 < text.length) {
      word = (word ?? '') + text[++i];
    } else if (quote) {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word = word ?? '';
    } else if (char === '#') {
      break;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function readStatements(config: string): Statement[] {
  // Conditional blocks (.if) are read as if every branch were taken.
  return config.split(/\r?\n/).map((text, i) => ({ line: i + 1, text: text.trim(), words: splitWords(text) }))
    .filter(({ words }) => words.length > 0 && !/^\.[a-z]/.test(words[0]));
}

/** The proxies of the file, each preceded by the lines it inherits from its defaults. */
function readSections(statements: readonly Statement[], note: Note): Section[] {
  const proxies: Section[] = [];
  const named = new Map<string, Section>();
  let latest: Section | undefined;
  let open: Section | undefined;
  for (const statement of statements) {
    const [keyword, name = ''] = statement.words;
    if (!SECTIONS.has(keyword)) {
      open?.lines.push(statement);
      continue;
    }
    const from = statement.words.indexOf('from');
    const inherited = from > 0 ? named.get(statement.words[from + 1]) : keyword === 'defaults' ? undefined : latest;
    if (from > 0 && !inherited && (PROXIES.has(keyword) || keyword === 'defaults')) note(statement, `there is no defaults section '${statement.words[from + 1] ?? ''}'`);
    open = { kind: keyword, name, lines: [...(PROXIES.has(keyword) || keyword === 'defaults' ? inherited?.lines ?? [] : [])] };
    if (keyword === 'defaults') {
      latest = open;
      if (name) named.set(name, open);
    } else if (PROXIES.has(keyword)) {
      proxies.push(open);
      // In old configurations the section line itself may bind: `listen pg *:5432`.
      if (statement.words.length > 2 && from !== 2) open.lines.push({ ...statement, words: ['bind', statement.words[2]] });
    }
  }
  return proxies;
}

function readPorts(section: Section, note: Note): number[] {
  const ports = new Set<number>();
  for (const statement of section.lines.filter(({ words }) => words[0] === 'bind')) {
    for (const address of (statement.words[1] ?? '').split(',')) {
      if (/^(?:unix@|abns@|abnsz@|sockpair@|rhttp@|\/)/.test(address)) continue;
      if (/^(?:quic4@|quic6@|udp4@|udp6@|udp@|fd@)/.test(address)) {
        note(statement, `'${address}' is not a TCP port`);
        continue;
      }
      const range = /:(\d+)(?:-(\d+))?$/.exec(address);
      const [from, to] = range ? [Number(range[1]), Number(range[2] ?? range[1])] : [0, 0];
      if (from < 1 || to > 65535 || to < from) note(statement, `the port of '${address}' cannot be read`);
      else for (let port = from; port <= to; port++) ports.add(port);
    }
  }
  return [...ports];
}

function readTargets(section: Section, note: Note): { backend: string; statement: Statement }[] {
  const targets: { backend: string; statement: Statement }[] = [];
  // A later default replaces an earlier one; every conditional way counts.
  const defaults = section.lines.filter(({ words }) => words[0] === 'default_backend');
  for (const statement of [...section.lines.filter(({ words }) => words[0] === 'use_backend'), ...defaults.slice(-1)]) {
    const backend = statement.words[1] ?? '';
    if (backend.includes('%[') || backend.includes('$')) note(statement, 'the backend is chosen while the proxy runs');
    else targets.push({ backend, statement });
  }
  for (const statement of section.lines) noteEscapes(statement, note);
  return targets;
}

/** Lines that send a client where no `server` line says. */
function noteEscapes(statement: Statement, note: Note): void {
  const line = statement.words.join(' ');
  if (/\b(set-dst|set-dst-port)\b/.test(line)) note(statement, 'the destination is set while the proxy runs');
  if (/^(?:dispatch|option (?:transparent|http_proxy))\b/.test(line)) note(statement, 'the destination is taken from the client or from an old directive');
  if (/\buse-service\b/.test(line) || /^filter (?!compression|trace|cache)/.test(line)) note(statement, 'a service or filter may open connections of its own');
}

function readServers(section: Section, note: Note): ReadServer[] {
  const servers: ReadServer[] = [];
  for (const statement of section.lines) {
    const [keyword] = statement.words;
    const address = keyword === 'server' ? statement.words[2] : keyword === 'server-template' ? statement.words[3] : undefined;
    if (section.kind === 'backend') noteEscapes(statement, note);
    if (keyword !== 'server' && keyword !== 'server-template') continue;
    const server = address === undefined ? undefined : parseServer(address);
    if (server === undefined) note(statement, `the address '${address ?? ''}' cannot be read`);
    else if (server === 'local') note(statement, 'the way goes on through a local socket');
    else if (/^(?:0\.0\.0\.0|::|\*|)$/.test(server.host)) note(statement, 'the address is the one the client dialled');
    else servers.push(server);
    if (statement.words.includes('socks4')) note(statement, 'another proxy stands between');
  }
  return servers;
}

function parseServer(text: string): ReadServer | 'local' | undefined {
  if (/^(?:unix@|abns@|abnsz@|sockpair@|\/)/.test(text)) return 'local';
  const address = text.replace(/^(?:ipv4@|ipv6@|tcp@|tcp4@|tcp6@)/, '');
  if (/[$%@\s]/.test(address)) return undefined;
  const bracketed = /^\[([0-9a-f:.]+)\](?::([+-]?\d+)?)?$/i.exec(address);
  // Without brackets the last colon stands before the port, also in an IPv6 address.
  const parts = bracketed ?? /^(.*?)(?::([+-]?\d*))?$/.exec(address)!;
  const host = parts[1].toLowerCase().replace(/(?<=.)\.$/, '');
  const port = parts[2] || '+0';
  const relative = /^[+-]/.test(port);
  const value = Number(port);
  if (!relative && (value < 1 || value > 65535)) return undefined;
  return { host, port: value, relative };
}
