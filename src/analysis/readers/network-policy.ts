import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet, Protocol, PROTOCOLS } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { ALL_PORTS, Direction, NamedPort, ObjectRef, PodMatch, Policy, Ports, Rule } from '../rules';

/**
 * networking.k8s.io/v1 NetworkPolicy, and the traps of its defaults: an empty `from` or `ports` means everything, a direction without
 * rules means nothing, and a missing `policyTypes` speaks about egress only if there is an egress rule.
 */
export const NETWORK_POLICY: KindReader = {
  kinds: ['networking.k8s.io/NetworkPolicy', 'extensions/NetworkPolicy'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const namespace = ref.namespace!;
    sink.policy(at('spec', () => readSpec(object.spec ?? {}, namespace, ref, sink)));
  },
};

function readSpec(spec: any, namespace: string, ref: ObjectRef, sink: ModelSink): Policy {
  const ingress = each(spec.ingress, 'ingress', (rule, index) => readRule(rule, 'ingress', index, namespace));
  const egress = each(spec.egress, 'egress', (rule, index) => readRule(rule, 'egress', index, namespace));
  const directions = readTypes(spec, egress);
  const silent = [...directions.includes('ingress') ? [] : ingress, ...directions.includes('egress') ? [] : egress];
  if (silent.length > 0) {
    const [{ direction }] = silent;
    sink.warn(ref, `its ${direction} rules mean nothing, because spec.policyTypes does not list ${direction === 'ingress' ? 'Ingress' : 'Egress'}`);
  }
  return {
    ref,
    layer: 'network-policy',
    order: 0,
    subject: { namespace, pods: at('podSelector', () => LabelSelector.of(spec.podSelector)) },
    directions,
    rules: silent.length === 0 ? ingress.concat(egress) : directions.includes('ingress') ? ingress : egress,
  };
}

const BOTH: readonly Direction[] = ['ingress', 'egress'];
const INGRESS: readonly Direction[] = ['ingress'];

function readTypes(spec: any, egress: readonly Rule[]): readonly Direction[] {
  const types = each(spec.policyTypes, 'policyTypes', (type): Direction => {
    if (type !== 'Ingress' && type !== 'Egress') throw new Error(`'${type}' is unknown: use Ingress or Egress`);
    return type === 'Ingress' ? 'ingress' : 'egress';
  });
  if (types.length > 0) return types;
  return egress.length > 0 ? BOTH : INGRESS;
}

function readRule(rule: any, direction: Direction, index: number, namespace: string): Rule {
  const list = direction === 'ingress' ? 'from' : 'to';
  const pods: PodMatch[] = [];
  const addresses: IpSet[] = [];
  const peers = each(rule?.[list], list, peer => {
    if (peer?.ipBlock) addresses.push(readBlock(peer)); else pods.push(readPeer(peer, namespace));
  });
  return {
    direction,
    action: 'allow',
    index,
    peers: { any: peers.length === 0, pods, addresses: addresses.length === 0 ? undefined : IpSet.unionOf(addresses) },
    ports: readPorts(rule?.ports),
  };
}

function readPeer(peer: any, namespace: string): PodMatch {
  const { podSelector, namespaceSelector } = peer ?? {};
  if (!podSelector && !namespaceSelector) throw new Error('the peer is empty: write podSelector, namespaceSelector or ipBlock');
  const pods = at('podSelector', () => LabelSelector.of(podSelector));
  return namespaceSelector ? { namespaces: at('namespaceSelector', () => LabelSelector.of(namespaceSelector)), pods } : { namespace, pods };
}

function readBlock({ ipBlock, podSelector, namespaceSelector }: any): IpSet {
  if (podSelector || namespaceSelector) throw new Error('ipBlock stands beside a selector: write them as two peers');
  return at('ipBlock', () => {
    const cidr = at('cidr', () => IpSet.ofCidr(ipBlock.cidr, { hostBits: 'mask' }));
    const except = each(ipBlock.except, 'except', text => {
      const hole = IpSet.ofCidr(text, { hostBits: 'mask' });
      if (!cidr.contains(hole) || hole.equals(cidr)) throw new Error(`'${text}' is not strictly inside '${ipBlock.cidr}': take out a smaller range`);
      return hole;
    });
    return except.length === 0 ? cidr : cidr.subtract(IpSet.unionOf(except));
  });
}

function readPorts(list: any): Ports {
  let numbers = ConnectionSet.none();
  const names: NamedPort[] = [];
  const ports = each(list, 'ports', json => {
    const { port, endPort, protocol = 'TCP' } = json ?? {};
    if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
    if (typeof port === 'string') names.push(readName(port, endPort, protocol));
    else if (port !== undefined && port !== null) numbers = numbers.union(ConnectionSet.of(protocol, port, endPort ?? port));
    else if (endPort !== undefined) throw new Error('endPort stands without port: write the first port of the range');
    else numbers = numbers.union(ConnectionSet.ofProtocol(protocol));
  });
  return ports.length === 0 ? ALL_PORTS : { numbers, names };
}

function readName(name: string, endPort: any, protocol: Protocol): NamedPort {
  if (endPort !== undefined) throw new Error(`endPort stands beside the port name '${name}': a range needs numbers`);
  if (name.length > 15 || !/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new Error(`'${name}' is not a port name: use up to 15 lower-case letters, digits and single '-', at least one letter; `
      + 'a number is written without quotes');
  }
  return { name, protocol };
}
