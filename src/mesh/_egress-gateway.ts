/**
 * A way out of the mesh as a pure function of its callers: their proxies wrap what they send, whatever it is, into mutual TLS, the gateway
 * knows by it who calls, takes the wrapping off and leads the bytes to one destination.
 *
 * Laws: a server takes mutual TLS alone; what comes in on a port goes to the same port of the destination and nowhere else; nobody but
 * callers learns how to connect.
 *
 * The routes are of `tcp`, not of `tls`: where the gateway itself ends TLS, Istio finds none of the latter and opens no port at all.
 */
import { EgressCallersSpec, EgressRoutesSpec, EgressServersSpec } from '../api/istio-egress';
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
  const homes = ingress.flatMap(({ from }) => homeOf(from)?.namespace ?? []).filter(namespace => namespace !== end.home.namespace);
  const host = hostOf(end, domain);
  return { host, exportTo: ['.', ...[...new Set(homes)].sort(compareText)], trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL', sni: host } } };
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
