import { NamedPort, ALL_PORTS, Direction, ObjectRef, Peers, PodMatch, Ports, Rule } from '../rules';
import { KindReader, ModelSink, at, listOf } from './_reader';
import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';

/**
 * networking.k8s.io/v1 NetworkPolicy, and the traps of its defaults: an empty `from` or `ports` means everything, a direction without
 * rules means nothing, and a missing `policyTypes` speaks about egress only if there is an egress rule.
 */
export const NETWORK_POLICY: KindReader = {
  kinds: ['networking.k8s.io/NetworkPolicy', 'extensions/NetworkPolicy'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const spec = object.spec ?? {};
    const namespace = ref.namespace!;
    const ingress = listOf(spec.ingress, 'spec.ingress');
    const egress = listOf(spec.egress, 'spec.egress');
    const directions = readTypes(spec, egress);
    const rules = [
      ...ingress.map((rule, index) => readRule(rule, 'ingress', index, namespace)),
      ...egress.map((rule, index) => readRule(rule, 'egress', index, namespace)),
    ];
    for (const direction of ['ingress', 'egress'] as const) {
      if (!directions.includes(direction) && rules.some(rule => rule.direction === direction)) {
        sink.warn(ref, `its ${direction} rules mean nothing, because spec.policyTypes does not list ${direction === 'ingress' ? 'Ingress' : 'Egress'}`);
      }
    }
    sink.policy({
      ref,
      layer: 'network-policy',
      order: 0,
      subject: { namespace, pods: at('spec.podSelector', () => LabelSelector.of(spec.podSelector)) },
      directions,
      rules: rules.filter(rule => directions.includes(rule.direction)),
    });
  },
};

function readTypes(spec: any, egress: any[]): Direction[] {
  const types = listOf(spec.policyTypes, 'spec.policyTypes');
  if (types.length === 0) return egress.length > 0 ? ['ingress', 'egress'] : ['ingress'];
  return types.map((type): Direction => {
    if (type !== 'Ingress' && type !== 'Egress') throw new Error(`spec.policyTypes: '${type}' is unknown: use Ingress or Egress`);
    return type === 'Ingress' ? 'ingress' : 'egress';
  });
}

function readRule(rule: any, direction: Direction, index: number, namespace: string): Rule {
  const list = direction === 'ingress' ? 'from' : 'to';
  const field = `spec.${direction}[${index}]`;
  const peers = listOf(rule?.[list], `${field}.${list}`).map((peer, i) => at(`${field}.${list}[${i}]`, () => readPeer(peer, namespace)));
  return {
    direction,
    action: 'allow',
    index,
    peers: {
      any: peers.length === 0,
      pods: peers.flatMap(peer => peer.pods),
      addresses: unionOf(peers),
    },
    ports: readPorts(listOf(rule?.ports, `${field}.ports`), `${field}.ports`),
  };
}

function unionOf(peers: readonly Pick<Peers, 'addresses'>[]): IpSet | undefined {
  const sets = peers.flatMap(({ addresses }) => addresses ?? []);
  return sets.length === 0 ? undefined : IpSet.unionOf(sets);
}

function readPeer(peer: any, namespace: string): { pods: PodMatch[]; addresses?: IpSet } {
  const { ipBlock, podSelector, namespaceSelector } = peer ?? {};
  const bySelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock) {
    if (bySelector) throw new Error('ipBlock stands beside a selector: write them as two peers');
    return { pods: [], addresses: at('ipBlock', () => readBlock(ipBlock)) };
  }
  if (!bySelector) throw new Error('the peer is empty: write podSelector, namespaceSelector or ipBlock');
  const pods = at('podSelector', () => LabelSelector.of(podSelector));
  if (namespaceSelector === undefined || namespaceSelector === null) return { pods: [{ namespace, pods }] };
  return { pods: [{ namespaces: at('namespaceSelector', () => LabelSelector.of(namespaceSelector)), pods }] };
}

function readBlock(block: any): IpSet {
  const cidr = IpSet.ofCidr(block.cidr, { hostBits: 'mask' });
  const except = listOf(block.except, 'except').map(text => {
    const hole = IpSet.ofCidr(text, { hostBits: 'mask' });
    if (!cidr.contains(hole) || hole.equals(cidr)) throw new Error(`except '${text}' is not strictly inside '${block.cidr}': take out a smaller range`);
    return hole;
  });
  return cidr.subtract(IpSet.unionOf(except));
}

function readPorts(ports: any[], field: string): Ports {
  if (ports.length === 0) return ALL_PORTS;
  let numbers = ConnectionSet.none();
  const names: NamedPort[] = [];
  ports.forEach((json, i) => at(`${field}[${i}]`, () => {
    const { port, endPort } = json ?? {};
    const protocol = json?.protocol ?? 'TCP';
    if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
    if (typeof port === 'string') {
      if (endPort !== undefined) throw new Error(`endPort stands beside the port name '${port}': a range needs numbers`);
      if (port.length > 15 || !/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(port)) {
        throw new Error(`'${port}' is not a port name: use up to 15 lower-case letters, digits and single '-', at least one letter; a number is written without quotes`);
      }
      names.push({ name: port, protocol });
    } else if (port === undefined || port === null) {
      if (endPort !== undefined) throw new Error('endPort stands without port: write the first port of the range');
      numbers = numbers.union(ConnectionSet.ofProtocol(protocol));
    } else {
      numbers = numbers.union(ConnectionSet.of(protocol, port, endPort ?? port));
    }
  }));
  return { numbers, names };
}
