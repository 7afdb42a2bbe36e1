import { readHaproxy } from '../../src/analysis/readers/haproxy';

const ways = (config: string) => readHaproxy(config).listeners.flatMap(({ port, servers }) => servers.map(server => `${port} => ${server.host}:${server.port}`));
const reasons = (config: string) => readHaproxy(config).unknown.map(({ line, reason }) => `${line}: ${reason}`);

describe('7. read-back: what a proxy forwards', () => {
  test('listen sections, frontends with a backend, conditions', () => {
    expect(ways(`
      global
        maxconn 100           # server fake fake.example:1
      defaults
        mode tcp
      listen pg
        bind *:5432
        server a Orders.DB.example.:5432 check
        server b 192.0.2.7:5433 backup
      frontend web
        bind :8443,[::]:9443
        bind :::8444 v6only
        use_backend api if { req.ssl_sni -i api.example }
        default_backend site
      backend api
        server s1 "api.example:443" check
      backend site
        server s1 [2001:db8::1]:443
        server s2 2001:db8::2:443
      backend forgotten
        server s1 nowhere.example:1
    `)).toEqual([
      '5432 => 192.0.2.7:5433', '5432 => orders.db.example:5432',
      ...[8443, 8444, 9443].flatMap(port => [`${port} => 2001:db8::1:443`, `${port} => 2001:db8::2:443`, `${port} => api.example:443`]),
    ]);
  });

  test('health, monitor and statistics are no way out; http that has a server is', () => {
    expect(ways(`
      frontend health
        mode http
        bind *:8404
        monitor-uri /live
      listen stats
        mode http
        bind *:8405
        stats enable
      frontend web
        mode http
        bind *:8080
        default_backend web
      backend web
        mode http
        server a web.example:80
    `)).toEqual(['8080 => web.example:80']);
  });

  test('defaults are inherited: the nearest before, or the one named', () => {
    const config = `
      defaults base
        default_backend one
      defaults other from base
        mode tcp
      frontend a
        bind :1001
      frontend b from base
        bind :1002
        default_backend two
      backend one
        server s one.example:1
      backend two
        server s two.example:2
      defaults
        mode tcp
      frontend c
        bind :1003
    `;
    expect(ways(config)).toEqual(['1001 => one.example:1', '1002 => two.example:2']);
    expect(reasons(config)).toEqual([]);
  });

  test('ranges of ports, servers without a port and with an offset', () => {
    expect(ways('listen a\n bind :2000-2001\n server s a.example\n')).toEqual(['2000 => a.example:2000', '2001 => a.example:2001']);
    expect(ways('listen a\n bind :2000\n server s a.example:+5\n server-template t 1-3 b.example:80\n')).toEqual(['2000 => a.example:2005', '2000 => b.example:80']);
    expect(ways('listen a *:2000\n server s a.example:1\n')).toEqual(['2000 => a.example:1']);
  });

  test('words are split as the proxy splits them', () => {
    expect(ways('listen a\n bind :1 # :2\n server s\\ 1 "a.example":\'1\' # x\n')).toEqual(['1 => a.example:1']);
    expect(ways('listen a\r\n bind :1\r\n server s a.example:1\r\n')).toEqual(['1 => a.example:1']);
    expect(ways('listen a\n bind :1\n.if defined(X)\n server s a.example:1\n.else\n server t b.example:1\n.endif\n')).toEqual(['1 => a.example:1', '1 => b.example:1']);
  });

  test('what cannot be known is said, never dropped', () => {
    expect(reasons('listen a\n bind "${PORT}"\n server s a.example:1\n')).toEqual(["2: the port of '${PORT}' cannot be read"]);
    expect(reasons('listen a\n bind :1\n server s "${HOST}":1\n')).toEqual(["3: the address '${HOST}:1' cannot be read"]);
    expect(reasons('listen a\n bind :1\n server s 0.0.0.0:0\n')).toEqual(["3: the address '0.0.0.0:0' cannot be read"]);
    expect(reasons('listen a\n bind :1\n server s 0.0.0.0\n')).toEqual(['3: the address is the one the client dialled']);
    expect(reasons('listen a\n bind :1\n server s *:443\n')).toEqual(['3: the address is the one the client dialled']);
    expect(reasons('listen a\n bind :1\n server s unix@/run/x\n')).toEqual(['3: the way goes on through a local socket']);
    expect(reasons('frontend a\n bind :1\n use_backend %[src]\n')).toEqual(['3: the backend is chosen while the proxy runs']);
    expect(reasons('frontend a\n bind :1\n default_backend gone\n')).toEqual(["3: there is no backend 'gone' in this file"]);
    expect(reasons('frontend a\n bind :1\n tcp-request content set-dst src\n')).toEqual(['3: the destination is set while the proxy runs']);
    expect(reasons('frontend a from gone\n bind :1\n')).toEqual(["1: there is no defaults section 'gone'"]);
    expect(reasons('defaults\n option transparent\nlisten a\n bind :1\nlisten b\n bind :2\n')).toEqual(['2: the destination is taken from the client or from an old directive']);
    expect(reasons('listen a\n bind quic4@:443\n')).toEqual(["2: 'quic4@:443' is not a TCP port"]);
    expect(reasons('listen a\n bind :1\n server s a.example:1 check\n')).toEqual([]);
  });

  test('nothing is read from nothing', () => {
    expect(readHaproxy('')).toEqual({ listeners: [], unknown: [] });
    expect(readHaproxy('# only a comment\n')).toEqual({ listeners: [], unknown: [] });
  });
});
