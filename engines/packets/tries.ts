/** What is tried in a scene, and what the analysis says of each try. */
import { outsideAddresses } from './outside';
import { Scene, ScenePod, SceneService, POD_CIDRS, SERVICE_CIDRS, podObject } from './scene';
import { IpSet } from '../../src/algebra/ip-set';
import { ClusterModel } from '../../src/analysis/model';
import { Endpoint, Reachability } from '../../src/analysis/reachability';
import { LayerName } from '../../src/analysis/rules';
import { Transport, Try } from '../lib/farm';
import { Manifest } from '../lib/manifests';

export interface PlannedTry extends Try {
  readonly src: ScenePod | string;
  readonly dst: ScenePod | string;
  /** The pod's own port and name, which differ from what is dialled where a Service stands between. */
  readonly targetPort: number;
  readonly through?: SceneService;
  /** Whether it counts as one of (workload, workload, port) and (workload, outside, port). */
  readonly declared: boolean;
  readonly answers: readonly string[];
}

export interface Plan {
  readonly tries: readonly PlannedTry[];
  readonly outside: readonly string[];
}

/** A port nobody declared, in both protocols: what is open there is open by mistake. */
const STRAY = 4444;

/** What the enforcer that is chosen for the scene enforces. */
function layersOf({ policies }: Scene): readonly LayerName[] {
  return policies.every(policy => policy.kind === 'NetworkPolicy') ? ['network-policy'] : ['admin', 'network-policy', 'baseline'];
}

export const hostOf = (pod: ScenePod | string): string => typeof pod === 'string' ? `outside ${pod}` : `pod ${pod.addresses[0]}`;

export interface PlanOptions {
  /** Nothing is tried between namespaces of different groups; those of none belong to all. @default - one group */
  readonly groupOf?: (namespace: string) => string | undefined;
  /** How many addresses that policies name are tried, for each group. */
  readonly outside: number;
  /** Both protocols at every port. @default - the declared ones, and one of the other kind */
  readonly thorough?: boolean;
}

interface PortToTry {
  readonly protocol: Transport;
  readonly port: number;
}

/**
 * Every pair of pods, and every pod with every address outside, in both directions, on the destination's ports and on those that policies
 * name, TCP and UDP, IPv4 and IPv6.
 */
export function planOf(scene: Scene, options: PlanOptions): Plan {
  const { groupOf = () => '', thorough = false } = options;
  const tries: PlannedTry[] = [];
  const surroundings = new Map<string | undefined, { named: number[]; outside: string[] }>();
  const around = ({ namespace }: ScenePod) => {
    const group = groupOf(namespace);
    const policies = scene.policies.filter(policy => policy.metadata.namespace === undefined || groupOf(policy.metadata.namespace) === group);
    const known = surroundings.get(group) ?? { named: portsIn(policies), outside: outsideAddresses(policies, options.outside) };
    surroundings.set(group, known);
    return known;
  };
  const add = (src: ScenePod | string, dst: ScenePod | string, ports: readonly PortToTry[]) => {
    const addresses = typeof dst === 'string' ? [dst] : dst.addresses;
    for (const address of addresses) {
      if (typeof src === 'string' && src.includes(':') !== address.includes(':')) continue;
      for (const { protocol, port } of ports) {
        const declared = [src, dst].every(end => typeof end === 'string' || end.workload !== undefined);
        tries.push({ src, dst, from: hostOf(src), protocol, address, port, targetPort: port, declared, answers: [hostOf(dst)] });
      }
    }
  };
  const inBoth = (ports: readonly number[]) => ports.flatMap((port): PortToTry[] => [{ protocol: 'TCP', port }, { protocol: 'UDP', port }]);
  const portsOf = (pod: ScenePod): PortToTry[] => {
    const { ports } = pod;
    if (ports.length === 0) return inBoth([...around(pod).named.slice(0, thorough ? 4 : 1), STRAY]);
    if (thorough) return inBoth([...new Set(ports.map(p => p.port)), STRAY]);
    return [...ports, { protocol: ports[0].protocol === 'TCP' ? 'UDP' : 'TCP', port: ports[0].port }, { protocol: 'TCP', port: STRAY }];
  };
  for (const dst of scene.pods) {
    for (const src of scene.pods) {
      if (src !== dst && near(groupOf, src, dst) && (isWorkload(src) || isWorkload(dst)) && isFirst(src) && isLast(dst, scene)) add(src, dst, portsOf(dst));
    }
    if (isWorkload(dst) && isLast(dst, scene)) for (const address of around(dst).outside) add(address, dst, portsOf(dst));
  }
  for (const src of scene.pods.filter(isWorkload).filter(isFirst)) {
    const { named, outside } = around(src);
    const far = inBoth([...named.slice(0, 6), STRAY]).filter(({ protocol, port }) => thorough || (protocol === 'UDP') === (port < 4000));
    for (const address of outside) add(src, address, far);
  }
  const all = new Set([...surroundings.values()].flatMap(({ outside }) => outside));
  return { tries: [...tries, ...throughServices(scene, groupOf)], outside: [...all] };
}

