/**
 * Envoy's role based access control, as far as istiod writes it: whether a caller may ask a port for something. It knows Envoy's words only,
 * and nothing of the policies that they were made of.
 *
 * What depends on a request is settled where a request is given, and otherwise open: `undefined`.
 */
import * as ipaddr from 'ipaddr.js';

/** Whether it is so; undefined where that depends on what is not known. */
export type Settled = boolean | undefined;

export interface Call {
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`, as the certificate says it. @default - plaintext */
  readonly identity?: string;
  readonly address?: string;
  readonly port: number;
  readonly request?: { readonly method: string; readonly host: string; readonly path: string };
}

/** What the filters of a chain say of a call: each has to let it pass. */
export function passes(filters: readonly any[], call: Call): Settled {
  return and(accessFilters(filters).map(({ rules }) => {
    if (rules === undefined) return true;
    const matches = or(Object.values<any>(rules.policies ?? {}).map(({ permissions = [], principals = [] }) =>
      and([or(permissions.map((each: any) => permits(each, call))), or(principals.map((each: any) => isCaller(each, call)))])));
    return rules.action === 'DENY' ? not(matches) : matches;
  }));
}

/** The access filters among the filters of a connection, and of the requests in it. */
export function accessFilters(filters: readonly any[]): any[] {
  return filters.flatMap(({ typedConfig = {} }) => [
    ...(/\.rbac\.v3\.RBAC$/.test(typedConfig['@type']) ? [typedConfig] : []),
    ...accessFilters(typedConfig.httpFilters ?? []),
  ]);
}

function permits(rule: any, call: Call): Settled {
  const { request } = call;
  if (rule.any) return true;
  if (rule.andRules) return and(rule.andRules.rules.map((each: any) => permits(each, call)));
  if (rule.orRules) return or(rule.orRules.rules.map((each: any) => permits(each, call)));
  if (rule.notRule) return not(permits(rule.notRule, call));
  if (rule.destinationPort !== undefined) return rule.destinationPort === call.port;
  if (rule.header) return request && headerFits(rule.header, request);
  if (rule.urlPath) return request && isText(rule.urlPath.path, request.path);
  return undefined;
}

function isCaller(id: any, call: Call): Settled {
  if (id.any) return true;
  if (id.andIds) return and(id.andIds.ids.map((each: any) => isCaller(each, call)));
  if (id.orIds) return or(id.orIds.ids.map((each: any) => isCaller(each, call)));
  if (id.notId) return not(isCaller(id.notId, call));
  if (id.authenticated) return call.identity !== undefined && (!id.authenticated.principalName || isText(id.authenticated.principalName, call.identity));
  const block = id.directRemoteIp ?? id.sourceIp;
  if (block) return call.address !== undefined && inBlock(block, call.address);
  return undefined;
}

function headerFits({ name, stringMatch, presentMatch }: any, { method, host }: { method: string; host: string }): Settled {
  const value = name === ':method' ? method : name === ':authority' ? host : undefined;
  return value === undefined ? undefined : stringMatch ? isText(stringMatch, value) : presentMatch;
}

function isText(match: any, given: string): boolean {
  const fold = (text: string) => match.ignoreCase ? text.toLowerCase() : text;
  const value = fold(given);
  if (match.exact !== undefined) return value === fold(match.exact);
  if (match.prefix !== undefined) return value.startsWith(fold(match.prefix));
  if (match.suffix !== undefined) return value.endsWith(fold(match.suffix));
  if (match.contains !== undefined) return value.includes(fold(match.contains));
  return new RegExp(`^(?:${match.safeRegex.regex})$`).test(value);
}

function inBlock({ addressPrefix, prefixLen = 0 }: any, text: string): boolean {
  const [network, address] = [ipaddr.parse(addressPrefix), ipaddr.parse(text)];
  return network.kind() === address.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, prefixLen);
}

function not(settled: Settled): Settled {
  return settled === undefined ? undefined : !settled;
}

function and(all: readonly Settled[]): Settled {
  return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
}

function or(all: readonly Settled[]): Settled {
  return not(and(all.map(not)));
}

/** Whether a call gets in at all: by any chain of a listener that takes it, with a certificate or without. */
export function letsIn(listeners: readonly any[], call: Call, gateway: boolean): Settled {
  return or(chainsFor(listeners, call, gateway).map(({ filters }) => passes(filters, call)));
}

/** The chains that a call may meet. Inbound, what has a chain for its port meets no other; a gateway has a listener for each port. */
export function chainsFor(listeners: readonly any[], { port, identity }: Call, gateway: boolean): any[] {
  if (gateway) return listeners.filter(each => each.address?.socketAddress?.portValue === port).flatMap(each => each.filterChains);
  const chains: any[] = listeners.filter(({ name }) => name === 'virtualInbound').flatMap(({ filterChains }) => filterChains)
    .filter(({ name }) => name !== 'virtualInbound-blackhole');
  const own = chains.filter(({ filterChainMatch }) => filterChainMatch?.destinationPort === port);
  return (own.length ? own : chains.filter(({ filterChainMatch }) => filterChainMatch?.destinationPort === undefined))
    .filter(({ filterChainMatch }) => (identity !== undefined) === (filterChainMatch?.transportProtocol === 'tls'));
}
