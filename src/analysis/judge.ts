import { PeerClass } from './classes';
import { atomsOf } from './outside';
import { ContainerPort } from './pods';
import { evaluate, matches, PeerView, PortResolver, Program } from './program';
import { Ports } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { Family } from '../algebra/ip-set';

/**
 * What one class may send to another: what the source lets out and the destination lets in.
 *
 * Where pods may have one of many addresses and a rule cuts between them, the answer is all that can be: a connection counts as allowed
 * if it is for some address the pods may have. Both directions have to agree on the address family.
 */
export class Judge {
  private readonly resolvers = new Map<string, PortResolver>();
  private readonly views = new Map<string, readonly PeerView[]>();

  between(src: PeerClass, dst: PeerClass): ConnectionSet {
    const resolve = this.resolverOf(dst);
    const outByAddress = src.egress.addresses.length > 0 && dst.addresses !== undefined;
    const inByAddress = dst.ingress.addresses.length > 0 && src.addresses !== undefined;
    if (!outByAddress && !inByAddress) {
      const out = evaluate(src.egress, dst.view, resolve);
      return out.isEmpty ? out : out.intersect(evaluate(dst.ingress, src.view, resolve));
    }
    let all = ConnectionSet.none();
    for (const family of FAMILIES) {
      if (!speaks(src, family) || !speaks(dst, family)) continue;
      const out = this.possible(src.egress, dst, family, resolve);
      if (!out.isEmpty) all = all.union(out.intersect(this.possible(dst.ingress, src, family, resolve)));
    }
    return all;
  }

  /** The ports of a rule at a destination: its numbers, and those of its names that the destination's pods declare. */
  resolverOf(dst: PeerClass): PortResolver {
    let resolver = this.resolvers.get(dst.portsKey);
    if (!resolver) {
      const known = new Map<Ports, ConnectionSet>();
      resolver = ({ ports }) => {
        if (ports.names.length === 0) return ports.numbers;
        let conn = known.get(ports);
        if (!conn) known.set(ports, conn = resolveNames(ports, dst.ports));
        return conn;
      };
      this.resolvers.set(dst.portsKey, resolver);
    }
    return resolver;
  }

  /** The peer as the rules of a program may meet it: once for each of its addresses that the rules tell apart. */
  viewsOf(program: Program, peer: PeerClass, family: Family): readonly PeerView[] {
    if (!peer.addresses || program.addresses.length === 0) return [peer.view];
    const key = `${program.id} ${peer.id} ${family}`;
    let views = this.views.get(key);
    if (!views) {
      const { v4, v6 } = peer.addresses.set;
      const distinct = new Map<string, PeerView>();
      const add = (view: PeerView) => distinct.set(program.addresses.map(addresses => matches({ ...NOBODY, addresses }, view) ? 1 : 0).join(''), view);
      if (family === 4) for (const atom of atomsOf(v4, program.addresses.map(set => set.v4))) add({ ...peer.view, v4: atom.cuts[0] });
      else for (const atom of atomsOf(v6, program.addresses.map(set => set.v6))) add({ ...peer.view, v6: atom.cuts[0] });
      this.views.set(key, views = [...distinct.values()]);
    }
    return views;
  }

  private possible(program: Program, peer: PeerClass, family: Family, resolve: PortResolver): ConnectionSet {
    return ConnectionSet.unionOf(this.viewsOf(program, peer, family).map(view => evaluate(program, view, resolve)));
  }
}

const FAMILIES: readonly Family[] = [4, 6];
const NOBODY = { any: false, everyPod: false, unplaced: false, selections: [], hosts: [], withoutIdentity: false };

/** Whether a pod may have an address of the family; one whose addresses are unknown may. */
export function speaks(peer: PeerClass, family: Family): boolean {
  return peer.addresses === undefined || !(family === 4 ? peer.addresses.set.v4 : peer.addresses.set.v6).isEmpty;
}

export function resolveNames(ports: Ports, declared: readonly ContainerPort[]): ConnectionSet {
  let conn = ports.numbers;
  for (const { name, protocol } of ports.names) {
    for (const port of declared) {
      if (port.name === name && (protocol === undefined || protocol === port.protocol)) conn = conn.union(ConnectionSet.of(port.protocol, port.port));
    }
  }
  return conn;
}
