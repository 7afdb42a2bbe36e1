import * as fc from 'fast-check';
import { IpSet, parseCidr } from '../../src/algebra/ip-set';
import { sayTries, TRIES } from '../support/tries';

const v4 = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => `${[24, 16, 8, 0].map(s => Math.floor(address / 2 ** s) % 256).join('.')}/${prefix}`);
const v6 = fc.tuple(fc.array(fc.integer({ min: 1, max: 0xfffe }), { minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 128 }))
  .map(([parts, prefix]) => `${parts.map(part => part.toString(16)).join(':')}/${prefix}`);
const sets = fc.array(fc.oneof(v4, v6), { maxLength: 6 }).map(texts => IpSet.ofCidrs(texts, { hostBits: 'mask' }));

sayTries('address sets');

describe('address sets', () => {
  test('survive being written as CIDRs, and CIDRs are in one form', () => {
    fc.assert(fc.property(sets, set => {
      const again = IpSet.ofCidrs(set.toCidrs());
      expect(again.equals(set)).toBe(true);
      expect(again.toCidrs()).toEqual(set.toCidrs());
    }), TRIES);
  });

  test('are a Boolean algebra in both families', () => {
    fc.assert(fc.property(sets, sets, sets, (a, b, c) => {
      const not = (x: IpSet) => IpSet.all().subtract(x);
      expect(a.union(b).equals(b.union(a))).toBe(true);
      expect(not(a.union(b)).equals(not(a).intersect(not(b)))).toBe(true);
      expect(a.intersect(b.union(c)).equals(a.intersect(b).union(a.intersect(c)))).toBe(true);
      expect(a.subtract(b).equals(a.intersect(not(b)))).toBe(true);
      expect(a.contains(a.intersect(b))).toBe(true);
      expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty);
      expect(a.key === b.key).toBe(a.equals(b));
    }), TRIES);
  });

  test('cut a hole and write what is left in the fewest blocks', () => {
    expect(IpSet.ofCidr('10.0.0.0/8').subtract(IpSet.ofCidr('10.64.0.0/10')).toCidrs()).toEqual(['10.0.0.0/10', '10.128.0.0/9']);
    expect(IpSet.ofCidr('2001:db8::/32').subtract(IpSet.ofCidr('2001:db8::/33')).toCidrs()).toEqual(['2001:db8:8000::/33']);
    expect(IpSet.all().toCidrs()).toEqual(['0.0.0.0/0', '::/0']);
    expect(IpSet.ofRange('10.0.0.1', '10.0.0.6').toCidrs()).toEqual(['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']);
  });

  test('are written as ranges with both ends', () => {
    expect(IpSet.ofCidrs(['10.0.0.0/8', '::/0']).toString()).toBe('10.0.0.0-10.255.255.255,::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
    expect(IpSet.ofCidrs(['10.0.0.0/9', '10.128.0.0/9']).equals(IpSet.ofCidr('10.0.0.0/8'))).toBe(true);
  });
});

describe('9. errors: what is not a CIDR is refused with what to write instead', () => {
  test.each([
    ['10.1.2.3/8', /host bits set: did you mean 10\.0\.0\.0\/8\?/],
    ['2001:db8::1/32', /host bits set: did you mean 2001:db8::\/32\?/],
    ['010.0.0.0/8', /leading zero '010'.* write 10\.0\.0\.0/],
    ['10.0.0.1', /not a CIDR: did you mean '10\.0\.0\.1\/32'/],
    ['2001:db8::1', /did you mean '2001:db8::1\/128'/],
    ['10.0.0.0/33', /prefix length '33': an IPv4 prefix length is a number from 0 to 32/],
    ['10.0.0.0/08', /prefix length '08'/],
    ['10.0.0.0/', /prefix length ''/],
    ['10/8', /not an IP address/],
    ['256.0.0.0/8', /not an IP address/],
    ['::ffff:10.0.0.0/104', /IPv4 address written as IPv6: write 10\.0\.0\.0/],
    ['fe80::1%eth0/64', /not an IP address/],
    ['', /not a CIDR/],
  ])('%s', (text, message) => {
    expect(() => parseCidr(text)).toThrow(message);
  });

  test('and what is one is read exactly', () => {
    expect(parseCidr('10.0.0.0/8')).toMatchObject({ address: '10.0.0.0', prefix: 8, family: 4 });
    expect(parseCidr('2001:DB8:0::/32')).toMatchObject({ address: '2001:db8::', prefix: 32, family: 6 });
    expect(parseCidr('10.1.2.3/8', { hostBits: 'mask' })).toMatchObject({ address: '10.0.0.0' });
  });
});
