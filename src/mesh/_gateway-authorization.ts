/**
 * Whose requests a gateway takes: for each route a rule that names its hosts, paths and methods, the clients, and the token it demands.
 *
 * Rules add up, and routes are tried in order. So where a route demands something else than one before it, its rule leaves out what the
 * earlier one is for: otherwise `/` for everybody would let everybody into `/account`.
 */
import { GatewayAuthorizationSpec, GatewayOperation, GatewayRule, GatewaySource } from '../api/istio-gateway';
import { CHALLENGE, GatewayIntent, GatewayRoute, RouteMatch, coversPath } from '../intent/mesh-gateway';
import { compareText } from '../intent/port';

export function renderGatewayAllows(intent: GatewayIntent): GatewayAuthorizationSpec {
  const { end, hosts, http, solvers, routes } = intent;
  const all = routes();
  const sources = sourcesOf(intent);
  const rules: GatewayRule[] = all.flatMap((route, i) => cellsOf(route, all.slice(0, i)).map(cell => ruleOf(cell, route, sources, intent)));
  // Every request there is answered with the way to HTTPS, whatever it asks for.
  const plain = http && { ports: [String(http.pods)], hosts: authorities(hosts) };
  if (plain && all.length) rules.push({ from: sources.map(source => ({ source })), to: [{ operation: plain }] });
  // Who validates a name has no other name than an address, and the network knows which.
  if (http && solvers.length) {
    const challenged = { ports: [String(http.pods)], hosts: authorities(solvers.map(({ host }) => host)), methods: ['GET'], paths: [`${CHALLENGE}/*`] };
    rules.push({ to: [{ operation: challenged }] });
  }
  return { selector: { matchLabels: end.labels }, action: 'ALLOW', ...(rules.length ? { rules } : {}) };
}

/** What is denied is denied to everybody, whatever else is said; on ports that speak HTTP, or a port that does not would be denied as a whole. */
export function renderGatewayDenials({ end, https, http, denials }: GatewayIntent): GatewayAuthorizationSpec {
  const ports = [https, ...(http ? [http] : [])].map(({ pods }) => String(pods)).sort(compareText);
  const operations = denials().map(({ hosts, ...match }): GatewayOperation =>
    ({ ports, hosts: authorities(hosts), paths: pathsOf({ hosts, ...match }), ...(match.methods.length ? { methods: match.methods } : {}) }));
  const unique = [...new Map(operations.map(operation => [JSON.stringify(operation), operation]))].sort(([a], [b]) => compareText(a, b));
  return { selector: { matchLabels: end.labels }, action: 'DENY', rules: [{ to: unique.map(([, operation]) => ({ operation })) }] };
}

/** A part of the requests of a route. */
interface Cell {
  readonly match: RouteMatch;
  readonly notPaths: readonly string[];
  readonly notMethods: readonly string[];
  readonly notHeaders: readonly { readonly name: string; readonly value: string }[];
}

/** The requests of a route, without those that an earlier one with other demands is for. */
function cellsOf({ match, token }: GatewayRoute, earlier: readonly GatewayRoute[]): Cell[] {
  const others = earlier.filter(other => JSON.stringify(other.token) !== JSON.stringify(token));
  const whole: Cell[] = [{ match, notPaths: [], notMethods: [], notHeaders: [] }];
  return others.reduce((cells, other) => cells.flatMap(cell => without(cell, other.match)), whole);
}

function without(cell: Cell, other: RouteMatch): Cell[] {
  const { match } = cell;
  const shared = match.hosts.filter(host => other.hosts.includes(host));
  const inside = coversPath(match, other);
  if (shared.length === 0 || !(inside || coversPath(other, match))) return [cell];
  const apart = match.hosts.filter(host => !other.hosts.includes(host));
  const here: RouteMatch = { ...match, hosts: shared };
  // Where the earlier route lies inside, what is beside its paths stays; what meets it stays only as far as the request differs.
  const meeting: RouteMatch = inside ? { ...here, path: other.path, exact: other.exact } : here;
  const same = inside && coversPath(other, match);
  return [
    ...(apart.length ? [{ ...cell, match: { ...match, hosts: apart } }] : []),
    ...(inside && !same ? [{ ...cell, match: here, notPaths: [...cell.notPaths, ...pathsOf(other)] }] : []),
    ...(other.methods.length ? [{ ...cell, match: meeting, notMethods: [...cell.notMethods, ...other.methods] }] : []),
    ...other.headers.map(header => ({ ...cell, match: meeting, notHeaders: [...cell.notHeaders, header] })),
  ].filter(({ match: { methods }, notMethods }) => methods.length === 0 || methods.some(method => !notMethods.includes(method)));
}

function ruleOf(cell: Cell, { token }: GatewayRoute, sources: readonly GatewaySource[], { https }: GatewayIntent): GatewayRule {
  const { match, notPaths, notMethods, notHeaders } = cell;
  const { methods, hosts, headers } = match;
  const when = [
    ...headers.map(({ name, value }) => ({ key: `request.headers[${name}]`, values: [value] })),
    ...notHeaders.map(({ name, value }) => ({ key: `request.headers[${name}]`, notValues: [value] })),
    ...(token?.claims ?? []).map(({ name, values }) => ({ key: `request.auth.claims[${name}]`, values: [...values].sort(compareText) })),
  ];
  const demanded = token ? { requestPrincipals: token.issuers.map(issuer => `${issuer}/*`).sort(compareText) } : {};
  return {
    from: sources.map(source => ({ source: { ...source, ...demanded } })),
    to: [{
      operation: {
        ports: [String(https.pods)],
        hosts: authorities(hosts),
        paths: pathsOf(match),
        ...(notPaths.length ? { notPaths: [...new Set(notPaths)].sort(compareText) } : {}),
        ...(methods.length ? { methods } : {}),
        ...(notMethods.length ? { notMethods: [...new Set(notMethods)].sort(compareText) } : {}),
      },
    }],
    ...(when.length ? { when } : {}),
  };
}

function pathsOf({ path, exact }: RouteMatch): string[] {
  if (exact) return [path];
  return path === '/' ? ['/*'] : [path, `${path}/*`];
}

/** A host may be asked for with its port. */
function authorities(hosts: readonly string[]): string[] {
  return [...hosts].sort(compareText).flatMap(host => [host, `${host}:*`]);
}

/** Clients by address: that of the connection, or the one that trusted proxies saw. */
function sourcesOf({ clients, facts, forwarded }: GatewayIntent): GatewaySource[] {
  const blocks = clients.flatMap(client => client.resolve(facts)).flatMap(target => target.blocks);
  return blocks.map(({ cidr, except }) => {
    const not = except.length ? [...except] : undefined;
    return forwarded ? { remoteIpBlocks: [cidr], ...(not && { notRemoteIpBlocks: not }) } : { ipBlocks: [cidr], ...(not && { notIpBlocks: not }) };
  });
}
