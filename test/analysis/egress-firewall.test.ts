import { ConnectionSet } from '../../src/algebra/connection-set';
import { IpSet } from '../../src/algebra/ip-set';
import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterFacts } from '../../src/analysis/facts';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';
import { tell } from '../../src/analysis/report/story';
import { endsOf } from '../../src/analysis/verdict';

const pod = (namespace: string, name: string, more: object = {}) =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels: { app: name } }, spec: { containers: [{ name }], ...more } });
const firewall = (namespace: string, ...egress: any[]) => ({ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', metadata: { namespace, name: 'default' }, spec: { egress } });
const allow = (to: object, ...ports: number[]) => ({ type: 'Allow', to, ...(ports.length ? { ports: ports.map(port => ({ protocol: 'TCP', port })) } : {}) });
const deny = (to: object, ...ports: number[]) => ({ ...allow(to, ...ports), type: 'Deny' });
const cidr = (cidrSelector: string) => ({ cidrSelector });
const named = (dnsName: string) => ({ dnsName });
const EVERYTHING = [deny(cidr('0.0.0.0/0')), deny(cidr('::/0'))];
const FACTS: ClusterFacts = { podCidrs: ['10.244.0.0/16'], nodeCidrs: ['192.0.2.0/24'] };
/** Lets the pod out on 443 and nowhere else. */
const POLICY = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name: 'api' },
  spec: { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ protocol: 'TCP', port: 443 }] }] },
};

const net = (objects: any[], facts?: ClusterFacts) => Connectivity.ofObjects(objects, facts ? { facts } : undefined);
const out = (objects: any[], dst: string, facts?: ClusterFacts) => net(objects, facts).verdict({ src: 'shop/api', dst, protocol: 'TCP' }).conn;

