/**
 * What is said about requests at a gateway, checked where it is said, and the flow that each route is to its destination.
 */
import { RequestOptions, RouteOptions } from './gateway-options';
import { SecureWorkload } from './secure-workload';
import { WorkloadEnd } from '../intent/endpoint';
import { HttpMatch } from '../intent/http-match';
import { GatewayRoute, Redirection, RouteMatch, TokenDemand, TokenIssuer, shadows } from '../intent/mesh-gateway';
import { Port } from '../intent/port';

const METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

/** The requests that a route or a denial is for. */
export function matchOf(where: string, path: string, hosts: readonly string[], options: RequestOptions): RouteMatch {
  const { exact = false, methods = [], headers = {}, hosts: only } = options;
  if (path.endsWith('*') || (path.length > 1 && path.endsWith('/'))) {
    throw new Error(`[${where}] the path '${path}' is more than is needed: write '${path.replace(/\/?\*?$/, '') || '/'}', which means all that is below it too`);
  }
  checked(where, () => HttpMatch.any(path, { headers }));
  const unknown = (only ?? []).find(host => !hosts.includes(host));
  if (unknown !== undefined) throw new Error(`[${where}] the host '${unknown}' is not one of the gateway's: it has ${hosts.join(', ')}; add it there, or leave it out here`);
  if (only && only.length === 0) throw new Error(`[${where}] the list of hosts is empty: name at least one, or leave 'hosts' out`);
  const wrong = methods.find(method => !METHODS.includes(method));
  if (wrong !== undefined) throw new Error(`[${where}] '${wrong}' is not a method: write one of ${METHODS.join(', ')}`);
  return {
    path,
    exact,
    methods: [...new Set(methods)].sort(),
    hosts: [...new Set(only ?? hosts)].sort(),
    headers: Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The token that a route demands. */
export function tokenOf(where: string, issuers: readonly TokenIssuer[], { claims, anonymous = false }: RouteOptions): TokenDemand | undefined {
  if (claims && issuers.length === 0) throw new Error(`[${where}] demands claims, and the gateway believes no token: give it jwt: [RequestJwt.of(...)]`);
  if (claims && anonymous) throw new Error(`[${where}] is anonymous and demands claims: leave one of them out`);
  if (anonymous && issuers.length === 0) throw new Error(`[${where}] is anonymous, and the gateway demands no token of anybody: leave 'anonymous' out`);
  if (anonymous || issuers.length === 0) return undefined;
  for (const [name, values] of Object.entries(claims ?? {})) {
    if (!/^[^\s[\]]+$/.test(name)) throw new Error(`[${where}] '${name}' is not the name of a claim: write it as tokens have it, such as groups`);
    const wild = values.find(value => value === '' || value.includes('*'));
    if (values.length === 0 || wild !== undefined) throw new Error(`[${where}] the claim '${name}' may have ${wild === undefined ? 'no value' : `the value '${wild}'`}: list exact values`);
  }
  return {
    issuers: issuers.map(({ issuer }) => issuer),
    claims: Object.entries(claims ?? {}).map(([name, values]) => ({ name, values })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Throws for a route that can never match, because one before it, or a denial, takes all that it is for. */
export function refuseShadowed(where: string, match: RouteMatch, routes: readonly GatewayRoute[], denials: readonly RouteMatch[]): void {
  const before = routes.find(route => shadows(route.match, match));
  if (before) throw new Error(`[${where}] the route ${textOf(match)} can never match: ${textOf(before.match)} before it takes all of it; state the narrower route first`);
  const denied = denials.find(denial => shadows(denial, match));
  if (denied) throw new Error(`[${where}] the route ${textOf(match)} can never match: ${textOf(denied)} is denied; leave one of them out`);
}

export function textOf({ path, exact, methods, hosts, headers }: RouteMatch): string {
  const words = [methods.join('|'), `${hosts.join('|')}${path}${exact ? ' alone' : ''}`, ...headers.map(({ name, value }) => `${name}: ${value}`)];
  return `'${words.filter(word => word).join(' ')}'`;
}

/** The port of a destination's Service that is meant, and the port of the pods behind it. */
export function servicePortOf(where: string, end: WorkloadEnd, wanted: number | undefined): { service: number; pods: Port } {
  const ports = (end.servicePorts?.() ?? []).filter(({ port }) => port._transport === 'TCP');
  const chosen = wanted === undefined ? ports[0] : ports.find(({ port }) => port._first === wanted);
  if (wanted === undefined && ports.length > 1) {
    throw new Error(`[${where}] the Service of '${end.path}' has the ports ${ports.map(({ port }) => port._first).join(', ')}: say which is meant, with 'port'`);
  }
  if (!chosen) {
    throw new Error(`[${where}] the Service of '${end.path}' has no TCP port${wanted === undefined ? '' : ` ${wanted}`}: `
      + `it has ${ports.map(({ port }) => port._first).join(', ') || 'none'}; declare a container port, or state one of these`);
  }
  return { service: chosen.port._first, pods: chosen.target };
}

/**
 * The requests that arrive at a destination of the route; undefined where that is whatever is asked for. Hosts are the gateway's alone to tell
 * apart: a destination that agrees to them would have to change with every name that the gateway gets.
 */
export function requestsOf(match: RouteMatch, rewrite: string | undefined, limited: boolean): HttpMatch[] | undefined {
  const { exact, methods, headers } = match;
  const path = rewrite ?? match.path;
  const everything = path === '/' && !exact && methods.length === 0 && headers.length === 0;
  if (everything && !limited) return undefined;
  const below = path === '/' ? '/*' : `${path.replace(/\/$/, '')}/*`;
  const paths = exact ? [path] : path === '/' ? [below] : [path, below];
  const options = { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) };
  return paths.flatMap(one => (methods.length === 0 ? [HttpMatch.any(one, options)] : methods.map(method => HttpMatch._method(method, one, options))));
}

/** Weights of a hundred. */
export function refuseWeights(where: string, targets: readonly { readonly destination: SecureWorkload; readonly weight: number }[]): void {
  const wrong = targets.find(({ weight }) => !Number.isInteger(weight) || weight < 1);
  if (wrong) throw new Error(`[${where}] the weight '${wrong.weight}' of '${wrong.destination.node.path}' is not a whole number from 1 up: leave out who gets nothing`);
  const sum = targets.reduce((all, { weight }) => all + weight, 0);
  if (targets.length < 2 || sum !== 100) {
    throw new Error(`[${where}] the weights of ${targets.length} destinations add up to ${sum}: name at least two, whose weights add up to 100`);
  }
}

/** Where a redirect leads: a path of the same host, or an HTTPS URL. */
export function locationOf(where: string, location: string, code: number): Redirection {
  const parts = /^(https:\/\/([a-z0-9.-]+(?::[0-9]+)?))?(\/[^\s?#*]*)?$/i.exec(location);
  if (!parts || location === '') throw new Error(`[${where}] '${location}' is nowhere a client could be led: write a path, such as /new, or an HTTPS URL`);
  if (![301, 302, 303, 307, 308].includes(code)) throw new Error(`[${where}] '${code}' is no redirect: use 301, 302, 303, 307 or 308`);
  return { ...(parts[1] ? { scheme: 'https', authority: parts[2] } : {}), ...(parts[3] ? { uri: parts[3] } : {}), code };
}

export function checkRewrite(where: string, rewrite: string | undefined): void {
  if (rewrite === undefined) return;
  if (rewrite.length > 1 && rewrite.endsWith('/')) throw new Error(`[${where}] the path '${rewrite}' ends in '/': write it without, what is below keeps its own`);
  checked(where, () => HttpMatch.any(rewrite));
}

/** Whether a denial makes a route that is there already one that can never match. */
export function refuseDenied(where: string, denial: RouteMatch, routes: readonly GatewayRoute[]): void {
  const dead = routes.find(({ match }) => shadows(denial, match));
  if (dead) throw new Error(`[${where}] denies all that the route ${textOf(dead.match)} is for, which can then never match: leave one of them out`);
}

function checked(where: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    throw new Error(`[${where}] ${(error as Error).message}`);
  }
}
