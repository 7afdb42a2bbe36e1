/**
 * Which pods appear outside under which addresses, kept once for the whole cluster.
 *
 * Laws: an address is in one pool and given away once; no pod can be chosen twice, whatever labels it gets; an address that no node could hold, or
 * that somebody has already, is refused where the facts tell; nodes are never owned, the label they need is a command beside the output.
 */
import { Chart } from 'cdk8s';
import { emit } from './_manifest';
import { EgressPool } from './egress-pool';
import { IpSet } from '../algebra/ip-set';
import { LabelSelector } from '../api/core';
import { EgressPoolIntent, IEgressAddresses } from '../intent/egress-addresses';
import { NamespaceEnd, WorkloadEnd, nameOf } from '../intent/endpoint';
import { Platform } from '../intent/platform';
import { compareText } from '../intent/port';
import { NetworkProvider } from '../providers/network-provider';

/** The file with the commands that make nodes able to hold addresses. */
export const EGRESS_NODES = 'egress-nodes.sh';

/** Addresses for the pods of a namespace, or of some workloads of it. */
export interface EgressAssignment {
  /** Path of the construct that asks, for messages. */
  readonly path: string;
  readonly home: NamespaceEnd;
  readonly addresses: readonly string[];
  /** A name for some workloads of the namespace. @default - all its pods are meant */
  readonly part?: { readonly name: string; readonly workloads: readonly WorkloadEnd[] };
}

export class EgressBook {
  private readonly pools: readonly EgressPoolIntent[];
  private readonly egress?: IEgressAddresses;
  private readonly assigned: EgressAssignment[] = [];

  constructor(private readonly edge: Chart, private readonly platform: Platform, private readonly network: NetworkProvider, pools: readonly EgressPool[]) {
    this.pools = pools.map(({ _intent }) => _intent);
    this.egress = network._provider.egressAddresses;
    if (this.pools.length === 0) return;
    this.able(edge.node.path);
    for (const [i, pool] of this.pools.entries()) this.checkPool(pool, this.pools.slice(0, i));
    this.egress!.refusePools(edge.node.path, this.pools);
  }

  public assign(assignment: EgressAssignment): void {
    const { path, home, addresses, part } = assignment;
    const egress = this.able(path);
    if (addresses.length === 0) throw new Error(`[${path}] the list of egress addresses is empty: name one of a pool, or leave it out`);
    for (const address of addresses) this.checkAddress(path, address);
    const nodes = new Set(addresses.flatMap(address => this.poolOf(address)!.nodes));
    if (addresses.length > nodes.size) {
      throw new Error(`[${path}] ${addresses.length} addresses (${addresses.join(', ')}) need as many nodes, because a node holds one of them at most, and the pool has `
        + `${nodes.size}: name fewer addresses, or more nodes`);
    }
    for (const other of this.assigned) refuseTwice(assignment, other);
    this.assigned.push(assignment);
    const name = part ? `${home.namespace}.${part.name}` : home.namespace;
    const { spec, ...plan } = egress.planEgressAddresses({ name, namespace: home.namespace, addresses, pods: part && selectorOf(path, part.workloads) });
    emit(this.edge, `egress-addresses-${name}`, { ...plan, body: { spec } });
  }

  /** The commands that make nodes able to hold the addresses; nothing where there are none. */
  public files(): Map<string, string> {
    if (this.pools.length === 0) return new Map();
    const nodes = [...new Set(this.pools.flatMap(pool => pool.nodes))].sort(compareText);
    const tool = this.platform.distribution === 'openshift' ? 'oc' : 'kubectl';
    const label = this.egress!.nodeLabel;
    const text = [
      '#!/bin/sh',
      '# Nodes are not ours to own, so nothing is applied to them. Run this before the manifests are applied: addresses that find one able node',
      '# alone all go there. No other node should have the label, or it may hold addresses too.',
      'set -eu',
      `${tool} label --overwrite node ${nodes.join(' ')} ${label}=`,
      `${tool} get nodes -l ${label} -o name`,
    ];
    return new Map([[EGRESS_NODES, `${text.join('\n')}\n`]]);
  }

  private able(path: string): IEgressAddresses {
    if (this.egress) return this.egress;
    throw new Error(`[${path}] ${this.network._provider.title} cannot let pods leave the cluster under static addresses: use NetworkProvider.ovnKubernetes(), or leave them out`);
  }

