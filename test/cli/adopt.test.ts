import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { adopted, folderForTests, secureNetwork } from './adopt-support';
import { readDocuments } from '../../src/analysis/input/documents';

jest.setTimeout(60_000);
const folder = folderForTests();
const RANGES = ['--pod-cidr', '10.244.0.0/16', '--service-cidr', '10.96.0.0/12', '--node-cidr', '192.0.2.0/24'];

const deployment = (name: string, { namespace = 'shop', port, account, labels = { app: name } }:
{ namespace?: string; port?: number; account?: string; labels?: Record<string, string> } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { serviceAccountName: account, containers: [{ name: 'main', image: `registry.example/${name}:1`, ports: port ? [{ name: 'main', containerPort: port }] : [] }] },
    },
  },
});
const policy = (name: string, spec: any, namespace = 'shop') => ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec });
const pods = (app: string) => ({ podSelector: { matchLabels: { app } } });
const inNamespace = (name: string) => ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
const both = (app: string, ingress: any[], egress: any[]) => ({ ...pods(app), policyTypes: ['Ingress', 'Egress'], ingress, egress });
/** Nothing passes that no policy names, in a namespace of its own. */
const deny = (namespace = 'shop') => policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }, namespace);

/** frontend -> api, and nothing else. */
const shop = () => [
  deployment('frontend', { port: 8080, account: 'frontend' }), deployment('api', { port: 9090, account: 'api' }), deny(),
  policy('frontend', both('frontend', [], [{ to: [pods('api')], ports: [{ port: 9090 }] }])),
  policy('api', both('api', [{ from: [pods('frontend')], ports: [{ port: 'main' }] }], [])),
];

function objectsIn(dist: string): any[] {
  return readdirSync(dist).filter(file => file.endsWith('.yaml')).flatMap(file => readDocuments(readFileSync(join(dist, file), 'utf8')).objects);
}

