import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { ApiObject, App, AppProps, Chart, Include, JsonPatch, Lazy, Testing, YamlOutputType } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { addAppCheck, manifestsOf, stripClusterScope } from '../../src/constructs/_one-pass';
import { ClusterApp } from '../../src/constructs/cluster-app';
import { FILE_LIST } from '../../src/emit/output-folder';

const OUTPUT_TYPES = [
  YamlOutputType.FILE_PER_APP, YamlOutputType.FILE_PER_CHART, YamlOutputType.FILE_PER_RESOURCE, YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
].map(type => [YamlOutputType[type], type] as const);

const folders: string[] = [];
function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'cluster-app.'));
  folders.push(made);
  return made;
}
afterAll(() => folders.forEach(made => fs.rmSync(made, { recursive: true })));

/** Every file under a folder with its text, our own list left out. */
function filesOf(root: string): Record<string, string> {
  const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile() && entry.name !== FILE_LIST);
  const files = entries.map(entry => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map(file => [path.relative(root, file), fs.readFileSync(file, 'utf8')]));
}

/** The same program in a stock App and in ours. */
function both(program: (app: App) => void, props: AppProps = {}): { stock: Record<string, string>; ours: Record<string, string> } {
  const [stock, ours] = [new App({ ...props, outdir: folder() }), new ClusterApp({ ...props, outdir: folder() })].map(app => {
    program(app);
    app.synth();
    return filesOf(app.outdir);
  });
  return { stock, ours };
}

function configMap(scope: Construct, id: string, data: Record<string, unknown> = {}, metadata: object = {}): ApiObject {
  return new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
}

