import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { ClusterRange, Peer } from '../../src/intent/peer';
import { Port } from '../../src/intent/port';
import { NODE_CIDR, POD_CIDR, SERVICE_CIDR, deployment, namespacePeer, newCluster, podsPeer, policy, refusal, tcp } from '../support/app';

const CLOSED = { ingress: [], egress: [] };

/** A shop of one tenant with three workloads. */
function newShop() {
  const cluster = newCluster();
  const shop = cluster.namespace('shop', { tenant: 'acme' });
  const [frontend, api, cart] = [deployment(shop, 'frontend', 8080), deployment(shop, 'api', 9090), deployment(shop, 'cart', 6379)];
  return { ...cluster, shop, frontend, api, cart };
}

describe('4. Connections: one statement, both ends', () => {
  test.each([
    ['allowTo', ({ frontend, api }: ReturnType<typeof newShop>) => frontend.connections.allowTo(api)],
    ['allowFrom', ({ frontend, api }: ReturnType<typeof newShop>) => api.connections.allowFrom(frontend)],
  ])('%s: egress at the source, ingress at the destination, on the destination\'s port, and nothing back or beside', (_, state) => {
    const all = newShop();
    const { app, shop, frontend, api } = all;
    state(all);
    expect(policy(shop, 'frontend-network-policy')).toMatchObject({ ingress: [], egress: [{ to: [podsPeer(api)], ports: tcp(9090) }] });
    expect(policy(shop, 'api-network-policy')).toMatchObject({ ingress: [{ from: [podsPeer(frontend)], ports: tcp(9090) }], egress: [] });
    expect(policy(shop, 'cart-network-policy')).toMatchObject(CLOSED);
    expect(refusal(app)).toBe('');
  });

  test('a peer in another namespace is pinned to its name, with its pods in the same peer', () => {
    const { namespace, frontend } = newShop();
    const payments = deployment(namespace('payments', { tenant: 'acme' }), 'payments', 7000);
    frontend.connections.allowTo(payments);
    const [{ to }] = policy(frontend.pods.node.scopes[1] as SecureNamespace, 'frontend-network-policy').egress;
    expect(to).toStrictEqual([{ ...namespacePeer('payments'), podSelector: { matchLabels: payments._end.labels } }]);
  });

  test('ports, ranges, names and protocols as stated, with nothing around them', () => {
    const { app, shop, frontend, api } = newShop();
    api.pods.containers[0].addPort({ number: 9102, name: 'metrics' });
    frontend.connections.allowTo(api, { ports: [Port.udpRange(6000, 6010), Port.sctp(38412), Port.tcpNamed('metrics'), Port.tcp(443)] });
    const ports = [{ protocol: 'SCTP', port: 38412 }, { protocol: 'TCP', port: 'metrics' }, { protocol: 'TCP', port: 443 }, { protocol: 'UDP', port: 6000, endPort: 6010 }];
    expect(policy(shop, 'frontend-network-policy').egress).toStrictEqual([{ to: [podsPeer(api)], ports }]);
    expect(policy(shop, 'api-network-policy').ingress).toStrictEqual([{ from: [podsPeer(frontend)], ports }]);
    expect(refusal(app)).toBe('');
  });
});

