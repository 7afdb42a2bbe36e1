import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App, Chart } from 'cdk8s';
import { Connectivity } from '../../src/analysis/connectivity';
import { declareFacts, declarePeers } from '../../src/analysis/facts';

const pod = (name: string, labels: Record<string, string> = {}, extra: any = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels, ...extra.metadata },
  spec: { containers: [{ name: 'main', ports: extra.ports }], ...extra.spec },
  status: extra.status,
});
const policy = (spec: any, name = 'policy', namespace = 'shop') =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec: { podSelector: {}, ...spec } });
const API = { matchLabels: { app: 'api' } };
const [WEB_POD, API_POD] = [pod('web', { app: 'web' }), pod('api', { app: 'api' }, { ports: [{ name: 'http', containerPort: 8080 }, { name: 'http', containerPort: 53, protocol: 'UDP' }] })];
const conn = (objects: any[], src = 'shop/web', dst = 'shop/api') => Connectivity.ofObjects(objects).verdict({ src, dst }).conn;
const toApi = (...policies: any[]) => conn([WEB_POD, API_POD, ...policies]);

describe('7. read-back: the traps of NetworkPolicy', () => {
  test.each<[string, any, string]>([
    ['no policy', undefined, 'All Connections'],
    ['a policy without rules closes ingress', {}, 'No Connections'],
    ['a policy for others changes nothing', { podSelector: { matchLabels: { app: 'other' } } }, 'All Connections'],
    ['without types and without egress rules, egress stays open', { podSelector: { matchLabels: { app: 'web' } } }, 'All Connections'],
    ['policyTypes Egress without rules closes egress', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'] }, 'No Connections'],
    ['an empty from is everybody', { ingress: [{ from: [] }] }, 'All Connections'],
    ['an empty ports is every port', { ingress: [{ from: [{ podSelector: {} }], ports: [] }] }, 'All Connections'],
    ['an empty list of rules is nobody', { ingress: [] }, 'No Connections'],
    ['a selector alone is about the own namespace', { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 80 }] }] }, 'TCP 80'],
    ['a namespace selector alone is about all its pods', { ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }] }, 'TCP 80'],
    ['both selectors have to hold', { ingress: [{ from: [{ namespaceSelector: {}, podSelector: API }] }] }, 'No Connections'],
    ['a port name has a number at the destination', { ingress: [{ ports: [{ port: 'http' }] }] }, 'TCP 8080'],
    ['a port name holds for its protocol only', { ingress: [{ ports: [{ port: 'http', protocol: 'UDP' }] }] }, 'UDP 53'],
    ['a port name that nobody has opens nothing', { ingress: [{ ports: [{ port: 'grpc' }] }] }, 'No Connections'],
    ['a port name is resolved at the destination of egress too', { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] }, 'TCP 8080'],
    ['a range, and a protocol without port', { ingress: [{ ports: [{ port: 80, endPort: 90 }, { protocol: 'UDP' }] }] }, 'TCP 80-90,UDP 1-65535'],
    ['an address block is not about pods', { ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }, 'No Connections'],
  ])('%s', (_, spec, expected) => {
    expect(toApi(...spec ? [policy(spec)] : [])).toBe(expected);
  });

  test('every namespace has its name as a label, whatever its manifest says', () => {
    const named = (name: string) => policy({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] }] });
    expect(toApi(named('shop'))).toBe('All Connections');
    expect(toApi(named('other'))).toBe('No Connections');
    const forged = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'other' } } };
    expect(toApi(named('other'), forged)).toBe('No Connections');
  });

  test('both ends have to agree', () => {
    const open = policy({ podSelector: API, ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] }, 'in');
    const out = policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], egress: [{ ports: [{ port: 81 }, { port: 82 }] }] }, 'out');
    expect(toApi(open)).toBe('TCP 80-81');
    expect(toApi(open, out)).toBe('TCP 81');
  });

  test('with known pod ranges a block opens the pods it overlaps, and what is outside begins behind them', () => {
    const spec = { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.2.0.0/16'] } }] }] };
    const at = (podCidrs: string[]) => Connectivity.ofObjects([WEB_POD, API_POD, policy(spec)], { facts: { podCidrs } });
    expect(at(['10.1.0.0/16']).verdict({ src: 'shop/web', dst: 'shop/api' }).allowed).toBe(true);
    expect(at(['10.2.0.0/16']).verdict({ src: 'shop/web', dst: 'shop/api' }).allowed).toBe(false);
    const sources = at(['10.1.0.0/16']).rows().filter(({ src, dst }) => src.includes('External') && dst.includes('api')).map(({ src }) => src);
    expect(sources).toEqual(['10.0.0.0-10.0.255.255[External]', '10.3.0.0-10.255.255.255[External]']);
  });

  test('where running pods tell their addresses, those count', () => {
    const block = policy({ podSelector: API, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.8/32' } }] }] });
    const at = (ip: string) => Connectivity.ofObjects([pod('web', {}, { status: { podIP: ip } }), API_POD, block], { facts: { podCidrs: ['10.1.0.0/16'] } });
    expect(at('10.1.0.8').verdict({ src: 'shop/web', dst: 'shop/api' }).allowed).toBe(true);
    expect(at('10.1.0.9').verdict({ src: 'shop/web', dst: 'shop/api' }).allowed).toBe(false);
  });

  test('IPv6 outside is shown beside IPv4', () => {
    const net = Connectivity.ofObjects([API_POD, policy({ ingress: [{ from: [{ ipBlock: { cidr: '2001:db8::/32' } }], ports: [{ port: 80 }] }], policyTypes: ['Ingress', 'Egress'] })]);
    expect(net.toText()).toBe('2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff[External] => shop/api[Pod] : TCP 80\n');
  });

  test('a pod on its node\'s network is held by no policy and found by no selector, and a warning says so', () => {
    const host = pod('agent', { app: 'web' }, { spec: { hostNetwork: true } });
    const objects = [host, API_POD, policy({ policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }] })];
    expect(conn(objects, 'shop/agent', 'shop/api')).toBe('No Connections');
    expect(Connectivity.ofObjects(objects).verdict({ src: 'shop/agent', dst: '192.0.2.1' }).allowed).toBe(true);
    expect(conn([pod('agent', { app: 'web' }), ...objects.slice(1)], 'shop/agent', 'shop/api')).toBe('No Connections');
    expect(Connectivity.ofObjects(objects).warnings().join()).toContain("shop/agent[Pod] is on its node's network");
  });
});

