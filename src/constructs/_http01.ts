/**
 * The way to what proves a name by HTTP-01: cert-manager makes a pod for it, in the gateway's namespace and outside of the mesh, and whoever
 * validates asks it for one path, in plaintext, on port 80.
 *
 * Laws: opened for one path and one method, to pods that cert-manager itself labels with the name that they prove, and to no others; nothing
 * else is answered in plaintext, but for the way to HTTPS.
 */
import { Construct } from 'constructs';
import { emit } from './_manifest';
import { MeshGatewayProps } from './gateway-options';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { WorkloadEnd } from '../intent/endpoint';
import { CHALLENGE, RouteMatch, RouteTarget, coversPath } from '../intent/mesh-gateway';
import { IPeer, Peer } from '../intent/peer';
import { Port } from '../intent/port';

/** What leads to the solver of one host. */
export interface Solver {
  readonly host: string;
  readonly end: WorkloadEnd;
  readonly target: RouteTarget;
}

/** The port of every solver. */
const SOLVER = 8089;
/** By which cert-manager keeps its solvers out of the mesh: a proxy beside them might not be there yet when they are asked. */
const APART = { 'sidecar.istio.io/inject': 'false' };

/** A Service for the solver of each host, by a name that is known before there is one. Throws where cert-manager's identity is not known. */
export function addSolvers(scope: Construct, namespace: SecureNamespace, hosts: readonly string[], { certificate, redirectHttp }: MeshGatewayProps): Solver[] {
  const http01 = certificate._http01;
  if (!http01) return [];
  const { path } = scope.node;
  if (redirectHttp === false) throw new Error(`[${path}] proves its names by HTTP-01, which is asked for on port 80, and redirectHttp is false: leave one of them out`);
  const { _end: manager } = http01.certManager;
  if (manager.kind !== 'workload') {
    throw new Error(`[${path}] certManager is no workload, and what makes the solvers is known by its identity: `
      + "SecureWorkload.imported(SecureNamespace.imported(edge, 'cert-manager'), 'cert-manager', { labels, serviceAccountName })");
  }
  const maker = { namespace: manager.home.namespace, serviceAccountName: manager.serviceAccountName };
  return hosts.map(host => {
    const name = `http01-${checksum(host)}`;
    const labels = { 'acme.cert-manager.io/http01-solver': 'true', 'acme.cert-manager.io/http-domain': String(checksum(host)) };
    const { _end: end } = SecureWorkload._operated(namespace, name, { labels, serviceAccountName: 'default', ports: [Port.tcp(SOLVER)] }, { annotations: APART, maker });
    const ports = [{ name: 'http', port: SOLVER, targetPort: SOLVER }];
    emit(scope, name, { apiVersion: 'v1', kind: 'Service', name, body: { spec: { type: 'ClusterIP', selector: labels, ports } } });
    return { host, end, target: { namespace: end.home.namespace, service: name, port: SOLVER } };
  });
}

/** Who asks for what a solver answers: those who validate, where nobody stands in front who asks for them, and cert-manager itself, before them. */
export function validatorsOf({ certificate: { _http01: http01 }, proxies }: MeshGatewayProps): IPeer[] {
  if (!http01) return [];
  return [...(proxies ? [] : http01.validators ?? [Peer.internet()]), http01.certManager];
}

/** Throws for a denial that would keep a name from being proven. */
export function refuseUnproven(where: string, denial: RouteMatch, solvers: readonly Solver[]): void {
  const match: RouteMatch = { path: CHALLENGE, exact: false, methods: ['GET'], hosts: denial.hosts, headers: [] };
  const meets = coversPath(denial, match) || coversPath(match, denial);
  if (!meets || !solvers.some(({ host }) => denial.hosts.includes(host)) || (denial.methods.length && !denial.methods.includes('GET'))) return;
  throw new Error(`[${where}] denies '${denial.path}', under which the names of its certificate are proven by HTTP-01: deny what is beside '${CHALLENGE}', or prove them by DNS-01`);
}

/** Adler-32, by which cert-manager labels a solver with the name that it proves: a label cannot hold every name. */
export function checksum(text: string): number {
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(text)) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
