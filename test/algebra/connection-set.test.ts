import * as fc from 'fast-check';
import { ConnectionSet, Protocol, PROTOCOLS } from '../../src/algebra/connection-set';
import { sayTries, TRIES } from '../support/tries';

const piece = fc.tuple(fc.constantFrom<Protocol>(...PROTOCOLS), fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 30000 }))
  .map(([protocol, from, length]) => ConnectionSet.of(protocol, from, Math.min(65535, from + length)));
const sets = fc.oneof(
  fc.constantFrom(ConnectionSet.all(), ConnectionSet.none()), fc.array(piece, { maxLength: 5 }).map(p => ConnectionSet.unionOf(p)));

sayTries('connection sets');

describe('connection sets', () => {
  test('are a Boolean algebra', () => {
    fc.assert(fc.property(sets, sets, sets, (a, b, c) => {
      const not = (x: ConnectionSet) => ConnectionSet.all().subtract(x);
      expect(a.union(b)).toBe(b.union(a));
      expect(not(a.union(b))).toBe(not(a).intersect(not(b)));
      expect(a.intersect(b.union(c))).toBe(a.intersect(b).union(a.intersect(c)));
      expect(a.subtract(b)).toBe(a.intersect(not(b)));
      expect(a.union(not(a))).toBe(ConnectionSet.all());
      expect(a.intersect(not(a)).isEmpty).toBe(true);
      expect(a.contains(b)).toBe(a.union(b) === a);
      expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty);
    }), TRIES);
  });

  test('agree with single packets', () => {
    fc.assert(fc.property(sets, sets, fc.constantFrom<Protocol>(...PROTOCOLS), fc.integer({ min: 1, max: 65535 }), (a, b, protocol, port) => {
      const [x, y] = [a.has(protocol, port), b.has(protocol, port)];
      expect(a.union(b).has(protocol, port)).toBe(x || y);
      expect(a.intersect(b).has(protocol, port)).toBe(x && y);
      expect(a.subtract(b).has(protocol, port)).toBe(x && !y);
    }), TRIES);
  });

  test('are read back from their own text', () => {
    fc.assert(fc.property(sets, set => { expect(ConnectionSet.parse(set.toString())).toBe(set); }), TRIES);
  });

  test.each(['All Connections', 'No Connections', 'TCP 80,90-95,UDP 53', 'SCTP 9003,TCP 8080,UDP 5353'])('%s', text => {
    expect(ConnectionSet.parse(text).toString()).toBe(text);
  });

  test('all is exactly the three full protocols', () => {
    expect(ConnectionSet.unionOf(PROTOCOLS.map(p => ConnectionSet.ofProtocol(p))).isAll).toBe(true);
    expect(ConnectionSet.unionOf([ConnectionSet.ofProtocol('TCP'), ConnectionSet.ofProtocol('UDP')]).isAll).toBe(false);
  });

  test('9. errors: what is not a port is refused', () => {
    expect(() => ConnectionSet.of('TCP', 0)).toThrow("port '0' is outside 1-65535");
    expect(() => ConnectionSet.of('TCP', 65536)).toThrow("port '65536' is outside 1-65535");
    expect(() => ConnectionSet.of('TCP', 90, 80)).toThrow("port range '90-80' is empty");
    expect(() => ConnectionSet.of('ICMP' as any, 1)).toThrow("protocol 'ICMP' is unknown");
    expect(() => ConnectionSet.parse('80')).toThrow('not a set of connections');
  });
});
