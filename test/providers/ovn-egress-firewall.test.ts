import { ApiObject, JsonPatch } from 'cdk8s';
import { IpSet } from '../../src/algebra/ip-set';
import { ClusterRange, Peer } from '../../src/intent/peer';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { NetworkProvider } from '../../src/providers/network-provider';
import { Cluster, FACTS, deployment, newCluster, object, refusal } from '../support/app';

const cluster = (more: Partial<PlatformFacts> = {}, make = Platform.kubernetes): Cluster =>
  newCluster({ ...FACTS, ...more }, make, NetworkProvider.ovnKubernetes());
const rules = (c: Cluster): any[] => object(c.app, 'EgressFirewall', 'default').spec.egress;
const REST = [{ type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } }, { type: 'Deny', to: { cidrSelector: '::/0' } }];
const on = (...ports: number[]) => ports.map(port => ({ protocol: 'TCP', port }));

describe('8. egress firewall', () => {
  test('a namespace without flows lets nothing out, in both families', () => {
    const c = cluster();
    c.namespace('shop');
    expect(rules(c)).toEqual(REST);
    expect(object(c.app, 'EgressFirewall', 'default').metadata.namespace).toBe('shop');
    expect(refusal(c.app)).toBe('');
  });

  test('addresses pass on their ports, the holes of a range are denied before it, and the rest after all', () => {
    const c = cluster();
    const api = deployment(c.namespace('shop'), 'api', 8080);
    api.connections.allowTo(Peer.cidr('203.0.113.0/24', { except: ['203.0.113.128/25'] }), { ports: [Port.tcp(5432), Port.tcp(6432)] });
    api.connections.allowTo(Peer.address('198.51.100.7'), { ports: [Port.https()] });
    expect(rules(c)).toEqual([
      { type: 'Allow', to: { cidrSelector: '198.51.100.7/32' }, ports: on(443) },
      { type: 'Deny', to: { cidrSelector: '203.0.113.128/25' }, ports: on(5432, 6432) },
      { type: 'Allow', to: { cidrSelector: '203.0.113.0/24' }, ports: on(5432, 6432) },
      ...REST,
    ]);
    expect(refusal(c.app)).toBe('');
  });

  test('the internet leaves out services, nodes and metadata, and says nothing of pods, which a firewall never sees', () => {
    const c = cluster();
    deployment(c.namespace('shop'), 'api', 8080).connections.allowTo(Peer.internet(), { ports: [Port.https()] });
    const denied = rules(c).filter(({ type, ports }) => type === 'Deny' && ports).map(({ to }) => to.cidrSelector);
    expect(denied.sort()).toEqual(['10.96.0.0/12', '169.254.169.254/32', '192.0.2.0/24']);
    expect(IpSet.ofCidrs(denied).overlaps(IpSet.ofCidr('10.244.0.0/16'))).toBe(false);
    expect(refusal(c.app)).toBe('');
  });

  test('what one port is denied another may be allowed: holes are of their own ports only', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    deployment(shop, 'api', 8080).connections.allowTo(Peer.internet(), { ports: [Port.https()] });
    deployment(shop, 'probe', 8080).connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcp(9100)] });
    deployment(shop, 'mirror', 8080).connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.https()] });
    // One asks for the world without nodes, one for nodes, on one port: the firewall lets both, the policies keep them apart.
    expect(rules(c).filter(({ ports }) => ports?.[0].port === 443).map(({ type, to }) => `${type} ${to.cidrSelector}`)).toEqual([
      'Deny 10.96.0.0/12', 'Deny 169.254.169.254/32', 'Allow 0.0.0.0/0',
    ]);
    expect(rules(c)).toContainEqual({ type: 'Allow', to: { cidrSelector: '192.0.2.0/24' }, ports: on(9100) });
    expect(refusal(c.app)).toBe('');
  });

  test('the API server is allowed before the final deny where a workload needs it, and DNS on the node for all', () => {
    const c = cluster({ dns: { nodeLocalAddresses: ['169.254.20.10'] } });
    const shop = c.namespace('shop');
    deployment(shop, 'operator').connections.allowTo(Peer.apiServer());
    const found = rules(c);
    expect(found).toContainEqual({ type: 'Allow', to: { cidrSelector: '192.0.2.10/32' }, ports: on(6443) });
    expect(found).toContainEqual({ type: 'Allow', to: { cidrSelector: '169.254.20.10/32' }, ports: [{ protocol: 'TCP', port: 53 }, { protocol: 'UDP', port: 53 }] });
    expect(found.slice(-2)).toEqual(REST);
    expect(refusal(c.app)).toBe('');

    const without = cluster();
    deployment(without.namespace('shop'), 'operator', 8080);
    expect(JSON.stringify(rules(without))).not.toContain('192.0.2.10');
  });

  test('nothing is said of peers that are pods', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    deployment(shop, 'web', 8080).connections.allowTo(deployment(shop, 'api', 9090));
    expect(rules(c)).toEqual(REST);
    expect(refusal(c.app)).toBe('');
  });

  test('the same flows in any order are the same rules', () => {
    const build = (order: number[]) => {
      const c = cluster();
      const api = deployment(c.namespace('shop'), 'api', 8080);
      const flows = [
        () => api.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.tcp(5432)] }),
        () => api.connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] }),
        () => api.connections.allowTo(Peer.cidr('198.51.100.0/24'), { ports: [Port.tcp(5432), Port.udp(514)] }),
      ];
      for (const i of order) flows[i]();
      return rules(c);
    };
    expect(build([2, 0, 1])).toEqual(build([0, 1, 2]));
    expect(build([0, 1, 2])).toHaveLength(6);
  });

  test('a range inside another is not written twice', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    deployment(shop, 'a', 8080).connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] });
    deployment(shop, 'b', 8080).connections.allowTo(Peer.cidr('203.0.113.64/26'), { ports: [Port.https()] });
    expect(rules(c)).toEqual([{ type: 'Allow', to: { cidrSelector: '203.0.113.0/24' }, ports: on(443) }, ...REST]);
    expect(refusal(c.app)).toBe('');
  });
});

