import { Peer } from '../../src/intent/peer';
import { Port } from '../../src/intent/port';

describe('9. Errors of addresses and names, where they enter', () => {
  test.each([
    ['203.0.113.0', "'203.0.113.0' is not a CIDR: did you mean '203.0.113.0/32'?"],
    ['203.0.113.10/24', "'203.0.113.10/24' has host bits set: did you mean 203.0.113.0/24?"],
    ['203.0.113.0/33', "'203.0.113.0/33' has the prefix length '33': an IPv4 prefix length is a number from 0 to 32"],
    ['203.0.113.0/024', "has the prefix length '024'"],
    ['010.0.0.0/8', "'010.0.0.0' has the leading zero '010', which some programs read as octal: write 10.0.0.0"],
    ['::ffff:10.0.0.0/104', 'is an IPv4 address written as IPv6: write 10.0.0.0'],
    ['10.0.0/8', "'10.0.0' is not an IP address"],
    ['orders.db.example', "'orders.db.example' is not a CIDR"],
    ['', "'' is not a CIDR"],
  ])('the CIDR %s is refused', (cidr, message) => {
    expect(() => Peer.cidr(cidr)).toThrow(message);
  });

  test.each(['203.0.113.0/24', '0.0.0.0/0', '203.0.113.10/32', '2001:db8::/32', '::/0'])('the CIDR %s is taken', cidr => {
    expect(() => Peer.cidr(cidr)).not.toThrow();
  });

  test('an exception is a strict part of its CIDR', () => {
    const except = (value: string) => () => Peer.cidr('10.0.0.0/8', { except: [value] });
    expect(except('10.1.0.0/16')).not.toThrow();
    expect(except('10.0.0.0/8')).toThrow("except '10.0.0.0/8' is not a strict part of '10.0.0.0/8': leave it out, or name a range inside 10.0.0.0/8");
    expect(except('11.0.0.0/16')).toThrow("except '11.0.0.0/16' is not a strict part");
    expect(except('0.0.0.0/0')).toThrow("except '0.0.0.0/0' is not a strict part");
    expect(except('fd00::/8')).toThrow("except 'fd00::/8' is not a strict part");
    expect(except('10.1.2.3/16')).toThrow('host bits');
  });

  test('one address is one address', () => {
    expect(() => Peer.address('203.0.113.10')).not.toThrow();
    expect(() => Peer.address('2001:db8::1')).not.toThrow();
    expect(() => Peer.address('203.0.113.0/24')).toThrow("'203.0.113.0/24' is a range, not one address: use Peer.cidr('203.0.113.0/24')");
    expect(() => Peer.address('203.0.113.256')).toThrow("'203.0.113.256' is not an IP address");
    expect(() => Peer.address('orders.db.example')).toThrow("'orders.db.example' is not an IP address");
  });

  test.each([
    ['203.0.113.10', "'203.0.113.10' is an address, not a name: use Peer.address('203.0.113.10')"],
    ['2001:db8::1', 'is an address, not a name'],
    ['orders_db.example', "'orders_db.example' is not a DNS name: write it in full, such as orders.db.example"],
    ['https://orders.db.example', "'https://orders.db.example' is not a DNS name"],
    ['-x.example', 'is not a DNS name'],
    ['a'.repeat(260), 'is not a DNS name'],
    ['api.shop.svc', "'api.shop.svc' names a Service of the cluster, not an external system: name the workload behind it, allowTo(workload)"],
    ['api.shop.svc.cluster.local', 'names a Service of the cluster'],
  ])('the host %s is refused', (host, message) => {
    expect(() => Peer.host(host)).toThrow(message);
  });

  test('a host is the same in any case and with its final dot', () => {
    expect(Peer.host('Orders.DB.example.')._end).toMatchObject({ host: 'orders.db.example', text: 'orders.db.example' });
    expect(Peer.host('svc.example')._end).toMatchObject({ host: 'svc.example' });
  });
});

describe('9. Errors of ports, where they enter', () => {
  test.each([0, -1, 65536, 1.5, NaN, Infinity])('%d is no port', number => {
    for (const make of [Port.tcp, Port.udp, Port.sctp]) {
      expect(() => make.call(Port, number)).toThrow(`port '${number}' is not a whole number from 1 to 65535: name the port the destination listens on`);
    }
  });

  test('a range goes up, and stays inside', () => {
    expect(Port.tcpRange(8000, 8100).toString()).toBe('TCP 8000-8100');
    expect(Port.udpRange(1, 65535).toString()).toBe('UDP 1-65535');
    expect(() => Port.tcpRange(8100, 8000)).toThrow("port range '8100-8000' ends before it begins: did you mean 8000-8100?");
    expect(() => Port.sctpRange(1, 65536)).toThrow("port '65536'");
  });

  test('a port name is one that Kubernetes takes', () => {
    expect(Port.tcpNamed('http').toString()).toBe('TCP http');
    expect(() => Port.tcpNamed('HTTP')).toThrow("port name 'HTTP' is not a port name (IANA service name)");
    expect(() => Port.udpNamed('a-name-too-long-for-a-port')).toThrow('at most 15 are allowed');
    expect(() => Port.sctpNamed('8080')).toThrow('at least one letter');
  });

  test('the well-known ones are what they are called', () => {
    expect([Port.postgres(), Port.mysql(), Port.redis(), Port.mongodb(), Port.kafka(), Port.https()].map(String))
      .toEqual(['TCP 5432', 'TCP 3306', 'TCP 6379', 'TCP 27017', 'TCP 9092', 'TCP 443']);
  });
});