/**
 * What the analysis says, of the layers that the enforcer holds alone, with the addresses that the pods have: those of the family that is
 * tried, because a policy may let one family through and not the other.
 */
export function verdictsOf(scene: Scene, tries: readonly PlannedTry[]): boolean[] {
  const [four, six] = [0, 1].map(family => verdictIn(scene, pod => ({ ...pod, addresses: [pod.addresses[family]] })));
  return tries.map(one => (one.address.includes(':') ? six : four)(one));
}

function verdictIn(scene: Scene, seen: (pod: ScenePod) => ScenePod): (one: PlannedTry) => boolean {
  const objects: Manifest[] = [...scene.namespaces, ...scene.policies, ...scene.pods.map(pod => podObject(seen(pod)))];
  const facts = { podCidrs: POD_CIDRS, serviceCidrs: SERVICE_CIDRS };
  const reach = Reachability.of(ClusterModel.of(objects, { facts }), { layers: layersOf(scene) });
  const byName = new Map(reach.endpoints.map(endpoint => [`${endpoint.namespace}/${endpoint.name}`, endpoint]));
  const endOf = (end: ScenePod | string): Endpoint | IpSet => {
    if (typeof end === 'string') return IpSet.ofAddress(end);
    const endpoint = byName.get(`${end.namespace}/${end.name}`);
    if (!endpoint) throw new Error(`the analysis does not know the pod ${end.namespace}/${end.name}`);
    return endpoint;
  };
  return ({ src, dst, protocol, targetPort }) => reach.between(endOf(src), endOf(dst)).has(protocol, targetPort);
}

/** From every workload to every Service by its own address and port. */
function throughServices(scene: Scene, groupOf: (namespace: string) => string | undefined): PlannedTry[] {
  const clients = scene.pods.filter(isWorkload).filter(isFirst);
  return scene.services.flatMap(service => clients.flatMap((src): PlannedTry[] => {
    // Any pod behind it may answer; they are of one workload and treated alike. A pod that dials itself proves nothing.
    const { pod: dst, port: targetPort } = service.targets[0];
    const alike = service.targets.every(target => target.pod.workload === dst.workload && target.port === targetPort);
    if (!alike || service.targets.some(target => target.pod === src) || !near(groupOf, src, dst)) return [];
    const { protocol, address, port } = service;
    const answers = service.targets.map(target => hostOf(target.pod));
    return [{ src, dst, from: hostOf(src), protocol, address, port, targetPort, through: service, declared: true, answers }];
  }));
}

export const isWorkload = (pod: ScenePod | string): boolean => typeof pod !== 'string' && pod.workload !== undefined;

function near(groupOf: (namespace: string) => string | undefined, a: ScenePod, b: ScenePod): boolean {
  const [one, other] = [groupOf(a.namespace), groupOf(b.namespace)];
  return one === undefined || other === undefined || one === other;
}

/** Connections are tried from the first pod of a workload to the last, so a workload of two is also tried with itself. */
const isFirst = (pod: ScenePod) => !pod.workload || pod.name.endsWith('-0');

function isLast(pod: ScenePod, scene: Scene): boolean {
  return !scene.pods.some(other => pod.workload !== undefined && other.workload === pod.workload && other.name > pod.name);
}

/** The numbers that policies name, the ends of ranges and the first port after them. */
function portsIn(policies: readonly Manifest[]): number[] {
  const rules = policies.flatMap(({ spec }) => [...spec.ingress ?? [], ...spec.egress ?? []]);
  const ports = rules.flatMap((rule: any) => [...rule.ports ?? [], ...rule.protocols ?? []]).flatMap(numbersOf);
  return [...new Set(ports)].filter(port => port > 0 && port < 65536).sort((a, b) => a - b);
}

function numbersOf(port: any): number[] {
  const range = port.portRange ?? (port.tcp ?? port.udp)?.destinationPort?.range;
  if (range) return [range.start, range.end, range.end + 1];
  const number = port.portNumber?.port ?? (port.tcp ?? port.udp)?.destinationPort?.number ?? port.port;
  if (typeof number !== 'number') return [];
  return port.endPort ? [number, port.endPort, port.endPort + 1] : [number];
}
