/**
 * `frontend.connections.allowTo(api)` - the sentence this library is built around. Both ends of it become policy:
 * the egress of the source and the ingress of the destination, on the ports the destination really listens on.
 */
import { callSite } from './call-site';
import { AddressFacts, Endpoint, Subject, homeOf, nameOf } from './endpoint';
import { Statement, describe, portsOf } from './flow';
import { HttpMatch } from './http-match';
import { Ledger } from './ledger';
import { IMeshProvider, hasIdentity } from './mesh-provider';
import { INetworkProvider } from './network-provider';
import { IPeer } from './peer';
import { Port, uniquePorts } from './port';

/** Options of a stated flow. */
export interface FlowOptions {
  /**
   * The ports of the destination that the flow may use.
   *
   * @default - the ports that the destination's containers declare; it is an error if none are known
   */
  readonly ports?: Port[];

  /**
   * The requests that the flow is for. Needs a mesh, and a destination in it; on one port all statements between the same two ends have to
   * name requests, or none.
   *
   * @default - whatever is sent to the ports
   */
  readonly http?: HttpMatch[];

  /**
   * Why this flow is needed, for those who review it.
   *
   * @default - no reason is recorded
   */
  readonly reason?: string;
}

/** What the connections of one subject need to know of their cluster. */
export interface ConnectionsContext {
  readonly ledger: Ledger;
  readonly network: INetworkProvider;
  /** @default - none: only ends and ports are told apart */
  readonly mesh?: IMeshProvider;
  /** The platform's facts, as this subject asks for them. */
  readonly facts: AddressFacts;
}

/** The connections of a workload, a whole namespace or a router: closed until a flow is stated. */
export class Connections {
  /** @internal */
  public static _of(subject: Subject, context: ConnectionsContext): Connections {
    return new Connections(subject, context);
  }

  private readonly subject: Subject;
  private readonly context: ConnectionsContext;

  private constructor(subject: Subject, context: ConnectionsContext) {
    this.subject = subject;
    this.context = context;
  }

  /**
   * Lets this end open connections to the peer. Inside a tenant that is enough; a peer of another tenant must agree with
   * `allowFrom`.
   *
   * Throws where the network provider cannot enforce the flow, and where a fact of the platform is missing. A flow whose ports nobody
   * knows is refused at synth at the latest.
   */
  public allowTo(peer: IPeer, options: FlowOptions = {}): void {
    this.state({ from: this.subject, to: peer._end, by: 'source', ...optionsOf(options), site: callSite(this.allowTo) });
  }

  /**
   * Lets the peer open connections to this end. Inside a tenant that is enough; a peer of another tenant must agree with
   * `allowTo`.
   *
   * Throws where the network provider cannot enforce the flow, and where a fact of the platform is missing. A flow whose ports nobody
   * knows is refused at synth at the latest.
   */
  public allowFrom(peer: IPeer, options: FlowOptions = {}): void {
    const { _end: end } = peer;
    const from = end.kind === 'addresses' ? end.source ?? end : end;
    this.state({ from, to: this.subject, by: 'destination', ...optionsOf(options), site: callSite(this.allowFrom) });
  }

  /** Lets the pods of this end, such as the replicas of one workload, reach each other. */
  public allowInternally(options: FlowOptions = {}): void {
    this.state({ from: this.subject, to: this.subject, by: 'source', ...optionsOf(options), site: callSite(this.allowInternally) });
  }

  private state(statement: Statement): void {
    const { from, to } = statement;
    const path = this.subject.path;
    if (statement.ports && statement.ports.length === 0) {
      throw new Error(`[${path}] the list of ports to ${nameOf(to)} is empty: name at least one, or leave 'ports' out to use those it declares`);
    }
    for (const end of [from, to]) this.refuseForeigner(end, path);
    if (isHost(from)) {
      throw new Error(`[${path}] '${nameOf(from)}' is a name, and where a connection comes from is known by address only: use Peer.cidr(...)`);
    }
    if (homeOf(from)?.imported && homeOf(to)?.imported) {
      throw new Error(`[${path}] both ends of ${nameOf(from)} -> ${nameOf(to)} are imported: neither side is ours to open`);
    }
    this.context.network.refuse(statement, this.context.facts);
    this.refuseRequests(statement);
    // What is sure to fail at synth fails here, where the line that is wrong can be seen.
    if (to.kind !== 'workload' || to.imported) portsOf(statement);
    for (const end of [from, to]) if (end.kind === 'addresses') end.resolve(this.context.facts);
    for (const end of [from, to]) if (end.kind === 'namespace') end.open();
    if (to.kind === 'namespace') to.receive?.();
    if (to.kind === 'workload' && hasIdentity(to) && !hasIdentity(from)) to.expose?.();
    this.context.ledger.add(statement);
  }

  /** Requests are told apart by a mesh only, at a workload that is in it. */
  private refuseRequests(statement: Statement): void {
    const { to, http } = statement;
    const path = this.subject.path;
    if (http) {
      if (http.length === 0) throw new Error(`[${path}] the list of requests to ${nameOf(to)} is empty: name at least one, or leave 'http' out`);
      if (to.kind !== 'workload' || !hasIdentity(to)) {
        throw new Error(`[${path}] the flow ${describe(statement)} names requests, and nothing at '${nameOf(to)}' can tell them apart: `
          + "put the destination's namespace into a mesh (mesh: MeshProvider.istioSidecar() at the ClusterEdge), or leave 'http' out");
      }
    }
    const mixture = this.context.ledger.mixture(statement);
    if (mixture) throw new Error(`[${path}] ${mixture}`);
    this.context.mesh?.refuse(statement);
  }

  private refuseForeigner(end: Endpoint, path: string): void {
    const home = homeOf(end);
    if (home && home.ledger !== this.context.ledger) {
      throw new Error(`[${path}] '${nameOf(end)}' belongs to another cluster's edge: one App is one cluster; give both namespaces the same edge`);
    }
  }
}

function isHost(end: Endpoint): boolean {
  return end.kind === 'addresses' && end.host !== undefined;
}

function optionsOf({ ports, http, reason }: FlowOptions): Pick<Statement, 'ports' | 'http' | 'reason'> {
  return { ports: ports && uniquePorts(ports), http: http?.map(match => match._condition), reason };
}
