/**
 * What a proxy knows of, as a pure function of flows: the Services in front of stated destinations, what is outside the cluster and was
 * stated, the cluster's DNS, and nothing else.
 *
 * Laws: what a flow needs is known; where the Service in front of a destination is not, all of its namespace is. What is outside is known
 * in the namespace that stated it, and no port of it is listened on for every address but where a name can be told from the connection.
 *
 * It keeps configuration small and mistakes visible. It enforces nothing: a pod can go past its proxy, and policies of the network, the
 * firewall and routers hold it then.
 */
import { createHash } from 'crypto';
import { ServiceEntrySpec, SidecarSpec } from '../api/istio-networking';
import { addressesOf } from '../intent/address-block';
import { AddressEnd, AddressFacts, Endpoint, NamespaceEnd, WorkloadEnd, keyOf, nameOf } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { MeshNamespaceIntent } from '../intent/mesh-provider';
import { Port, compareText } from '../intent/port';

/** A ServiceEntry lists ports one by one, up to this many. */
const MOST_PORTS = 64;

/** The Service of the cluster's DNS, by its namespace. TCP queries go through the proxy, as all TCP does. */
const DNS_SERVICES: Readonly<Record<string, string>> = { 'kube-system': 'kube-dns', 'openshift-dns': 'dns-default' };

/** What is the same for every proxy of a mesh. */
export interface ScopeFacts {
  /** The domain of the cluster's Services. */
  readonly clusterDomain: string;
  /** Services that every proxy needs, as hosts. */
  readonly always: readonly string[];
  /** What proxies reach by themselves and nobody else has to, as `<namespace>/<name>`. */
  readonly byItself: string;
}

/** The Sidecar of a workload, or the one for all other pods of a namespace. */
export function renderSidecar(of: WorkloadEnd | undefined, home: MeshNamespaceIntent, egress: readonly Flow[], facts: ScopeFacts): SidecarSpec {
  const hosts = [
    ...egress.flatMap(flow => hostsOf(flow, home.end, facts)),
    ...home.joined().map(namespace => `${namespace}/*`),
    ...facts.always,
    dnsHost(home.dns.namespace, facts),
  ];
  return {
    ...(of ? { workloadSelector: { labels: of.labels } } : {}),
    egress: [{ hosts: narrow(hosts) }],
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  };
}

/** `shop/api.shop.svc.cluster.local`. */
export function serviceHost(namespace: string, service: string, { clusterDomain }: Pick<ScopeFacts, 'clusterDomain'>): string {
  return `${namespace}/${service}.${namespace}.svc.${clusterDomain}`;
}

/** The name of what is outside, as the registry has it: its own, or for addresses one that no resolver knows. */
export function externalHost(to: AddressEnd, namespace: string): string {
  return to.host ?? `${externalName(to)}.${namespace}.invalid`;
}

/** The name of its object. */
export function externalName({ text, host }: AddressEnd): string {
  const plain = (host ?? text).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
  // Where letters were lost two texts could become one name.
  if (/^[a-z0-9][a-z0-9./]{0,39}$/.test(host ?? text)) return plain;
  return `${plain}-${createHash('sha256').update(host ?? text).digest('hex').slice(0, 8)}`;
}

/** Whether the registry has to be told of it: the API server is a Service of the cluster. */
export function isExternal(to: AddressEnd, ports: readonly Port[] | undefined): boolean {
  return to.ownPorts === undefined && ports !== undefined && ports.some(({ _transport }) => _transport === 'TCP');
}

/** What is outside, with the ports that anything in the namespace may use there. */
export function renderExternal(to: AddressEnd, leaving: readonly Flow[], home: NamespaceEnd, facts: AddressFacts): ServiceEntrySpec {
  const numbers = [...new Set(leaving.filter(flow => keyOf(flow.to) === keyOf(to)).flatMap(({ ports }) => tcpNumbers(ports)))].sort((a, b) => a - b);
  const named = to.host !== undefined;
  return {
    hosts: [externalHost(to, home.namespace)],
    ...(named ? {} : { addresses: addressesOf(to.resolve(facts).flatMap(({ blocks }) => [...blocks])).toCidrs() }),
    ports: numbers.map(number => ({ number, name: `${protocolOf(number, named).toLowerCase()}-${number}`, protocol: protocolOf(number, named) })),
    location: 'MESH_EXTERNAL',
    resolution: named && !isWildcard(to) ? 'DNS' : 'NONE',
    exportTo: ['.'],
  };
}

