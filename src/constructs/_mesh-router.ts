/** A router that is a gateway of the mesh: pods that the mesh fills in, and what leads callers through them, each under its identity. */
import { Construct } from 'constructs';
import { runGateway } from './_gateway-pods';
import { emitPlans } from './_manifest';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { AddressEnd } from '../intent/endpoint';
import { haproxyPorts } from '../providers/_haproxy';

export interface MeshRouter {
  readonly id: string;
  readonly target: AddressEnd;
  readonly ports: readonly number[];
  readonly replicas: number;
  readonly clusterIp?: string;
}

/**
 * By the name that TLS is opened with, callers can be led without knowing of it: on the port on which proxies look for one. A name with
 * other ports beside it is not told to callers: on those their proxies would take every connection for it.
 */
function namesOf({ host }: AddressEnd, ports: readonly number[]): string[] {
  return host !== undefined && ports.every(port => port === TLS) ? [host] : [];
}

const TLS = 443;
/** What a proxy of Istio listens on for itself. */
const RESERVED = { first: 15000, last: 15099 };
const HEALTH = 15021;

export function addMeshRouter(scope: Construct, namespace: SecureNamespace, { id, target, ports, replicas, clusterIp }: MeshRouter): SecureWorkload {
  const { path } = scope.node;
  const renderer = namespace.edge.mesh?._mesh.gateways;
  if (!renderer || !namespace._home.meshed) {
    throw new Error(`[${path}] through 'mesh-gateway' needs a mesh, and its namespace '${namespace.namespaceName}' is in none: give the ClusterEdge a mesh, `
      + "such as MeshProvider.istioSidecar(), and leave mesh: false out, or leave 'through' out, and proxies stand in");
  }
  const inside = haproxyPorts(ports, HEALTH);
  const taken = ports.find(port => inside.get(port)! >= RESERVED.first && inside.get(port)! <= RESERVED.last);
  if (taken !== undefined) {
    throw new Error(`[${path}] port '${taken}' would be one of ${RESERVED.first}-${RESERVED.last}, on which the gateway's proxy listens for itself: leave 'through' out, and a proxy of another kind leads there`);
  }
  const mapped = ports.map(service => ({ service, pods: inside.get(service)!, name: `tcp-${service}` }));
  const workload = runGateway(scope, namespace, {
    id,
    annotations: renderer.annotations(0),
    ports: mapped,
    clusterIp,
    mutual: true,
    names: namesOf(target, ports),
    minReplicas: replicas,
    maxReplicas: Math.max(5, replicas),
  });
  const intent = { end: workload._end, facts: namespace.edge.platform._addressFacts(path), ports: mapped, destination: target };
  emitPlans(scope, renderer.planEgress(intent), () => namespace.edge._ledger.flowsOf(workload._end));
  return workload;
}
