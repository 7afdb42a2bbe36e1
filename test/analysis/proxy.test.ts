import { Connectivity } from '../../src/analysis/connectivity';

const CONFIG = `
frontend db
  mode tcp
  bind *:5432
  default_backend db
backend db
  mode tcp
  server a orders.db.example:5432
  server b 203.0.113.7:5432
`;

const pod = (labels: Record<string, string>, config?: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'router', namespace: 'egress', labels: { app: 'router', ...labels } },
  spec: { containers: [{ name: 'main' }], ...config ? { volumes: [{ name: 'config', configMap: { name: config } }] } : {} },
});
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'router', namespace: 'egress' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 5432 }] }] },
};
const config = (text: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'router', namespace: 'egress' }, data: { 'haproxy.cfg': text } });
const PROXY = { 'secure-network/proxy': 'haproxy' };
const lines = (net: Connectivity) => net.toText().trim().split('\n');

describe('7. read-back: a proxy reaches the names of its configuration', () => {
  const net = Connectivity.ofObjects([pod(PROXY, 'router'), policy, config(CONFIG)]);

  test('rows show the name and the listed address, not the ranges that the policy has to open', () => {
    expect(lines(net)).toEqual([
      'egress/router[Pod] => 203.0.113.7-203.0.113.7[External] : TCP 5432',
      'egress/router[Pod] => orders.db.example : TCP 5432',
    ]);
  });

  test('another name or address is denied, by the layer that holds names', () => {
    expect(net.verdict({ src: 'egress/router', dst: 'orders.db.example', port: 5432 })).toMatchObject({ allowed: true, denied: false });
    expect(net.verdict({ src: 'egress/router', dst: '203.0.113.7', port: 5432 }).allowed).toBe(true);
    for (const dst of ['other.example', '198.51.100.1', '0.0.0.0/0']) {
      const verdict = net.verdict({ src: 'egress/router', dst, port: 5432 });
      expect(verdict.allowed).toBe(false);
      expect(verdict.reasons.filter(({ layer }) => layer === 'proxy')).toHaveLength(1);
    }
    expect(net.verdict({ src: 'egress/router', dst: '198.51.100.1', port: 5432 }).denied).toBe(true);
    expect(net.verdict({ src: 'egress/router', dst: 'orders.db.example', port: 443 }).denied).toBe(true);
  });

  test('what the network itself enforces is still the ranges', () => {
    expect(lines(net.onlyLayers('network-policy'))).toEqual([
      'egress/router[Pod] => 0.0.0.0-9.255.255.255[External] : TCP 5432',
      'egress/router[Pod] => 11.0.0.0-255.255.255.255[External] : TCP 5432',
    ]);
  });

  test.each([
    ['without the label', [pod({}, 'router'), policy, config(CONFIG)]],
    ['without the configuration', [pod(PROXY), policy, config(CONFIG)]],
    ['with a line that may lead elsewhere', [pod(PROXY, 'router'), policy, config(`${CONFIG}  server c "\${ELSEWHERE}":5432\n`)]],
  ])('%s nothing is narrowed', (_, objects) => {
    expect(Connectivity.ofObjects(objects).verdict({ src: 'egress/router', dst: '198.51.100.1', port: 5432 }).allowed).toBe(true);
  });

  test('the configuration opens nothing that the policy denies', () => {
    const closed = { ...policy, spec: { ...policy.spec, egress: [] } };
    expect(Connectivity.ofObjects([pod(PROXY, 'router'), closed, config(CONFIG)]).rows()).toEqual([]);
  });

  test('an admin rule may let a name through; it stands for itself', () => {
    const admin = {
      apiVersion: 'policy.networking.k8s.io/v1alpha2',
      kind: 'ClusterNetworkPolicy',
      metadata: { name: 'names' },
      spec: {
        tier: 'Admin',
        priority: 1,
        subject: { namespaces: {} },
        egress: [
          { action: 'Accept', to: [{ domainNames: ['*.db.example'] }], protocols: [{ tcp: { destinationPort: { number: 5432 } } }] },
          { action: 'Deny', to: [{ networks: ['0.0.0.0/0', '::/0'] }] },
        ],
      },
    };
    const named = Connectivity.ofObjects([pod({}), admin]);
    expect(lines(named)).toContain('egress/router[Pod] => *.db.example : TCP 5432');
    expect(named.verdict({ src: 'egress/router', dst: 'orders.db.example', port: 5432 }).allowed).toBe(true);
    expect(named.verdict({ src: 'egress/router', dst: 'db.example', port: 5432 }).denied).toBe(true);
    expect(named.verdict({ src: 'egress/router', dst: '198.51.100.1', port: 5432 }).denied).toBe(true);
  });
});