describe('7. read-back: whose pods they are', () => {
  const owned = (name: string, labels: Record<string, string>) =>
    pod(name, labels, { metadata: { name, namespace: 'shop', labels, ownerReferences: [{ kind: 'ReplicaSet', name: 'api-7d', controller: true }] } });
  const only80 = policy({ podSelector: { matchLabels: { track: 'canary' } }, ingress: [{ ports: [{ port: 80 }] }] });

  test('pods of one owner are one row, and themselves where their verdicts differ', () => {
    const pods = [owned('api-1', { app: 'api', track: 'stable' }), owned('api-2', { app: 'api', track: 'canary' }), WEB_POD];
    const names = (objects: any[]) => Connectivity.ofObjects(objects).rows().filter(({ src }) => src === 'shop/web[Pod]' ).map(({ dst, conn: c }) => `${dst} ${c}`);
    expect(names(pods)).toContain('shop/api-7d[ReplicaSet] All Connections');
    expect(names([...pods, only80])).toEqual(expect.arrayContaining(['shop/api-1[Pod] All Connections', 'shop/api-2[Pod] TCP 80']));
    const unused = policy({ podSelector: { matchLabels: { app: 'web' } }, ingress: [{ from: [{ podSelector: { matchLabels: { track: 'canary' } } }] }, {}] });
    expect(names([...pods, unused])).toContain('shop/api-7d[ReplicaSet] All Connections');
  });

  test('the chain of owners is followed as far as it is known', () => {
    const replicas = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'api-7d', namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: 'api', controller: true }] }, spec: { template: {} } };
    const net = Connectivity.ofObjects([owned('api-1', {}), replicas, WEB_POD]);
    expect(net.rows().map(({ dst }) => dst)).toContain('shop/api[Deployment]');
    expect(net.rows().map(({ dst }) => dst).join()).not.toContain('ReplicaSet');
  });
});

