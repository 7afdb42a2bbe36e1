import type { Endpoint, Reachability } from './reachability';
import { SourceAddresses } from './readers/egress-ip';
import { textOfRef } from './rules';

/** The addresses under which a workload appears outside the cluster, by the objects that say so. None: those of its nodes. */
export function sourceAddressesOf({ model, compilation }: Reachability, { workload, hostNetwork }: Endpoint): readonly SourceAddresses[] {
  if (hostNetwork || model.sourceAddresses.length === 0) return [];
  return model.sourceAddresses.filter(({ subject }) => {
    const chosen = new Set(compilation.selector.select(subject).shapes);
    return workload.variants.some(({ shape }) => chosen.has(shape.id));
  });
}

/** Where it is not settled which address a pod has: chosen twice, or sharing one with others who were not meant. */
export function unsettledSources(reach: Reachability): string[] {
  const { sourceAddresses } = reach.model;
  const pairs = sourceAddresses.flatMap((one, i) => sourceAddresses.slice(0, i).map(other => ({ one, other })));
  const shared = pairs.flatMap(({ one, other }) => one.addresses.filter(address => other.addresses.includes(address))
    .map(address => `${textOfRef(one.ref)} and ${textOfRef(other.ref)} both hold the address ${address}: only one of them has effect`));
  const twice = reach.endpoints.filter(({ real }) => real).flatMap(endpoint => {
    const found = sourceAddressesOf(reach, endpoint);
    return found.length < 2 ? [] : [`${endpoint.text} is chosen by ${found.map(({ ref }) => textOfRef(ref)).sort().join(' and ')}: it leaves the cluster under the addresses of either`];
  });
  return [...shared, ...twice];
}
