import { CLUSTER_EDGE } from './1-cluster-edge';
import { SECURE_NAMESPACE } from './2-secure-namespace';
import { SECURE_WORKLOAD } from './3-secure-workload';
import { CONNECTIONS } from './4-connections';
import { EGRESS_ROUTER } from './5-egress-router';
import { CLUSTER_APP } from './6-cluster-app';
import { READ_BACK } from './7-read-back';
import { MATCHERS } from './8-matchers';
import { ERRORS } from './9-errors';
import { CONNECTIVITY_ADOPT } from './connectivity-6-adopt';
import { EDGE_TLS } from './edge-1-tls';
import { EDGE_TENANCY } from './edge-10-tenancy';
import { EDGE_EGRESS_READERS } from './edge-11-egress-readers';
import { EDGE_ENGINES } from './edge-12-engines';
import { EDGE_HARDENING } from './edge-13-hardening';
import { EDGE_AUTHENTICATION } from './edge-2-authentication';
import { EDGE_AUTHORIZATION } from './edge-3-authorization';
import { EDGE_AUDIT_ENCRYPTION } from './edge-4-audit-encryption';
import { EDGE_GRANTS } from './edge-5-grants';
import { EDGE_GUARDRAILS } from './edge-6-guardrails';
import { EDGE_ADDRESSES } from './edge-7-addresses';
import { EDGE_FIREWALL } from './edge-8-firewall';
import { EDGE_ROUTERS } from './edge-9-routers';
import { MESH_DRY_RUN, MESH_IDENTITY, MESH_MUTUAL_TLS, MESH_PORTS } from './mesh-1-identity';
import { MESH_ENGINES } from './mesh-10-engines';
import { MESH_METRICS, MESH_SCOPE, MESH_TELEMETRY } from './mesh-3-4-7';
import { MESH_EGRESS_GATEWAY } from './mesh-5-egress-gateway';
import { MESH_GATEWAY } from './mesh-6-gateway';
import { MESH_READERS } from './mesh-9-readers';
import { Mutant } from './mutant';

/** Every mutant under the number of what it breaks. */
export const MUTANTS: Readonly<Record<number, readonly Mutant[]>> = {
  1: CLUSTER_EDGE,
  2: SECURE_NAMESPACE,
  3: SECURE_WORKLOAD,
  4: CONNECTIONS,
  5: EGRESS_ROUTER,
  6: CLUSTER_APP,
  7: READ_BACK,
  8: MATCHERS,
  9: ERRORS,
  // The edge, which counts its items anew.
  101: EDGE_TLS,
  102: EDGE_AUTHENTICATION,
  103: EDGE_AUTHORIZATION,
  104: EDGE_AUDIT_ENCRYPTION,
  105: EDGE_GRANTS,
  106: EDGE_GUARDRAILS,
  107: EDGE_ADDRESSES,
  108: EDGE_FIREWALL,
  109: EDGE_ROUTERS,
  110: EDGE_TENANCY,
  111: EDGE_EGRESS_READERS,
  112: EDGE_ENGINES,
  113: EDGE_HARDENING,
  // The mesh, which counts its items anew.
  201: MESH_IDENTITY,
  202: MESH_MUTUAL_TLS,
  203: [...MESH_PORTS, ...MESH_METRICS],
  204: MESH_SCOPE,
  205: MESH_EGRESS_GATEWAY,
  206: MESH_GATEWAY,
  207: MESH_TELEMETRY,
  208: MESH_DRY_RUN,
  209: MESH_READERS,
  210: MESH_ENGINES,
  // Connectivity as a tool of its own.
  306: CONNECTIVITY_ADOPT,
};