describe('6. adopt: a program that states what the manifests allow', () => {
  test('one line for a pair, with the policies it comes from; the workloads as they were, their policies replaced', async () => {
    const { code, program, named, said, differing, rows, dist } = await adopted(folder.write('manifests/shop.json', ...shop()), folder.path);
    expect([code, named, differing]).toEqual([0, [], []]);
    // `default-deny` is a name that the library writes over.
    expect(said).toContainEqual('note: once the program\'s output is applied, delete what it replaces: kubectl -n shop delete networkpolicy api frontend');
    expect(program).toContain('frontend.connections.allowTo(api, { reason: \'NetworkPolicy shop/api, shop/frontend\' });');
    expect(program.match(/\.connections\./g)).toHaveLength(1);
    expect(rows).toEqual(['shop/frontend[Deployment] => shop/api[Deployment] : TCP 9090']);
    const objects = objectsIn(dist);
    expect(objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name).sort())
      .toEqual(['allow-dns', 'api-network-policy', 'default-deny', 'frontend-network-policy']);
    expect(objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'api').spec).toEqual(JSON.parse(JSON.stringify(shop()[1])).spec);
  });

  test('a workload without an account of its own gets one, and one that has its own keeps it', async () => {
    const path = folder.write('all.json', ...shop().slice(1), deployment('frontend', { port: 8080 }));
    const { said, program, dist } = await adopted(path, folder.path);
    expect(program).toContain('\'Deployment shop/frontend\': \'frontend\',');
    expect(program).not.toContain('\'Deployment shop/api\'');
    const objects = objectsIn(dist);
    const accountOf = (name: string) => objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name).spec.template.spec.serviceAccountName;
    expect([accountOf('frontend'), accountOf('api')]).toEqual(['frontend', 'api']);
    expect(objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name).sort()).toEqual(['default', 'frontend']);
    expect(said).toContainEqual(expect.stringMatching(/^note: ServiceAccount shop\/default: frontend has one of its own/));
    expect(said.join('\n')).not.toContain('shop/api:');
  });

  test('whole namespaces, replicas among themselves, and a project that is open inside', async () => {
    const { program, named, differing } = await adopted(folder.write('all.json',
      deployment('api', { port: 9090, account: 'api' }), deployment('db', { port: 5432, account: 'db' }), deny(),
      policy('everybody-calls', both('api', [{ from: [inNamespace('team')], ports: [{ port: 9090 }] }], [])),
      policy('replicas', both('db', [{ from: [pods('db')], ports: [{ port: 5432 }] }], [{ to: [pods('db')], ports: [{ port: 5432 }] }])),
      deployment('one', { namespace: 'team', account: 'one' }), deployment('two', { namespace: 'team', account: 'two' }),
      policy('inside', { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ podSelector: {} }] }] }, 'team'),
      policy('calls', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [inNamespace('shop')], ports: [{ port: 9090 }] }] }, 'team'),
    ), folder.path);
    expect(program).toContain('const team = new SecureNamespace(app, \'team\', { edge, isolation: Isolation.PROJECT');
    expect(program).toContain('team.connections.allowTo(api, {');
    expect(program).toContain('api.connections.allowFrom(team, {');
    expect(program).toContain('db.connections.allowInternally({');
    expect(program.match(/\.connections\./g)).toHaveLength(3);
    expect([named, differing]).toEqual([[], []]);
  });

  test('what one pod of a namespace may is not said of all of them', async () => {
    const { program, code, differing } = await adopted(folder.write('all.json',
      deployment('api', { port: 9090, account: 'api' }), deny(),
      policy('from-team', both('api', [{ from: [inNamespace('team')], ports: [{ port: 9090 }] }], [])),
      deployment('one', { namespace: 'team', account: 'one' }), deployment('two', { namespace: 'team', account: 'two' }), deny('team'),
      policy('one', both('one', [], [{ to: [inNamespace('shop')], ports: [{ port: 9090 }] }]), 'team'),
    ), folder.path);
    expect([code, differing]).toEqual([0, []]);
    expect(program).toContain('one.connections.allowTo(api, {');
    expect(program.match(/\.connections\./g)).toHaveLength(1);
  });

  test('a namespace that is open inside on some ports is no project', async () => {
    const inside = [{ podSelector: {} }];
    const { program, code, differing } = await adopted(folder.write('all.json',
      deployment('one', { namespace: 'team', account: 'one' }), deployment('two', { namespace: 'team', account: 'two' }),
      policy('inside', {
        podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: inside, ports: [{ port: 9090 }] }], egress: [{ to: inside, ports: [{ port: 9090 }] }],
      }, 'team'),
    ), folder.path);
    expect([code, differing]).toEqual([0, []]);
    expect(program).not.toContain('Isolation.PROJECT');
    expect(program).toContain('team.connections.allowInternally({ ports: [Port.tcp(9090)], ');
  });

  test('ranges with their exceptions, where the cluster\'s own ranges are known; else they are named as closed', async () => {
    const path = folder.write('all.json', deployment('api', { port: 9090, account: 'api' }), deny(),
      policy('out', both('api', [], [{ to: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.8/29'] } }], ports: [{ port: 443 }] }])));
    const known = await adopted(path, folder.path, ...RANGES);
    expect(known.program).toContain('api.connections.allowTo(Peer.cidr(\'203.0.113.0/24\', { except: [\'203.0.113.8/29\'] }), '
      + '{ ports: [Port.tcp(443)], reason: \'NetworkPolicy shop/out\' });');
    expect([known.named, known.differing]).toEqual([[], []]);
    const unknown = await adopted(path, folder.path);
    expect(unknown.said).toContainEqual(expect.stringContaining('give --pod-cidr'));
    expect(unknown.named).toEqual(['- shop/api[Deployment] => 203.0.113.0-203.0.113.7[External] : TCP 443', '- shop/api[Deployment] => 203.0.113.16-203.0.113.255[External] : TCP 443']);
    expect(unknown.differing).toEqual(unknown.named);
  });

  test('peers that no manifest shows are imported, and DNS is not stated, because every namespace has it', async () => {
    const { program, dist } = await adopted(folder.write('all.json', deployment('api', { port: 9090, account: 'api' }),
      policy('metrics', both('api', [{ from: [{ ...inNamespace('monitoring'), ...pods('prometheus') }], ports: [{ port: 9102 }] }],
        [{ to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [{ port: 53, protocol: 'UDP' }] }]))), folder.path);
    expect(program).toContain('const prometheus = SecureWorkload.imported(monitoring, \'prometheus\'');
    expect(program).toContain('api.connections.allowFrom(prometheus, { ports: [Port.tcp(9102)], reason: \'NetworkPolicy shop/metrics\' });');
    expect(program).not.toContain('kube-dns');
    const { spec } = objectsIn(dist).find(({ metadata }) => metadata.name === 'api-network-policy');
    expect(spec.ingress).toEqual([{
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }, podSelector: { matchLabels: { app: 'prometheus' } } }],
      ports: [{ port: 9102, protocol: 'TCP' }],
    }]);
  });
});

