import { KindReader } from './_reader';
import { ADMIN_NETWORK_POLICY } from './admin-network-policy';
import { AUTHORIZATION_POLICY } from './authorization-policy';
import { CLUSTER_NETWORK_POLICY } from './cluster-network-policy';
import { EGRESS_FIREWALL } from './egress-firewall';
import { EGRESS_IP } from './egress-ip';
import { EGRESS_ROUTER } from './egress-router';
import { INGRESS, ROUTE, SERVICES } from './entrances';
import { GATEWAY, GATEWAY_CLASS, GATEWAY_ROUTE, REFERENCE_GRANT } from './gateway-api';
import { MESH_GATEWAY } from './mesh-gateway';
import { MESH_SCOPE, SERVICE_ENTRY, VIRTUAL_SERVICE } from './mesh-registry';
import { NETWORK_POLICY } from './network-policy';
import { PEER_AUTHENTICATION } from './peer-authentication';
import { REQUEST_AUTHENTICATION } from './request-authentication';
import { USER_DEFINED_NETWORK } from './user-defined-network';
import { NAMESPACES, NODES, PROXY_CONFIGS, WORKLOADS } from './workloads';

/** Every reader, by the kinds it reads. A new policy kind is one more file, and one more name here. */
const READERS: readonly KindReader[] = [
  NAMESPACES, NODES, WORKLOADS, PROXY_CONFIGS, SERVICES, INGRESS, ROUTE,
  GATEWAY, GATEWAY_CLASS, GATEWAY_ROUTE, REFERENCE_GRANT,
  NETWORK_POLICY, ADMIN_NETWORK_POLICY, CLUSTER_NETWORK_POLICY, EGRESS_FIREWALL, EGRESS_IP, EGRESS_ROUTER, USER_DEFINED_NETWORK,
  MESH_GATEWAY, VIRTUAL_SERVICE, SERVICE_ENTRY, MESH_SCOPE, PEER_AUTHENTICATION, AUTHORIZATION_POLICY, REQUEST_AUTHENTICATION,
];

export const READER_OF: ReadonlyMap<string, KindReader> = new Map(READERS.flatMap(reader => reader.kinds.map(kind => [kind, reader])));
