import { resolveNames } from './judge';
import { CONTROLLER } from './pods';
import type { Endpoint, Reachability } from './reachability';
import type { DeclaredService, Entrance, ServicePort } from './readers/entrances';
import { ConnectionSet } from '../algebra/connection-set';

/**
 * What Ingresses, Routes and the routes of gateways let in: an ingress controller that nobody declared, taken for a pod without labels in a namespace without
 * labels, reaches the pods behind each service on the ports that are named, as far as their ingress policies let it.
 */
export const CONTROLLER_TEXT = '{ingress-controller}';

export interface EntranceRow {
  readonly dst: Endpoint;
  readonly conn: ConnectionSet;
}

export function entranceRows(reach: Reachability): EntranceRow[] {
  const { model } = reach;
  if (model.entrances.length === 0) return [];
  const [controller] = reach.find(CONTROLLER.namespace, CONTROLLER.name);
  const reached = new Map<Endpoint, ConnectionSet>();
  for (const entrance of model.entrances) {
    const service = model.services.get(`${entrance.namespace}/${entrance.service}`);
    if (!service?.selector) continue;
    for (const dst of reach.endpoints) {
      if (!dst.real || dst.namespace !== service.namespace || !service.selector.matches(dst.labels)) continue;
      const conn = reach.between(controller, dst).intersect(targeted(entrance, service, dst));
      if (!conn.isEmpty) reached.set(dst, (reached.get(dst) ?? ConnectionSet.none()).union(conn));
    }
  }
  return [...reached].map(([dst, conn]) => ({ dst, conn }));
}

function targeted(entrance: Entrance, service: DeclaredService, dst: Endpoint): ConnectionSet {
  const { protocol = 'TCP' } = entrance;
  const ports = service.ports.filter(port => port.protocol === protocol && isMeant(entrance, port));
  return ConnectionSet.unionOf(ports.map(({ target }) => typeof target === 'number'
    ? ConnectionSet.of(protocol, target)
    : resolveNames({ numbers: ConnectionSet.none(), names: [{ name: target, protocol }] }, dst.workload.variants[0].shape.ports)));
}

function isMeant({ port, by }: Entrance, candidate: ServicePort): boolean {
  if (port === undefined || port === candidate.name) return true;
  return by === 'service-port' ? port === candidate.port : port === candidate.target;
}
