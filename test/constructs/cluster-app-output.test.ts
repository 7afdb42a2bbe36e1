import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject, App, Chart, Include, Lazy, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { isClusterScoped } from '../../src/api/scope';
import { stripClusterScope } from '../../src/constructs/_one-pass';
import { ClusterApp } from '../../src/constructs/cluster-app';
import { FILE_LIST, writeFolder } from '../../src/emit/output-folder';

const folders: string[] = [];
function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'cluster-app.'));
  folders.push(made);
  return made;
}
afterAll(() => folders.forEach(made => fs.rmSync(made, { recursive: true })));

function contentsOf(root: string): Record<string, string> {
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const files = entries.map(entry => path.join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(files.map(file => [path.relative(root, file), fs.readFileSync(file, 'utf8')]));
}

function namespaces(outdir: string, ...ids: string[]): ClusterApp {
  const app = new ClusterApp({ outdir });
  for (const id of ids) new ApiObject(new Chart(app, id, { namespace: id }), 'map', { apiVersion: 'v1', kind: 'ConfigMap', data: { id } });
  return app;
}

describe('6. a failed synth leaves the old output as it was', () => {
  function failing(outdir: string, fail: (chart: Chart) => void): () => void {
    const app = namespaces(outdir, 'new', 'shop');
    fail(new Chart(app, 'zz-last'));
    return () => app.synth();
  }

  test.each<[string, (chart: Chart) => void]>([
    ['a validation', chart => chart.node.addValidation({ validate: () => ['no'] })],
    ['a throw inside a Lazy', chart => new ApiObject(chart, 'x', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: Lazy.any({
        produce: () => {
          throw new Error('no');
        },
      }),
    })],
    ['a duplicate name', chart => ['a', 'b'].forEach(id => new ApiObject(chart, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same' } }))],
  ])('after %s', (_, fail) => {
    const outdir = folder();
    namespaces(outdir, 'shop', 'bank').synth();
    const before = contentsOf(outdir);
    expect(failing(outdir, fail)).toThrow();
    expect(contentsOf(outdir)).toEqual(before);
    expect(failing(outdir, () => {})).not.toThrow();
    expect(contentsOf(outdir)).not.toEqual(before);
  });

  test('while a stock App has written half of it', () => {
    const app = new App({ outdir: folder() });
    new ApiObject(new Chart(app, 'a'), 'x', { apiVersion: 'v1', kind: 'ConfigMap' });
    new ApiObject(new Chart(app, 'b'), 'x', { apiVersion: 'v1', kind: 'ConfigMap', data: Lazy.any({ produce: () => JSON.parse('no') }) });
    expect(() => app.synth()).toThrow();
    expect(Object.keys(contentsOf(app.outdir))).toEqual(['a.k8s.yaml']);
  });

  test('where a folder stands in the place of a file', () => {
    const outdir = folder();
    namespaces(outdir, 'shop').synth();
    const before = contentsOf(outdir);
    fs.mkdirSync(path.join(outdir, 'web.k8s.yaml'));
    expect(() => namespaces(outdir, 'bank', 'web').synth()).toThrow(/web\.k8s\.yaml' is a folder where a file has to be written: remove it/);
    expect(contentsOf(outdir)).toEqual(before);
  });

  test('where a file stands in the place of a folder', () => {
    const outdir = folder();
    namespaces(outdir, 'shop').synth();
    const before = contentsOf(outdir);
    const files = new Map([['bank.k8s.yaml', ''], ['shop.k8s.yaml/map.yaml', '']]);
    expect(() => writeFolder(outdir, files)).toThrow(/shop\.k8s\.yaml' is a file where a folder has to be made: remove it/);
    expect(contentsOf(outdir)).toEqual(before);
  });
});

describe('6. stale files', () => {
  test('of an earlier synth go, all others stay', () => {
    const outdir = folder();
    fs.writeFileSync(path.join(outdir, 'by-hand.yaml'), 'mine: true\n');
    namespaces(outdir, 'shop', 'bank').synth();
    fs.writeFileSync(path.join(outdir, 'later.k8s.yaml'), 'mine: too\n');
    namespaces(outdir, 'shop').synth();
    expect(Object.keys(contentsOf(outdir))).toEqual([FILE_LIST, 'by-hand.yaml', 'later.k8s.yaml', 'shop.k8s.yaml']);
  });

  test('in folders go with the folder, unless something else lives there', () => {
    const outdir = folder();
    const synth = (...ids: string[]) => {
      const app = new ClusterApp({ outdir, yamlOutputType: YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE });
      for (const id of ids) new ApiObject(new Chart(app, id, { namespace: id }), 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'map' } });
      app.synth();
    };
    synth('shop', 'bank', 'web');
    fs.writeFileSync(path.join(outdir, 'web', 'README'), 'mine');
    synth('shop');
    expect(Object.keys(contentsOf(outdir))).toEqual([FILE_LIST, 'shop/ConfigMap.map.k8s.yaml', 'web/README']);
    expect(fs.existsSync(path.join(outdir, 'bank'))).toBe(false);
  });

  test('are known by a list that is sorted, and neither YAML nor JSON', () => {
    const outdir = folder();
    namespaces(outdir, 'shop', 'bank').synth();
    expect(fs.readFileSync(path.join(outdir, FILE_LIST), 'utf8').split('\n').slice(1)).toEqual(['bank.k8s.yaml', 'shop.k8s.yaml', '']);
    expect(FILE_LIST).not.toMatch(/\.(ya?ml|json)$/);
  });

  test('outside the folder are never touched, whatever the list says', () => {
    const [outdir, elsewhere] = [folder(), folder()];
    const victim = path.join(elsewhere, 'victim.yaml');
    const inside = path.join(outdir, 'stale.yaml');
    for (const file of [victim, inside]) fs.writeFileSync(file, 'a: 1\n');
    fs.writeFileSync(path.join(outdir, FILE_LIST), [victim, path.relative(outdir, victim), 'stale.yaml', 'never-there.yaml'].join('\n'));
    namespaces(outdir, 'shop').synth();
    expect(fs.existsSync(victim)).toBe(true);
    expect(fs.existsSync(inside)).toBe(false);
  });

  test('a folder of files is written with the folders in between', () => {
    const outdir = path.join(folder(), 'new', 'place');
    writeFolder(outdir, new Map([['a/b/c.txt', 'c'], ['d.txt', 'd']]));
    writeFolder(outdir, new Map([['d.txt', 'e']]));
    expect(contentsOf(outdir)).toEqual({ [FILE_LIST]: expect.any(String), 'd.txt': 'e' });
    expect(fs.readdirSync(outdir).sort()).toEqual([FILE_LIST, 'd.txt']);
  });
});

describe('6. cluster-scoped objects in a namespace carry no namespace', () => {
  const OUTPUT_TYPES = Object.values(YamlOutputType).filter((type): type is YamlOutputType => typeof type === 'number');

  function program(app: App): Chart {
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    stripClusterScope(chart);
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    new ApiObject(chart, 'tier', { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind: 'AdminNetworkPolicy', metadata: { name: 'tier' } });
    new kplus.ClusterRole(chart, 'reader', { metadata: { name: 'reader' } });
    new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'account' } });
    const file = path.join(folder(), 'crd.yaml');
    fs.writeFileSync(file, 'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: fast\n  namespace: shop\nprovisioner: x\n');
    new Include(chart, 'include', { url: file });
    new ApiObject(chart, 'unknown', { apiVersion: 'example.com/v1', kind: 'ClusterThing', metadata: { name: 'thing' } });
    return chart;
  }
  const scopes = (jsons: any[]) => Object.fromEntries(jsons.map(json => [json.kind, json.metadata.namespace]));
  const expected = {
    Namespace: undefined, AdminNetworkPolicy: undefined, ClusterRole: undefined, StorageClass: undefined, ServiceAccount: 'shop', ClusterThing: 'shop',
  };

  describe.each([['App', App], ['ClusterApp', ClusterApp]])('in a %s', (_, Type) => {
    test.each(OUTPUT_TYPES.map(type => [YamlOutputType[type], type] as const))('%s, and again on a second synth', (_name, yamlOutputType) => {
      const app = new Type({ outdir: folder(), yamlOutputType });
      program(app);
      app.synth();
      const first = contentsOf(app.outdir);
      const text = Object.values(first).join('---\n');
      const scopeOf = (kind: string) => text.split('---\n').find(doc => doc.includes(`kind: ${kind}\n`))!.match(/\n {2}namespace: (.*)\n/)?.[1];
      for (const [kind, namespace] of Object.entries(expected)) expect([kind, scopeOf(kind)]).toEqual([kind, namespace]);
      app.synth();
      expect(contentsOf(app.outdir)).toEqual(first);
    });

    test('Testing.synth and synthYaml', () => {
      const chart = program(new Type({ outdir: folder() }));
      expect(scopes(Testing.synth(chart))).toEqual(expected);
      expect(scopes(Testing.synth(chart))).toEqual(expected);
      expect(App.of(chart).synthYaml().match(/namespace: shop/g)).toHaveLength(2);
    });
  });

  test('a chart that did not ask keeps what stock cdk8s writes', () => {
    const chart = new Chart(new ClusterApp({ outdir: folder() }), 'shop', { namespace: 'shop' });
    new kplus.ClusterRole(chart, 'reader');
    expect(scopes(Testing.synth(chart))).toEqual({ ClusterRole: 'shop' });
  });

  test('the scope of a kind depends on its group: some kinds share a name', () => {
    const ask = (apiVersion: string, kind: string) => isClusterScoped(apiVersion, kind);
    expect([ask('config.openshift.io/v1', 'Ingress'), ask('networking.k8s.io/v1', 'Ingress')]).toEqual([true, false]);
    expect([ask('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy'), ask('crd.antrea.io/v1beta1', 'NetworkPolicy')]).toEqual([true, false]);
    expect([ask('cilium.io/v2', 'CiliumClusterwideNetworkPolicy'), ask('cilium.io/v2', 'CiliumNetworkPolicy')]).toEqual([true, false]);
    expect([ask('k8s.ovn.org/v1', 'EgressIP'), ask('k8s.ovn.org/v1', 'EgressFirewall'), ask('example.com/v1', 'EgressIP')]).toEqual([true, false, false]);
    expect([ask('v1', 'Namespace'), ask('v1', 'constructor'), ask('v1', '__proto__')]).toEqual([true, false, false]);
  });
});
