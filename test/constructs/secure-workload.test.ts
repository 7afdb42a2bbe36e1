import { App, Chart, Cron } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Port } from '../../src/intent/port';
import { container, deployment, newCluster, object, objects, podsPeer, policy, refusal, tcp } from '../support/app';

const IMAGE = 'registry.example/app:1.0.0';

/** Each way to make a workload, with the kind of its object and where its pods stand in it. */
const KINDS: [string, string, (shop: SecureNamespace, id: string, containers: kplus.ContainerProps[]) => SecureWorkload, (json: any) => any][] = [
  ['addDeployment', 'Deployment', (shop, id, containers) => shop.addDeployment(id, { containers }), json => json.spec.template],
  ['addStatefulSet', 'StatefulSet', (shop, id, containers) => shop.addStatefulSet(id, { containers }), json => json.spec.template],
  ['addDaemonSet', 'DaemonSet', (shop, id, containers) => shop.addDaemonSet(id, { containers }), json => json.spec.template],
  ['addJob', 'Job', (shop, id, containers) => shop.addJob(id, { containers }), json => json.spec.template],
  ['addCronJob', 'CronJob', (shop, id, containers) => shop.addCronJob(id, { containers, schedule: Cron.daily() }), json => json.spec.jobTemplate.spec.template],
];

describe('3. SecureWorkload: every kind of workload', () => {
  test.each(KINDS)('%s: pods under their own identity, selected by labels that they carry', (_, kind, add, podsOf) => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const worker = add(shop, 'worker', [{ image: IMAGE, portNumber: 8080 }]);
    const other = add(shop, 'other', [{ image: IMAGE, portNumber: 8080 }]);
    const pods = podsOf(object(shop, kind, 'worker'));

    expect(pods.spec.serviceAccountName).toBe('worker');
    expect(worker.serviceAccountName).toBe('worker');
    expect(object(shop, 'ServiceAccount', 'worker').automountServiceAccountToken).toBe(false);
    expect(Object.keys(worker._end.labels).length).toBeGreaterThan(0);
    expect(pods.metadata.labels).toMatchObject(worker._end.labels);
    expect(pods.metadata.labels).not.toMatchObject(other._end.labels);
    expect(policy(shop, 'worker-network-policy').podSelector).toStrictEqual({ matchLabels: worker._end.labels });
    expect(refusal(app)).toBe('');
  });

  test.each(KINDS)('%s: containers as the restricted level wants them, what the user says included', (_, kind, add, podsOf) => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    add(shop, 'worker', [{ image: IMAGE, portNumber: 8080, securityContext: { user: 1234 } }]);
    expect(podsOf(object(shop, kind, 'worker')).spec.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      privileged: false,
      runAsNonRoot: true,
      runAsUser: 1234,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('init containers are hardened as well', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    shop.addDeployment('web', { containers: [{ image: IMAGE }], initContainers: [{ image: IMAGE, name: 'migrate' }] });
    expect(object(shop, 'Deployment', 'web').spec.template.spec.initContainers[0].securityContext.capabilities).toStrictEqual({ drop: ['ALL'] });
    expect(refusal(app)).toBe('');
  });

  test('what the user takes away is missed at synth, with the field and the remedy', () => {
    const { app, namespace } = newCluster();
    namespace('shop').addDeployment('web', { containers: [{ image: IMAGE, securityContext: { ensureNonRoot: false } }] });
    expect(refusal(app)).toMatch(/'shop\/web\/Default\/Resource' \(Deployment 'web' of namespace 'shop'\) is rejected .* 'restricted': .*runAsNonRoot/);
  });
});

