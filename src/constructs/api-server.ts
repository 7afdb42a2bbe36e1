import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { grantInNamespace } from './_grants';
import { serviceAccountPath } from './_pods';
import { Access } from './access';
import { IClusterEdge } from './cluster-edge-like';
import { SecureWorkload } from './secure-workload';
import { Subject } from './subject';
import { IpSet } from '../algebra/ip-set';
import { FlowOptions } from '../intent/connections';
import { ApiServerClients } from '../intent/control-plane';
import { nameOf } from '../intent/endpoint';
import { IPeer, Peer } from '../intent/peer';

/** What an API server needs to know of its edge. */
export interface ApiServerContext {
  readonly edge: IClusterEdge;
  readonly path: string;
  /** Throws where clients cannot be limited from here. */
  refuseClients(): void;
}

/** Options of `edge.apiServer.connections.allowFrom`. */
export interface ApiServerClientOptions {
  /**
   * Why these clients need it, for those who review it.
   *
   * @default - no reason is recorded
   */
  readonly reason?: string;
}

/** The connections of the API server: those it opens to webhooks and aggregated APIs, and those that come from outside the cluster. */
export class ApiServerConnections {
  /** @internal */
  public static _of(context: ApiServerContext): ApiServerConnections {
    return new ApiServerConnections(context);
  }

  private readonly cidrs: string[] = [];
  private readonly reasons = new Set<string>();

  private constructor(private readonly context: ApiServerContext) {}

  /**
   * Lets the API server call a workload: an admission webhook, a converter, an aggregated API. The way is opened from the API servers' own
   * addresses to the port behind the workload's Service.
   */
  public allowTo(workload: SecureWorkload, options: FlowOptions = {}): void {
    refuseForeigner(this.context, workload);
    const { name, path } = workload._end;
    const targets = [...new Map((workload._end.servicePorts?.() ?? []).map(({ target }) => [target.toString(), target])).values()];
    if (!options.ports && targets.length > 1) {
      throw new Error(`[${path}] the Service of '${name}' leads to ${targets.join(', ')}, and the API server calls one of them: `
        + `state it, ports: [Port.tcp(${targets[0]._first})]`);
    }
    workload.connections.allowFrom(Peer.apiServer(), { ...options, ports: options.ports ?? (targets.length ? targets : undefined) });
  }

  /**
   * Limits who reaches the API server from outside the cluster: addresses that are stated, the cluster's own nodes and pods, and nobody
   * else. No policy of a cluster can hold that, so with `ControlPlane.kubeadm` it becomes a firewall file for the control-plane nodes.
   *
   * Throws where not even a file can hold it.
   */
  public allowFrom(peer: IPeer, options: ApiServerClientOptions = {}): void {
    const { path, edge } = this.context;
    const end = peer._end;
    if (end.kind !== 'addresses') {
      throw new Error(`[${path}] '${nameOf(end)}' is inside the cluster: use edge.apiServer.grant(workload, access), or workload.connections.allowTo(Peer.apiServer())`);
    }
    if (end.host) throw new Error(`[${path}] '${end.host}' is a name, and where a connection comes from is known by address only: use Peer.cidr(...)`);
    if (end.ownPorts) throw new Error(`[${path}] the API server needs no leave to reach itself: name its clients with Peer.cidr(...)`);
    this.context.refuseClients();
    const facts = edge.platform._addressFacts(path);
    const blocks = end.resolve(facts).flatMap(target => target.blocks);
    this.cidrs.push(...blocks.flatMap(({ cidr, except }) => IpSet.ofCidr(cidr).subtract(IpSet.ofCidrs([...except])).toCidrs()));
    if (options.reason) this.reasons.add(`${end.text}: ${options.reason}`);
  }

  /** Undefined where nobody limited them. @internal */
  public get _clients(): ApiServerClients | undefined {
    return this.cidrs.length ? { cidrs: [...new Set(this.cidrs)].sort(), reasons: [...this.reasons].sort() } : undefined;
  }
}

/** The cluster's API server: who may use it from inside, whom it may call, and who reaches it from outside. */
export class ApiServer {
  /** @internal */
  public static _of(context: ApiServerContext): ApiServer {
    return new ApiServer(context);
  }

  /** Whom it may call, and who reaches it from outside the cluster. */
  public readonly connections: ApiServerConnections;

  private constructor(private readonly context: ApiServerContext) {
    this.connections = ApiServerConnections._of(context);
  }

  /**
   * Lets a workload use the API: the role in its own namespace, the way through the network, and the token in its pods. Without the one the
   * other two are of no use.
   *
   * Throws where the workload is known by labels only, because its pods are then not ours to give a token.
   */
  public grant(workload: SecureWorkload, access: Access): void {
    refuseForeigner(this.context, workload);
    const object = ApiObject.of(workload.pods);
    grantInNamespace(Chart.of(workload), Subject.serviceAccount(workload), access);
    workload.connections.allowTo(Peer.apiServer(), { reason: `uses the API: ${access.accessName}` });
    object.addJsonPatch(JsonPatch.add(serviceAccountPath(object.kind).replace(/serviceAccountName$/, 'automountServiceAccountToken'), true));
  }
}

function refuseForeigner({ edge, path }: ApiServerContext, { _end: end }: SecureWorkload): void {
  if (end.home.ledger !== edge._ledger) throw new Error(`[${path}] '${nameOf(end)}' belongs to another cluster's edge: use the API server of that edge`);
}