  private poolOf(address: string): EgressPoolIntent | undefined {
    return this.pools.find(pool => pool.addresses.includes(address));
  }

  private checkAddress(path: string, address: string): void {
    if (this.poolOf(address)) return;
    const known = this.pools.flatMap(pool => pool.addresses);
    throw new Error(`[${path}] the egress address '${address}' is in no pool of the edge: ${known.length ? `use one of ${known.join(', ')}, or add it to a pool` : "state egressPools: [EgressPool.of('public', { addresses, nodes })]"}`);
  }

  /** What the platform's facts tell of the addresses of a pool. */
  private checkPool(pool: EgressPoolIntent, others: readonly EgressPoolIntent[]): void {
    const fail = (address: string, why: string) => {
      throw new Error(`[${this.edge.node.path}] the address '${address}' of egress pool '${pool.name}' ${why}`);
    };
    const { podCidrs, serviceCidrs, nodeCidrs, apiServerEndpoints = [] } = this.platform._facts;
    const inside = (address: string, cidrs: readonly string[] = []) => IpSet.ofCidrs(cidrs).contains(IpSet.ofAddress(address));
    for (const address of pool.addresses) {
      const twin = others.find(other => other.addresses.some(each => IpSet.ofAddress(each).equals(IpSet.ofAddress(address))));
      if (twin) fail(address, `is in the pool '${twin.name}' as well: an address has one place`);
      if (inside(address, podCidrs)) fail(address, `lies inside podCidrs ${podCidrs!.join(', ')}: take a free one of the nodes' network`);
      if (inside(address, serviceCidrs)) fail(address, `lies inside serviceCidrs ${serviceCidrs!.join(', ')}: take a free one of the nodes' network`);
      if (nodeCidrs && !inside(address, nodeCidrs)) fail(address, `lies outside nodeCidrs ${nodeCidrs.join(', ')}, so no node can hold it: take a free one of the nodes' network`);
      if (apiServerEndpoints.some(endpoint => endpoint.startsWith(`${address}:`) || endpoint.startsWith(`[${address}]:`))) {
        fail(address, 'is that of an API server: take a free one of the nodes\' network');
      }
    }
  }
}

function refuseTwice(assignment: EgressAssignment, other: EgressAssignment): void {
  const { path } = assignment;
  const shared = assignment.addresses.find(address => other.addresses.includes(address));
  if (shared) throw new Error(`[${path}] the egress address '${shared}' is given to '${other.path}' already: who looks at it from outside could not tell them apart; take another`);
  if (assignment.home.namespace !== other.home.namespace) return;
  const whole = [assignment, other].find(({ part }) => part === undefined);
  if (whole) {
    throw new Error(`[${path}] pods of '${assignment.home.namespace}' would have two sets of egress addresses, those of the whole namespace and those of some workloads, and leave under `
      + 'either: give addresses to the workloads one by one');
  }
  for (const mine of assignment.part!.workloads) {
    for (const theirs of other.part!.workloads) {
      if (mine === theirs || !areApart(mine, theirs)) {
        throw new Error(`[${path}] '${nameOf(mine)}' would have two sets of egress addresses, its own and those of '${other.part!.name}', which '${nameOf(theirs)}' has, and leave under either: `
          + `${mine === theirs ? 'name it once' : 'give the two workloads a label that differs'}`);
      }
    }
  }
}

/** Whether no pod can carry the labels of both: some label has two values. */
function areApart(a: WorkloadEnd, b: WorkloadEnd): boolean {
  return Object.entries(a.labels).some(([key, value]) => key in b.labels && b.labels[key] !== value);
}

/** The one selector that chooses exactly the pods of these workloads. */
function selectorOf(path: string, workloads: readonly WorkloadEnd[]): LabelSelector {
  const [{ labels }, ...others] = workloads;
  if (others.length === 0) return { matchLabels: labels };
  const keys = new Set(workloads.flatMap(workload => Object.keys(workload.labels)));
  if (keys.size > 1) {
    throw new Error(`[${path}] no selector chooses exactly ${workloads.map(nameOf).join(', ')}, whose labels have different keys: give each its own addresses`);
  }
  const [key] = keys;
  return { matchExpressions: [{ key, operator: 'In', values: [...new Set(workloads.map(workload => workload.labels[key]))].sort(compareText) }] };
}