describe('3. SecureWorkload: its Service', () => {
  test('each port a container declares, under the same number and with its true protocol', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const dns = shop.addDeployment('resolver', {
      containers: [{ image: IMAGE, ports: [{ number: 1053, protocol: kplus.Protocol.UDP, name: 'dns' }, { number: 1053, name: 'dns-tcp' }, { number: 9153 }] }],
    });
    const { spec } = object(shop, 'Service', 'resolver');
    expect(spec.ports).toStrictEqual([
      { name: 'dns', port: 1053, protocol: 'UDP', targetPort: 1053 },
      { name: 'dns-tcp', port: 1053, protocol: 'TCP', targetPort: 1053 },
      { name: 'tcp-9153', port: 9153, protocol: 'TCP', targetPort: 9153 },
    ]);
    expect(spec.selector).toStrictEqual(dns._end.labels);
    expect([dns.host, dns.port]).toEqual(['resolver.shop.svc', 1053]);
  });

  test('a StatefulSet has a headless one, which gives each replica a name', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const cart = shop.addStatefulSet('cart', { containers: [{ image: IMAGE, portNumber: 6379 }] });
    expect(object(shop, 'Service', 'cart').spec).toMatchObject({ clusterIP: 'None', selector: cart._end.labels, ports: [{ port: 6379, targetPort: 6379 }] });
    expect(object(shop, 'StatefulSet', 'cart').spec.serviceName).toBe('cart');
  });

  test('policies use the target port, also where clients dial another', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const web = shop.addDeployment('web', { containers: [{ image: IMAGE, portNumber: 8080 }], servicePorts: [{ port: 80, targetPort: 8080 }] });
    const client = deployment(shop, 'client');
    client.connections.allowTo(web);
    expect(web.port).toBe(80);
    expect(policy(shop, 'client-network-policy').egress).toStrictEqual([{ to: [podsPeer(web)], ports: tcp(8080) }]);
    expect(policy(shop, 'web-network-policy').ingress).toStrictEqual([{ from: [podsPeer(client)], ports: tcp(8080) }]);
    expect(refusal(app)).toBe('');
  });

  test('the Service\'s number stated as the flow\'s port is refused with the target port, which is taken', () => {
    const stated = (port: number) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      const web = shop.addDeployment('web', { containers: [{ image: IMAGE, portNumber: 8080 }], servicePorts: [{ port: 80, targetPort: 8080 }] });
      deployment(shop, 'client').connections.allowTo(web, { ports: [Port.tcp(port)] });
      return refusal(app);
    };
    expect(stated(80)).toMatch(/\[shop\/web\] the flow shop\/client -> shop\/web .* states 'TCP 80', the port of the Service, .* listen on 'TCP 8080', .*state 'TCP 8080', or leave 'ports' out/);
    expect(stated(8080)).toBe('');
  });

  test('a Service that leads to a port nobody declares is refused', () => {
    const served = (targetPort: number) => {
      const { app, namespace } = newCluster();
      namespace('shop').addDeployment('web', { containers: [{ image: IMAGE, portNumber: 8080 }], servicePorts: [{ port: 80, targetPort }] });
      return refusal(app);
    };
    expect(served(8081)).toContain("[shop/web] Service 'web' sends TCP 80 to target port 8081, which 'web' does not declare: it declares TCP 8080");
    expect(served(8080)).toBe('');
  });

  test('none where no port is declared, and asking for it says what is missing', () => {
    const { app, namespace } = newCluster();
    const worker = deployment(namespace('shop'), 'worker');
    expect(objects(app).filter(({ kind }) => kind === 'Service')).toEqual([]);
    expect(() => worker.host).toThrow("[shop/worker] has no Service: declare a container port, or pass 'service'");
    expect(() => worker.port).toThrow('has no Service');
  });

  test('a StatefulSet without a port or a Service is refused, with a given Service it stands', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    expect(() => shop.addStatefulSet('cart', { containers: [{ image: IMAGE }] }))
      .toThrow("[shop/cart] a StatefulSet needs a Service, and no container declares a port: add portNumber, or pass 'service'");
    const service = new kplus.Service(shop, 'given', { metadata: { name: 'given' }, clusterIP: 'None', ports: [{ port: 1 }] });
    expect(shop.addStatefulSet('store', { containers: [{ image: IMAGE }], service }).service).toBe(service);
  });

  test('a headless Service that pretends to translate ports is refused', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const service = new kplus.Service(shop, 'given', { metadata: { name: 'given' }, clusterIP: 'None', ports: [{ port: 80, targetPort: 6379 }] });
    shop.addStatefulSet('cart', { containers: [{ image: IMAGE, portNumber: 6379 }], service });
    expect(refusal(app)).toContain("[shop/cart] the headless Service 'given' cannot turn port 80 into 6379");
  });
});

