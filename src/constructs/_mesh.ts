/** What namespaces and workloads have in a mesh, from the moment they exist: closed, until flows are stated. */
import { ApiObject, Chart, Lazy } from 'cdk8s';
import { AbstractPod, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { emit, emitPlans } from './_manifest';
import { addAppFiles } from './_one-pass';
import { IClusterEdge } from './cluster-edge-like';
import { callSite } from '../intent/call-site';
import { Connections } from '../intent/connections';
import { AddressEnd, NamespaceEnd, WorkloadEnd } from '../intent/endpoint';
import { IMeshProvider, MeshDependency, MeshIntent, MeshNamespaceIntent } from '../intent/mesh-provider';
import { NamespaceIntent, WorkloadIntent } from '../intent/network-provider';
import { IPeer } from '../intent/peer';
import { Port } from '../intent/port';

/** What a namespace in a mesh is asked about while workloads are added to it. */
interface Member {
  readonly chart: Chart;
  readonly intent: MeshNamespaceIntent;
  /** Workloads that are in it until now, by their connections. */
  readonly connections: Connections[];
  /** Who may read the proxies' metrics, of workloads still to come too. */
  readonly readers: { readonly peer: IPeer; readonly reason: string }[];
}

/** What a workload is made of, as far as it is ours. */
interface Pods {
  readonly workload?: AbstractPod;
  readonly service?: Service;
}

const members = new WeakMap<NamespaceEnd, Member>();

/** The mesh that a namespace is in: that of its edge, unless it stays out. Throws where it cannot join. */
export function meshFor({ edge, mesh: wanted }: { edge: IClusterEdge; mesh?: boolean }, path: string, podSecurity: string): IMeshProvider | undefined {
  const mesh = edge.mesh?._mesh;
  if (wanted === true && !mesh) throw new Error(`[${path}] joins a mesh, and its edge has none: give the ClusterEdge a mesh, such as MeshProvider.istioSidecar()`);
  if (!mesh || wanted === false) return undefined;
  mesh.refuseNamespace(path, podSecurity);
  return mesh;
}

/** What the mesh has once, and the files that stand beside the manifests. */
export function addMesh(edge: IClusterEdge & Construct, intent: MeshIntent): void {
  const mesh = edge.mesh?._mesh;
  if (!mesh) return;
  const none = { egress: [], ingress: [] };
  for (const { namespace, apiVersion, kind, name, render } of mesh.planMesh()) {
    emit(edge, `mesh-${kind}-${name}`, { apiVersion, kind, namespace, name, body: { spec: Lazy.any({ produce: () => render(none) }) } });
  }
  addAppFiles(edge, () => mesh.files(intent));
}

/** The policies of a namespace in a mesh, and its way to what every proxy depends on. */
export function joinMesh(chart: Chart, mesh: IMeshProvider, of: NamespaceIntent, edge: IClusterEdge, connections: Connections): void {
  const { end, facts, dns, joined, leaving } = of;
  const intent: MeshNamespaceIntent = { end, facts, dns, joined, leaving, flows: () => edge._ledger.flowsOf(end) };
  members.set(end, { chart, intent, connections: [], readers: [] });
  emitPlans(chart, mesh.planNamespace(intent), intent.flows);
  for (const dependency of mesh.dependencies) dependOn(dependency, end, edge, connections);
}

/** What a namespace in a mesh needs once anything in it may reach what is outside; nothing outside a mesh. */
export function leaveMesh(edge: IClusterEdge, end: NamespaceEnd, to: AddressEnd, ports: readonly Port[] | undefined): void {
  const member = members.get(end);
  if (!member) return;
  const { chart, intent } = member;
  for (const plan of edge.mesh!._mesh.planExternal(intent, to, ports)) {
    const id = `external-${plan.name}`;
    if (chart.node.tryFindChild(id)) continue;
    emit(chart, id, { ...plan, body: { spec: Lazy.any({ produce: () => plan.render(intent.flows()) }) } });
  }
}

/** The objects of a workload in a mesh. Throws where its pods are to end, and could not. */
export function emitWorkloadMesh(scope: Construct, intent: WorkloadIntent, edge: IClusterEdge, connections: Connections, pods: Pods = {}): void {
  const { end } = intent;
  const member = members.get(end.home);
  if (!member || end.unmeshed) return;
  const mesh = edge.mesh!._mesh;
  const { workload, service } = pods;
  if (workload && ['Job', 'CronJob'].includes(ApiObject.of(workload).kind)) mesh.refuseJobs(scope.node.path, edge.platform);
  const flows = () => edge._ledger.flowsOf(end);
  const whole = { ...intent, home: member.intent, flows };
  // A gateway says itself what it takes, and knows no Sidecar.
  if (!end.gateway) emitPlans(scope, mesh.planWorkload(whole), flows);
  scope.node.addValidation({ validate: () => mesh.workloadFaults(whole) });
  if (service) speak(ApiObject.of(service), () => mesh.protocols(end, flows()));
  member.connections.push(connections);
  for (const reader of member.readers) readMetrics(connections, reader);
  // What all proxies depend on may be one of the workloads of its own namespace.
  for (const { namespace, name, ports, reason } of mesh.dependencies) {
    if (namespace === end.home.namespace && name === end.name) connections.allowFrom({ _end: end.home }, { ports: [...ports], reason });
  }
}

/** What a workload in a mesh needs once a peer without identity may reach it. */
export function emitPlaintext(scope: Construct, intent: WorkloadIntent, edge: IClusterEdge): void {
  if (intent.end.gateway) return;
  emitPlans(scope, edge.mesh!._mesh.planPlaintext(intent), () => edge._ledger.flowsOf(intent.end));
}

/** Lets a peer read the metrics of every proxy in a namespace, those of workloads still to come included. */
export function allowMetrics(end: NamespaceEnd, peer: IPeer, reason: string): void {
  const member = members.get(end);
  if (!member) throw new Error(`[${end.path}] is in no mesh, so its pods have no proxies whose metrics could be read: state a flow to the port of each workload that has metrics of its own`);
  member.readers.push({ peer, reason });
  for (const connections of member.connections) readMetrics(connections, { peer, reason });
}

/** Of the proxy, the agent beside it and the workload itself merged, and of the proxy alone. */
const METRICS = [15020, 15090];

function readMetrics(connections: Connections, { peer, reason }: Member['readers'][number]): void {
  connections.allowFrom(peer, { ports: METRICS.map(port => Port.tcp(port)), reason });
}

/** The way to one dependency: pods of this App where a workload is known by its name, or else of others. */
function dependOn(on: MeshDependency, from: NamespaceEnd, edge: IClusterEdge, connections: Connections): void {
  const { namespace, name, labels, serviceAccountName, ports, reason, services } = on;
  if (namespace === from.namespace) return;
  const home: NamespaceEnd = { kind: 'namespace', path: namespace, namespace, tenant: '', ledger: edge._ledger, imported: true, open: () => undefined };
  const others: WorkloadEnd = {
    kind: 'workload',
    path: `${namespace}/${name}`,
    name,
    home,
    labels,
    serviceAccountName,
    imported: true,
    ports: () => ports.map(port => ({ port })),
    services: () => services,
    remedy: 'every proxy of the mesh depends on it, so create it before the namespaces that join',
  };
  const known = edge._ledger.known(others);
  const end = known?.kind === 'workload' && !known.imported ? known : others;
  if (end !== known) edge._ledger.introduce(end);
  connections.allowTo({ _end: end }, { ports: [...ports], reason });
  // Whoever runs it agreed by running it for the mesh.
  if (end === known) edge._ledger.add({ from, to: end, ports: [...ports], reason, by: 'destination', site: callSite(dependOn) });
}

/** Says in a Service what its ports speak, as it is written; what somebody has said of a port already stays. */
function speak(object: ApiObject, protocols: () => ReadonlyMap<number, string>): void {
  const written = object.toJson.bind(object);
  object.toJson = () => {
    const json = written();
    const known = protocols();
    if (known.size === 0) return json;
    const ports = (json.spec?.ports ?? []).map((port: any) => {
      const said = (port.protocol ?? 'TCP') === 'TCP' ? known.get(port.targetPort ?? port.port) : undefined;
      return said === undefined || port.appProtocol !== undefined ? port : { appProtocol: said, ...port };
    });
    return { ...json, spec: { ...json.spec, ports } };
  };
}
