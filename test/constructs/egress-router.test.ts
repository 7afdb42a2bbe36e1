import { parse } from 'yaml';
import { EgressRouter, EgressRouterProps } from '../../src/constructs/egress-router';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { Peer } from '../../src/intent/peer';
import { Port } from '../../src/intent/port';
import { FACTS, NODE_CIDR, POD_CIDR, SERVICE_CIDR, deployment, newCluster, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

const DESTINATION = Peer.host('orders.db.example');
const INTERNAL = [SERVICE_CIDR, POD_CIDR, '169.254.169.254/32', NODE_CIDR];

/** A router in a platform namespace, and a shop of another tenant. */
function newRouter(props: Partial<EgressRouterProps> = {}, facts?: Parameters<typeof newCluster>[0]) {
  const cluster = newCluster(facts);
  const egress = cluster.namespace('egress', { tenant: 'platform' });
  const router = new EgressRouter(egress, 'orders-db', { destination: DESTINATION, ports: [Port.postgres()], ...props });
  const shop = cluster.namespace('shop', { tenant: 'acme' });
  return { ...cluster, egress, router, shop, api: deployment(shop, 'api', 9090), web: deployment(shop, 'web', 8080) };
}

const podOf = (egress: SecureNamespace) => object(egress, 'Deployment', 'orders-db').spec.template;
const configOf = (egress: SecureNamespace): string => object(egress, 'ConfigMap', 'orders-db-haproxy').data['haproxy.cfg'];

describe('5. EgressRouter: the proxy', () => {
  test('two replicas, spread over nodes, of which a drain takes one at a time', () => {
    const { egress, router } = newRouter();
    const { spec } = object(egress, 'Deployment', 'orders-db');
    expect(spec.replicas).toBe(2);
    const [term] = spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    expect(term.podAffinityTerm).toMatchObject({ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: router._end.labels } });
    expect(object(egress, 'PodDisruptionBudget', 'orders-db').spec).toMatchObject({ maxUnavailable: 1, selector: { matchLabels: router._end.labels } });
  });

  test('no root, no capability, nothing to write to, no token, under an identity of its own', () => {
    const { app, egress } = newRouter();
    const { spec } = podOf(egress);
    expect(spec).toMatchObject({ serviceAccountName: 'orders-db', automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 99 } });
    expect(spec.containers).toHaveLength(1);
    expect(spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers[0].volumeMounts).toStrictEqual([{ mountPath: '/etc/haproxy', name: spec.volumes[0].name, readOnly: true }]);
    expect(refusal(app)).toBe('');
  });

  test('an image of a fixed version, with probes, and bounds on memory', () => {
    const [container] = podOf(newRouter().egress).spec.containers;
    expect(container.image).toMatch(/\/haproxy:\d+\.\d+\.\d+-/);
    expect(container.livenessProbe.httpGet).toMatchObject({ path: '/live', port: 8404 });
    expect(container.readinessProbe.httpGet).toMatchObject({ path: '/ready', port: 8404 });
    expect(container.resources.limits.memory).toBe('256Mi');
  });

  test('an image without a fixed version is refused, with a version or a digest it is taken', () => {
    for (const image of ['haproxy', 'haproxy:latest', 'registry.example:5000/haproxy']) {
      expect(() => newRouter({ image })).toThrow(`[egress/router-orders-db] the image '${image}' has no fixed version: name one, or a digest`);
    }
    for (const image of ['registry.example:5000/haproxy:3.0.2', `haproxy@sha256:${'a'.repeat(64)}`]) {
      expect(podOf(newRouter({ image }).egress).spec.containers[0].image).toBe(image);
    }
  });

  test('its configuration knows the one destination', () => {
    const config = configOf(newRouter().egress);
    expect(config.match(/^ {2}server .*$/gm)).toEqual(['  server destination orders.db.example:5432 resolvers cluster init-addr none resolve-prefer ipv4']);
    expect(podOf(newRouter().egress).spec.containers[0].args).toContain('/etc/haproxy/haproxy.cfg');
  });

  test('a changed configuration rolls out, an unchanged one does not', () => {
    const hash = (props?: Partial<EgressRouterProps>) => podOf(newRouter(props).egress).metadata.annotations['secure-network/config-hash'];
    expect(hash()).toMatch(/^[0-9a-f]{16}$/);
    expect(hash({ destination: Peer.host('other.db.example') })).not.toBe(hash());
    expect(hash({ ports: [Port.mysql()] })).not.toBe(hash());
    expect(hash({ replicas: 5 })).toBe(hash());
  });

  test('it listens in the families that pods have', () => {
    const dual = { version: '1.31', podCidrs: [POD_CIDR, 'fd00:1::/48'], serviceCidrs: [SERVICE_CIDR], nodeCidrs: [NODE_CIDR] };
    expect(configOf(newRouter({}, dual).egress)).toContain('bind :::5432 v6only');
    expect(configOf(newRouter().egress)).not.toContain('bind :::');
  });

  test('fewer than one replica is refused, one is taken', () => {
    for (const replicas of [0, -1, 1.5]) {
      expect(() => newRouter({ replicas })).toThrow(`[egress/router-orders-db] replicas '${replicas}' is not a whole number from 1 up: without a proxy nothing gets out`);
    }
    expect(object(newRouter({ replicas: 1 }).egress, 'Deployment', 'orders-db').spec.replicas).toBe(1);
  });
});

