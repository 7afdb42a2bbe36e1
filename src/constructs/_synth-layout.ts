/**
 * Which charts an app has, which objects each holds, and in which order they are written: what stock cdk8s finds by preparing the
 * whole app once per chart, found here in one walk.
 *
 * Laws:
 * - The order is that of stock cdk8s, dependencies included, so the files are the same byte for byte.
 * - The tree is only read: what follows from a dependency is kept beside it, so a second look finds the same.
 * - Without dependencies the cost is one visit per construct; with them one visit per construct and edge.
 */
import { ApiObject, Chart } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';

/** A chart and its objects, in the order in which they are written. */
export interface ChartLayout {
  readonly chart: Chart;
  readonly objects: readonly ApiObject[];
}

/** All charts of an app, in the order in which they are written. */
export interface AppLayout {
  readonly charts: readonly ChartLayout[];
  /** Whether a chart waits for another: file names then begin with their place in the order. */
  readonly ordered: boolean;
}

/** What each construct waits for, in the order in which it was said. */
type Edges = Map<IConstruct, Set<IConstruct>>;

export function layoutOf(app: Construct): AppLayout {
  const tree = new Tree(app);
  const { edges, ordered } = dependenciesOf(tree);
  const between = ordered || [...edges].some(([source, targets]) => Chart.isChart(source) || [...targets].some(Chart.isChart));
  const charts = between ? topology(tree.constructs, edges).filter(Chart.isChart) : byPath(tree.charts);
  const waiting = new Set([...edges.keys()].flatMap(source => source.node.scopes));
  return {
    ordered,
    charts: charts.map(chart => ({
      chart,
      objects: waiting.has(chart)
        ? topology(chart.node.findAll(), edges).filter(isApiObject).filter(object => object.chart === chart)
        : tree.objectsOf(chart),
    })),
  };
}

/** One walk over the app, and what it met. */
class Tree {
  readonly constructs: IConstruct[] = [];
  readonly charts: Chart[] = [];
  /** Constructs that wait for something, as their author said. */
  readonly waiting: IConstruct[] = [];
  private readonly objects = new Map<Chart, ApiObject[]>();

  constructor(root: IConstruct) {
    this.visit(root, undefined);
  }

  objectsOf(chart: Chart): ApiObject[] {
    return this.objects.get(chart) ?? [];
  }

  private visit(construct: IConstruct, home: ApiObject[] | undefined): void {
    this.constructs.push(construct);
    if (construct.node.dependencies.length > 0) this.waiting.push(construct);
    if (Chart.isChart(construct)) {
      home = [];
      this.charts.push(construct);
      this.objects.set(construct, home);
    } else if (home && isApiObject(construct)) {
      home.push(construct);
    }
    for (const child of construct.node.children) this.visit(child, home);
  }
}

function isApiObject(construct: IConstruct): construct is ApiObject {
  return ApiObject.isApiObject(construct);
}

/** What was said between constructs, carried over to their charts and their objects, as stock cdk8s does before it writes. */
function dependenciesOf(tree: Tree): { edges: Edges; ordered: boolean } {
  const edges: Edges = new Map();
  const edgesOf = (source: IConstruct) => {
    const known = edges.get(source) ?? new Set(source.node.dependencies);
    edges.set(source, known);
    return known;
  };
  let ordered = false;

  for (const parent of tree.charts) {
    for (const child of parent.node.children.filter(Chart.isChart)) {
      edgesOf(parent).add(child);
      ordered = true;
    }
  }
  tree.waiting.forEach(edgesOf);
  if (edges.size === 0) return { edges, ordered };

  const stated = () => tree.constructs.flatMap(source => [...edges.get(source) ?? []].map(target => ({ source, target })));
  for (const { source, target } of stated()) {
    const [from, to] = [Chart.of(source), Chart.of(target)];
    if (from === to) continue;
    edgesOf(from).add(to);
    ordered = true;
  }

  const under = new Map<IConstruct, ApiObject[]>();
  const objectsUnder = (construct: IConstruct) => {
    const chart = Chart.of(construct);
    const found = under.get(construct) ?? construct.node.findAll().filter(isApiObject).filter(object => object.chart === chart);
    under.set(construct, found);
    return found;
  };
  for (const { source, target } of stated()) {
    for (const first of objectsUnder(target)) {
      for (const second of objectsUnder(source)) {
        if (first !== second) edgesOf(second).add(first);
      }
    }
  }
  return { edges, ordered };
}

/** In the order of a plain object's keys, if these were the constructs' paths: whole numbers come first. Only ids right under the app can be. */
function byPath<T extends IConstruct>(constructs: readonly T[]): readonly T[] {
  if (!constructs.some(({ node }) => /^\d+$/.test(node.path))) return constructs;
  return Object.values(Object.fromEntries(constructs.map(construct => [construct.node.path, construct])));
}

/** Every construct after those it waits for, and otherwise in the order given. Targets elsewhere are not waited for. */
function topology(constructs: readonly IConstruct[], edges: Edges): IConstruct[] {
  const here = new Set(constructs);
  const awaited = new Set<IConstruct>();
  for (const construct of constructs) edges.get(construct)?.forEach(target => here.has(target) && awaited.add(target));
  const done = new Set<IConstruct>();
  const path = new Set<IConstruct>();

  const visit = (construct: IConstruct) => {
    if (done.has(construct) || !here.has(construct)) return;
    if (path.has(construct)) refuseCycle([...path], construct);
    path.add(construct);
    edges.get(construct)?.forEach(visit);
    path.delete(construct);
    done.add(construct);
  };
  byPath(constructs).filter(construct => !awaited.has(construct)).forEach(visit);
  // What is awaited only by itself was reached from nowhere: visiting it finds the cycle.
  constructs.forEach(visit);
  return [...done];
}

function refuseCycle(path: readonly IConstruct[], again: IConstruct): never {
  const cycle = [...path.slice(path.indexOf(again)), again];
  throw new Error(`Dependency cycle detected: ${cycle.map(construct => construct.node.path).join(' => ')}`);
}
