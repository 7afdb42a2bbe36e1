import { Connectivity } from '../../src/analysis/connectivity';

const pod = (namespace: string, name: string, more: object = {}) =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: { app: name } }, spec: { containers: [{ name }], ...more } });
const egressIp = (name: string, addresses: any, more: object = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }) =>
  ({ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressIP', metadata: { name }, spec: { egressIPs: addresses, ...more } });
const CLOSED = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace: 'shop', name: 'closed' }, spec: { podSelector: {}, policyTypes: ['Egress'] } };

const net = (...objects: object[]) => Connectivity.ofObjects(objects, { keepGoing: true });
const sources = (found: Connectivity, src: string) => found.verdict({ src, dst: '203.0.113.5', port: 443 }).reasons.filter(({ layer }) => layer === 'source-address').map(({ text }) => text);

describe('11. reading EgressIP', () => {
  test('it says under which address pods leave, and changes no verdict', () => {
    const objects = [pod('shop', 'api'), pod('mail', 'mta')];
    const found = net(...objects, egressIp('shop', ['192.0.2.60', '192.0.2.61']));
    expect(sources(found, 'shop/api')).toEqual(['EgressIP shop lets shop/api[Pod] leave the cluster as 192.0.2.60 or 192.0.2.61']);
    expect(sources(found, 'mail/mta')).toEqual([]);
    expect(found.rows()).toEqual(net(...objects).rows());
    expect(found.warnings()).toEqual([]);
  });

  test('it says nothing where nothing leaves, and nothing of pods on the host network', () => {
    expect(sources(net(pod('shop', 'api'), CLOSED, egressIp('shop', ['192.0.2.60'])), 'shop/api')).toEqual([]);
    expect(sources(net(pod('shop', 'agent', { hostNetwork: true }), egressIp('shop', ['192.0.2.60'])), 'shop/agent')).toEqual([]);
    expect(net(pod('shop', 'api'), egressIp('shop', ['192.0.2.60'])).verdict({ src: 'shop/api', dst: '203.0.113.5' }).reasons.map(({ layer }) => layer)).toContain('source-address');
  });

  test('an empty selector is every namespace, and pods are chosen by their labels', () => {
    const all = net(pod('shop', 'api'), pod('mail', 'mta'), egressIp('all', ['192.0.2.60'], { namespaceSelector: {}, podSelector: { matchLabels: { app: 'mta' } } }));
    expect(sources(all, 'mail/mta')).toHaveLength(1);
    expect(sources(all, 'shop/api')).toEqual([]);
  });

  test('a pod chosen twice, and an address held twice, are warned about', () => {
    const twice = net(pod('shop', 'api'), egressIp('one', ['192.0.2.60']), egressIp('two', ['192.0.2.61']));
    expect(twice.warnings()).toEqual(['shop/api[Pod] is chosen by EgressIP one and EgressIP two: it leaves the cluster under the addresses of either']);
    const held = net(pod('shop', 'api'), egressIp('one', ['192.0.2.60']), egressIp('two', ['192.0.2.60'], { namespaceSelector: { matchLabels: { team: 'b' } } }));
    expect(held.warnings().join()).toContain('both hold the address 192.0.2.60');
    expect(net(pod('shop', 'api'), egressIp('one', ['192.0.2.60'])).warnings()).toEqual([]);
  });

  test.each([
    ['no address', egressIp('a', []), 'spec.egressIPs: is empty'],
    ['a range', egressIp('a', ['192.0.2.0/24']), "spec.egressIPs[0]: '192.0.2.0/24' is no IP address"],
    ['no namespaces', egressIp('a', ['192.0.2.60'], {}), 'spec.namespaceSelector: is missing'],
  ])('what has no effect is left out: %s', (_, object, message) => {
    const found = net(pod('shop', 'api'), object);
    expect(found.warnings().join()).toContain(message);
    expect(sources(found, 'shop/api')).toEqual([]);
  });
});
