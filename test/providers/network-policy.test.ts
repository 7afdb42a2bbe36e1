/** The renderers as what they are: pure functions of flows, without a construct tree. */
import { CallSite } from '../../src/intent/call-site';
import { Endpoint, NamespaceEnd, WorkloadEnd } from '../../src/intent/endpoint';
import { Flow } from '../../src/intent/flow';
import { IPeer, Peer } from '../../src/intent/peer';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { closedPolicy, joinPolicy, namespacePeer, renderNetworkPolicy } from '../../src/providers/_network-policy';
import { UpstreamNetwork } from '../../src/providers/upstream';
import { FACTS, asRead } from '../support/app';

const LABEL = 'kubernetes.io/metadata.name';
const BOTH = ['Ingress', 'Egress'];
const NOWHERE: CallSite = { toString: () => '' };
const facts = Platform.kubernetes(FACTS)._addressFacts('shop');
const ledger = {};

function namespaceEnd(namespace: string): NamespaceEnd {
  return { kind: 'namespace', path: namespace, namespace, tenant: namespace, ledger, imported: false, open: () => undefined };
}

function workloadEnd(namespace: string, name: string): WorkloadEnd {
  return {
    kind: 'workload', path: `${namespace}/${name}`, name, home: namespaceEnd(namespace), labels: { app: name }, serviceAccountName: name, imported: false, ports: () => [],
  };
}

function flow(from: Endpoint, to: Endpoint, ...ports: Port[]): Flow {
  return { from, to, ports, limited: [], reasons: [], statements: [{ from, to, ports, by: 'source', site: NOWHERE }] };
}

const end = (peer: IPeer) => peer._end;
const [api, db] = [workloadEnd('shop', 'api'), workloadEnd('data', 'db')];
const dbPeer = { namespaceSelector: { matchLabels: { [LABEL]: 'data' } }, podSelector: { matchLabels: { app: 'db' } } };

/** The policy as the API server reads it. */
const rendered = (...given: Parameters<typeof renderNetworkPolicy>) => asRead(renderNetworkPolicy(...given));

describe('2. default deny as a pure function', () => {
  test('a direction without rules has no list: an empty one makes every server-side apply a change', () => {
    expect(renderNetworkPolicy(api, { egress: [], ingress: [] }, facts)).toStrictEqual({ podSelector: { matchLabels: { app: 'api' } }, policyTypes: BOTH });
  });

  test('no flow: both types are named, or one direction would be open', () => {
    expect(rendered(api, { egress: [], ingress: [] }, facts)).toStrictEqual({ podSelector: { matchLabels: { app: 'api' } }, policyTypes: BOTH, ingress: [], egress: [] });
    expect(asRead(closedPolicy({}, [], []))).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [], egress: [] });
  });

  test('a flow in one direction leaves the other one closed', () => {
    expect(rendered(api, { egress: [flow(api, db, Port.tcp(1))], ingress: [] }, facts)).toStrictEqual({
      podSelector: { matchLabels: { app: 'api' } }, policyTypes: BOTH, ingress: [], egress: [{ to: [dbPeer], ports: [{ protocol: 'TCP', port: 1 }] }],
    });
    expect(rendered(db, { egress: [], ingress: [flow(api, db, Port.tcp(1))] }, facts)).toMatchObject({ egress: [], ingress: [{ ports: [{ protocol: 'TCP', port: 1 }] }] });
  });
});

describe('4. peers as pure functions', () => {
  test('a workload is its labels in its namespace, in one peer: two would be either', () => {
    const { egress } = rendered(api, { egress: [flow(api, db, Port.tcp(1))], ingress: [] }, facts);
    expect(egress[0].to).toStrictEqual([dbPeer]);
  });

  test('a namespace is its name, and no pod selector', () => {
    expect(namespacePeer(['data'])).toStrictEqual({ namespaceSelector: { matchLabels: { [LABEL]: 'data' } } });
    expect(namespacePeer(['b', 'a'])).toStrictEqual({ namespaceSelector: { matchExpressions: [{ key: LABEL, operator: 'In', values: ['a', 'b'] }] } });
  });

  test('the policy of a namespace selects all its pods, that of a workload its own', () => {
    expect(rendered(namespaceEnd('shop'), { egress: [], ingress: [] }, facts).podSelector).toStrictEqual({});
    expect(rendered(api, { egress: [], ingress: [] }, facts).podSelector).toStrictEqual({ matchLabels: { app: 'api' } });
  });

  test('a project is joined both ways, by name, and with all ports on purpose', () => {
    expect(joinPolicy(['shop'])).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [{ from: [namespacePeer(['shop'])] }], egress: [{ to: [namespacePeer(['shop'])] }] });
  });

  test('a block is written with its exceptions, and without the word where there are none', () => {
    const blocks = (cidr: string) => rendered(api, { egress: [flow(api, end(Peer.cidr(cidr)), Port.https())], ingress: [] }, facts).egress[0].to;
    expect(blocks('10.240.0.0/12')).toStrictEqual([{ ipBlock: { cidr: '10.240.0.0/12', except: ['10.244.0.0/16'] } }]);
    expect(blocks('203.0.113.0/24')).toStrictEqual([{ ipBlock: { cidr: '203.0.113.0/24' } }]);
  });
});

