/**
 * Who may connect to a gateway, and whether an address says who asks: only where it arrives as it was, or where proxies that alone can
 * connect say what they saw.
 */
import { GatewayService, MeshGatewayProps } from './gateway-options';
import { addressesOf } from '../intent/address-block';
import { AddressFacts } from '../intent/endpoint';
import { ClusterRange, IPeer, Peer } from '../intent/peer';

/** Throws where rules about clients would be about somebody else's addresses. */
export function refuseClients(path: string, props: MeshGatewayProps): void {
  const { clients, proxies, trustedProxies = 0, preservesClientAddress, service, healthChecks } = props;
  const inside = service === GatewayService.CLUSTER_IP;
  if (!Number.isInteger(trustedProxies) || trustedProxies < 0) throw new Error(`[${path}] trustedProxies '${trustedProxies}' is not a whole number from 0 up: say how many proxies stand in front`);
  if (trustedProxies > 0 !== (proxies !== undefined)) {
    throw new Error(`[${path}] trustedProxies is ${trustedProxies} and proxies are ${proxies ? 'stated' : 'not'}: state both, or whoever connects could say who he is`);
  }
  for (const [what, peers] of Object.entries({ clients, proxies, healthChecks })) {
    if (peers && peers.length === 0) throw new Error(`[${path}] the list of ${what} is empty: name at least one, or leave it out`);
    const other = peers?.find(({ _end: end }) => end.kind !== 'addresses' || end.host !== undefined);
    if (other) throw new Error(`[${path}] ${what} are known by address: use Peer.cidr(...) or Peer.internet()`);
  }
  if (trustedProxies > 0) return;
  const preserves = preservesClientAddress ?? !inside;
  if (clients && !preserves) {
    throw new Error(`[${path}] states clients, and sees other addresses than theirs: set preservesClientAddress: true where they arrive unchanged, `
      + 'or say which proxies stand in front, with trustedProxies and proxies');
  }
  if (inside && !clients) {
    throw new Error(`[${path}] has no load balancer, and nobody is said to connect: state clients with preservesClientAddress: true, or trustedProxies and proxies`);
  }
}

/** Who opens connections to its pods. Nodes do, where a load balancer may send a connection to any of them. */
export function directPeers({ clients, proxies, preservesClientAddress, service }: MeshGatewayProps): IPeer[] {
  const outside = proxies ?? clients ?? [Peer.internet()];
  const byNodes = preservesClientAddress === false && service !== GatewayService.CLUSTER_IP;
  return [...outside, ...(byNodes ? [Peer.clusterRange(ClusterRange.NODES)] : [])];
}

/** The ranges that a load balancer takes connections from; none where that is everybody. */
export function rangesOf({ clients, proxies, certificate: { _http01: http01 } }: MeshGatewayProps, facts: AddressFacts): string[] {
  const asking = clients && http01 ? http01.validators ?? [Peer.internet()] : [];
  const stated = proxies ?? [...clients ?? [], ...asking];
  const blocks = stated.flatMap(({ _end: end }) => (end.kind === 'addresses' ? end.resolve(facts) : [])).flatMap(target => [...target.blocks]);
  if (blocks.some(({ cidr }) => cidr.endsWith('/0'))) return [];
  return addressesOf(blocks).toCidrs();
}
