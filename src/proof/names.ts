/**
 * What holds a name: a rule that knows names, such as a firewall's, or, where policies know addresses only, a proxy, whose policy opens the
 * world and whose configuration says where it leads. Rules and the configuration that the pods mount are read back and have to lead where it
 * was stated, and nowhere else.
 */
import { Allowance, connectionsAt } from './closure';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { worldOf } from '../analysis/names';
import { isHostIn } from '../analysis/program';
import { Endpoint, Reachability } from '../analysis/reachability';
import { textOfRef } from '../analysis/rules';

/** Where the names of a workload lead against where it was stated to lead, one message for each difference. */
export function nameFaults(reach: Reachability, endpoint: Endpoint, allowed: readonly Allowance[]): string[] {
  const stated = allowed.flatMap(({ peer, ports }) => (peer.kind === 'addresses' ? [{ ...peer, conn: connectionsAt(undefined, ports) }] : []));
  const hosts = stated.filter(({ host }) => host !== undefined);
  const mounts = endpoint.workload.variants.some(({ shape }) => shape.proxyConfigs.length > 0);
  const { names, addresses, proxiedBy } = worldOf(reach, endpoint);
  const who = `${endpoint.namespace}/${endpoint.name}`;
  const apart = stated.filter(row => row.apart).flatMap(row => {
    const conn = row.conn.subtract(ConnectionSet.unionOf(addresses.filter(each => each.addresses.contains(row.addresses)).map(each => each.conn)));
    return message(conn, less => `${who} -> ${row.addresses} : ${less} is not possible, although stated: no EgressRouter leads there`);
  });
  if (apart.length || (hosts.length === 0 && !mounts && names.length === 0 && proxiedBy.length === 0)) return apart;
  const ruled = endpoint.peerClass.egress.hosts;
  if (proxiedBy.length === 0 && (mounts || hosts.some(({ host }) => !ruled.includes(host!)))) {
    const held = hosts.map(({ host }) => host).join(', ') || 'its destination';
    return [`${who} is stated to lead to ${held} alone, and neither a rule by name nor a proxy's configuration holds that: its policy opens everything outside. `
      + 'something changed its configuration, its mounts or its labels after they were rendered'];
  }
  const holder = proxiedBy.map(textOfRef).join(' and ') || 'a rule by name';
  // A wildcard that was stated means every name below it.
  const meant = (host: string) => ConnectionSet.unionOf(hosts.filter(row => isHostIn(host, row.host!)).map(({ conn }) => conn));
  const found = (host: string, what: 'conn' | 'beyond') => ConnectionSet.unionOf(names.filter(row => row.host === host).map(row => row[what]));
  const known = [...new Set([...hosts.map(({ host }) => host!), ...names.map(({ host }) => host)])].sort();
  const faults = known.flatMap(host => [
    ...message(found(host, 'beyond').subtract(meant(host)), conn => `${who} -> ${host} : ${conn} is possible, and nobody stated it: ${holder} leads there`),
    ...message(meant(host).subtract(found(host, 'conn')), conn => `${who} -> ${host} : ${conn} is not possible, although stated: ${holder} does not lead there`),
  ]);
  if (proxiedBy.length === 0) return faults;
  const byAddress = stated.filter(({ host }) => host === undefined);
  const meantAt = (there: IpSet) => ConnectionSet.unionOf(byAddress.filter(row => row.addresses.contains(there)).map(({ conn }) => conn));
  const stray = addresses.flatMap(row => message(row.conn.subtract(meantAt(row.addresses)),
    conn => `${who} -> ${row.addresses} : ${conn} is possible, and nobody stated it: ${holder} leads there`));
  return [...faults, ...stray];
}

function message(conn: ConnectionSet, text: (conn: ConnectionSet) => string): string[] {
  return conn.isEmpty ? [] : [text(conn)];
}