describe('5. EgressRouter: who reaches it, and what it reaches', () => {
  test('nobody, until stated', () => {
    const { egress } = newRouter();
    expect(policy(egress, 'orders-db-network-policy').ingress).toStrictEqual([]);
  });

  test('only workloads that said so: the other workload of the same namespace does not', () => {
    const { app, egress, shop, router, api } = newRouter();
    api.connections.allowTo(router);
    router.connections.allowFrom(api);
    expect(policy(egress, 'orders-db-network-policy').ingress).toStrictEqual([{ from: [podsPeer(api)], ports: tcp(5432) }]);
    expect(policy(shop, 'api-network-policy').egress).toStrictEqual([{ to: [podsPeer(router.proxy)], ports: tcp(5432) }]);
    expect(policy(shop, 'web-network-policy')).toMatchObject({ egress: [], ingress: [] });
    expect(refusal(app)).toBe('');
  });

  test('another tenant\'s client needs the router\'s word too', () => {
    const { app, router, api } = newRouter();
    api.connections.allowTo(router);
    expect(refusal(app)).toContain("and 'egress/orders-db' has not agreed to TCP 5432");
  });

  test('a destination by name: the world outside on its ports, without anything of the cluster\'s, and the DNS of its namespace', () => {
    const { egress } = newRouter();
    expect(policy(egress, 'orders-db-network-policy').egress).toStrictEqual([{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: INTERNAL } }], ports: tcp(5432) }]);
    expect(policy(egress, 'allow-dns').egress).toHaveLength(1);
  });

  test('a destination by address: that address, and nothing else', () => {
    const { egress, router } = newRouter({ destination: Peer.address('203.0.113.10') });
    expect(policy(egress, 'orders-db-network-policy').egress).toStrictEqual([{ to: [{ ipBlock: { cidr: '203.0.113.10/32' } }], ports: tcp(5432) }]);
    expect(configOf(egress)).toContain('  server destination 203.0.113.10:5432\n');
    expect(router.destination).toBe('203.0.113.10');
    const v6 = newRouter({ destination: Peer.address('2001:db8::10') }, { ...FACTS, podCidrs: [POD_CIDR, 'fd00:10::/56'] });
    expect(policy(v6.egress, 'orders-db-network-policy').egress[0].to).toStrictEqual([{ ipBlock: { cidr: '2001:db8::10/128' } }]);
    expect(configOf(v6.egress)).toContain('  server destination [2001:db8::10]:5432\n');
  });

  test('nobody but the proxies gets to the destination', () => {
    const { app, router, api } = newRouter();
    api.connections.allowTo(router);
    router.connections.allowFrom(api);
    const open = objects(app).filter(({ kind, spec }) => kind === 'NetworkPolicy' && spec.egress?.some(({ to }: any) => to.some(({ ipBlock }: any) => ipBlock)));
    expect(open.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(['egress/orders-db-network-policy']);
  });

  test('several ports: clients dial the destination\'s numbers, pods listen from 1024 up, policies name what pods listen on', () => {
    const { egress, shop, router, api } = newRouter({ ports: [Port.https(), Port.postgres(), Port.https()] });
    api.connections.allowTo(router);
    expect(object(egress, 'Service', 'orders-db').spec.ports).toStrictEqual([
      { name: 'tcp-443', port: 443, targetPort: 10443 }, { name: 'tcp-5432', port: 5432, targetPort: 5432 },
    ]);
    expect(policy(shop, 'api-network-policy').egress[0].ports).toStrictEqual(tcp(5432, 10443));
    expect(policy(egress, 'orders-db-network-policy').egress[0].ports).toStrictEqual(tcp(443, 5432));
    expect(configOf(egress).match(/^ {2}(server destination \S+|bind \S+)/gm)).toEqual([
      '  bind *:5432', '  server destination orders.db.example:5432', '  bind *:10443', '  server destination orders.db.example:443', '  bind *:8404',
    ]);
  });

  test('the health port is nobody\'s to reach', () => {
    const { egress, router, api } = newRouter();
    api.connections.allowTo(router);
    expect(JSON.stringify(policy(egress, 'orders-db-network-policy'))).not.toContain('8404');
    expect(object(egress, 'Service', 'orders-db').spec.ports.map(({ port }: any) => port)).toEqual([5432]);
  });
});