describe('4. Connections: the same flow merges', () => {
  test('stated twice and from both ends it is written once', () => {
    const once = newShop();
    once.frontend.connections.allowTo(once.api);
    const often = newShop();
    often.api.connections.allowFrom(often.frontend, { reason: 'catalogue' });
    often.frontend.connections.allowTo(often.api, { reason: 'checkout' });
    often.frontend.connections.allowTo(often.api);
    for (const name of ['frontend', 'api', 'cart']) {
      expect(policy(often.shop, `${name}-network-policy`)).toStrictEqual(policy(once.shop, `${name}-network-policy`));
    }
  });

  test('ports of the statements add up, each once', () => {
    const { shop, frontend, api } = newShop();
    frontend.connections.allowTo(api, { ports: [Port.tcp(1), Port.tcp(2), Port.tcp(2)] });
    api.connections.allowFrom(frontend, { ports: [Port.tcp(2), Port.udp(2)] });
    expect(policy(shop, 'frontend-network-policy').egress).toStrictEqual([{ to: [podsPeer(api)], ports: [...tcp(1, 2), { protocol: 'UDP', port: 2 }] }]);
  });

  test('peers on the same ports share a rule, peers on other ports do not', () => {
    const { shop, frontend, api, cart } = newShop();
    frontend.connections.allowTo(cart, { ports: [Port.tcp(1)] });
    frontend.connections.allowTo(api, { ports: [Port.tcp(1)] });
    frontend.connections.allowTo(frontend, { ports: [Port.tcp(2)] });
    expect(policy(shop, 'frontend-network-policy').egress).toStrictEqual([
      { to: [podsPeer(api), podsPeer(cart)], ports: tcp(1) },
      { to: [podsPeer(frontend)], ports: tcp(2) },
    ]);
  });

  test('reasons are kept, sorted, each once', () => {
    const { edge, frontend, api } = newShop();
    frontend.connections.allowTo(api, { reason: 'orders' });
    api.connections.allowFrom(frontend, { reason: 'catalogue' });
    frontend.connections.allowTo(api, { reason: 'orders' });
    frontend.connections.allowTo(api);
    expect(edge._ledger.flows().map(({ reasons }) => reasons)).toEqual([['catalogue', 'orders']]);
  });
});

describe('4. Connections: no port known is an error, never all ports', () => {
  test('a workload that declares none: refused at synth with both ends, the line and the remedy; with a port it stands', () => {
    const state = (port?: number) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      deployment(shop, 'client').connections.allowTo(deployment(shop, 'worker', port));
      return refusal(app);
    };
    expect(state()).toMatch(new RegExp('\\[shop/worker\\] the flow shop/client -> shop/worker \\(test/constructs/connections\\.test\\.ts:\\d+:\\d+\\) has no port: '
      + "'shop/worker' declares none, and none is stated: declare a containerPort on it, or state ports: .*; \"all ports\" is never assumed"));
    expect(state(7000)).toBe('');
  });

  test('a container with a port added later saves the statement', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const worker = deployment(shop, 'worker');
    deployment(shop, 'client').connections.allowTo(worker);
    worker.pods.containers[0].addPort({ number: 7000 });
    expect(refusal(app)).toBe('');
  });

  test.each([
    ['a whole namespace', (_: SecureWorkload, shop: SecureNamespace) => shop, '[shop] the flow shop/client -> shop/*'],
    ['an address', () => Peer.cidr('203.0.113.0/24'), '[shop/client] the flow shop/client -> 203.0.113.0/24'],
    ['an imported workload', (_: SecureWorkload, shop: SecureNamespace) =>
      SecureWorkload.imported(SecureNamespace.imported(shop.edge, 'monitoring'), 'agent', { labels: { app: 'agent' }, serviceAccountName: 'agent' }),
    '[monitoring] the flow shop/client -> monitoring/agent'],
  ])('%s declares none: refused where it is stated, with ports it stands', (_, peerOf, message) => {
    const shop = newCluster().namespace('shop');
    const client = deployment(shop, 'client');
    expect(() => client.connections.allowTo(peerOf(client, shop))).toThrow(message);
    expect(() => client.connections.allowTo(peerOf(client, shop))).toThrow(/has no port: .* state ports: \[Port\.tcp\(\.\.\.\)\]; "all ports" is never assumed$/);
    expect(() => client.connections.allowTo(peerOf(client, shop), { ports: [Port.tcp(1)] })).not.toThrow();
  });

  test('an empty list of ports is no way to say all of them', () => {
    const { frontend, api } = newShop();
    expect(() => frontend.connections.allowTo(api, { ports: [] }))
      .toThrow("[shop/frontend] the list of ports to shop/api is empty: name at least one, or leave 'ports' out to use those it declares");
  });

  test('a port name is one that the destination declares, with that protocol', () => {
    const state = (port: Port) => {
      const { app, frontend, api } = newShop();
      api.pods.containers[0].addPort({ number: 9102, name: 'metrics' });
      frontend.connections.allowTo(api, { ports: [port] });
      return refusal(app);
    };
    expect(state(Port.tcpNamed('metrics'))).toBe('');
    expect(state(Port.tcpNamed('http'))).toMatch(/\[shop\/api\] the flow shop\/frontend -> shop\/api .* names the port 'TCP http', which 'shop\/api' does not declare: it declares TCP 9090, TCP 9102 \(metrics\)/);
    expect(state(Port.udpNamed('metrics'))).toContain("names the port 'UDP metrics'");
  });

  test('addresses have no port names', () => {
    const { frontend } = newShop();
    expect(() => frontend.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.tcpNamed('https')] }))
      .toThrow(/names the port 'TCP https', and addresses have no port names: state its number$/);
    expect(() => frontend.connections.allowFrom(Peer.cidr('203.0.113.0/24'), { ports: [Port.tcp(8080)] })).not.toThrow();
  });
});

