import { checkDnsLabel, checkDnsSubdomain } from '../admission/names';
import { isAddress } from '../algebra/ip-set';
import { EgressPoolIntent } from '../intent/egress-addresses';

/** Properties of `EgressPool.of`. */
export interface EgressPoolProps {
  /** IPv4 or IPv6 addresses of the nodes' own network that no machine has. */
  readonly addresses: string[];

  /** The names of the nodes that may hold them: two at least, so that one may fail. */
  readonly nodes: string[];

  /**
   * Why one node is enough, for those who review it: while it is down, nothing leaves under these addresses.
   *
   * @default - two nodes at least are asked for
   */
  readonly singleNodeReason?: string;
}

/** Static addresses under which pods can appear outside the cluster, and the nodes that may hold them. */
export class EgressPool {
  /** Throws where an address is none or stands twice, and where one node alone holds them without a reason. */
  public static of(name: string, props: EgressPoolProps): EgressPool {
    return new EgressPool(name, props);
  }

  public readonly poolName: string;
  /** @internal */
  public readonly _intent: EgressPoolIntent;

  private constructor(name: string, { addresses, nodes, singleNodeReason }: EgressPoolProps) {
    checkDnsLabel('egress pool', name);
    const what = `egress pool '${name}'`;
    for (const address of addresses) if (!isAddress(address)) throw new Error(`${what} holds '${address}', which is no address: write single IPv4 or IPv6 addresses`);
    for (const node of nodes) checkDnsSubdomain(`${what}: node`, node);
    refuseTwice(what, 'address', addresses);
    refuseTwice(what, 'node', nodes);
    if (addresses.length === 0) throw new Error(`${what} has no addresses: name at least one`);
    if (nodes.length === 0) throw new Error(`${what} has no nodes: name at least two that may hold its addresses`);
    if (nodes.length === 1 && !singleNodeReason?.trim()) {
      throw new Error(`${what} has one node, '${nodes[0]}', and while it is down nothing leaves under its addresses: name a second, or say why one is enough with singleNodeReason`);
    }
    this.poolName = name;
    this._intent = { name, addresses: [...addresses], nodes: [...nodes] };
  }
}

function refuseTwice(what: string, noun: string, values: readonly string[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice) throw new Error(`${what} names the ${noun} '${twice}' twice: name it once`);
}