describe('11. reading EgressFirewall', () => {
  const api = pod('shop', 'api');

  test('the first rule that matches decides, and what none matches is allowed', () => {
    const first = [api, firewall('shop', allow(cidr('203.0.113.0/25'), 443), deny(cidr('203.0.113.0/24')))];
    expect(out(first, '203.0.113.5')).toBe('TCP 443');
    expect(out(first, '203.0.113.200')).toBe('No Connections');
    expect(out(first, '198.51.100.1')).toBe('TCP 1-65535');
    const turned = [api, firewall('shop', deny(cidr('203.0.113.0/24')), allow(cidr('203.0.113.0/25'), 443))];
    expect(out(turned, '203.0.113.5')).toBe('No Connections');
  });

  test('both it and the policies have to agree', () => {
    const objects = [api, POLICY, firewall('shop', allow(cidr('203.0.113.0/24'), 443, 5432), ...EVERYTHING)];
    expect(out(objects, '203.0.113.5')).toBe('TCP 443');
    expect(out([api, POLICY], '203.0.113.5')).toBe('TCP 443');
    expect(out([api, firewall('shop', allow(cidr('203.0.113.0/24'), 443, 5432), ...EVERYTHING)], '203.0.113.5')).toBe('TCP 443,5432');
    expect(out([api, POLICY, firewall('shop', ...EVERYTHING)], '203.0.113.5')).toBe('No Connections');
  });

  test('a wider word of the administrator does not overrule it', () => {
    const admin = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'all' },
      spec: { priority: 1, subject: { namespaces: {} }, egress: [{ action: 'Allow', to: [{ networks: ['0.0.0.0/0'] }] }] },
    };
    expect(out([api, admin, firewall('shop', ...EVERYTHING)], '203.0.113.5')).toBe('No Connections');
    expect(out([api, admin], '203.0.113.5')).toBe('TCP 1-65535');
  });

  test('pods are never meant, nodes are, and pods on the host network are never held', () => {
    const host = pod('shop', 'agent', { hostNetwork: true });
    const objects = [api, host, pod('shop', 'db'), firewall('shop', ...EVERYTHING)];
    const found = net(objects, FACTS);
    expect(found.verdict({ src: 'shop/api', dst: 'shop/db' }).allowed).toBe(true);
    expect(found.verdict({ src: 'shop/api', dst: 'shop/agent' }).allowed).toBe(false);
    expect(found.verdict({ src: 'shop/agent', dst: '203.0.113.5' }).allowed).toBe(true);
    expect(found.verdict({ src: 'shop/api', dst: '203.0.113.5' }).allowed).toBe(false);
  });

  test('addresses of nodes inside the ranges of pods are never meant either', () => {
    const facts = { ...FACTS, nodeAddresses: ['10.244.0.2'] };
    expect(out([api, firewall('shop', ...EVERYTHING)], '10.244.0.2', facts)).toBe('TCP 1-65535');
    expect(out([api, POLICY, firewall('shop', ...EVERYTHING)], '10.244.0.2', facts)).toBe('TCP 443');
    expect(out([api, firewall('shop', ...EVERYTHING)], '192.0.2.10', facts)).toBe('No Connections');
  });

  test('it is about its own namespace, and two of them are no conflict', () => {
    const found = net([api, pod('mail', 'mta'), firewall('shop', ...EVERYTHING), firewall('mail', allow(cidr('203.0.113.0/24'), 25), ...EVERYTHING)]);
    expect(found.verdict({ src: 'mail/mta', dst: '203.0.113.5' }).conn).toBe('TCP 25');
    expect(found.verdict({ src: 'shop/api', dst: '203.0.113.5' }).allowed).toBe(false);
    expect(found.warnings()).toEqual([]);
  });

  test('a name is a peer of its own, and opens no address', () => {
    const objects = [api, POLICY, firewall('shop', allow(named('pay.example.com'), 443), ...EVERYTHING)];
    const found = net(objects, FACTS);
    expect(found.rows().filter(({ src }) => src.startsWith('shop/')).map(({ dst, conn }) => `${dst} : ${conn}`)).toEqual(['pay.example.com : TCP 443']);
    expect(found.verdict({ src: 'shop/api', dst: 'pay.example.com', port: 443 }).allowed).toBe(true);
    expect(found.verdict({ src: 'shop/api', dst: 'other.example.com', port: 443 }).denied).toBe(true);
    expect(found.verdict({ src: 'shop/api', dst: '203.0.113.5' }).denied).toBe(true);
  });

  test('a name adds nothing to addresses that pass anyway, and has no row beside them', () => {
    const objects = [api, firewall('shop', allow(named('pay.example.com'), 443))];
    expect(net(objects).rows().map(({ dst }) => dst)).not.toContain('pay.example.com');
  });

  test('a denial by name denies nothing for sure, and says so', () => {
    const found = net([api, firewall('shop', deny(named('evil.example.com')))]);
    expect(found.verdict({ src: 'shop/api', dst: 'evil.example.com' }).allowed).toBe(true);
    expect(found.warnings().join()).toContain('denies by name: an address of evil.example.com that is not resolved yet stays open');
  });

  test('nodes are chosen by their labels; where none is shown an allowance opens the whole range and a denial nothing', () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'cp', labels: { role: 'cp' } }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.10' }] } };
    const cp = { nodeSelector: { matchLabels: { role: 'cp' } } };
    const shown = [api, node, firewall('shop', allow(cp, 6443), ...EVERYTHING)];
    expect(out(shown, '192.0.2.10', FACTS)).toBe('TCP 6443');
    expect(out(shown, '192.0.2.11', FACTS)).toBe('No Connections');
    const hidden = [api, firewall('shop', allow(cp, 6443), ...EVERYTHING)];
    expect(out(hidden, '192.0.2.11', FACTS)).toBe('TCP 6443');
    expect(net(hidden, FACTS).warnings().join()).toContain('no Node is among the manifests: it is taken to be about all of them');
    expect(out([api, firewall('shop', deny(cp))], '192.0.2.10', FACTS)).toBe('TCP 1-65535');
  });

  test.each([
    ['another name', { ...firewall('shop'), metadata: { namespace: 'shop', name: 'mine' } }, "'mine' is not 'default'"],
    ['another type', firewall('shop', { type: 'Allowed', to: cidr('0.0.0.0/0') }), "type 'Allowed' is unknown"],
    ['two targets', firewall('shop', allow({ cidrSelector: '0.0.0.0/0', dnsName: 'a.example' })), 'spec.egress[0].to: write exactly one of'],
    ['a protocol of its own', firewall('shop', { type: 'Deny', to: cidr('0.0.0.0/0'), ports: [{ protocol: 'ICMP', port: 1 }] }), "protocol 'ICMP' is unknown"],
    ['no CIDR', firewall('shop', allow(cidr('203.0.113.0/33'))), 'cidrSelector'],
  ])('what is not enforced is left out: %s', (_, object, message) => {
    const found = Connectivity.ofObjects([api, object], { keepGoing: true });
    expect(found.warnings().join()).toContain(message);
    expect(found.verdict({ src: 'shop/api', dst: '203.0.113.5', protocol: 'TCP' }).conn).toBe('TCP 1-65535');
  });

  test('reasons name the rule that decided, at each gate', () => {
    const objects = [api, POLICY, firewall('shop', allow(named('pay.example.com'), 443), allow(cidr('203.0.113.0/24'), 443), ...EVERYTHING)];
    const reasons = (dst: string) => net(objects, FACTS).verdict({ src: 'shop/api', dst, port: 443 }).reasons.map(({ text }) => text).join('\n');
    expect(reasons('203.0.113.5')).toContain('EgressFirewall shop/default allows TCP 443 by rule egress[1]');
    expect(reasons('198.51.100.5')).toContain('EgressFirewall shop/default denies TCP 443 by rule egress[2]');
    expect(reasons('198.51.100.5')).toContain('NetworkPolicy shop/api allows TCP 443');
    expect(reasons('pay.example.com')).toContain('EgressFirewall shop/default allows TCP 443 by rule egress[0]');
  });

  test('nothing is explained by a gate that has nothing to say', () => {
    const objects = [api, pod('shop', 'db'), firewall('shop', ...EVERYTHING),
      { ...POLICY, spec: { ...POLICY.spec, egress: [{ to: [{ podSelector: {} }] }] } }];
    expect(net(objects, FACTS).verdict({ src: 'shop/api', dst: 'shop/db', port: 1 }).reasons.filter(({ direction }) => direction === 'egress').map(({ layer }) => layer))
      .toEqual(['network-policy']);
  });

  test('a story about a name that nobody lists ends at the firewall', () => {
    const reach = Reachability.of(ClusterModel.of([api, POLICY, firewall('shop', allow(named('pay.example.com'), 443), ...EVERYTHING)], { facts: FACTS }));
    const story = (host: string) => tell(reach, endsOf(reach, 'shop/api')[0], reach.model.outside, ConnectionSet.of('TCP', 443), host);
    expect(story('other.example.com').verdict).toBe('denied');
    expect(story('other.example.com').steps[0].reasons.map(({ layer, effect }) => `${layer} ${effect}`)).toContain('egress-firewall deny');
    expect(story('pay.example.com').verdict).toBe('allowed');
    expect(story('pay.example.com').steps[0].reasons.map(({ layer, effect }) => `${layer} ${effect}`)).toEqual(['network-policy allow', 'egress-firewall allow']);
    expect(tell(reach, endsOf(reach, 'shop/api')[0], IpSet.ofAddress('203.0.113.5'), ConnectionSet.of('TCP', 443)).remedies[0].text).toContain('put an Allow rule for 203.0.113.5');
  });
});