describe('4. Connections: across tenants both ends say so', () => {
  /** Two tenants; what each end says is up to the test. */
  function newTenants(state: (shop: SecureWorkload, bank: SecureWorkload) => void, bankTenant = 'bank') {
    const { app, namespace } = newCluster();
    const api = deployment(namespace('shop', { tenant: 'acme' }), 'api', 9090);
    const ledger = deployment(namespace('bank', { tenant: bankTenant }), 'ledger', 7000);
    state(api, ledger);
    return refusal(app);
  }

  test('one end alone is refused, naming the end that has to agree and what to; both ends stand', () => {
    expect(newTenants((api, ledger) => api.connections.allowTo(ledger)))
      .toMatch(/the flow shop\/api -> bank\/ledger \(.*\) crosses from tenant 'acme' to tenant 'bank', and 'bank\/ledger' has not agreed to TCP 7000: add allowFrom\(shop\/api, .*to its connections/);
    expect(newTenants((api, ledger) => ledger.connections.allowFrom(api)))
      .toMatch(/crosses from tenant 'acme' to tenant 'bank', and 'shop\/api' has not agreed to TCP 7000: add allowTo\(bank\/ledger/);
    expect(newTenants((api, ledger) => {
      api.connections.allowTo(ledger);
      ledger.connections.allowFrom(api);
    })).toBe('');
  });

  test('a namespace without a tenant is joined by nobody, not even by a tenant of its name', () => {
    const { app, namespace } = newCluster();
    const bank = deployment(namespace('bank'), 'ledger', 7000);
    const impostor = deployment(namespace('shop', { tenant: 'bank' }), 'api', 9090);
    impostor.connections.allowTo(bank);
    expect(refusal(app)).toMatch(/crosses from tenant 'bank' to tenant 'bank', and 'bank\/ledger' has not agreed/);
    bank.connections.allowFrom(impostor);
    expect(refusal(app)).toBe('');
  });

  test('inside a tenant one end is enough', () => {
    expect(newTenants((api, ledger) => api.connections.allowTo(ledger), 'acme')).toBe('');
  });

  test('they agree on ports, not only on each other', () => {
    const on = (mine: Port[], theirs: Port[]) => newTenants((api, ledger) => {
      api.connections.allowTo(ledger, { ports: mine });
      ledger.connections.allowFrom(api, { ports: theirs });
    });
    expect(on([Port.tcp(7000), Port.tcp(22)], [Port.tcp(7000)])).toContain("'bank/ledger' has not agreed to TCP 22");
    expect(on([Port.tcp(7000)], [Port.tcp(7000), Port.tcp(22)])).toContain("'shop/api' has not agreed to TCP 22");
    expect(on([Port.tcp(7000)], [Port.udp(7000)])).toContain('has not agreed to TCP 7000');
    expect(on([Port.tcp(7000)], [Port.tcp(7000)])).toBe('');
  });

  test('the same end saying it twice is one end', () => {
    expect(newTenants((api, ledger) => {
      api.connections.allowTo(ledger);
      api.connections.allowTo(ledger);
    })).toContain("'bank/ledger' has not agreed");
  });
});

describe('4. Connections: addresses lose what belongs to the cluster', () => {
  const blocks = (peer: ReturnType<typeof Peer.cidr>) => {
    const { shop, frontend } = newShop();
    frontend.connections.allowTo(peer, { ports: [Port.https()] });
    return policy(shop, 'frontend-network-policy').egress.flatMap(({ to }: any) => to.map(({ ipBlock }: any) => ipBlock));
  };
  const INTERNAL = [SERVICE_CIDR, POD_CIDR, '169.254.169.254/32', NODE_CIDR];

  test('everything: the pod, service, node and metadata ranges', () => {
    expect(blocks(Peer.cidr('0.0.0.0/0'))).toStrictEqual([{ cidr: '0.0.0.0/0', except: INTERNAL }]);
    expect(blocks(Peer.internet())).toStrictEqual([{ cidr: '0.0.0.0/0', except: INTERNAL }]);
    expect(blocks(Peer.cidr('::/0'))).toStrictEqual([{ cidr: '::/0', except: ['fd00:ec2::254/128'] }]);
  });

  test.each([
    ['10.0.0.0/8', [SERVICE_CIDR, POD_CIDR]],
    ['10.240.0.0/12', [POD_CIDR]],
    ['169.254.0.0/16', ['169.254.169.254/32']],
    ['192.0.0.0/16', [NODE_CIDR]],
    ['fd00::/8', ['fd00:ec2::254/128']],
  ])('not only everything: %s loses %j', (cidr, except) => {
    expect(blocks(Peer.cidr(cidr))).toStrictEqual([{ cidr, except }]);
  });

  test('a CIDR that overlaps nothing is left as it is', () => {
    expect(blocks(Peer.cidr('203.0.113.0/24'))).toStrictEqual([{ cidr: '203.0.113.0/24' }]);
    expect(blocks(Peer.address('203.0.113.10'))).toStrictEqual([{ cidr: '203.0.113.10/32' }]);
    expect(blocks(Peer.cidr('2001:db8::/32'))).toStrictEqual([{ cidr: '2001:db8::/32' }]);
  });

  test('exceptions of the user and those of the cluster are written together, merged', () => {
    expect(blocks(Peer.cidr('10.0.0.0/8', { except: ['10.1.0.0/16', '10.244.0.0/17', '10.0.0.0/16'] })))
      .toStrictEqual([{ cidr: '10.0.0.0/8', except: ['10.0.0.0/15', SERVICE_CIDR, POD_CIDR] }]);
  });

  test('as a source the same ranges are lost', () => {
    const { shop, frontend } = newShop();
    frontend.connections.allowFrom(Peer.cidr('10.0.0.0/8'));
    expect(policy(shop, 'frontend-network-policy').ingress).toStrictEqual([{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: [SERVICE_CIDR, POD_CIDR] } }], ports: tcp(8080) }]);
  });

  test('a range that lies wholly inside is refused, and asked for by name it is given', () => {
    expect(() => blocks(Peer.cidr('10.244.3.0/24'))).toThrow("[shop/frontend] '10.244.3.0/24' lies wholly inside the cluster's own ranges (pods, services, nodes, metadata): "
      + 'name the workload instead, or ask for the range with Peer.clusterRange(...)');
    expect(() => blocks(Peer.address('169.254.169.254'))).toThrow('lies wholly inside');
    expect(blocks(Peer.clusterRange(ClusterRange.PODS))).toStrictEqual([{ cidr: POD_CIDR }]);
    expect(blocks(Peer.clusterRange(ClusterRange.SERVICES))).toStrictEqual([{ cidr: SERVICE_CIDR }]);
    expect(blocks(Peer.clusterRange(ClusterRange.NODES))).toStrictEqual([{ cidr: NODE_CIDR }]);
    expect(blocks(Peer.clusterRange(ClusterRange.METADATA))).toStrictEqual([{ cidr: '169.254.169.254/32' }, { cidr: 'fd00:ec2::254/128' }]);
  });

  test('a dual-stack cluster: the internet is both families, each without its own', () => {
    const { namespace } = newCluster({ version: '1.31', podCidrs: [POD_CIDR, 'fd00:1::/48'], serviceCidrs: [SERVICE_CIDR, 'fd00:2::/108'], nodeCidrs: [NODE_CIDR] });
    const shop = namespace('shop');
    deployment(shop, 'web').connections.allowTo(Peer.internet(), { ports: [Port.https()] });
    expect(policy(shop, 'web-network-policy').egress[0].to.map(({ ipBlock }: any) => ipBlock)).toStrictEqual([
      { cidr: '0.0.0.0/0', except: INTERNAL },
      { cidr: '::/0', except: ['fd00:1::/48', 'fd00:2::/108', 'fd00:ec2::254/128'] },
    ]);
  });
});