describe('5. EgressRouter: how clients find it', () => {
  test('host and port, fit for the environment of a container', () => {
    const { router } = newRouter({ ports: [Port.https(), Port.postgres()] });
    expect([router.host, router.port]).toEqual(['orders-db.egress.svc', 443]);
  });

  test('under the destination\'s own name with a clusterIp that stays, so that certificates still verify', () => {
    const { app, egress, shop, router } = newRouter({ clusterIp: '10.96.7.7' });
    expect(router.hostAlias()).toStrictEqual({ ip: '10.96.7.7', hostnames: ['orders.db.example'] });
    expect(object(egress, 'Service', 'orders-db').spec.clusterIP).toBe('10.96.7.7');
    shop.addDeployment('client', { containers: [{ image: 'registry.example/client:1' }], hostAliases: [router.hostAlias()] });
    expect(parse(app.synthYaml().split('---').find(text => text.includes('hostAliases'))!).spec.template.spec.hostAliases)
      .toStrictEqual([{ ip: '10.96.7.7', hostnames: ['orders.db.example'] }]);
  });

  test('without a clusterIp, or without a name, there is nothing to map', () => {
    expect(() => newRouter().router.hostAlias()).toThrow("[egress/router-orders-db] hostAlias() needs a clusterIp that stays: set 'clusterIp' to a free address of the service range, "
      + "or let the client name 'orders.db.example' as TLS server name while it dials orders-db.egress.svc");
    expect(() => newRouter({ clusterIp: '10.96.7.7', destination: Peer.address('203.0.113.10') }).router.hostAlias())
      .toThrow("hostAlias() needs a destination with a name, and '203.0.113.10' is an address: use Peer.host(...)");
  });
});

describe('9. Errors of a router', () => {
  test.each([
    ['10.96.7', "[egress/router-orders-db] clusterIp '10.96.7' is not an IP address: write one free address of the service range"],
    ['orders', "clusterIp 'orders' is not an IP address"],
    ['', "clusterIp '' is not an IP address"],
    ['None', "clusterIp 'None' is not an IP address"],
    ['10.244.0.7', `[egress/router-orders-db] clusterIp '10.244.0.7' lies outside the service range ${SERVICE_CIDR}: choose a free address inside it`],
    ['fd00:2::7', "clusterIp 'fd00:2::7' lies outside the service range"],
  ])('the clusterIp \'%s\' is refused', (clusterIp, message) => {
    expect(() => newRouter({ clusterIp })).toThrow(message);
  });

  test('a destination is one system outside', () => {
    expect(() => newRouter({ destination: Peer.cidr('203.0.113.0/24') })).toThrow("[egress/router-orders-db] a router leads to one external system, and '203.0.113.0/24' is not one host: "
      + "use Peer.host('orders.db.example') or Peer.address('203.0.113.10')");
    expect(() => newRouter({ destination: Peer.internet() })).toThrow("'the internet' is not one host");
    expect(() => newRouter({ destination: newRouter().api })).toThrow('pods of this cluster need no router');
    expect(() => newRouter({ destination: Peer.host('*.db.example') })).toThrow("a router leads to one external system, and '*.db.example' is any number of them: write one name in full");
    expect(() => newRouter({ destination: Peer.host('postgres') })).toThrow("'postgres' has no domain: write one name in full");
    expect(() => newRouter({ destination: Peer.address('10.244.3.4') })).toThrow("[egress/router-orders-db] '10.244.3.4/32' lies wholly inside the cluster's own ranges");
  });

  test('its ports are single TCP ports, at least one', () => {
    expect(() => newRouter({ ports: [] })).toThrow("[egress/router-orders-db] a router without ports leads nowhere: name the destination's ports, for example ports: [Port.postgres()]");
    for (const port of [Port.udp(53), Port.sctp(1), Port.tcpRange(1, 2), Port.tcpNamed('http')]) {
      expect(() => newRouter({ ports: [port] })).toThrow(`[egress/router-orders-db] the router's proxy cannot forward '${port}': name single TCP ports by number`);
    }
    expect(() => newRouter({ ports: [Port.tcpRange(7, 7)] })).not.toThrow();
  });

  test('its id is the name of its Service', () => {
    const { egress } = newRouter();
    expect(() => new EgressRouter(egress, '2nd', { destination: DESTINATION, ports: [Port.postgres()] })).toThrow("[egress/router-2nd] router id '2nd' is not a DNS label (RFC 1035)");
    expect(() => new EgressRouter(egress, 'second', { destination: DESTINATION, ports: [Port.postgres()] })).not.toThrow();
  });

  test('a workload of its name is in its way', () => {
    const { egress } = newRouter();
    expect(() => egress.select('orders-db', { labels: { app: 'x' }, serviceAccountName: 'x' })).toThrow("the namespace already has a workload named 'orders-db' at 'egress/orders-db'");
  });

  test('clients that state the number they dial, where pods listen on another, are told the number policies see', () => {
    const { app, router, api } = newRouter({ ports: [Port.https()] });
    api.connections.allowTo(router, { ports: [Port.https()] });
    expect(refusal(app)).toContain("states 'TCP 443', the port of the Service, and the pods behind it listen on 'TCP 10443'");
  });
});