describe('8. egress firewall: names', () => {
  test('a name passes on its port only, while the policy opens the port to the world outside', () => {
    const c = cluster();
    const shop = c.namespace('shop');
    deployment(shop, 'api', 8080).connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] });
    expect(rules(c)).toEqual([{ type: 'Allow', to: { dnsName: 'pay.example.com' }, ports: on(443) }, ...REST]);
    const [{ to: [{ ipBlock }], ports }] = object(shop, 'NetworkPolicy', 'api-network-policy').spec.egress;
    expect(ipBlock.except).toEqual(expect.arrayContaining(['10.244.0.0/16', '10.96.0.0/12', '192.0.2.0/24', '169.254.169.254/32']));
    expect(ports).toEqual(on(443));
    expect(refusal(c.app)).toBe('');
  });

  test('two workloads of a namespace with different names on one port are refused, on different ports or with one name they are not', () => {
    const build = (second: string, port: number) => {
      const c = cluster();
      const shop = c.namespace('shop');
      deployment(shop, 'api', 8080).connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] });
      deployment(shop, 'mail', 8080).connections.allowTo(Peer.host(second), { ports: [Port.tcp(port)] });
      return refusal(c.app);
    };
    expect(build('smtp.example.com', 443)).toContain("'shop/api' would reach 'smtp.example.com' too. give one of them a namespace of its own, or put an EgressRouter");
    expect(build('smtp.example.com', 465)).toBe('');
    expect(build('pay.example.com', 443)).toBe('');
  });

  test('addresses that another workload may use on the port of a name are refused, unless both may', () => {
    const build = (both: boolean) => {
      const c = cluster();
      const shop = c.namespace('shop');
      const api = deployment(shop, 'api', 8080);
      api.connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] });
      const partner = Peer.cidr('203.0.113.0/24');
      deployment(shop, 'mail', 8080).connections.allowTo(partner, { ports: [Port.https()] });
      if (both) api.connections.allowTo(partner, { ports: [Port.https()] });
      return refusal(c.app);
    };
    expect(build(false)).toContain("'shop/api' would reach '203.0.113.0/24' too");
    expect(build(true)).toBe('');
  });

  test('two namespaces keep different names apart', () => {
    const c = cluster();
    deployment(c.namespace('shop'), 'api', 8080).connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] });
    deployment(c.namespace('mail'), 'mail', 8080).connections.allowTo(Peer.host('smtp.example.com'), { ports: [Port.https()] });
    expect(refusal(c.app)).toBe('');
  });

  test('wildcards need the resolver, names a domain', () => {
    const allow = (host: string, more: Partial<PlatformFacts> = {}) => () => {
      const c = cluster(more);
      deployment(c.namespace('shop'), 'api', 8080).connections.allowTo(Peer.host(host), { ports: [Port.https()] });
      expect(refusal(c.app)).toBe('');
    };
    expect(allow('*.example.com')).toThrow('dnsNameResolver: true');
    expect(allow('*.com', { dnsNameResolver: true })).toThrow('right below a top-level domain');
    expect(allow('db')).toThrow('has no domain');
    expect(allow('*.example.com', { dnsNameResolver: true })).not.toThrow();
    expect(allow('db.example.com')).not.toThrow();
  });
});

describe('8. egress firewall: a wildcard and a name below it', () => {
  test('are both read back as stated', () => {
    const c = cluster({ dnsNameResolver: true });
    const api = deployment(c.namespace('shop'), 'api', 8080);
    api.connections.allowTo(Peer.host('*.example.com'), { ports: [Port.https()] });
    api.connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.tcp(8443)] });
    expect(refusal(c.app)).toBe('');
  });
});