const programs: Record<string, (app: App) => void> = {
  'nothing': () => {},
  'an empty chart': app => new Chart(app, 'empty'),
  'plain charts, also under a plain construct, with numbers for ids': app => {
    const group = new Construct(app, '7');
    for (const [scope, id] of [[app, 'web'], [group, 'inner'], [app, '12'], [app, '3'], [group, '1']] as const) {
      const chart = new Chart(scope, id, { namespace: `ns-${id}`, labels: { team: id } });
      for (const name of ['b', '2', 'a', '1']) configMap(chart, name, { text: `line\nof ${name}\n`, number: 5, yes: 'yes' });
    }
  },
  'dependencies within a chart': app => {
    const chart = new Chart(app, 'chart');
    const [last, first, middle] = ['last', 'first', 'middle'].map(id => configMap(chart, id));
    const group = new Construct(chart, 'group');
    configMap(group, 'x');
    configMap(group, 'y');
    last.addDependency(middle, first);
    middle.addDependency(first);
    first.addDependency(group);
    new Chart(app, 'other');
  },
  'dependencies between charts': app => {
    const [one, two, three] = ['one', 'two', 'three'].map(id => new Chart(app, id));
    const [a, b, c] = [one, two, three].flatMap(chart => ['a', 'b', 'c'].map(id => configMap(chart, `${chart.node.id}-${id}`)));
    one.addDependency(three);
    a.addDependency(c);
    b.addDependency(two.node.children[2]);
    two.node.children[0].node.addDependency(three.node.children[1]);
  },
  'a dependency of an object on its chart\'s neighbour': app => {
    const [one, two] = ['one', 'two'].map(id => new Chart(app, id));
    const waiting = configMap(one, 'waiting');
    configMap(two, 'a');
    configMap(two, 'b');
    waiting.addDependency(two);
  },
  'nested charts': app => {
    const outer = new Chart(app, 'outer');
    configMap(outer, 'a');
    const inner = new Chart(outer, 'inner');
    configMap(inner, 'b');
    configMap(new Chart(new Construct(inner, 'between'), 'deep'), 'c');
    configMap(outer, 'd');
  },
  'cdk8s-plus-28 workloads': app => {
    for (const namespace of ['shop', 'bank']) {
      const chart = new Chart(app, namespace, { namespace });
      const web = new kplus.Deployment(chart, 'web', { containers: [{ image: 'web:1', portNumber: 8080 }], replicas: 2 });
      web.exposeViaService({ ports: [{ port: 80, targetPort: 8080 }] });
      new kplus.StatefulSet(chart, 'db', {
        service: new kplus.Service(chart, 'db-service', { ports: [{ port: 5432 }] }),
        containers: [{ image: 'postgres:16', portNumber: 5432, envVariables: { MODE: kplus.EnvValue.fromValue('on') } }],
      });
      new kplus.Job(chart, 'job', { containers: [{ image: 'job:1' }] });
      new kplus.ClusterRole(chart, 'role', { rules: [{ endpoints: [kplus.ApiResource.PODS], verbs: ['get'] }] });
    }
  },
  'Include, as Helm does it': app => {
    const file = path.join(folder(), 'manifest.yaml');
    fs.writeFileSync(file, [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: included\n  namespace: elsewhere\ndata:\n  "on": "off"\n  script: |\n    a\n    b\n',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: reader\nrules: []\n',
    ].join('---\n'));
    new Include(new Chart(app, 'chart', { namespace: 'ns' }), 'include', { url: file });
  },
  'patches, Lazy values and undefined ones': app => {
    const chart = new Chart(app, 'chart');
    const patched = configMap(chart, 'patched', { late: Lazy.any({ produce: () => ({ a: 1 }) }), gone: undefined, none: null, list: [] });
    patched.addJsonPatch(JsonPatch.add('/data/more', { x: ['y'] }), JsonPatch.remove('/data/late'));
  },
  'a chart with a toJson of its own': app => {
    class Labelling extends Chart {
      public toJson(): any[] {
        return super.toJson().map(json => ({ ...json, extra: true }));
      }
    }
    for (const id of ['one', 'two']) configMap(new Labelling(app, id), `of-${id}`);
  },
  'cluster-scoped objects in a namespace': app => {
    const chart = new Chart(app, 'chart', { namespace: 'shop' });
    stripClusterScope(chart);
    new ApiObject(chart, 'namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    new kplus.ClusterRole(chart, 'role');
    configMap(chart, 'map');
  },
};

describe('6. ClusterApp writes the bytes of a stock App', () => {
  describe.each(OUTPUT_TYPES)('%s', (_, yamlOutputType) => {
    test.each(Object.entries(programs))('%s', (_name, program) => {
      const { stock, ours } = both(program, { yamlOutputType });
      expect(ours).toEqual(stock);
      expect(Object.keys(ours)).toEqual(Object.keys(stock));
    });
  });

  test.each(Object.entries(programs))('synthYaml: %s', (_, program) => {
    const [stock, ours] = [new App(), new ClusterApp()].map(app => {
      program(app);
      return app.synthYaml();
    });
    expect(ours).toBe(stock);
  });

  test('with resolvers, another extension and construct metadata', () => {
    const resolvers = [{ resolve: (context: any) => context.value === 'secret' && context.replaceValue('resolved') }];
    const { stock, ours } = both(programs['cdk8s-plus-28 workloads'], { resolvers, outputFileExtension: '.yml', recordConstructMetadata: true });
    expect(ours).toEqual(stock);
    expect(Object.keys(ours)).toContain('construct-metadata.json');
  });

  test('charts that wait for each other in a long chain are done at once', () => {
    const app = new ClusterApp({ outdir: folder() });
    const charts = Array.from({ length: 12 }, (_, index) => new Chart(app, `chart-${index}`));
    for (const chart of charts) for (let index = 0; index < 15; index++) configMap(chart, `map-${index}`);
    charts.slice(1).forEach((chart, index) => charts[index].addDependency(chart));
    app.synth();
    expect(Object.keys(filesOf(app.outdir))[0]).toMatch(/^0000-chart-11\./);
  });

  test('a cycle is named as stock cdk8s names it', () => {
    const program = (app: App) => {
      const [a, b] = ['a', 'b'].map(id => configMap(new Chart(app, id), 'map'));
      a.addDependency(b);
      b.addDependency(a);
    };
    expect(() => both(program)).toThrow(/^Dependency cycle detected: /);
    const app = new ClusterApp({ outdir: folder() });
    program(app);
    expect(() => app.synth()).toThrow(/^Dependency cycle detected: a => b => a$/);
  });
});

describe('6. one pass', () => {
  class Counting extends ApiObject {
    static reads = 0;
    public toJson(): any {
      Counting.reads++;
      return super.toJson();
    }
  }
  let validations = 0;

  function counted(app: App): App {
    Counting.reads = validations = 0;
    for (let index = 0; index < 20; index++) {
      const chart = new Chart(app, `chart-${index}`);
      new Counting(chart, 'object', { apiVersion: 'v1', kind: 'ConfigMap' });
      chart.node.addValidation({ validate: () => (validations++, []) });
    }
    return app;
  }

  test.each(OUTPUT_TYPES)('each construct is validated once and each object read once: %s', (_, yamlOutputType) => {
    const app = new ClusterApp({ outdir: folder(), yamlOutputType });
    let asked = 0;
    addAppCheck(app, manifests => {
      asked += 1;
      expect(manifestsOf(app)).toBe(manifests);
      return [];
    });
    counted(app).synth();
    expect({ reads: Counting.reads, validations, asked }).toEqual({ reads: 20, validations: 20, asked: 1 });
    app.synth();
    expect({ reads: Counting.reads, validations, asked }).toEqual({ reads: 40, validations: 40, asked: 2 });
  });

  test('where a stock App validates everything again for every chart', () => {
    counted(new App({ outdir: folder() })).synth();
    expect(validations).toBe(20 * 21);
  });
});

describe('6. validation', () => {
  function broken(app: App): App {
    for (const id of ['one', 'two', 'three']) {
      const chart = new Chart(app, id);
      configMap(chart, 'map');
      if (id !== 'two') chart.node.addValidation({ validate: () => [`${id} is wrong`, `${id} is bad`] });
    }
    return app;
  }

  test('collects every error, in the words of stock cdk8s', () => {
    const [stock, ours] = [new App({ outdir: folder() }), new ClusterApp({ outdir: folder() })].map(app => {
      try {
        broken(app).synth();
        return 'nothing';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(ours).toBe(stock);
    expect(ours).toContain('[one] one is wrong\n  [one] one is bad\n  [three] three is wrong');
  });

  test('an app check sees what validations changed, and is prefixed with the path of its construct', () => {
    const app = new ClusterApp({ outdir: folder() });
    const chart = new Chart(app, 'chart');
    const map = configMap(chart, 'map');
    addAppCheck(chart, manifests => manifests.map(({ json }) => `saw ${json.data.added}`));
    chart.node.addValidation({ validate: () => (map.addJsonPatch(JsonPatch.add('/data/added', 'it')), []) });
    expect(() => app.synth()).toThrow('Validation failed with the following errors:\n  [chart] saw it');
  });

  test.each([['App', App], ['ClusterApp', ClusterApp]])('an app check also speaks in Testing.synth, in a %s', (_, Type) => {
    const app = new Type({ outdir: folder() });
    const chart = new Chart(app, 'chart');
    configMap(chart, 'map');
    addAppCheck(chart, manifests => [`saw ${manifests.map(({ object }) => object?.node.path)}`]);
    expect(() => Testing.synth(chart)).toThrow('[chart] saw chart/map');
    expect(() => app.synth()).toThrow('[chart] saw chart/map');
  });

  test('an app check in a plain App does not make a chart with a toJson of its own ask for ever', () => {
    const app = new App({ outdir: folder() });
    programs['a chart with a toJson of its own'](app);
    addAppCheck(app, manifests => manifests.filter(({ json }) => !json.extra).map(() => 'not as written'));
    expect(() => app.synth()).not.toThrow();
  });

  test('two objects of one kind, namespace and name are refused, whatever the version', () => {
    const app = new ClusterApp({ outdir: folder() });
    const chart = new Chart(app, 'chart', { namespace: 'shop' });
    for (const version of ['v1', 'v2']) new ApiObject(chart, version, { apiVersion: `autoscaling/${version}`, kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' } });
    expect(() => app.synth()).toThrow('[chart/v2] HorizontalPodAutoscaler \'web\' of namespace \'shop\' exists already as chart/v1: rename one of them');
  });

  test('the same name in another namespace, kind or group is not', () => {
    const app = new ClusterApp({ outdir: folder() });
    for (const namespace of ['shop', 'bank']) {
      const chart = new Chart(app, namespace, { namespace });
      for (const apiVersion of ['networking.istio.io/v1', 'gateway.networking.k8s.io/v1']) new ApiObject(chart, apiVersion, { apiVersion, kind: 'Gateway', metadata: { name: 'web' } });
      configMap(chart, 'map', {}, { name: 'web' });
    }
    expect(() => app.synth()).not.toThrow();
  });

  test('a file that would overwrite another is refused with the remedy, a folder for each chart accepts it', () => {
    const program = (yamlOutputType: YamlOutputType) => {
      const app = new ClusterApp({ outdir: folder(), yamlOutputType });
      for (const namespace of ['shop', 'bank']) configMap(new Chart(app, namespace, { namespace }), 'map', {}, { name: 'settings' });
      app.synth();
      return Object.keys(filesOf(app.outdir));
    };
    expect(() => program(YamlOutputType.FILE_PER_RESOURCE)).toThrow(
      '[bank/map] ConfigMap \'settings\' of namespace \'bank\' would overwrite ConfigMap \'settings\' of namespace \'shop\' (shop/map) in the file '
      + '\'ConfigMap.settings.k8s.yaml\': write a file per chart (YamlOutputType.FILE_PER_CHART)');
    expect(program(YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE)).toEqual(['bank/ConfigMap.settings.k8s.yaml', 'shop/ConfigMap.settings.k8s.yaml']);
  });
});