/** What the registry cannot say of a flow to what is outside, if anything. */
export function externalFault(to: AddressEnd, ports: readonly Port[]): string | undefined {
  if (!isExternal(to, ports)) return undefined;
  const wide = ports.find(({ _transport, _first, _last }) => _transport === 'TCP' && _last - _first >= MOST_PORTS);
  if (wide) return `'${wide}' has more than ${MOST_PORTS} ports, and a ServiceEntry lists each: state fewer, or leave the namespace out of the mesh with mesh: false`;
  const opaque = isWildcard(to) ? tcpNumbers(ports).find(number => protocolOf(number, true) === 'TCP') : undefined;
  if (opaque === undefined) return undefined;
  return `on port ${opaque} a proxy cannot tell by which name '${to.text}' was meant, and would take every connection to that port for it: state single names, or ports 80 and 443`;
}

/**
 * What flows of one workload to names outside cannot have together: on a port on which no name can be told from the connection, a proxy
 * takes every connection for the one name it knows.
 */
export function scopeFaults(egress: readonly Flow[]): string[] {
  const names = new Map<number, Set<string>>();
  for (const { to, ports } of egress) {
    if (to.kind !== 'addresses' || to.host === undefined) continue;
    for (const number of tcpNumbers(ports).filter(each => protocolOf(each, true) === 'TCP')) names.set(number, (names.get(number) ?? new Set()).add(nameOf(to)));
  }
  return [...names].filter(([, texts]) => texts.size > 1).map(([number, texts]) => `flows to ${[...texts].sort(compareText).map(text => `'${text}'`).join(' and ')} share port ${number}, `
    + 'on which a proxy in the mesh cannot tell them apart: lead to each through an EgressRouter, which has a Service of its own');
}

function hostsOf({ to, ports }: Flow, home: NamespaceEnd, facts: ScopeFacts): string[] {
  if (to.kind === 'namespace') return [allOf(to)];
  if (nameOf(to) === facts.byItself) return [];
  if (to.kind === 'workload') {
    const services = to.services?.()?.map(service => serviceHost(to.home.namespace, service, facts)) ?? [allOf(to.home)];
    return [...services, ...(to.names ?? []).map(name => `${to.home.namespace}/${name}`)];
  }
  if (to.ownPorts !== undefined) return [serviceHost('default', 'kubernetes', facts)];
  return isExternal(to, ports) ? [`./${externalHost(to, home.namespace)}`] : [];
}

function allOf(home: Endpoint & { kind: 'namespace' }): string {
  return home.group ? '*/*' : `${home.namespace}/*`;
}

function dnsHost(namespace: string, facts: ScopeFacts): string {
  const service = DNS_SERVICES[namespace];
  return service ? serviceHost(namespace, service, facts) : `${namespace}/*`;
}

/** Sorted, each once, without what another one holds already. */
function narrow(hosts: readonly string[]): string[] {
  const all = new Set(hosts);
  if (all.has('*/*')) return ['*/*', ...[...all].filter(host => host.startsWith('./')).sort(compareText)];
  return [...all].filter(host => host.endsWith('/*') || !all.has(`${host.split('/')[0]}/*`)).sort(compareText);
}

/** By which name a connection was meant can be told on these ports only: by its Host header, and by the name it opens TLS with. */
function protocolOf(number: number, named: boolean): 'HTTP' | 'TCP' | 'TLS' {
  if (!named) return 'TCP';
  return number === 80 ? 'HTTP' : number === 443 ? 'TLS' : 'TCP';
}

function isWildcard({ host }: AddressEnd): boolean {
  return host?.startsWith('*.') === true;
}

function tcpNumbers(ports: readonly Port[]): number[] {
  return ports.filter(({ _transport, _name }) => _transport === 'TCP' && !_name).flatMap(({ _first, _last }) => Array.from({ length: _last - _first + 1 }, (_, i) => _first + i));
}
