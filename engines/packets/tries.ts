/** What is tried in a scene, and what the analysis says of each try. */
import { Scene, ScenePod, SceneService, POD_CIDRS, SERVICE_CIDRS, podObject } from './scene';
import { Transport, Try } from './farm';
import { Manifest } from '../lib/manifests';
import { IpSet } from '../../src/algebra/ip-set';
import { ClusterModel } from '../../src/analysis/model';
import { Endpoint, Reachability } from '../../src/analysis/reachability';
import { LayerName } from '../../src/analysis/rules';

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
const LAYERS: readonly LayerName[] = ['network-policy'];

export const hostOf = (pod: ScenePod | string): string => typeof pod === 'string' ? `outside ${pod}` : `pod ${pod.addresses[0]}`;

/**
 * Every pair of pods, and every pod with every address outside, in both directions, on the destination's ports and on those that policies
 * name, TCP and UDP, IPv4 and IPv6.
 */
export function planOf(scene: Scene, outside: readonly string[], groupOf: (namespace: string) => string = () => ''): Plan {
  const tries: PlannedTry[] = [];
  const named = portsIn(scene.policies);
  const add = (src: ScenePod | string, dst: ScenePod | string, ports: readonly number[]) => {
    const addresses = typeof dst === 'string' ? [dst] : dst.addresses;
    for (const address of addresses) {
      if (typeof src === 'string' && src.includes(':') !== address.includes(':')) continue;
      for (const port of ports) {
        for (const protocol of ['TCP', 'UDP'] as Transport[]) {
          const declared = isWorkload(src) || isWorkload(dst);
          tries.push({ src, dst, from: hostOf(src), protocol, address, port, targetPort: port, declared, answers: [hostOf(dst)] });
        }
      }
    }
  };
  for (const dst of scene.pods) {
    const own = [...new Set(dst.ports.map(p => p.port))];
    const ports = own.length > 0 ? [...own, STRAY] : [...named.slice(0, 4), STRAY];
    for (const src of scene.pods) {
      const near = groupOf(src.namespace) === groupOf(dst.namespace) && (isWorkload(src) || isWorkload(dst));
      if (src !== dst && near && firstOf(src) && lastOf(dst, scene)) add(src, dst, ports);
    }
    if (isWorkload(dst)) for (const address of outside) add(address, dst, ports);
  }
  for (const src of scene.pods.filter(isWorkload).filter(firstOf)) for (const address of outside) add(src, address, [...named.slice(0, 6), STRAY]);
  return { tries: [...tries, ...throughServices(scene, groupOf)], outside };
}

/** What the analysis says, of the NetworkPolicy layer alone, with the addresses that the pods have. */
export function verdictsOf(scene: Scene, tries: readonly PlannedTry[]): boolean[] {
  const objects: Manifest[] = [...scene.namespaces, ...scene.policies, ...scene.pods.map(podObject)];
  const facts = { podCidrs: POD_CIDRS, serviceCidrs: SERVICE_CIDRS };
  const reach = Reachability.of(ClusterModel.of(objects, { facts }), { layers: LAYERS });
  const byName = new Map(reach.endpoints.map(endpoint => [`${endpoint.namespace}/${endpoint.name}`, endpoint]));
  const endOf = (end: ScenePod | string): Endpoint | IpSet => {
    if (typeof end === 'string') return IpSet.ofAddress(end);
    const endpoint = byName.get(`${end.namespace}/${end.name}`);
    if (!endpoint) throw new Error(`the analysis does not know the pod ${end.namespace}/${end.name}`);
    return endpoint;
  };
  return tries.map(t => reach.between(endOf(t.src), endOf(t.dst)).has(t.protocol, t.targetPort));
}

function throughServices(scene: Scene, groupOf: (namespace: string) => string): PlannedTry[] {
  const clients = scene.pods.filter(isWorkload).filter(firstOf);
  return scene.services.flatMap(service => service.targets.length !== 1 && service.targets.length !== 2 ? [] : clients.flatMap(src => {
    // Behind more than one pod any may answer, so only a Service whose pods are treated alike says something; its client is never behind it.
    const { pod, port } = service.targets[0];
    if (service.targets.some(target => target.pod === src) || groupOf(src.namespace) !== groupOf(pod.namespace)) return [];
    return [{
      src, dst: pod, from: hostOf(src), protocol: service.protocol, address: service.address, port: service.port, targetPort: port, through: service,
      declared: true, answers: service.targets.map(target => hostOf(target.pod)),
    }];
  }));
}

export const isWorkload = (pod: ScenePod | string): boolean => typeof pod !== 'string' && pod.workload !== undefined;

/** Connections are tried from the first pod of a workload to the last, so a workload of two is also tried with itself. */
const firstOf = (pod: ScenePod) => !pod.workload || pod.name.endsWith('-0');
const lastOf = (pod: ScenePod, scene: Scene) => !scene.pods.some(other => other.workload !== undefined && other.workload === pod.workload && other.name > pod.name);

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
