import { ApiObject, App, Chart, IResolver, JsonPatch, Lazy, ResolutionContext } from 'cdk8s';
import * as fc from 'fast-check';
import { emit } from '../../src/constructs/_manifest';

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(undefined), fc.constant(null));
const value: fc.Arbitrary<any> = fc.letrec(tie => ({
  value: fc.oneof(
    { weight: 3, arbitrary: leaf },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    tie('value').map(produced => Lazy.any({ produce: () => produced })),
  ),
})).value;

/** What cdk8s itself makes of an object, whatever the object thinks. */
function stock(object: ApiObject): string {
  return JSON.stringify(ApiObject.prototype.toJson.call(object));
}

describe('6. an object of the library is written as cdk8s would write it', () => {
  const object = (body: Record<string, unknown>, app = new App()) =>
    emit(new Chart(app, 'chart', { namespace: 'shop', labels: { app: 'x' } }), 'object', { apiVersion: 'v1', kind: 'Thing', name: 'thing', labels: { b: '1', a: '2' }, body });

  test('key for key, whatever the body', () => {
    fc.assert(fc.property(value, value, (spec, data) => {
      const emitted = object({ spec, data });
      expect(JSON.stringify(emitted.toJson())).toBe(stock(emitted));
    }), { numRuns: 300 });
  });

  test('with patches', () => {
    const emitted = object({ spec: { a: 1 } });
    emitted.addJsonPatch(JsonPatch.add('/spec/b', 2));
    expect(emitted.toJson().spec).toEqual({ a: 1, b: 2 });
  });

  test('with what was added to its metadata later', () => {
    const emitted = object({ spec: {} });
    emitted.metadata.addLabel('later', Lazy.any({ produce: () => 'yes' }));
    expect(emitted.toJson().metadata.labels).toEqual({ app: 'x', a: '2', b: '1', later: 'yes' });
  });

  test('with resolvers of the App', () => {
    class Shout implements IResolver {
      public resolve(context: ResolutionContext): void {
        if (context.value === 'quiet') context.replaceValue('LOUD');
      }
    }
    expect(object({ spec: { say: 'quiet' } }, new App({ resolvers: [new Shout()] })).toJson().spec).toEqual({ say: 'LOUD' });
    expect(object({ spec: { say: 'quiet' } }).toJson().spec).toEqual({ say: 'quiet' });
  });
});
