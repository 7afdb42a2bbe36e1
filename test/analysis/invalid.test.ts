import { Connectivity } from '../../src/analysis/connectivity';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';
import { selectorWitnesses, strangers } from '../../src/analysis/witnesses';

const object = (kind: string, apiVersion: string, spec: any, name = 'x') => ({ apiVersion, kind, metadata: { name, namespace: 'shop' }, spec });
const np = (spec: any, name?: string) => object('NetworkPolicy', 'networking.k8s.io/v1', { podSelector: {}, ...spec }, name);
const anp = (spec: any, name?: string) => object('AdminNetworkPolicy', 'policy.networking.k8s.io/v1alpha1', { priority: 1, subject: { namespaces: {} }, ...spec }, name);
const banp = (spec: any, name = 'default') => object('BaselineAdminNetworkPolicy', 'policy.networking.k8s.io/v1alpha1', { subject: { namespaces: {} }, ...spec }, name);
const cnp = (spec: any) => object('ClusterNetworkPolicy', 'policy.networking.k8s.io/v1alpha2', { tier: 'Admin', priority: 1, subject: { namespaces: {} }, ...spec });
const from = (peer: any) => np({ ingress: [{ from: [peer] }] });
const port = (json: any) => np({ ingress: [{ ports: [json] }] });
const to = (peer: any, action = 'Deny') => [{ action, to: [peer] }];
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers: [] } };
const problem = (...objects: any[]) => ClusterModel.of(objects).problems.map(({ message }) => message).join();

describe('9. errors: what the API server would refuse', () => {
  test.each<[string, any, string]>([
    ['port 0', port({ port: 0 }), "spec.ingress[0].ports[0]: port '0' is outside 1-65535"],
    ['a fractional port', port({ port: 80.5 }), "port '80.5' is outside 1-65535"],
    ['a reversed range', port({ port: 90, endPort: 80 }), "port range '90-80' is empty"],
    ['a range of a name', port({ port: 'http', endPort: 80 }), "endPort stands beside the port name 'http'"],
    ['a range without start', port({ endPort: 80 }), 'endPort stands without port'],
    ['a number in quotes', port({ port: '8080' }), "'8080' is not a port name"],
    ['a protocol', port({ port: 80, protocol: 'ICMP' }), "protocol 'ICMP' is unknown"],
    ['an empty peer', from({}), 'the peer is empty'],
    ['a block beside a selector', from({ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }), 'ipBlock stands beside a selector'],
    ['an exception that is all', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }), 'is not strictly inside'],
    ['an exception of another family', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['2001:db8::/32'] } }), 'is not strictly inside'],
    ['a block that is none', from({ ipBlock: { cidr: '10.0.0/8' } }), "'10.0.0' is not an IP address"],
    ['an operator', from({ podSelector: { matchExpressions: [{ key: 'a', operator: 'Equals', values: ['b'] }] } }), "operator 'Equals'"],
    ['a direction', np({ policyTypes: ['Both'] }), "spec.policyTypes[0]: 'Both' is unknown"],
    ['rules that are no list', np({ ingress: {} }), 'spec.ingress: is not a list'],
    ['a priority', anp({ priority: 1001 }), "'1001' is outside 0-1000"],
    ['two kinds of subject', anp({ subject: { namespaces: {}, pods: {} } }), 'write exactly one of namespaces and pods'],
    ['two kinds of peer', anp({ egress: to({ namespaces: {}, networks: ['10.0.0.0/8'] }) }), 'the peer has namespaces and networks'],
    ['a rule without peers', anp({ egress: [{ action: 'Deny', to: [] }] }), "'to' is empty"],
    ['networks at ingress', anp({ ingress: [{ action: 'Deny', from: [{ networks: ['10.0.0.0/8'] }] }] }), "'networks' is no peer here"],
    ['an action of the other version', anp({ egress: to({ namespaces: {} }, 'Accept') }), "action 'Accept' is unknown: use Allow, Deny, Pass"],
    ['Pass in the baseline', banp({ egress: to({ namespaces: {} }, 'Pass') }), "action 'Pass' is unknown: use Allow, Deny"],
    ['a second baseline', banp({}, 'other'), "'other' is not 'default'"],
    ['a denied name', cnp({ egress: to({ domainNames: ['x.example'] }) }), 'domainNames cannot be used with Deny'],
    ['a port name towards networks', cnp({ egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }], protocols: [{ destinationNamedPort: 'http' }] }] }),
      'destinationNamedPort has no meaning for networks'],
    ['a one-port range', cnp({ egress: [{ action: 'Deny', to: [{ namespaces: {} }], protocols: [{ tcp: { destinationPort: { range: { start: 5, end: 5 } } } }] }] }), "'5' is not below '5'"],
    ['a tier', cnp({ tier: 'Middle' }), "'Middle' is unknown"],
  ])('%s', (_, json, message) => {
    expect(problem(json)).toContain(message);
    expect(() => Connectivity.ofObjects([json])).toThrow(message);
  });

  test('the same policy twice, and two of one priority about the same pods', () => {
    expect(problem(np({}), np({}))).toContain('is declared twice');
    expect(problem(np({}), np({}, 'y'))).toBe('');
    expect(problem(pod, anp({}, 'a'), anp({}, 'b'))).toContain('has the priority 1 of AdminNetworkPolicy a');
    expect(problem(pod, anp({}, 'a'), anp({ priority: 2 }, 'b'))).toBe('');
    expect(problem(pod, anp({}, 'a'), anp({ subject: { namespaces: { matchLabels: { x: 'y' } } } }, 'b'))).toBe('');
  });

  test('what cannot be settled is a warning', () => {
    const warnings = (...objects: any[]) => Connectivity.ofObjects(objects).warnings().join('\n');
    expect(warnings(pod, port({ port: 'http' }))).toContain("names the TCP port 'http', which no pod it is about declares");
    expect(warnings(np({ policyTypes: ['Ingress'], egress: [{}] }))).toContain('its egress rules mean nothing');
    expect(warnings(object('CiliumNetworkPolicy', 'cilium.io/v2', {}))).toContain('cilium.io CiliumNetworkPolicy is not read');
    expect(warnings(object('Rollout', 'argoproj.io/v1alpha1', { template: { spec: { containers: [] } } }))).toContain('the pods it makes are not in the answer');
    expect(warnings(anp({ egress: to({ nodes: {} }) }))).toContain('what the rule says about nodes is left out');
    expect(warnings(pod, np({}))).toBe('');
  });
});

describe('7. witnesses: who could come in', () => {
  const model = ClusterModel.of([pod, np({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } }, podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'stray'] }] } }] }] })]);

  test('there is one for every value a selector lets in, and rules let it in', () => {
    const witnesses = selectorWitnesses(model);
    const peers = witnesses.filter(({ role }) => role === 'peer').map(({ peer }) => peer);
    expect(peers.map(({ labels }) => labels)).toEqual([{ app: 'api' }, { app: 'stray' }]);
    const reach = Reachability.of(model.with(witnesses.map(({ peer }) => peer)));
    const [target] = reach.find('shop', 'p');
    for (const { namespace, name } of peers) expect(reach.between(reach.find(namespace, name)[0], target).isAll).toBe(true);
  });

  test('strangers are not let in, and nobody imagined has a row', () => {
    const reach = Reachability.of(model.with(strangers(model)));
    const [target] = reach.find('shop', 'p');
    for (const stranger of reach.endpoints.filter(({ real }) => !real)) expect(reach.between(stranger, target).isEmpty).toBe(true);
    expect(reach.endpoints.filter(({ real }) => !real)).toHaveLength(2);
  });
});