describe('3. SecureWorkload: ports are read late', () => {
  test('a container added after the flow was stated counts, with its protocol', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const web = deployment(shop, 'web', 8080);
    deployment(shop, 'client').connections.allowTo(web);
    web.pods.addContainer(container({ name: 'syslog', ports: [{ number: 5514, protocol: kplus.Protocol.UDP }] }));
    expect(policy(shop, 'client-network-policy').egress[0].ports).toStrictEqual([{ protocol: 'TCP', port: 8080 }, { protocol: 'UDP', port: 5514 }]);
  });

  test('a sidecar\'s port counts; that of an init container, which is gone when the pod runs, does not', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const web = shop.addDeployment('web', {
      containers: [{ image: IMAGE, portNumber: 8080 }],
      initContainers: [
        { image: IMAGE, name: 'proxy', portNumber: 9901, restartPolicy: kplus.ContainerRestartPolicy.ALWAYS },
        { image: IMAGE, name: 'migrate', portNumber: 7777 },
      ],
    });
    deployment(shop, 'client').connections.allowTo(web);
    expect(policy(shop, 'client-network-policy').egress[0].ports).toStrictEqual(tcp(8080, 9901));
  });

  test('SCTP stays SCTP', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const smf = shop.addDeployment('smf', { containers: [{ image: IMAGE, ports: [{ number: 38412, protocol: kplus.Protocol.SCTP }] }] });
    deployment(shop, 'client').connections.allowTo(smf);
    expect(policy(shop, 'smf-network-policy').ingress[0].ports).toStrictEqual([{ protocol: 'SCTP', port: 38412 }]);
  });
});

describe('3. SecureWorkload: allowInternally', () => {
  test('the replicas reach each other, in both directions, and nobody else does', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const cart = shop.addStatefulSet('cart', { containers: [{ image: IMAGE, portNumber: 6379 }] });
    const other = deployment(shop, 'other', 6379);
    cart.connections.allowInternally();
    expect(policy(shop, 'cart-network-policy')).toMatchObject({ ingress: [{ from: [podsPeer(cart)], ports: tcp(6379) }], egress: [{ to: [podsPeer(cart)], ports: tcp(6379) }] });
    expect(policy(shop, 'other-network-policy')).toMatchObject({ podSelector: { matchLabels: other._end.labels }, ingress: [], egress: [] });
  });

  test('on the ports that are stated, where they are', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    const cart = deployment(shop, 'cart', 6379);
    cart.connections.allowInternally({ ports: [Port.tcp(16379)] });
    expect(policy(shop, 'cart-network-policy').ingress[0].ports).toStrictEqual(tcp(16379));
  });
});

describe('3. SecureWorkload: select', () => {
  const props = { labels: { app: 'cart' }, serviceAccountName: 'cart', ports: [Port.tcp(6379)] };

  test('labels, ports and identity as stated; no object but its policy', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const before = objects(app).length;
    const cart = shop.select('cart', props);
    deployment(shop, 'client').connections.allowTo(cart);
    expect(objects(app).filter(({ metadata }) => metadata.name.startsWith('cart')).map(({ kind }) => kind)).toEqual(['NetworkPolicy']);
    expect(objects(app).length).toBeGreaterThan(before);
    expect(policy(shop, 'cart-network-policy')).toMatchObject({ podSelector: { matchLabels: { app: 'cart' } }, ingress: [{ ports: tcp(6379) }], egress: [] });
    expect(policy(shop, 'client-network-policy').egress).toStrictEqual([{ to: [podsPeer(cart)], ports: tcp(6379) }]);
  });

  test('what would select every pod, or an identity every pod has, is refused', () => {
    const { namespace } = newCluster();
    const shop = namespace('shop');
    expect(() => shop.select('cart', { ...props, labels: {} })).toThrow('[shop/cart] an empty set of labels would select every pod of the namespace');
    expect(() => shop.select('cart', { ...props, serviceAccountName: 'default' })).toThrow("[shop/cart] runs under the ServiceAccount 'default'");
    expect(() => shop.select('cart', props)).not.toThrow();
  });

  test('it has no pods of ours and no Service', () => {
    const cart = newCluster().namespace('shop').select('cart', props);
    expect(() => cart.pods).toThrow('[shop/cart] is known by its labels only');
    expect(() => cart.service).toThrow('[shop/cart] has no Service');
  });
});

describe('3. SecureWorkload: imported', () => {
  const props = { labels: { app: 'prometheus' }, serviceAccountName: 'prometheus', ports: [Port.tcp(9090)] };

  test('our half of a flow is rendered, and nothing in their namespace', () => {
    const { app, edge, namespace } = newCluster();
    const shop = namespace('shop');
    const api = deployment(shop, 'api', 9102);
    const prometheus = SecureWorkload.imported(SecureNamespace.imported(edge, 'monitoring'), 'prometheus', props);
    api.connections.allowFrom(prometheus);
    api.connections.allowTo(prometheus);
    const peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }, podSelector: { matchLabels: { app: 'prometheus' } } };
    expect(policy(shop, 'api-network-policy')).toMatchObject({ ingress: [{ from: [peer], ports: tcp(9102) }], egress: [{ to: [peer], ports: tcp(9090) }] });
    expect(objects(app).filter(({ metadata }) => metadata.namespace === 'monitoring')).toEqual([]);
  });

  test('what is ours cannot be imported, and two foreign ends cannot be joined', () => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    expect(() => SecureWorkload.imported(shop, 'cart', props)).toThrow("[shop] 'cart' cannot be imported into a namespace of this App: use shop.select('cart', ...)");
    expect(() => SecureWorkload.imported(SecureNamespace.imported(edge, 'monitoring'), 'prometheus', { ...props, labels: {} })).toThrow('[monitoring/prometheus] an empty set of labels');
  });
});

