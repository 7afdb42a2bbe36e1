import * as fc from 'fast-check';
import { readHaproxy } from '../../src/analysis/readers/haproxy';
import { assertHaproxyConfig, HaproxyListener, haproxyPorts, renderHaproxyConfig } from '../../src/providers/_haproxy';

const orders: HaproxyListener = { port: 5432, destination: { host: 'orders.db.example', port: 5432 } };
const ledger: HaproxyListener = { port: 6432, destination: { host: '192.0.2.7', port: 5432 } };
const lines = (config: string, start: string) => config.split('\n').map(line => line.trim()).filter(line => line.startsWith(start));
const to = (host: string, port = 5432) => () => renderHaproxyConfig({ listeners: [{ port: 5432, destination: { host, port } }] });

describe('5. EgressRouter: the configuration of its proxy', () => {
  test('every listener reaches its destination and no other', () => {
    expect(readHaproxy(renderHaproxyConfig({ listeners: [ledger, orders] }))).toEqual({
      listeners: [
        { port: 5432, protocol: 'TCP', servers: [{ host: 'orders.db.example', port: 5432 }] },
        { port: 6432, protocol: 'TCP', servers: [{ host: '192.0.2.7', port: 5432 }] },
      ],
      unknown: [],
    });
  });

  test('the same listeners in any order give the same bytes', () => {
    expect(renderHaproxyConfig({ listeners: [ledger, orders] })).toBe(renderHaproxyConfig({ listeners: [orders, ledger] }));
  });

  test('what is rendered is read back, whatever is stated', () => {
    const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/).filter(text => !text.startsWith('xn--'));
    const host = fc.oneof(
      fc.array(label, { minLength: 2, maxLength: 4 }).map(parts => parts.join('.')),
      fc.ipV4().filter(text => !/^(0\.|127\.|2[2-5]\d\.)/.test(text)),
      fc.ipV6().filter(text => /^2\d{3}:[0-9a-f:]+$/.test(text)),
    );
    const listener = fc.record({
      port: fc.integer({ min: 1024, max: 65535 }).filter(port => port !== 8404),
      destination: fc.record({ host, port: fc.integer({ min: 1, max: 65535 }) }),
    });
    fc.assert(fc.property(fc.uniqueArray(listener, { minLength: 1, maxLength: 6, selector: item => item.port }), listeners => {
      const read = readHaproxy(renderHaproxyConfig({ listeners }));
      expect(read.unknown).toEqual([]);
      expect(read.listeners.map(item => item.port)).toEqual(listeners.map(item => item.port).sort((a, b) => a - b));
      for (const { port, destination } of listeners) {
        const servers = read.listeners.find(item => item.port === port)!.servers;
        expect(servers).toHaveLength(1);
        expect(servers[0].port).toBe(destination.port);
        expect(new URL(`http://${servers[0].host.includes(':') ? `[${servers[0].host}]` : servers[0].host}`).host)
          .toBe(new URL(`http://${destination.host.includes(':') ? `[${destination.host}]` : destination.host}`).host);
      }
    }), { numRuns: 300 });
  });

  test('a name is resolved while the proxy runs, an address is not', () => {
    const config = renderHaproxyConfig({ listeners: [orders, ledger] });
    expect(lines(config, 'server')).toEqual([
      'server destination orders.db.example:5432 resolvers cluster init-addr none resolve-prefer ipv4',
      'server destination 192.0.2.7:5432',
    ]);
    expect(lines(config, 'parse-resolv-conf')).toHaveLength(1);
    expect(renderHaproxyConfig({ listeners: [ledger] })).not.toContain('resolvers');
  });

  test('name servers can be named', () => {
    const config = renderHaproxyConfig({ listeners: [orders], nameservers: [{ address: '10.96.0.10' }, { address: 'fd00::10', port: 5353 }] });
    expect(lines(config, 'nameserver')).toEqual(['nameserver dns1 10.96.0.10:53', 'nameserver dns2 [fd00::10]:5353']);
    expect(config).not.toContain('parse-resolv-conf');
    expect(() => renderHaproxyConfig({ listeners: [orders], nameservers: [{ address: 'dns.example' }] })).toThrow("name server 'dns.example' is not an IP address: write its IPv4 or IPv6 address");
  });

  test('it listens on the families that pods have', () => {
    const binds = (families?: ('IPv4' | 'IPv6')[]) => lines(renderHaproxyConfig({ listeners: [orders], families }), 'bind');
    expect(binds()).toEqual(['bind *:5432', 'bind *:8404']);
    expect(binds(['IPv6'])).toEqual(['bind :::5432 v6only', 'bind :::8404 v6only']);
    expect(binds(['IPv4', 'IPv6'])).toEqual(['bind *:5432', 'bind :::5432 v6only', 'bind *:8404', 'bind :::8404 v6only']);
    expect(renderHaproxyConfig({ listeners: [orders], families: ['IPv6', 'IPv4'] })).toContain('resolve-prefer ipv6');
    expect(() => binds([])).toThrow(/name the families of the pods/);
  });

  test('readiness asks for a destination, liveness does not', () => {
    const config = renderHaproxyConfig({ listeners: [orders, ledger] });
    expect(lines(config, 'acl')).toEqual(['acl reachable nbsrv(port-5432) gt 0', 'acl reachable nbsrv(port-6432) gt 0']);
    expect(lines(config, 'http-request').filter(line => line.includes('/live'))).toEqual(['http-request return status 200 content-type text/plain string live if { path /live }']);
    expect(lines(config, 'http-request').filter(line => line.includes('/ready')).map(line => line.replace(/ content-type.* if/, ' if'))).toEqual([
      'http-request return status 200 if { path /ready } reachable',
      'http-request return status 503 if { path /ready }',
    ]);
  });

  test('it writes nothing to disk and asks for no privilege', () => {
    expect(renderHaproxyConfig({ listeners: [orders, ledger] })).not.toMatch(/^\s*(chroot|pidfile|stats|user|group|uid|gid|daemon|master-worker|lua|setenv|external-check)\b/m);
  });

  test('a name or an address passes, what could write more configuration does not', () => {
    for (const good of ['a.b', 'orders.db.example', 'x1-y.example', '192.0.2.7', '10.0.0.1', '2001:db8::7']) expect(to(good)).not.toThrow();
    for (const bad of [
      '', ' ', 'orders', 'orders.db.example ', 'orders.db.example\n  server evil evil.example:1', 'a.b:80 backup', 'a.b"', "a.b'", 'a.b#', 'a.b\\', 'a.b\t', 'a.b\r', '$HOME.b',
      '"${HOME}".b', 'Orders.db.example', 'a..b', '.a.b', 'a.b.', '-a.b', 'a-.b', 'a_b.c', 'ä.example', '*.example', '010.0.0.1', '1.2.3', '256.0.0.1', '1.2.3.4/32', '0x7f.1',
      'fe80::1%eth0', '[2001:db8::7]', `${'a'.repeat(64)}.example`, `${'abcdefg.'.repeat(32)}example`,
    ]) {
      expect(to(bad)).toThrow(/^destination '.*' is neither an IP address nor a whole host name/s);
    }
    for (const bad of ['0.0.0.0', '::', '127.0.0.1', '::1', '255.255.255.255', '224.0.0.1', 'ff02::1', '::ffff:192.0.2.7']) expect(to(bad)).toThrow(/write the address of one host outside the proxy/);
  });

  test('ports and numbers are checked', () => {
    for (const port of [0, -1, 65536, 1.5, NaN, '1 x' as any]) expect(to('a.b', port)).toThrow(/is outside 1-65535/);
    expect(to('a.b', 443)).not.toThrow();
    expect(() => renderHaproxyConfig({ listeners: [{ ...orders, port: 443 }] })).toThrow("listening port '443' is outside 1024-65535: the container is not root: let a Service map '443' to a port from 1024 up");
    expect(() => renderHaproxyConfig({ listeners: [{ ...orders, port: 8404 }] })).toThrow(/is the port of the health checks/);
    expect(() => renderHaproxyConfig({ listeners: [{ ...orders, port: 8404 }], healthPort: 8405 })).not.toThrow();
    expect(() => renderHaproxyConfig({ listeners: [orders, { ...ledger, port: 5432 }] })).toThrow("listening port '5432' is stated twice: give each destination its own port");
    expect(() => renderHaproxyConfig({ listeners: [] })).toThrow(/forwards nothing/);
    for (const wrong of [{ drainSeconds: 0 }, { maxConnections: 0.5 }, { idleHours: 1000 }]) expect(() => renderHaproxyConfig({ listeners: [orders], ...wrong })).toThrow(/write a whole number in that range/);
    expect(renderHaproxyConfig({ listeners: [orders], drainSeconds: 40, maxConnections: 100, idleHours: 2 })).toMatch(/maxconn 150\n[^]*hard-stop-after 40s\n[^]*maxconn 100\n[^]*timeout client 2h\n/);
  });

  test('the check of the output refuses any line that was not meant', () => {
    const config = renderHaproxyConfig({ listeners: [orders, ledger] });
    expect(() => assertHaproxyConfig(config)).not.toThrow();
    for (const line of [
      '  server second evil.example:443', '  server destination evil.example:443', '  bind *:70000', '  bind unix@/tmp/x', '  use_backend other', '  stats socket /tmp/x', '  tcp-request content set-dst src',
      '  option transparent', 'listen port-1 *:1', '  lua-load x', '  server destination 192.0.2.7:5432 ', '   server destination 192.0.2.7:5432', '.include x', 'listen port-5432',
    ]) {
      expect(() => assertHaproxyConfig(config.replace('\n\nfrontend', `\n${line}\n\nfrontend`))).toThrow(/is not one that may stand there/);
    }
    expect(() => assertHaproxyConfig(config.replace(/ {2}server destination 192.*\n/, ''))).toThrow(/has no destination/);
    expect(() => assertHaproxyConfig(config.trimEnd())).toThrow(/does not end with a line break/);
  });

  test('ports inside the pod are unprivileged and never meet', () => {
    expect(haproxyPorts([443, 5432])).toEqual(new Map([[443, 10443], [5432, 5432]]));
    expect(haproxyPorts([443, 10443, 8404])).toEqual(new Map([[443, 10444], [8404, 18404], [10443, 10443]]));
    expect(haproxyPorts([5432, 443])).toEqual(haproxyPorts([443, 5432, 443]));
    expect(() => haproxyPorts([0])).toThrow(/service port '0' is outside 1-65535/);
    fc.assert(fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 40 }), ports => {
      const inside = [...haproxyPorts(ports).values()];
      expect(new Set([...inside, 8404]).size).toBe(ports.length + 1);
      expect(inside.every(port => port >= 1024 && port <= 65535)).toBe(true);
    }));
  });
});
