/**
 * What a synth looks at, looked at once: `manifestsOf(scope)` is every object of the app as it will be written, and `addAppCheck` a
 * question about all of them together.
 *
 * Laws:
 * - During the synth of a `ClusterApp` every construct is validated once, every object turned into JSON once, every check asked once.
 * - In a plain `App`, and in `Testing.synth`, a check is a validation of the construct that brought it: the answer is the same, and the
 *   whole app is read again for every chart.
 * - Checks come after all validations, so they see what validations have changed.
 */
import { ApiObject, App, Chart, JsonPatch, YamlOutputType } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { AppLayout, layoutOf } from './_synth-layout';
import { jsonsOf } from './_to-json';
import { isClusterScoped } from '../api/scope';

/** One object of the app as it will be written. */
export interface AppManifest {
  readonly chart: Chart;
  /** Its construct; undefined where a chart's own `toJson` made it up. */
  readonly object?: ApiObject;
  readonly json: any;
}

/** Answers what is wrong with the whole app, one message for each fault. */
export type AppCheck = (manifests: readonly AppManifest[]) => readonly string[];

/** What stands beside the manifests and is never applied: text by path, with `/` between folders. */
export type AppFiles = (manifests: readonly AppManifest[]) => ReadonlyMap<string, string>;

/** The same, made of the manifests and of what stands beside them. */
export type AppReport = (manifests: readonly AppManifest[], files: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;

/** All that a pass knows about its app when the checks are asked. */
export interface Synthesis {
  readonly layout: AppLayout;
  readonly manifests: readonly AppManifest[];
}

interface Pass {
  synthesis?: Synthesis;
}

const passes = new WeakMap<IConstruct, Pass>();
const checks = new WeakMap<IConstruct, { scope: Construct; check: AppCheck }[]>();
const fileMakers = new WeakMap<IConstruct, { scope: Construct; files: AppReport }[]>();
const reporters = new WeakMap<IConstruct, { scope: Construct; files: AppReport }[]>();
const scoped = new WeakMap<IConstruct, Chart[]>();
const stripped = new WeakSet<ApiObject>();

/** Every object of the app that `scope` is in. Within a pass they are read once; elsewhere anew at every call. */
export function manifestsOf(scope: Construct): readonly AppManifest[] {
  const app = App.of(scope);
  const pass = passes.get(app);
  if (pass?.synthesis) return pass.synthesis.manifests;
  // A chart with a `toJson` of its own validates the app again from within this read: its checks are being asked already.
  passes.set(app, pass ?? {});
  try {
    (scoped.get(app) ?? []).forEach(strip);
    return read(app).manifests;
  } finally {
    if (!pass) passes.delete(app);
  }
}

/** Asks `check` about the whole app at every synth. Its messages are prefixed with the path of `scope`, as those of a validation are. */
export function addAppCheck(scope: Construct, check: AppCheck): void {
  const app = App.of(scope);
  checks.set(app, [...checks.get(app) ?? [], { scope, check }]);
  scope.node.addValidation({ validate: () => (passes.has(app) ? [] : [...check(manifestsOf(scope))]) });
}

/** Has `files` written beside the output folder at every synth of a `ClusterApp`, together with the manifests or not at all. */
export function addAppFiles(scope: Construct, files: AppFiles): void {
  const app = App.of(scope);
  fileMakers.set(app, [...fileMakers.get(app) ?? [], { scope, files }]);
}

/** The same for a report that reads the files of everybody else, whenever they were added. */
export function addAppReport(scope: Construct, files: AppReport): void {
  const app = App.of(scope);
  reporters.set(app, [...reporters.get(app) ?? [], { scope, files }]);
}

/** Every file that stands beside the manifests. Throws where two constructs would write the same one. */
export function appFiles(app: App, manifests: readonly AppManifest[]): Map<string, string> {
  const all = new Map<string, string>();
  const owners = new Map<string, Construct>();
  for (const makers of [fileMakers, reporters]) {
    const before = new Map(all);
    for (const { scope, files } of makers.get(app) ?? []) {
      for (const [file, text] of files(manifests, before)) {
        const owner = owners.get(file);
        if (owner) throw new Error(`'${owner.node.path}' and '${scope.node.path}' would both write the file '${file}': give them names that differ`);
        owners.set(file, scope);
        all.set(file, text);
      }
    }
  }
  return all;
}

/** Takes `metadata.namespace` from every cluster-scoped object of the chart, whoever made it, in whichever way it is written. */
export function stripClusterScope(chart: Chart): void {
  const app = App.of(chart);
  scoped.set(app, [...scoped.get(app) ?? [], chart]);
  chart.node.addValidation({
    validate: () => {
      strip(chart);
      return [];
    },
  });
}

/** Takes `metadata.namespace` from one object for good. */
export function dropNamespace(object: ApiObject): void {
  if (stripped.has(object) || object.metadata.namespace === undefined) return;
  stripped.add(object);
  object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
}

function strip(chart: Chart): void {
  for (const construct of chart.node.findAll()) {
    if (ApiObject.isApiObject(construct)) {
      const object = construct as ApiObject;
      if (object.chart === chart && isClusterScoped(object.apiVersion, object.kind)) dropNamespace(object);
    }
  }
}

/** Validates the app, reads it, asks the checks, and hands what was read to `use`. Every fault found is in the one error thrown. */
export function onePass<T>(app: App, use: (synthesis: Synthesis) => T): T {
  const pass: Pass = {};
  passes.set(app, pass);
  try {
    refuse(app.node.findAll().flatMap(({ node }) => node.validate().map(fault => `[${node.path}] ${fault}`)));
    const synthesis = read(app);
    pass.synthesis = synthesis;
    refuse((checks.get(app) ?? []).flatMap(({ scope, check }) => check(synthesis.manifests).map(fault => prefixed(scope, fault))));
    return use(synthesis);
  } finally {
    passes.delete(app);
  }
}

/** Throws what stock cdk8s throws, if there is anything to say. */
export function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`Validation failed with the following errors:\n  ${faults.join('\n  ')}`);
}

/** Checks of the app as a whole name the construct themselves: the root has no path to name. */
function prefixed(scope: Construct, fault: string): string {
  return scope.node.path === '' ? fault : `[${scope.node.path}] ${fault}`;
}

function read(app: App): Synthesis {
  const layout = layoutOf(app);
  const manifests = layout.charts.flatMap(({ chart, objects }) =>
    writesItself(chart, app) ? ownManifests(chart, objects) : jsonsOf(app, objects).map((json, index) => ({ chart, object: objects[index], json })));
  return { layout, manifests };
}

/** Whether the chart has its own idea of `toJson`. Where each chart is a folder, cdk8s asks its objects instead. */
function writesItself(chart: Chart, app: App): boolean {
  return chart.toJson !== Chart.prototype.toJson && app.yamlOutputType !== YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE;
}

function ownManifests(chart: Chart, objects: readonly ApiObject[]): AppManifest[] {
  const jsons = Object.values(chart.toJson()).filter(json => json !== undefined);
  return jsons.map((json, index) => ({ chart, object: jsons.length === objects.length ? objects[index] : undefined, json }));
}
