/**
 * Request by request: a row says under which conditions a caller is let in (`TCP 8080 where method GET, path /orders/*`). Here the requests are
 * made that tell such conditions apart, and what the row says of each is worked out, from its text and nothing else.
 */
import { ConnectivityRow } from 'cdk8s-secure-network';
import { Settled } from './rbac';

export interface Request {
  readonly method: string;
  readonly host: string;
  readonly path: string;
}

/** Hosts, methods and paths that conditions name, just beside what they name, and far from it. */
export function requestsFor(rows: readonly ConnectivityRow[], host: string): Request[] {
  const told = rows.flatMap(({ where = [] }) => where.flatMap(text => termsOf(text)));
  const values = (key: string) => told.filter(term => term.key === key).flatMap(term => term.values);
  const methods = new Set(['GET', ...values('method'), 'PATCH']);
  const paths = new Set(['/', '/elsewhere', ...values('path').flatMap(besides)]);
  return [...methods].flatMap(method => [...paths].map(path => ({ method, host, path })));
}

/** What a row says of a request to a port of its destination; undefined where it depends on more than the request. */
export function saysRow({ conn, where }: Pick<ConnectivityRow, 'conn' | 'where'>, port: number, request: Request): Settled {
  const conditions = (where ?? []).map(text => ({ ports: text.slice(0, text.indexOf(' where ')), terms: termsOf(text) }));
  const own = conditions.filter(({ ports }) => holds(ports, port));
  if (own.length === 0) return holds(conn, port);
  const settled = own.map(({ terms }) => terms.map(term => fits(term, request)));
  if (settled.some(all => all.every(each => each === true))) return true;
  return settled.every(all => all.includes(false)) ? false : undefined;
}

interface Term {
  readonly key: string;
  readonly negative: boolean;
  readonly values: readonly string[];
}

function termsOf(text: string): Term[] {
  return text.slice(text.indexOf(' where ') + ' where '.length).split(', ').map(part => {
    const [, not, key, values] = /^(not )?(\S+) (.*)$/.exec(part)!;
    return { key, negative: not !== undefined, values: values.split('|') };
  });
}

function fits({ key, negative, values }: Term, request: Request): Settled {
  const given = key === 'method' ? request.method : key === 'path' ? request.path : key === 'host' ? request.host : undefined;
  if (given === undefined || values.some(value => value.includes('{'))) return undefined;
  return values.some(value => isLike(value, given)) !== negative;
}

function isLike(value: string, given: string): boolean {
  if (value === '*') return given !== '';
  if (value.endsWith('*')) return given.startsWith(value.slice(0, -1));
  return value.startsWith('*') ? given.endsWith(value.slice(1)) : given === value;
}

function besides(path: string): string[] {
  if (path.includes('{')) return [];
  const base = path.replace(/\*/g, '');
  return [base, `${base}x`, `${base}1/2`, base.toUpperCase(), base.replace(/\/$/, '')].filter(each => each.startsWith('/'));
}

/** Whether ports as a row writes them have one: `All Connections`, `TCP 80,90-95,UDP 53`. */
function holds(conn: string, port: number): boolean {
  if (conn === 'All Connections') return true;
  let protocol = '';
  return conn.split(',').some(part => {
    const [, named, first, last = first] = /^(?:([A-Z]+)(?: |$))?(?:(\d+)(?:-(\d+))?)?$/.exec(part)!;
    protocol = named ?? protocol;
    return protocol === 'TCP' && (first === undefined || (Number(first) <= port && port <= Number(last)));
  });
}
