import { IpSet } from '../../../algebra/ip-set';

/** Words for addresses outside the cluster. */

const HALF4 = 2 ** 31;
const HALF6 = 2n ** 127n;
const SHOWN = 3;

/** Whether it is the internet, rather than somebody's addresses. */
export function isWide({ v4, v6 }: IpSet): boolean {
  const size4 = v4.intervals().reduce((sum, [from, end]) => sum + end - from, 0);
  const size6 = v6.intervals().reduce((sum, [from, end]) => sum + end - from, 0n);
  return size4 >= HALF4 || size6 >= HALF6;
}

export function describeOutside(addresses: IpSet): { title: string; subtitle: string; members: string[] } {
  if (!isWide(addresses)) {
    const cidrs = addresses.toCidrs();
    const plain = cidrs.map(cidr => cidr.replace(/\/(?:32|128)$/, ''));
    return { title: plain[0], subtitle: plain.length === 1 ? 'outside the cluster' : plain.length === 2 ? plain[1] : `and ${plain.length - 1} more ranges`, members: plain };
  }
  const families = ([4, 6] as const).filter(family => !addresses.only(family).isEmpty);
  const holes = families.flatMap(family => IpSet.all(family).subtract(addresses.only(family)).toCidrs());
  const title = families.length === 2 ? 'Any address' : `Any IPv${families[0]} address`;
  const subtitle = holes.length === 0 ? 'without exception' : holes.length <= 1 ? `but ${holes.join(', ')}` : `but ${holes.length} ranges`;
  return { title, subtitle, members: holes.map(hole => `not ${hole}`).slice(0, SHOWN * 10) };
}