describe('9. Errors of a workload', () => {
  test.each([
    ['Api', "[shop/Api] workload id 'Api' is not a DNS label (RFC 1035)", 'api'],
    ['1api', "[shop/1api] workload id '1api' is not a DNS label (RFC 1035)", 'api1'],
    ['a'.repeat(64), 'it has 64 characters, at most 63 are allowed', 'a'.repeat(63)],
  ])('the name %s is refused, %s', (id, message, good) => {
    const shop = newCluster().namespace('shop');
    expect(() => deployment(shop, id, 8080)).toThrow(message);
    expect(() => deployment(shop, good, 8080)).not.toThrow();
  });

  test.each(['addStatefulSet', 'addCronJob'])('%s leaves room for what the cluster adds to the name', method => {
    const add = KINDS.find(([name]) => name === method)![2];
    const shop = newCluster().namespace('shop');
    expect(() => add(shop, 'a'.repeat(53), [{ image: IMAGE, portNumber: 1 }])).toThrow(/has 53 characters, and what the cluster makes of it leaves room for 52/);
    expect(() => add(shop, 'a'.repeat(52), [{ image: IMAGE, portNumber: 1 }])).not.toThrow();
  });

  test('select and imported names that the API would refuse', () => {
    const { edge, namespace } = newCluster();
    const props = { labels: { app: 'x' }, serviceAccountName: 'x' };
    expect(() => namespace('shop').select('Cart', props)).toThrow("[shop] workload name 'Cart' is not a DNS label (RFC 1123)");
    expect(() => SecureWorkload.imported(SecureNamespace.imported(edge, 'monitoring'), 'Prometheus', props)).toThrow("[monitoring] workload name 'Prometheus' is not a DNS label");
    expect(() => namespace('other').select('cart', { ...props, labels: { 'app name': 'x' } })).toThrow("label key of [other/cart] labels 'app name'");
    expect(() => namespace('third').select('cart', { ...props, serviceAccountName: 'Cart' })).toThrow("[third/cart] serviceAccountName 'Cart' is not a DNS subdomain");
  });

  test('the same name twice is refused, however the workloads are made', () => {
    const shop = newCluster().namespace('shop');
    deployment(shop, 'api', 9090);
    expect(() => shop.select('api', { labels: { app: 'api' }, serviceAccountName: 'other' }))
      .toThrow("[shop/api] the namespace already has a workload named 'api' at 'shop/api': choose another name");
    const workload = new kplus.Deployment(shop, 'existing', { containers: [container()] });
    expect(() => shop.adopt('api', workload)).toThrow("[shop/adopted-api] the namespace already has a workload named 'api'");
    expect(() => shop.adopt('api-2', workload)).not.toThrow();
  });

  test('a name that another construct of the namespace has as its id is refused', () => {
    const shop = newCluster().namespace('shop');
    expect(() => deployment(shop, 'namespace', 8080))
      .toThrow("[shop/namespace] the namespace already holds another construct with the id 'namespace': choose another name for the workload");
  });

  test('a port name that the API would refuse is found at synth, a good one is not', () => {
    const named = (name: string) => {
      const { app, namespace } = newCluster();
      namespace('shop').addDeployment('web', { containers: [{ image: IMAGE, ports: [{ number: 8080, name }] }] });
      return refusal(app);
    };
    expect(named('http_public')).toContain("[shop/web] port name 'http_public' is not a port name (IANA service name): it needs lowercase letters, digits and single '-' between them, "
      + "with at least one letter: did you mean 'http-public'?");
    expect(named('http-public')).toBe('');
  });
});

test('3. a workload lands in the file of its namespace', () => {
  const { namespace } = newCluster();
  const web = deployment(namespace('shop'), 'web', 8080);
  expect(Chart.of(web).node.path).toBe('shop');
  expect((App.of(web) as App).charts.map(({ node }) => node.id)).toContain('shop');
});
