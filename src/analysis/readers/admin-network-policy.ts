import { readPeers, readScope } from './_admin';
import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';
import { Action, ALL_PORTS, Direction, DIRECTIONS, NamedPort, ObjectRef, Ports, Rule } from '../rules';

/** policy.networking.k8s.io/v1alpha1: the admin's word before every NetworkPolicy, and the baseline's after them. */
export const ADMIN_NETWORK_POLICY: KindReader = {
  kinds: ['policy.networking.k8s.io/AdminNetworkPolicy', 'policy.networking.k8s.io/BaselineAdminNetworkPolicy'],
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const baseline = object.kind === 'BaselineAdminNetworkPolicy';
    const { spec = {} } = object;
    if (baseline && ref.name !== 'default') throw new Error(`metadata.name: '${ref.name}' is not 'default', the only name a baseline may have`);
    if (!baseline && !(Number.isInteger(spec.priority) && spec.priority >= 0 && spec.priority <= 1000)) {
      throw new Error(`spec.priority: '${spec.priority}' is outside 0-1000`);
    }
    sink.policy({
      ref,
      layer: baseline ? 'baseline' : 'admin',
      order: baseline ? 0 : spec.priority,
      subject: at('spec.subject', () => readScope(spec.subject)),
      directions: DIRECTIONS,
      rules: at('spec', () => DIRECTIONS.flatMap(direction => each(spec[direction], direction, (rule, index) =>
        readRule(rule, direction, index, baseline ? ['Allow', 'Deny'] : ['Allow', 'Deny', 'Pass'], ref, sink)))),
    });
  },
};

const ACTIONS: Readonly<Record<string, Action>> = { Allow: 'allow', Deny: 'deny', Pass: 'pass' };

function readRule(rule: any, direction: Direction, index: number, actions: readonly string[], ref: ObjectRef, sink: ModelSink): Rule {
  if (!actions.includes(rule?.action)) throw new Error(`action '${rule?.action}' is unknown: use ${actions.join(', ')}`);
  const peers = readPeers(rule, direction === 'egress', false, ref, sink);
  const ports = readPorts(rule.ports);
  if (peers.hosts!.length > 0 && rule.action !== 'Allow') throw new Error(`domainNames cannot be used with ${rule.action}: use networks`);
  return { direction, action: ACTIONS[rule.action], index, name: rule.name, peers, ports };
}

function readPorts(list: any): Ports {
  let numbers = ConnectionSet.none();
  const names: NamedPort[] = [];
  const ports = each(list, 'ports', port => {
    const kinds = Object.keys(port ?? {});
    if (kinds.length !== 1) throw new Error('write exactly one of portNumber, portRange and namedPort');
    const { portNumber, portRange, namedPort } = port;
    if (namedPort !== undefined) names.push({ name: namedPort });
    else if (portNumber) numbers = numbers.union(ConnectionSet.of(checkProtocol(portNumber.protocol), portNumber.port));
    else if (portRange) numbers = numbers.union(ConnectionSet.of(checkProtocol(portRange.protocol), portRange.start, portRange.end));
    else throw new Error(`'${kinds[0]}' is no port: use portNumber, portRange or namedPort`);
  });
  return ports.length === 0 ? ALL_PORTS : { numbers, names };
}

function checkProtocol(protocol: any = 'TCP') {
  if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
  return protocol;
}
