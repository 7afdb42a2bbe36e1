/** Addresses outside the cluster worth trying: within each range that a policy names, within its exceptions, beside it, and anywhere. */
import { POD_CIDRS, SERVICE_CIDRS } from './scene';
import { IpSet } from '../../src/algebra/ip-set';
import { Manifest } from '../lib/manifests';

/** No host can have these: unspecified, loopback, multicast and reserved, link-local IPv6, and what the farm itself uses. */
const UNUSABLE = IpSet.ofCidrs([
  '0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3', '169.254.1.1/32', '::/8', 'fe80::/10', 'ff00::/8', ...POD_CIDRS, ...SERVICE_CIDRS,
]);

const ANYWHERE = ['198.18.7.7', '2001:db8:feed::7'];

export function outsideAddresses(policies: readonly Manifest[], most: number): string[] {
  const blocks = policies.flatMap(blocksIn);
  const picked = new Set<string>();
  for (const { cidr, except } of blocks) {
    const whole = IpSet.ofCidr(cidr);
    const exceptions = IpSet.ofCidrs(except);
    const beside = IpSet.all().subtract(whole);
    for (const set of [whole.subtract(exceptions), ...except.map(each => IpSet.ofCidr(each)), nearest(beside, whole)]) {
      const address = set && oneOf(set.subtract(UNUSABLE));
      if (address) picked.add(address);
    }
  }
  return [...new Set([...ANYWHERE, ...[...picked].sort().slice(0, most)])];
}

function blocksIn(policy: Manifest): { cidr: string; except: string[] }[] {
  const { ingress = [], egress = [] } = policy.spec;
  const peers = [...ingress, ...egress].flatMap((rule: any) => [...rule.from ?? [], ...rule.to ?? []]);
  return peers.flatMap((peer: any) => [
    ...peer.ipBlock ? [{ cidr: peer.ipBlock.cidr, except: peer.ipBlock.except ?? [] }] : [],
    ...(peer.networks ?? []).map((cidr: string) => ({ cidr, except: [] })),
  ]);
}

/** The part of what lies beside that touches the range: where a mistake of one bit shows. */
function nearest(beside: IpSet, whole: IpSet): IpSet | undefined {
  const [first] = whole.ranges();
  if (!first) return undefined;
  const before = beside.ranges().filter(range => range.family === first.family).map(range => range.last);
  const last = before.find(address => !UNUSABLE.contains(IpSet.ofAddress(address)));
  return last === undefined ? undefined : IpSet.ofAddress(last);
}

/** An address a little inside the first range that is there. */
function oneOf(set: IpSet): string | undefined {
  const [range] = set.ranges();
  if (!range) return undefined;
  const [cidr] = IpSet.ofRange(range.first, range.last).toCidrs();
  return cidr.split('/')[0] === range.first && range.first !== range.last ? next(range.first) : range.first;
}

function next(address: string): string {
  const above = IpSet.ofCidr(address.includes(':') ? `${address}/128` : `${address}/32`);
  const after = IpSet.ofRange(address, address.includes(':') ? 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' : '255.255.255.255').subtract(above);
  return after.ranges()[0].first;
}