describe('7. read-back: answers', () => {
  const net = Connectivity.ofObjects([WEB_POD, API_POD, policy({ podSelector: API, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 8080 }] }] }, 'api')]);

  test('a verdict names the objects and rules that decided', () => {
    const allowed = net.verdict({ src: 'shop/web', dst: 'shop/api[Pod]', port: 8080 });
    expect(allowed).toMatchObject({ allowed: true, denied: false, conn: 'TCP 8080' });
    expect(allowed.reasons).toContainEqual(expect.objectContaining({ direction: 'ingress', layer: 'network-policy', allows: true, object: 'NetworkPolicy shop/api', rule: 0 }));
    const denied = net.verdict({ src: 'shop/web', dst: 'shop/api', port: 8081 });
    expect(denied).toMatchObject({ allowed: false, denied: true, conn: 'No Connections' });
    expect(denied.reasons).toContainEqual(expect.objectContaining({ direction: 'ingress', allows: false, object: 'NetworkPolicy shop/api' }));
    expect(denied.reasons.find(({ direction }) => direction === 'egress')).toMatchObject({ layer: 'none', allows: true });
  });

  test('an address range is allowed if all of it is, and denied if none of it is', () => {
    const half = Connectivity.ofObjects([API_POD, policy({ ingress: [{ from: [{ ipBlock: { cidr: '192.0.2.0/25' } }] }] })]);
    const ask = (src: string) => { const { allowed, denied } = half.verdict({ src, dst: 'shop/api', port: 80 }); return [allowed, denied]; };
    expect(ask('192.0.2.0/25')).toEqual([true, false]);
    expect(ask('192.0.2.0/24')).toEqual([false, false]);
    expect(ask('192.0.2.200')).toEqual([false, true]);
    expect(ask('192.0.2.0-192.0.2.127[External]')).toEqual([true, false]);
  });

  test('rows as text and JSON, sorted, without pairs of a workload with itself', () => {
    expect(JSON.parse(net.toJson())).toEqual(net.rows());
    const lines = net.toText().trim().split('\n');
    expect(lines).toEqual([...lines].sort());
    expect(lines).toContain('shop/web[Pod] => shop/api[Pod] : TCP 8080');
    expect(lines.filter(line => /^(\S+) => \1 /.test(line))).toEqual([]);
  });

  test('only some layers can be asked', () => {
    const admin = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'deny' },
      spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }] },
    };
    const both = Connectivity.ofObjects([WEB_POD, API_POD, admin]);
    expect(both.verdict({ src: 'shop/web', dst: 'shop/api' }).denied).toBe(true);
    expect(both.onlyLayers('network-policy').verdict({ src: 'shop/web', dst: 'shop/api' }).allowed).toBe(true);
    expect(() => both.onlyLayers('firewall')).toThrow("layer 'firewall' is unknown: use tenant-network, admin, network-policy, baseline, egress-firewall, mutual-tls, authorization-deny, authorization, proxy");
  });

  test.each([
    ['shop/nobody', "'shop/nobody' is no workload of this cluster: did you mean shop/api[Pod], shop/web[Pod]?"],
    ['elsewhere/x', "'elsewhere/x' is no workload of this cluster: check namespace and name"],
    ['api', "'api' names no peer"],
    ['10.0.0.1/8', "'10.0.0.1/8' has host bits set: did you mean 10.0.0.0/8?"],
  ])('9. errors: %s', (dst, message) => {
    expect(() => net.verdict({ src: 'shop/web', dst })).toThrow(message);
  });

  test('an App is read with its facts and with peers that have no manifest', () => {
    const app = new App();
    new ApiObject(new Chart(app, 'chart'), 'policy', policy({ podSelector: API, ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] }));
    declareFacts(app, { podCidrs: ['10.1.0.0/16'] });
    declarePeers(app, () => [
      { namespace: 'shop', name: 'api', kind: 'Pod', labels: { app: 'api' } as Record<string, string> },
      { namespace: 'ops', name: 'probe', kind: 'Job', labels: {} },
    ]);
    const read = Connectivity.ofApp(app);
    expect(read.toText()).toContain('ops/probe[Job] => shop/api[Pod] : All Connections');
    const [reason] = read.verdict({ src: '192.0.2.1', dst: 'shop/api' }).reasons;
    expect(reason).toMatchObject({ object: 'NetworkPolicy shop/policy', origin: 'chart/policy' });
  });
});

describe('7. read-back: manifests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'connectivity-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  };

  test('folders with all below them, several documents, lists, JSON, comments; what is no manifest is passed over', () => {
    write('all/a.yaml', `# nothing\n---\n---\n${JSON.stringify(WEB_POD)}\n---\n# only a comment\n`);
    write('all/deep/list.yml', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', kind: 'PodList', items: [{ ...API_POD, kind: undefined, apiVersion: undefined }] }] }));
    write('all/deep/policy.json', JSON.stringify(policy({})));
    const values = write('all/values.yaml', 'replicas: 3\n');
    write('all/notes.txt', 'not: [yaml');
    const net = Connectivity.ofManifests([join(folder, 'all')]);
    expect(net.rows().filter(({ src, dst }) => !src.includes('External') && !dst.includes('External'))).toEqual([]);
    expect(net.verdict({ src: 'shop/web', dst: 'shop/api' }).reasons.pop()).toMatchObject({ origin: join(folder, 'all/deep/policy.json') });
    expect(net.warnings()).toContain(`${values}: what is not a Kubernetes object there is left out`);
    expect(() => Connectivity.ofManifests([values])).toThrow(`${values}: it holds a document that is not a Kubernetes object`);
  });

  test('9. errors name the file', () => {
    const broken = write('broken.yaml', 'kind: Pod\n  metadata: x\n');
    expect(() => Connectivity.ofManifests([broken])).toThrow(new RegExp(`^${broken}: .*line 2`));
    expect(() => Connectivity.ofManifests([join(folder, 'none')])).toThrow('none: there is no such file or folder');
    const bad = write('bad.yaml', JSON.stringify(policy({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }] }] })));
    expect(() => Connectivity.ofManifests([bad])).toThrow(`${bad}: NetworkPolicy shop/policy: spec.ingress[0].from[0].ipBlock.except[0]: '11.0.0.0/16' is not strictly inside`);
    expect(Connectivity.ofManifests([bad], { keepGoing: true }).warnings().join()).toContain('is left out, because the API server would refuse it');
  });
});