describe('4. ports as pure functions', () => {
  const ports = (...stated: Port[]) => rendered(api, { egress: [flow(api, db, ...stated)], ingress: [] }, facts).egress[0].ports;

  test.each([
    [Port.tcp(80), { protocol: 'TCP', port: 80 }],
    [Port.udp(53), { protocol: 'UDP', port: 53 }],
    [Port.sctp(38412), { protocol: 'SCTP', port: 38412 }],
    [Port.tcpRange(8000, 8100), { protocol: 'TCP', port: 8000, endPort: 8100 }],
    [Port.udpRange(9, 9), { protocol: 'UDP', port: 9 }],
    [Port.tcpNamed('http'), { protocol: 'TCP', port: 'http' }],
    [Port.sctpNamed('sig'), { protocol: 'SCTP', port: 'sig' }],
  ])('%s has its protocol and its bounds', (port, written) => {
    expect(ports(port)).toStrictEqual([written]);
  });

  test('sorted by protocol, number and name, each once', () => {
    expect(ports(Port.udp(1), Port.tcpNamed('b'), Port.tcp(2), Port.tcpNamed('a'), Port.tcp(2), Port.tcp(1))).toStrictEqual([
      { protocol: 'TCP', port: 'a' }, { protocol: 'TCP', port: 'b' }, { protocol: 'TCP', port: 1 }, { protocol: 'TCP', port: 2 }, { protocol: 'UDP', port: 1 },
    ]);
  });

  test('a rule without ports, which would open every port, is never written', () => {
    expect(() => ports()).toThrow('a rule without ports would allow every port');
  });
});

describe('2. UpstreamNetwork: what it plans for a namespace', () => {
  const network = new UpstreamNetwork();
  const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53, nodeLocalAddresses: ['169.254.20.10'] };
  const intent = (joined: string[]) => ({ end: namespaceEnd('shop'), dns, facts, joined: () => joined, leaving: () => [] });
  const plan = (joined: string[]) => network.planNamespace(intent(joined));
  const none = { egress: [], ingress: [] };

  test('deny and DNS always, the project only where there is one', () => {
    expect(plan([]).map(({ name }) => name)).toEqual(['default-deny', 'allow-dns']);
    expect(plan(['shop']).map(({ name }) => name)).toEqual(['default-deny', 'allow-dns', 'allow-project']);
    expect(new Set(plan(['shop']).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))).toEqual(new Set(['networking.k8s.io/v1 NetworkPolicy']));
  });

  test('deny is deaf to flows: what a workload may do is never what the namespace may do', () => {
    const flows = { egress: [flow(namespaceEnd('shop'), db, Port.tcp(1))], ingress: [flow(db, namespaceEnd('shop'), Port.tcp(1))] };
    expect(asRead(plan([])[0].render(flows))).toStrictEqual({ podSelector: {}, policyTypes: BOTH, ingress: [], egress: [] });
    expect(plan([])[1].render(flows)).toStrictEqual(plan([])[1].render(none));
  });

  test('DNS on its port for its pods, on 53 for the node\'s own address, UDP and TCP for both', () => {
    expect(asRead(plan([])[1].render(none))).toStrictEqual({
      podSelector: {},
      policyTypes: BOTH,
      ingress: [],
      egress: [{
        to: [
          { ipBlock: { cidr: '169.254.20.10/32' } },
          { namespaceSelector: { matchLabels: { [LABEL]: 'kube-system' } }, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
        ],
        ports: [{ protocol: 'TCP', port: 53 }, { protocol: 'UDP', port: 53 }],
      }],
    });
  });

  test('the names of its policies cannot meet: no workload is called so that its policy is the namespace\'s', () => {
    const own = [...plan(['shop']), ...network.planNamespaceFlows(intent([]))].map(({ name }) => name);
    expect(own.filter(name => name.endsWith('-network-policy'))).toEqual([]);
    expect(network.planWorkload({ end: api, facts }).map(({ name }) => name)).toEqual(['api-network-policy']);
  });
});
