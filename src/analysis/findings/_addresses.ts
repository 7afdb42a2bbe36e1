import { IpSet } from '../../algebra/ip-set';

/** Addresses that mean something to everybody. */
export const METADATA_SERVICE = IpSet.ofCidrs(['169.254.169.254/32', 'fd00:ec2::254/128']);
export const LINK_LOCAL = IpSet.ofCidrs(['169.254.0.0/16', 'fe80::/10', 'fd00:ec2::254/128']);

/** What the internet does not route: RFC 6890. */
const INTERNAL = IpSet.ofCidrs(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3']);
const GLOBAL6 = IpSet.ofCidr('2000::/3');

/** Whether a set is more of the internet than anybody owns: more than a /8 of IPv4, or a /16 of IPv6. */
export function isWorldwide(addresses: IpSet): boolean {
  const v4 = addresses.only(4).subtract(INTERNAL).v4.intervals().reduce((sum, [from, end]) => sum + (end - from), 0);
  const v6 = addresses.only(6).intersect(GLOBAL6).v6.intervals().reduce((sum, [from, end]) => sum + (end - from), 0n);
  return v4 > 2 ** 24 || v6 > 2n ** 112n;
}

/** Whether a set is too wide to be meant for one purpose inside a cluster: more than a /12 of IPv4, or a /48 of IPv6. */
export function isWide(addresses: IpSet): boolean {
  const v4 = addresses.v4.intervals().reduce((sum, [from, end]) => sum + (end - from), 0);
  const v6 = addresses.v6.intervals().reduce((sum, [from, end]) => sum + (end - from), 0n);
  return v4 > 2 ** 20 || v6 > 2n ** 80n;
}

export function addressesIn(texts: readonly unknown[]): string[] {
  return texts.filter((text): text is string => {
    try {
      return typeof text === 'string' && !IpSet.ofAddress(text).isEmpty;
    } catch {
      return false;
    }
  });
}