describe('6. adopt: what is closed is said', () => {
  test('what a policy says is stated; what merely nobody closed is closed, with a remark', async () => {
    const [frontend, api, , , ingress] = shop();
    const { code, program, named, differing, said } = await adopted(folder.write('all.json', frontend, api, ingress, deployment('batch', { account: 'batch' })), folder.path);
    expect(code).toBe(0);
    // The twin: api names frontend, although nobody closed what frontend sends.
    expect(program).toContain('frontend.connections.allowTo(api, {');
    expect(differing).not.toContainEqual(expect.stringContaining('frontend[Deployment] => shop/api[Deployment]'));
    expect(named).toContain('- shop/batch[Deployment] => shop/frontend[Deployment] : All Connections');
    expect(named).toEqual(differing);
    expect(said).toContainEqual(expect.stringContaining('no policy names these two for each other'));
  });

  test('pods on the host network, pods that no label tells apart, and Ingresses', async () => {
    const host = deployment('agent', { account: 'agent' });
    (host.spec.template.spec as any).hostNetwork = true;
    const from = (app: string) => policy(`to-${app}`, both(app, [{ from: [pods('frontend')], ports: [{ port: 9090 }] }], []));
    const { named, differing, said, program } = await adopted(folder.write('all.json', ...shop(), host,
      deployment('twin', { account: 'twin', labels: { app: 'twin' } }), deployment('other', { account: 'other', labels: { app: 'twin', tier: 'x' } }), from('twin'),
      policy('to-twins', { podSelector: { matchLabels: { app: 'frontend' } }, policyTypes: ['Egress'], egress: [{ to: [pods('twin')], ports: [{ port: 9090 }] }] }),
      policy('in', both('frontend', [{ ports: [{ port: 8080 }] }], [])),
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'frontend', namespace: 'shop' }, spec: { selector: { app: 'frontend' }, ports: [{ port: 80, targetPort: 8080 }] } },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'in', namespace: 'shop' },
        spec: { defaultBackend: { service: { name: 'frontend', port: { number: 80 } } } },
      }), folder.path);
    const text = said.join('\n');
    expect(named).toEqual(differing);
    expect(text).toMatch(/name of a label|label of its own\n- shop\/frontend\[Deployment\] => shop\/twin\[Deployment\] : TCP 9090/);
    expect(text).toMatch(/host network[^]*\n- shop\/agent\[Deployment\] => shop\/frontend\[Deployment\] : TCP 8080/);
    expect(text).toMatch(/ingress controller is[^\n]*\n- \{ingress-controller\} => shop\/frontend\[Deployment\] : TCP 8080/);
    expect(program).toContain('podSecurity: PodSecurityLevel.PRIVILEGED');
    // The twins: those that can be told apart are stated.
    expect(program).toContain('frontend.connections.allowTo(other, {');
    expect(program).toContain('frontend.connections.allowTo(api, {');
  });

  test('selectors that find nobody, that say what labels are not, and namespaces by labels', async () => {
    const { said, named, differing } = await adopted(folder.write('all.json', ...shop(),
      policy('nobody', both('gone', [{ from: [pods('frontend')] }], [])),
      policy('more', both('api', [{ from: [pods('missing')], ports: [{ port: 9090 }] }, { from: [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['api'] }] } }], ports: [{ port: 9090 }] },
        { from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }], ports: [{ port: 9090 }] }], []))), folder.path);
    const notes = said.filter(line => line.startsWith('note: ')).join('\n');
    expect(notes).toContain('NetworkPolicy shop/nobody selects no pod of these manifests');
    expect(notes).toContain('NetworkPolicy shop/more, rule ingress[0], names pods with app=missing');
    expect(notes).toContain('NetworkPolicy shop/more, rule ingress[1], chooses pods by what their labels are not');
    expect(notes).toContain('NetworkPolicy shop/more, rule ingress[2], chooses namespaces by labels (team=a)');
    expect(notes).not.toContain('NetworkPolicy shop/frontend');
    expect(named).toEqual(differing);
  });

  test('policies of the whole cluster stay, and are acknowledged', async () => {
    const admin = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'no-tor' },
      spec: { priority: 10, subject: { namespaces: {} }, egress: [{ action: 'Deny', to: [{ networks: ['198.51.100.0/24'] }] }] },
    };
    const { program, named, dist } = await adopted(folder.write('all.json', ...shop(), admin), folder.path);
    expect(program).toContain('edge.acknowledge(\'AdminNetworkPolicy no-tor\'');
    expect(named).toEqual([]);
    expect(objectsIn(dist).map(({ kind }) => kind)).toContain('AdminNetworkPolicy');
  });

  test('DNS that was closed is the one thing that opens, and makes the exit code 1', async () => {
    const dns = deployment('kube-dns', { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, account: 'kube-dns' });
    const { code, named, differing, program } = await adopted(folder.write('all.json', ...shop(), dns), folder.path);
    expect([code, named]).toEqual([1, differing]);
    expect(named).toContain('+ shop/api[Deployment] => kube-system/kube-dns[Deployment] : TCP 53,UDP 53');
    // What belongs to the platform stays as it is.
    expect(program).not.toContain('new SecureNamespace(app, \'kube-system\'');
  });
});

