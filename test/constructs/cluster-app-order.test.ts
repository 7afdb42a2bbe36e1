import { ApiObject, App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { ClusterApp } from '../../src/constructs/cluster-app';

/** A random tree of constructs, charts and objects, and who waits for whom. Numbers point at what was made before, modulo its count. */
interface Program {
  readonly nodes: readonly { readonly kind: 'construct' | 'chart' | 'object'; readonly parent: number; readonly id: string }[];
  readonly waits: readonly { readonly source: number; readonly target: number }[];
}

const program: fc.Arbitrary<Program> = fc.record({
  nodes: fc.array(fc.record({
    kind: fc.constantFrom('construct' as const, 'chart' as const, 'object' as const, 'object' as const),
    parent: fc.nat(),
    id: fc.constantFrom('a', 'b', 'c', '1', '2', '10', 'x1'),
  }), { minLength: 3, maxLength: 14 }),
  waits: fc.array(fc.record({ source: fc.nat(), target: fc.nat() }), { maxLength: 3 }),
});

/** Builds the program, or as much of it as can stand: an object needs a chart, a sibling another id. */
function build(app: App, { nodes, waits }: Program): void {
  const made: Construct[] = [];
  for (const { kind, parent, id } of nodes) {
    const scopes = [app, ...made.filter(construct => kind !== 'object' || construct.node.scopes.some(Chart.isChart))];
    const scope = scopes[parent % scopes.length];
    if ((kind === 'object' && scope === app) || scope.node.tryFindChild(id)) continue;
    if (kind === 'chart') made.push(new Chart(scope, id));
    else if (kind === 'construct') made.push(new Construct(scope, id));
    else made.push(new ApiObject(scope, id, { apiVersion: 'v1', kind: 'ConfigMap', data: { path: scope.node.path, id } }));
  }
  for (const { source, target } of waits) {
    const [waiting, awaited] = [source, target].map(number => made[number % made.length]);
    if (waiting !== awaited) waiting.node.addDependency(awaited);
  }
}

/** The text, or `undefined` where a cycle makes stock cdk8s fail or never return to tell. */
function synth(app: App, what: Program): string | undefined {
  build(app, what);
  try {
    return app.synthYaml();
  } catch (error) {
    return undefined;
  }
}

describe('6. the order of charts and objects is that of stock cdk8s', () => {
  test('for random trees and dependencies, on the first synth and the second', () => {
    const seen = { written: 0, refused: 0 };
    fc.assert(fc.property(program, what => {
      const stock = synth(new App(), what);
      const app = new ClusterApp();
      expect(synth(app, what)).toEqual(stock);
      if (stock === undefined) {
        seen.refused += 1;
      } else {
        seen.written += 1;
        expect(app.synthYaml()).toBe(stock);
      }
    }), { numRuns: 400 });
    expect(seen.written).toBeGreaterThan(150);
    expect(seen.refused).toBeGreaterThan(10);
  });

  test('an object that waits for itself is refused, where stock cdk8s loses it', () => {
    const waitForMyself = (app: App) => {
      const object = new ApiObject(new Chart(app, 'chart'), 'object', { apiVersion: 'v1', kind: 'ConfigMap' });
      object.addDependency(object);
      return app.synthYaml();
    };
    expect(waitForMyself(new App())).toBe('');
    expect(() => waitForMyself(new ClusterApp())).toThrow('Dependency cycle detected: chart/object => chart/object');
  });
});
