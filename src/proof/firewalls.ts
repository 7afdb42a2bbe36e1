/**
 * What leaves a namespace passes two gates, the policies of its pods and the firewall of the namespace, and each has to hold by itself:
 * otherwise one of them could be wide open, or gone, and nobody would know while the other still stands.
 */
import { Closure, Member, connectionsAt } from './closure';
import { Differences } from './differences';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { ClusterModel } from '../analysis/model';
import { worldOf } from '../analysis/names';
import { isHostIn } from '../analysis/program';
import { Reachability } from '../analysis/reachability';

/** Each firewall against what was stated about its namespace. What is acknowledged may be wider. */
export function firewallFaults(model: ClusterModel, closure: Closure, members: readonly Member[], meant: ReadonlySet<string>): string[] {
  const reach = Reachability.of(model, { layers: ['egress-firewall'] });
  // A firewall never sees the cluster's own ranges, not even those addresses in them that nodes have.
  const world = model.outside.subtract(IpSet.ofCidrs(model.facts.podCidrs ?? [], { hostBits: 'mask' }));
  return members.flatMap(({ end: { namespace } }) => {
    const [endpoint] = reach.find(namespace, 'stranger');
    const acknowledged = meant.has(`EgressFirewall ${namespace}/default`);
    const differences = new Differences(reach, { more: !acknowledged, less: true });
    const stated = closure.leaving(namespace).flatMap(({ peer, ports, statements }) =>
      (peer.kind === 'addresses' ? [{ addresses: peer.addresses, host: peer.host, conn: connectionsAt(undefined, ports), statements }] : []));
    const expected = stated.filter(({ host }) => host === undefined);
    const found = reach.outside(endpoint, 'egress').map(row => ({ ...row, addresses: row.addresses.intersect(world) }));
    differences.outside({ endpoint, direction: 'egress', found, expected, world });
    const names = worldOf(reach, endpoint).names.flatMap(({ host, beyond }) => {
      const conn = beyond.subtract(ConnectionSet.unionOf(stated.filter(row => row.host !== undefined && isHostIn(host, row.host)).map(row => row.conn)));
      return conn.isEmpty || acknowledged ? [] : [`EgressFirewall ${namespace}/default lets ${conn} to ${host} pass, and nobody stated it: state the flow, or take the rule out`];
    });
    return [...differences.messages(), ...names];
  });
}