describe('4. Connections: a host name is refused with the remedy', () => {
  test('NetworkPolicy knows no names: the router, or addresses', () => {
    const { frontend } = newShop();
    expect(() => frontend.connections.allowTo(Peer.host('orders.db.example'), { ports: [Port.postgres()] })).toThrow(
      /^NetworkProvider\.upstream\(\) cannot limit egress to the name 'orders\.db\.example' \(\[shop\/frontend\] shop\/frontend -> orders\.db\.example \(.*\)\): .*put an EgressRouter with destination Peer\.host\('orders\.db\.example'\) in front of it/);
    expect(() => frontend.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.postgres()] })).not.toThrow();
  });

  test('nothing comes from a name', () => {
    const { frontend } = newShop();
    expect(() => frontend.connections.allowFrom(Peer.host('orders.db.example')))
      .toThrow("[shop/frontend] 'orders.db.example' is a name, and where a connection comes from is known by address only: use Peer.cidr(...)");
  });
});

describe('4. Connections: nobody is asked in another\'s name', () => {
  const LEDGER = { labels: { app: 'ledger' }, serviceAccountName: 'ledger', ports: [Port.tcp(7000)] };

  test('a namespace of this App cannot be imported, which would spare its tenant the question; one of others can', () => {
    const { edge, namespace } = newCluster();
    namespace('bank');
    expect(() => SecureNamespace.imported(edge, 'bank'))
      .toThrow("[bank] 'bank/*' is of this App, and is imported as well: use the construct itself instead of importing it");
    expect(() => SecureNamespace.imported(edge, 'monitoring')).not.toThrow();
    expect(() => namespace('monitoring')).toThrow("[monitoring] 'monitoring/*' is of this App, and is imported as well");
  });

  test('two imported workloads under one name would share their flows; the same one twice is one', () => {
    const { edge } = newCluster();
    const others = SecureNamespace.imported(edge, 'others');
    SecureWorkload.imported(others, 'ledger', LEDGER);
    expect(() => SecureWorkload.imported(SecureNamespace.imported(edge, 'others'), 'ledger', LEDGER)).not.toThrow();
    expect(() => SecureWorkload.imported(others, 'ledger', { ...LEDGER, labels: { app: 'other' } }))
      .toThrow("[others] 'others/ledger' is imported twice, with other labels or another ServiceAccount: give each workload a name of its own");
  });
});

describe('9. Errors of a statement', () => {
  test('a peer of another cluster is refused', () => {
    const { frontend } = newShop();
    expect(() => frontend.connections.allowTo(newShop().api))
      .toThrow("[shop/frontend] 'shop/api' belongs to another cluster's edge: one App is one cluster; give both namespaces the same edge");
  });

  test('a refused statement leaves no trace', () => {
    const { app, shop, frontend } = newShop();
    expect(() => frontend.connections.allowTo(shop)).toThrow('has no port');
    expect(() => frontend.connections.allowTo(Peer.host('orders.db.example'), { ports: [Port.postgres()] })).toThrow();
    expect(() => policy(shop, 'namespace-flows')).toThrow('0 objects');
    expect(policy(shop, 'frontend-network-policy')).toMatchObject(CLOSED);
    expect(refusal(app)).toBe('');
  });
});
