import { blockOf } from './address-block';
import { AddressEnd, AddressFacts, ClusterRangeName, Endpoint } from './endpoint';
import { isAddress } from '../algebra/cidr';
import { IpSet, parseCidr } from '../algebra/ip-set';

/**
 * Something a connection can lead to or come from: a `SecureWorkload`, a `SecureNamespace`, an `EgressRouter`,
 * or addresses made by `Peer`.
 */
export interface IPeer {
  /** @internal */
  readonly _end: Endpoint;
}

/** Options of `Peer.cidr`. */
export interface CidrOptions {
  /**
   * Ranges inside the CIDR that are not meant.
   *
   * @default - none besides the cluster's own pod, service, node and metadata ranges, which are always left out
   */
  readonly except?: string[];
}

/** A range of addresses that belongs to the cluster itself. Every CIDR leaves them out; `Peer.clusterRange` asks for one by name. */
export enum ClusterRange {
  /** The addresses of pods. Prefer naming workloads: an address says nothing about who holds it tomorrow. */
  PODS = 'pods',
  /** The virtual addresses of Services. Most network plugins apply policy after translation and never match these. */
  SERVICES = 'services',
  /** The nodes: kubelet, node ports and everything on the host network. */
  NODES = 'nodes',
  /** The cloud's instance metadata service, which hands out the node's credentials: 169.254.169.254 and fd00:ec2::254. */
  METADATA = 'metadata',
}

const HOST_NAME = /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?\.?$/i;

/** Peers that are addresses or names, not pods. */
export class Peer {
  /**
   * A range of IPv4 or IPv6 addresses. The cluster's pod, service, node and metadata ranges are cut out of it, whatever
   * its size, so the platform facts `podCidrs`, `serviceCidrs` and `nodeCidrs` must be given.
   *
   * @param cidr for example `203.0.113.0/24` or `2001:db8::/32`; a single address is written with `/32` or `/128`
   */
  public static cidr(cidr: string, options: CidrOptions = {}): IPeer {
    const whole = IpSet.ofCidr(cidr);
    const exceptions = options.except ?? [];
    for (const except of exceptions) {
      const inside = IpSet.ofCidr(except);
      if (!whole.contains(inside) || whole.equals(inside)) {
        throw new Error(`except '${except}' is not a strict part of '${cidr}': leave it out, or name a range inside ${cidr}`);
      }
    }
    const text = exceptions.length ? `${cidr} except ${[...exceptions].sort().join(', ')}` : cidr;
    return addresses({
      kind: 'addresses',
      text,
      address: isHostCidr(cidr) ? cidr.split('/')[0] : undefined,
      resolve: facts => {
        const block = blockOf(cidr, clusterRanges(facts, text).union(IpSet.ofCidrs(exceptions)));
        if (!block) {
          throw new Error(`[${facts.path}] '${text}' lies wholly inside the cluster's own ranges (pods, services, nodes, metadata): `
            + 'name the workload instead, or ask for the range with Peer.clusterRange(...)');
        }
        return [{ blocks: [block] }];
      },
    });
  }

  /** One IPv4 or IPv6 address. */
  public static address(address: string): IPeer {
    if (address.includes('/')) throw new Error(`'${address}' is a range, not one address: use Peer.cidr('${address}')`);
    const cidr = `${address}/${address.includes(':') ? 128 : 32}`;
    parseCidr(cidr);
    return Peer.cidr(cidr);
  }

  /** Everything outside the cluster, IPv4 and IPv6 as far as the cluster has them. Prefer the ranges you really need. */
  public static internet(): IPeer {
    return addresses(worldEnd('the internet'));
  }

  /** One of the cluster's own ranges, which every CIDR leaves out: the word that says it is meant. */
  public static clusterRange(range: ClusterRange): IPeer {
    const text = `cluster range '${range}'`;
    return addresses({
      kind: 'addresses',
      text,
      range,
      resolve: facts => [{ blocks: facts.clusterRange(range, text).toCidrs().map(cidr => ({ cidr, except: [] })) }],
    });
  }

  /** The cluster's API server: its endpoints and the address of the `kubernetes` Service, each on its own port. */
  public static apiServer(): IPeer {
    const text = 'API server';
    return addresses({
      kind: 'addresses',
      text,
      ownPorts: 'it answers on the ports of its endpoints and its Service',
      resolve: facts => facts.apiServer(text),
      // A webhook is called from the endpoints' addresses, never from the Service's, and on the webhook's port.
      source: { kind: 'addresses', text, calls: true, resolve: facts => [{ blocks: facts.apiServerAddresses(text).map(cidr => ({ cidr, except: [] })) }] },
    });
  }

  /**
   * An external system by its DNS name. Only an `EgressRouter` can lead to it on a provider whose policies know no names;
   * `allowTo` refuses it with that remedy.
   *
   * @param host a fully written name such as `orders.db.example`
   */
  public static host(host: string): IPeer {
    if (/^[0-9.]+$/.test(host) || isAddress(host)) throw new Error(`'${host}' is an address, not a name: use Peer.address('${host}')`);
    if (host.length > 253 || !HOST_NAME.test(host)) throw new Error(`'${host}' is not a DNS name: write it in full, such as orders.db.example`);
    const name = host.toLowerCase().replace(/\.$/, '');
    if (/(^|\.)(svc|cluster\.local)$/.test(name)) {
      throw new Error(`'${host}' names a Service of the cluster, not an external system: name the workload behind it, allowTo(workload)`);
    }
    return addresses({ ...worldEnd(name), host: name });
  }

  private constructor() {}
}

const RANGES: ClusterRangeName[] = ['pods', 'services', 'nodes', 'metadata'];

function addresses(end: AddressEnd): IPeer {
  return { _end: end };
}

/** The world outside the cluster, in the families the cluster has. */
function worldEnd(text: string): AddressEnd {
  return {
    kind: 'addresses',
    text,
    resolve: facts => {
      const own = clusterRanges(facts, text);
      return [{ blocks: facts.everywhere(text).map(cidr => blockOf(cidr, own)!) }];
    },
  };
}

function clusterRanges(facts: AddressFacts, neededBy: string): IpSet {
  return RANGES.map(name => facts.clusterRange(name, neededBy)).reduce((all, range) => all.union(range));
}

function isHostCidr(cidr: string): boolean {
  const { family, prefix } = parseCidr(cidr);
  return prefix === (family === 4 ? 32 : 128);
}
