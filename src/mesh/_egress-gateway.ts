/**
 * A way out of the mesh as a pure function of its callers: their proxies wrap what they send, whatever it is, into mutual TLS, the gateway
 * knows by it who calls, takes the wrapping off and leads the bytes to one destination.
 *
 * Laws: a server takes mutual TLS alone; what comes in on a port goes to the same port of the destination and nowhere else; nobody but
 * callers learns how to connect.
 *
 * The routes are of `tcp`, not of `tls`: where the gateway itself ends TLS, Istio finds none of the latter and opens no port at all.
 *
 * A name is led to from both sides: callers that dial the gateway's Service, and callers that open TLS with the name itself, which their
 * proxies can see. Either way the gateway asks for the name again, and goes to no other address.
 */
import { EgressCallersSpec, EgressNamesSpec, EgressRoutesSpec, EgressServersSpec } from '../api/istio-egress';
import { ServiceEntrySpec } from '../api/istio-networking';
import { WorkloadEnd, homeOf } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { EgressGatewayIntent } from '../intent/mesh-gateway';
import { compareText } from '../intent/port';

export function renderEgressServers({ end, ports }: EgressGatewayIntent, domain: string): EgressServersSpec {
  const hosts = [`./${hostOf(end, domain)}`];
  return {
    selector: end.labels,
    servers: ports.map(({ service }) => ({ port: { number: service, name: `tls-${service}`, protocol: 'TLS' as const }, hosts, tls: { mode: 'ISTIO_MUTUAL' as const } })),
  };
}

export function renderEgressRoutes(intent: EgressGatewayIntent, domain: string): EgressRoutesSpec {
  const { end, ports } = intent;
  return {
    hosts: [hostOf(end, domain)],
    gateways: [end.name],
    exportTo: ['.'],
    tcp: ports.map(({ service }) => ({
      match: [{ gateways: [end.name], port: service }],
      route: [{ destination: { host: destinationHost(intent), port: { number: service } } }],
    })),
  };
}

/** Istio gives gateways no mutual TLS by itself, so callers have to be told; and the name they open it with, or no server is theirs. */
export function renderEgressCallers({ end }: EgressGatewayIntent, ingress: readonly Flow[], domain: string): EgressCallersSpec {
  const host = hostOf(end, domain);
  return { host, exportTo: told(end, ingress), trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: host } } };
}

/** The namespaces of callers, beside its own. */
function told({ home }: WorkloadEnd, ingress: readonly Flow[]): string[] {
  const homes = ingress.flatMap(({ from }) => homeOf(from)?.namespace ?? []).filter(namespace => namespace !== home.namespace);
  return ['.', ...[...new Set(homes)].sort(compareText)];
}

/** What opens TLS with the name is led to the gateway by the caller's own proxy, whatever address it dials. */
export function renderEgressNames({ end }: EgressGatewayIntent, ingress: readonly Flow[], domain: string): EgressNamesSpec {
  const hosts = [...end.names ?? []];
  return {
    hosts,
    gateways: ['mesh'],
    exportTo: told(end, ingress),
    tls: [{ match: [{ port: TLS, sniHosts: hosts }], route: [{ destination: { host: hostOf(end, domain), port: { number: TLS } } }] }],
  };
}

const TLS = 443;

/** A name, for the gateway to ask for, and for callers' proxies to know that there is such a name. */
export function renderEgressHost({ end, ports, destination }: EgressGatewayIntent, ingress: readonly Flow[]): ServiceEntrySpec {
  return {
    hosts: [destination.host!],
    ports: ports.map(({ service }) => service === TLS
      ? { number: service, name: `tls-${service}`, protocol: 'TLS' as const } : { number: service, name: `tcp-${service}`, protocol: 'TCP' as const }),
    location: 'MESH_EXTERNAL',
    resolution: 'DNS',
    exportTo: end.names?.length ? told(end, ingress) : ['.'],
  };
}

/** An address, as the registry has to have it for a gateway: nobody dialled it there, so it is told where to go. */
export function renderEgressAddress(intent: EgressGatewayIntent): ServiceEntrySpec {
  return {
    hosts: [destinationHost(intent)],
    ports: intent.ports.map(({ service }) => ({ number: service, name: `tcp-${service}`, protocol: 'TCP' as const })),
    location: 'MESH_EXTERNAL',
    resolution: 'STATIC',
    endpoints: [{ address: intent.destination.address! }],
    exportTo: ['.'],
  };
}

/** A name of its own, or for an address one that no resolver knows. */
function destinationHost({ destination, end }: EgressGatewayIntent): string {
  return destination.host ?? `${end.name}-destination.${end.home.namespace}.invalid`;
}

function hostOf({ name, home }: WorkloadEnd, domain: string): string {
  return `${name}.${home.namespace}.svc.${domain}`;
}
