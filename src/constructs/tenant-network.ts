import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { emit } from './_manifest';
import { ClusterEdge } from './cluster-edge';
import { checkDnsLabel } from '../admission/names';
import { IpSet, parseCidr } from '../algebra/ip-set';

/** Properties of `TenantNetwork`. */
export interface TenantNetworkProps {
  /**
   * The range its pods have their addresses from, or one of each address family. It has to stand among the `podCidrs` of the platform as
   * well, so that no CIDR opens it by accident.
   */
  readonly subnets: string[];

  /**
   * Gives each node a share of an IPv4 range, and routes between them: the prefix length of a share, such as 24. Nodes have a `/64` of an
   * IPv6 range.
   *
   * @default - one flat network over all nodes
   */
  readonly hostPrefix?: number;
}

/**
 * A network of its own for the namespaces of a tenant: pods on it and pods elsewhere never meet, whatever policies say. Inside it policies
 * hold as everywhere, and namespaces stay closed.
 *
 * A namespace is on it only if it was created so. One that exists already stays where it is, silently: delete it first.
 *
 *   const acme = new TenantNetwork(edge, 'acme', { subnets: ['10.160.0.0/16'] });
 *   const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme', tenantNetwork: acme });
 *
 * @see https://ovn-kubernetes.io/features/user-defined-networks/user-defined-networks/
 */
export class TenantNetwork extends Construct {
  /** Its name. */
  public readonly networkName: string;
  /** @internal */
  public readonly _edge: ClusterEdge;

  private readonly members = new Set<string>();

  /** Throws where the network provider has no networks of tenants, and where a subnet is none or not among the platform's `podCidrs`. */
  constructor(edge: ClusterEdge, id: string, props: TenantNetworkProps) {
    super(edge, id);
    const { path } = this.node;
    const provider = edge.network._provider;
    checkDnsLabel(`[${path}] name of the network`, id);
    checkSubnets(path, props);
    const pods = edge.platform._addressFacts(path).clusterRange('pods', `the network '${id}'`);
    for (const subnet of props.subnets) {
      if (pods.contains(IpSet.ofCidr(subnet))) continue;
      throw new Error(`[${path}] the subnet '${subnet}' is not among the platform's podCidrs, so a CIDR that a workload may reach could hold it: add it there`);
    }
    if (!provider.planTenantNetwork) {
      throw new Error(`${provider.title} cannot give tenants a network of their own ([${path}]): use NetworkProvider.ovnKubernetes(), `
        + 'or isolate them by policy, with Isolation.PROJECT');
    }
    this.networkName = id;
    this._edge = edge;
    const plans = provider.planTenantNetwork({ path, name: id, ...props, namespaces: () => [...this.members].sort() });
    for (const { apiVersion, kind, name, render } of plans) {
      emit(this, kind.toLowerCase(), { apiVersion, kind, name, body: { spec: Lazy.any({ produce: render }) } });
    }
    this.node.addValidation({
      validate: () => (this.members.size > 0 ? [] : [`no namespace is on the network '${id}': give one tenantNetwork, or remove the network`]),
    });
  }

  /** Enters a namespace, and returns the labels it needs to have from the start. @internal */
  public _join(namespace: string): Record<string, string> {
    this.members.add(namespace);
    return this._edge.network._provider.tenantNetworkLabels!();
  }
}

function checkSubnets(path: string, { subnets, hostPrefix }: TenantNetworkProps): void {
  const read = subnets.map(subnet => ({ subnet, ...parseCidr(subnet) }));
  const families = new Set(read.map(({ family }) => family));
  if (subnets.length === 0 || subnets.length > 2 || families.size !== subnets.length) {
    throw new Error(`[${path}] the subnets [${subnets.join(', ')}] are neither one range nor one of each address family: write one, or an IPv4 and an IPv6 range`);
  }
  if (hostPrefix === undefined) return;
  const wide = read.find(({ family, prefix }) => (family === 4 ? hostPrefix <= prefix || hostPrefix > 30 : prefix >= 64));
  if (!Number.isInteger(hostPrefix) || wide) {
    throw new Error(`[${path}] hostPrefix '${hostPrefix}' makes no shares of '${wide?.subnet ?? subnets[0]}': write a longer prefix than the range's, up to 30, `
      + 'and give IPv6 a range wider than /64');
  }
}
