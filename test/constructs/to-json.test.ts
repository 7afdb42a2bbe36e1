import { ApiObject, App, Chart, Cron, IResolver, JsonPatch, Lazy, ResolutionContext, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { jsonsOf } from '../../src/constructs/_to-json';

const { k8s } = kplus;
type Make = (chart: Chart, id: string) => Construct;

const MAKERS: [string, Make][] = [
  ['Deployment', (chart, id) => new kplus.Deployment(chart, id, {
    replicas: 2,
    containers: [{
      image: 'web:1',
      portNumber: 8080,
      envVariables: { MODE: kplus.EnvValue.fromValue('on') },
      args: ['', 'b'],
      resources: { cpu: { limit: kplus.Cpu.millis(250) }, memory: { request: Size.mebibytes(64) } },
      liveness: kplus.Probe.fromHttpGet('/health'),
      volumeMounts: [{ path: '/tmp', volume: kplus.Volume.fromEmptyDir(chart, `${id}-tmp`, 'tmp') }],
    }],
    podMetadata: { annotations: { z: '1', a: '2' } },
  })],
  ['StatefulSet', (chart, id) => new kplus.StatefulSet(chart, id, {
    service: new kplus.Service(chart, `${id}-service`, { ports: [{ port: 5432, name: 'pg' }], clusterIP: 'None' }),
    containers: [{ image: 'db:1', portNumber: 5432 }],
  })],
  ['DaemonSet', (chart, id) => new kplus.DaemonSet(chart, id, { containers: [{ image: 'agent:1' }] })],
  ['CronJob', (chart, id) => new kplus.CronJob(chart, id, { schedule: Cron.daily(), containers: [{ image: 'job:1' }] })],
  ['ConfigMap', (chart, id) => new kplus.ConfigMap(chart, id, { data: { z: 'last', a: 'first', empty: '' } })],
  ['Secret', (chart, id) => new kplus.Secret(chart, id, { stringData: { password: 'x' } })],
  ['Role', (chart, id) => new kplus.Role(chart, id, { rules: [{ resources: [kplus.ApiResource.PODS], verbs: ['get'] }] })],
  ['ServiceAccount', (chart, id) => new kplus.ServiceAccount(chart, id, { metadata: { labels: { later: Lazy.any({ produce: () => 'yes' }) } } })],
  ['Ingress', (chart, id) => new kplus.Ingress(chart, id, {
    rules: [{ host: 'a.example', path: '/x', backend: kplus.IngressBackend.fromService(new kplus.Service(chart, `${id}-to`, { ports: [{ port: 80 }] })) }],
  })],
  ['a bare NetworkPolicy', (chart, id) => new k8s.KubeNetworkPolicy(chart, id, {
    metadata: { finalizers: [], annotations: {}, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: '1' }] },
    spec: { podSelector: {}, ingress: [], egress: [{ ports: [{ port: k8s.IntOrString.fromNumber(53), protocol: 'UDP' }, { port: k8s.IntOrString.fromString('dns') }] }] },
  })],
];

/** All objects of a chart that holds every kind three times: the first of a class is made both ways, the next ones in one. */
function objectsOf(app: App, makers = MAKERS): ApiObject[] {
  const chart = new Chart(app, 'chart', { namespace: 'shop', labels: { team: 'a' } });
  makers.forEach(([name, make]) => ['one', 'two', 'three'].forEach(id => make(chart, `${name.toLowerCase().replaceAll(' ', '-')}-${id}`)));
  return chart.node.findAll().filter((construct): construct is ApiObject => ApiObject.isApiObject(construct));
}

function stock(objects: readonly ApiObject[]): string[] {
  return objects.map(object => JSON.stringify(object.toJson()));
}

describe('6. objects of cdk8s-plus-28 are written as cdk8s would write them', () => {
  test.each(MAKERS)('%s, key for key', (...maker) => {
    const app = new App();
    const objects = objectsOf(app, [maker]);
    expect(jsonsOf(app, objects).map(json => JSON.stringify(json))).toEqual(stock(objects));
  });

  test('and all but the first of a class without asking cdk8s', () => {
    const app = new App();
    const objects = objectsOf(app);
    jsonsOf(app, objects);
    const resolved = jest.spyOn(ApiObject.prototype, 'toJson');
    jsonsOf(app, objects);
    expect(resolved).not.toHaveBeenCalled();
    resolved.mockRestore();
  });

  test('with patches', () => {
    const app = new App();
    const objects = objectsOf(app);
    jsonsOf(app, objects);
    objects.forEach(object => object.addJsonPatch(JsonPatch.add('/metadata/labels/patched', 'yes')));
    expect(jsonsOf(app, objects).map(({ metadata }) => metadata.labels.patched)).toEqual(objects.map(() => 'yes'));
  });

  test('with resolvers of the App', () => {
    class Shout implements IResolver {
      public resolve(context: ResolutionContext): void {
        if (context.value === 'web:1') context.replaceValue('web:2');
      }
    }
    const app = new App({ resolvers: [new Shout()] });
    const objects = objectsOf(app, MAKERS.slice(0, 1));
    jsonsOf(new App(), objectsOf(new App()));
    expect(jsonsOf(app, objects).filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template.spec.containers[0].image)).toEqual(['web:2', 'web:2', 'web:2']);
  });

  test('with the keys as they stand, where cdk8s was told so', () => {
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      const app = new App();
      const objects = objectsOf(app);
      expect(jsonsOf(app, objects).map(json => JSON.stringify(json))).toEqual(stock(objects));
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('and what cdk8s refuses is refused in its words', () => {
    const app = new App();
    const chart = new Chart(app, 'chart');
    const map = new k8s.KubeConfigMap(chart, 'map', { data: new Map() as never });
    jsonsOf(app, objectsOf(new App()));
    expect(() => jsonsOf(app, [map])).toThrow(/Failed serializing construct at path 'chart\/map'.*can't render non-simple object of type 'Map'/);
  });

  test('a class whose two ways differ is left to cdk8s', () => {
    class Odd extends ApiObject {
      public static manifest = () => ({ wrong: true });
    }
    Object.defineProperty(Odd, Symbol.for('jsii.rtti'), { value: { fqn: 'cdk8s-plus-99.k8s.Odd' } });
    const app = new App();
    const chart = new Chart(app, 'chart');
    const objects = ['a', 'b', 'c'].map(id => new Odd(chart, id, { apiVersion: 'v1', kind: 'Odd', spec: id }));
    expect(jsonsOf(app, objects).map(json => JSON.stringify(json))).toEqual(stock(objects));
  });

  test('a class of a user that changes what cdk8s-plus-28 wrote is asked itself', () => {
    class Mine extends k8s.KubeConfigMap {
      public toJson(): any {
        return { ...super.toJson(), data: { mine: 'yes' } };
      }
    }
    const app = new App();
    const chart = new Chart(app, 'chart');
    const objects = [new k8s.KubeConfigMap(chart, 'a', {}), new k8s.KubeConfigMap(chart, 'b', {}), new Mine(chart, 'c', {})];
    expect(jsonsOf(app, objects)[2].data).toEqual({ mine: 'yes' });
  });
});
