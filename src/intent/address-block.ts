/**
 * A CIDR with the holes that lie strictly inside it: what policies can say, and what a user meant to say.
 * The holes are in canonical form: merged, sorted, none outside the CIDR.
 */
import { IpSet } from '../algebra/ip-set';

export interface AddressBlock {
  readonly cidr: string;
  readonly except: readonly string[];
}

/** The CIDR without what is excluded; undefined where nothing of it is left. */
export function blockOf(cidr: string, excluded: IpSet): AddressBlock | undefined {
  const whole = IpSet.ofCidr(cidr);
  const holes = whole.intersect(excluded);
  return holes.equals(whole) ? undefined : { cidr, except: holes.toCidrs() };
}

/** The addresses of blocks, as a set. */
export function addressesOf(blocks: readonly AddressBlock[]): IpSet {
  return blocks.reduce((all, { cidr, except }) => all.union(IpSet.ofCidr(cidr).subtract(IpSet.ofCidrs(except))), IpSet.none());
}