describe('8. egress firewall: what would never match is refused', () => {
  test('an address of a family that no pod has', () => {
    const allow = (cidr: string, more: Partial<PlatformFacts> = {}) => () =>
      deployment(cluster(more).namespace('shop'), 'api', 8080).connections.allowTo(Peer.cidr(cidr), { ports: [Port.https()] });
    expect(allow('2001:db8::/32')).toThrow('never matches: no pod has an IPv6 address');
    expect(allow('2001:db8::/32', { podCidrs: ['10.244.0.0/16', 'fd00:10::/56'] })).not.toThrow();
    expect(allow('203.0.113.0/24')).not.toThrow();
  });

  test('the range of Services, which are translated before', () => {
    const allow = (range: ClusterRange) => () => deployment(cluster().namespace('shop'), 'api', 8080).connections.allowTo(Peer.clusterRange(range), { ports: [Port.https()] });
    expect(allow(ClusterRange.SERVICES)).toThrow('never matches: a Service\'s address is translated');
    expect(allow(ClusterRange.NODES)).not.toThrow();
  });

  test('a range of ports that no list can hold', () => {
    const build = (last: number) => {
      const c = cluster();
      deployment(c.namespace('shop'), 'api', 8080).connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.tcpRange(8000, last)] });
      return c;
    };
    expect(refusal(build(9000).app)).toContain('an EgressFirewall knows single ports');
    const fits = build(8002);
    expect(refusal(fits.app)).toBe('');
    expect(rules(fits)[0].ports).toEqual(on(8000, 8001, 8002));
  });
});

describe('8. egress firewall: each gate holds by itself', () => {
  const patched = (patch: JsonPatch) => {
    const c = cluster();
    const shop = c.namespace('shop');
    const api = deployment(shop, 'api', 8080);
    api.connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.postgres()] });
    api.connections.allowTo(Peer.host('pay.example.com'), { ports: [Port.https()] });
    const firewall = shop.node.findAll().filter(ApiObject.isApiObject).map(each => each as ApiObject).find(({ kind }) => kind === 'EgressFirewall')!;
    firewall.addJsonPatch(patch);
    return refusal(c.app);
  };

  test('a firewall that lets more pass is found while the policies still hold', () => {
    expect(patched(JsonPatch.remove('/spec/egress/2'))).toContain('is possible, and nobody stated it: no policy closes it');
    expect(patched(JsonPatch.replace('/spec/egress/1/to/cidrSelector', '203.0.113.0/24'))).toContain('EgressFirewall shop/default (egress rule 2) opens it');
  });

  test('a name that nobody stated is found while no policy leads there', () => {
    expect(patched(JsonPatch.add('/spec/egress/0', { type: 'Allow', to: { dnsName: 'evil.example.com' }, ports: [{ protocol: 'TCP', port: 25 }] })))
      .toContain('EgressFirewall shop/default lets TCP 25 to evil.example.com pass, and nobody stated it');
  });

  test('a firewall that lets less pass breaks what was stated', () => {
    expect(patched(JsonPatch.remove('/spec/egress/1'))).toContain('203.0.113.10 : TCP 5432 is not possible, although stated');
    expect(patched(JsonPatch.remove('/spec/egress/0'))).toContain('shop/api is stated to lead to pay.example.com alone');
  });

  test('a firewall that says the same otherwise is as good', () => {
    expect(patched(JsonPatch.add('/spec/egress/2', { type: 'Deny', to: { cidrSelector: '198.51.100.0/24' } }))).toBe('');
  });
});

describe('5. calls of the API server on OVN-Kubernetes', () => {
  const allow = (more: Partial<PlatformFacts>) => {
    const c = cluster(more);
    const shop = c.namespace('shop');
    const webhook = deployment(shop, 'webhook', 8443);
    c.edge.apiServer.connections.allowTo(webhook);
    return { c, shop };
  };

  test('ask where they come from, which is no address of the API server', () => {
    expect(() => allow({})).toThrow("needs the platform fact 'apiServerSources'");
  });

  test('are let in from there and from nowhere else', () => {
    const { c, shop } = allow({ apiServerSources: ['10.244.0.2', '100.64.0.2'] });
    expect(object(shop, 'NetworkPolicy', 'webhook-network-policy').spec.ingress).toEqual([
      { from: [{ ipBlock: { cidr: '10.244.0.2/32' } }, { ipBlock: { cidr: '100.64.0.2/32' } }], ports: on(8443) },
    ]);
    expect(refusal(c.app)).toBe('');
  });

  test('nodes are allowed by the namespace that stands for them, never by address', () => {
    const web = deployment(cluster().namespace('shop'), 'web', 8080);
    expect(() => web.connections.allowFrom(Peer.clusterRange(ClusterRange.NODES))).toThrow("SecureNamespace.imported(edge, 'ovn-host-network')");
    expect(() => web.connections.allowFrom(Peer.cidr('203.0.113.0/24'))).not.toThrow();
  });
});
