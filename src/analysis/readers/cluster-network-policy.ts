import { readPeers, readScope } from './_admin';
import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet, Protocol } from '../../algebra/connection-set';
import { Action, ALL_PORTS, Direction, DIRECTIONS, NamedPort, ObjectRef, Ports, Rule } from '../rules';

/**
 * policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy: both tiers in one kind. Its networks also match pods, so `Deny 0.0.0.0/0`
 * cuts pod from pod; without known pod addresses only a network that holds all of IPv4 is taken to match them.
 */
export const CLUSTER_NETWORK_POLICY: KindReader = {
  kinds: ['policy.networking.k8s.io/ClusterNetworkPolicy'],
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    if (spec.tier !== 'Admin' && spec.tier !== 'Baseline') throw new Error(`spec.tier: '${spec.tier}' is unknown: use Admin or Baseline`);
    if (!(Number.isInteger(spec.priority) && spec.priority >= 0 && spec.priority <= 1000)) throw new Error(`spec.priority: '${spec.priority}' is outside 0-1000`);
    sink.policy({
      ref,
      layer: spec.tier === 'Admin' ? 'admin' : 'baseline',
      order: spec.priority,
      subject: at('spec.subject', () => readScope(spec.subject)),
      directions: DIRECTIONS,
      rules: at('spec', () => DIRECTIONS.flatMap(direction => each(spec[direction], direction, (rule, index) =>
        readRule(rule, direction, index, ref, sink)))),
    });
  },
};

const ACTIONS: Readonly<Record<string, Action>> = { Accept: 'allow', Deny: 'deny', Pass: 'pass' };

function readRule(rule: any, direction: Direction, index: number, ref: ObjectRef, sink: ModelSink): Rule {
  const action = ACTIONS[rule?.action];
  if (!action) throw new Error(`action '${rule?.action}' is unknown: use Accept, Deny, Pass`);
  const peers = readPeers(rule, direction === 'egress', true, ref, sink);
  const ports = readProtocols(rule.protocols);
  if (peers.hosts!.length > 0 && action !== 'allow') throw new Error(`domainNames cannot be used with ${rule.action}: use networks`);
  if (peers.hasAddresses && ports.names.length > 0) throw new Error('destinationNamedPort has no meaning for networks, nodes and domainNames: use numbers');
  return { direction, action, index, name: rule.name, peers, ports };
}

function readProtocols(list: any): Ports {
  let numbers = ConnectionSet.none();
  const names: NamedPort[] = [];
  const protocols = each(list, 'protocols', json => {
    const kinds = Object.keys(json ?? {});
    if (kinds.length !== 1) throw new Error('write exactly one of tcp, udp, sctp and destinationNamedPort');
    const [kind] = kinds;
    if (kind === 'destinationNamedPort') {
      names.push({ name: json[kind] });
      return;
    }
    if (!['tcp', 'udp', 'sctp'].includes(kind)) throw new Error(`'${kind}' is unknown: use tcp, udp, sctp or destinationNamedPort`);
    const { number, range } = json[kind]?.destinationPort ?? {};
    if ((number === undefined) === (range === undefined)) throw new Error(`${kind}.destinationPort: write exactly one of number and range`);
    if (range !== undefined && !(range.start < range.end)) throw new Error(`${kind}.destinationPort.range: '${range.start}' is not below '${range.end}'`);
    const protocol = kind.toUpperCase() as Protocol;
    numbers = numbers.union(number !== undefined ? ConnectionSet.of(protocol, number) : ConnectionSet.of(protocol, range.start, range.end));
  });
  return protocols.length === 0 ? ALL_PORTS : { numbers, names };
}
