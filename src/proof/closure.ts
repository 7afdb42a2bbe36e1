/**
 * The closure of what was stated: for any pod, whom it may reach and who may reach it, computed from the statements alone.
 * It knows no manifest and no renderer, so that it can be held against what the manifests allow.
 */
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { PodShape } from '../analysis/pods';
import { addressesOf } from '../intent/address-block';
import { AddressFacts, Endpoint, NamespaceEnd, WorkloadEnd, keyOf } from '../intent/endpoint';
import { Flow, Statement } from '../intent/flow';
import { Ledger } from '../intent/ledger';
import { hostCidr, ResolvedDns } from '../intent/platform';
import { Port } from '../intent/port';

/** A namespace of the App with its workloads. */
export interface Member {
  readonly end: NamespaceEnd;
  /** The namespaces it forms one network with; empty where only stated flows pass. */
  readonly joined: readonly string[];
  readonly workloads: readonly WorkloadEnd[];
}

export type Direction = 'egress' | 'ingress';

/** What one pod may exchange with some peers in one direction, and who said so. */
export interface Allowance {
  readonly peer: Peers;
  readonly ports: readonly Port[] | 'all';
  /** The statements behind it; none where a namespace has it by nature, such as DNS. */
  readonly statements: readonly Statement[];
}

/** The peers of an allowance: pods by namespace and labels, or addresses. */
export type Peers =
  | {
    readonly kind: 'pods';
    readonly namespaces: readonly string[];
    /** Set where the namespaces are those with these labels. */
    readonly group?: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  }
  | { readonly kind: 'addresses'; readonly addresses: IpSet; readonly host?: string; readonly apart?: boolean };

const NOBODY: readonly Allowance[] = [];

export class Closure {
  private readonly members = new Map<string, Member>();
  private readonly bySubject: Record<Direction, Map<string, Allowance[]>> = { egress: new Map(), ingress: new Map() };
  private readonly dns: readonly Allowance[];

  constructor(ledger: Ledger, members: readonly Member[], dns: ResolvedDns, private readonly factsFor: (path: string) => AddressFacts) {
    for (const member of members) this.members.set(member.end.namespace, member);
    this.dns = dnsAllowances(dns);
    for (const flow of ledger.flows()) {
      this.enter('egress', flow, flow.from, flow.to);
      this.enter('ingress', flow, flow.to, flow.from);
    }
  }

  /** Whether a namespace is one of the App's own, and so answers for its pods in full. */
  public owns(namespace: string): boolean {
    return this.members.has(namespace);
  }

  /** All that a pod of an own namespace may do in one direction. */
  public of(shape: PodShape, direction: Direction): readonly Allowance[] {
    const member = this.members.get(shape.namespace);
    if (!member) return NOBODY;
    const stated = this.bySubject[direction];
    const allowed = [...stated.get(keyOf(member.end)) ?? NOBODY];
    for (const workload of member.workloads) {
      if (carries(shape.labels, workload.labels)) allowed.push(...stated.get(keyOf(workload)) ?? NOBODY);
    }
    if (direction === 'egress') allowed.push(...this.dns);
    if (member.joined.length) allowed.push({ peer: { kind: 'pods', namespaces: member.joined, labels: {} }, ports: 'all', statements: [] });
    return allowed;
  }

  /** All that leaves a namespace for addresses and names, whichever of its pods may send it. */
  public leaving(namespace: string): readonly Allowance[] {
    const member = this.members.get(namespace);
    const subjects = member ? [member.end, ...member.workloads] : [];
    const stated = subjects.flatMap(subject => this.bySubject.egress.get(keyOf(subject)) ?? NOBODY);
    return [...stated, ...this.dns].filter(({ peer }) => peer.kind === 'addresses' && !peer.apart);
  }

  private enter(direction: Direction, flow: Flow, subject: Endpoint, other: Endpoint): void {
    if (subject.kind === 'addresses') return;
    const key = keyOf(subject);
    const known = this.bySubject[direction].get(key) ?? [];
    this.bySubject[direction].set(key, known);
    known.push(...this.allowances(flow, subject.path, other));
  }

  private allowances(flow: Flow, path: string, other: Endpoint): Allowance[] {
    const { ports, statements } = flow;
    if (other.kind === 'addresses') {
      return other.resolve(this.factsFor(path)).map(target =>
        ({ peer: { kind: 'addresses', addresses: addressesOf(target.blocks), host: other.host, apart: other.apart }, ports: target.ports ?? ports, statements }));
    }
    const namespaces = [other.kind === 'workload' ? other.home.namespace : other.namespace];
    const labels = other.kind === 'workload' ? other.labels : {};
    return [{ peer: { kind: 'pods', namespaces, group: other.kind === 'namespace' ? other.group : undefined, labels }, ports, statements }];
  }
}

/** Whether a pod with these labels is one that these selecting labels mean. */
export function carries(labels: Readonly<Record<string, unknown>>, selecting: Readonly<Record<string, string>>): boolean {
  return Object.entries(selecting).every(([key, value]) => labels[key] === value);
}

/** The connections that ports mean at one destination: names are what its containers call them. */
export function connectionsAt(destination: PodShape | undefined, ports: readonly Port[] | 'all'): ConnectionSet {
  if (ports === 'all') return ConnectionSet.all();
  return ConnectionSet.unionOf(ports.flatMap(port => {
    if (!port._name) return [ConnectionSet.of(port._transport, port._first, port._last)];
    return (destination?.ports ?? [])
      .filter(({ name, protocol }) => name === port._name && protocol === port._transport)
      .map(({ protocol, port: number }) => ConnectionSet.of(protocol, number));
  }));
}

function dnsAllowances({ namespace, labels, port, nodeLocalAddresses }: ResolvedDns): Allowance[] {
  return [
    { peer: { kind: 'pods', namespaces: [namespace], labels }, ports: [Port.udp(port), Port.tcp(port)], statements: [] },
    ...nodeLocalAddresses.map((address): Allowance =>
      ({ peer: { kind: 'addresses', addresses: IpSet.ofCidr(hostCidr(address)) }, ports: [Port.udp(53), Port.tcp(53)], statements: [] })),
  ];
}