describe('6. adopt: the command', () => {
  test('the same manifests in any order of files are the same program, but for the list of files', async () => {
    const objects = [...shop(), deployment('api', { namespace: 'team', account: 'api' })];
    const program = async (name: string, all: any[]) => {
      all.forEach((object, i) => folder.write(`${name}/${i}.json`, object));
      const { out } = await secureNetwork('adopt', join(folder.path, name));
      return out.replace(/const objects = [^]*?;\n/, '').replace(/^ \* - .*\n/m, '');
    };
    const one = await program('one', objects);
    expect(await program('two', [...objects].reverse())).toBe(one);
    expect(one).toContain('const shopApi = shop.select(\'api\'');
  });

  test('shows examples, and refuses what it cannot do with the right exit code', async () => {
    expect((await secureNetwork('adopt', '--help')).out).toMatch(/Examples:\n {2}\$ secure-network adopt/);
    const path = folder.write('all.json', ...shop());
    for (const args of [['-'], [path, '--kubernetes-version', '1.20'], [path, '--platform', 'nomad'], []]) {
      const { code, out, err } = await secureNetwork('adopt', ...args);
      expect([args, code, out]).toEqual([args, 2, '']);
      expect(err.join('')).not.toBe('');
    }
    const twice = await secureNetwork('adopt', folder.write('twice.json', ...shop(), shop()[0]));
    expect([twice.code, twice.out]).toEqual([1, '']);
    expect(twice.err.join('\n')).toMatch(/^error: .*twice.json: Deployment\/frontend: is declared twice \(also in .*twice.json\)/);
    const ranges = await secureNetwork('adopt', path, '--pod-cidr', '10.0.0.0/8', '--service-cidr', '10.1.0.0/16');
    expect([ranges.code, ranges.out]).toEqual([1, '']);
    expect(ranges.err.join('\n')).toContain('error: platform facts overlap');
  });
});
