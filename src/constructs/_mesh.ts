/** What namespaces and workloads have in a mesh, from the moment they exist: closed, until flows are stated. */
import { ApiObject, Chart } from 'cdk8s';
import { AbstractPod } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { emitPlans } from './_manifest';
import { IClusterEdge } from './cluster-edge-like';
import { Connections } from '../intent/connections';
import { NamespaceEnd, WorkloadEnd } from '../intent/endpoint';
import { IMeshProvider } from '../intent/mesh-provider';
import { NamespaceIntent, WorkloadIntent } from '../intent/network-provider';

/** The mesh that a namespace is in: that of its edge, unless it stays out. Throws where it cannot join. */
export function meshFor({ edge, mesh: wanted }: { edge: IClusterEdge; mesh?: boolean }, path: string, podSecurity: string): IMeshProvider | undefined {
  const mesh = edge.mesh?._mesh;
  if (wanted === true && !mesh) throw new Error(`[${path}] joins a mesh, and its edge has none: give the ClusterEdge a mesh, such as MeshProvider.istioSidecar()`);
  if (!mesh || wanted === false) return undefined;
  mesh.refuseNamespace(path, podSecurity);
  return mesh;
}

/** The policies of a namespace in a mesh, and its way to what every proxy depends on. */
export function joinMesh(chart: Chart, mesh: IMeshProvider, intent: NamespaceIntent, edge: IClusterEdge, connections: Connections): void {
  emitPlans(chart, mesh.planNamespace(intent), () => edge._ledger.flowsOf(intent.end));
  for (const { namespace, name, labels, serviceAccountName, ports, reason } of mesh.dependencies) {
    const home: NamespaceEnd = { kind: 'namespace', path: namespace, namespace, tenant: '', ledger: edge._ledger, imported: true, open: () => undefined };
    const end: WorkloadEnd = { kind: 'workload', path: `${namespace}/${name}`, name, home, labels, serviceAccountName, imported: true, ports: () => ports.map(port => ({ port })) };
    edge._ledger.introduce(end);
    connections.allowTo({ _end: end }, { ports: [...ports], reason });
  }
}

/** The policy of a workload in a mesh. Throws where its pods are to end, and could not. */
export function emitWorkloadMesh(scope: Construct, intent: WorkloadIntent, edge: IClusterEdge, workload?: AbstractPod): void {
  if (!intent.end.home.meshed) return;
  if (workload && ['Job', 'CronJob'].includes(ApiObject.of(workload).kind)) edge.mesh!._mesh.refuseJobs(scope.node.path, edge.platform);
  emitPlans(scope, edge.mesh!._mesh.planWorkload(intent), () => edge._ledger.flowsOf(intent.end));
}

/** What a workload in a mesh needs once a peer without identity may reach it. */
export function emitPlaintext(scope: Construct, intent: WorkloadIntent, edge: IClusterEdge): void {
  emitPlans(scope, edge.mesh!._mesh.planPlaintext(intent), () => edge._ledger.flowsOf(intent.end));
}
