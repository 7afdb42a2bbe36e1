/**
 * What cdk8s makes of an object, in one walk over it instead of five.
 *
 * Laws:
 * - The same as `ApiObject.toJson()`, key for key. Whatever only cdk8s knows to do is left to it: patches, resolvers of the App, keys that
 *   are not sorted, values that are neither plain nor one of its own tokens, classes that write themselves in their own way.
 * - Nothing of it is taken on trust: the first object of every class is made both ways, and a class whose two differ is left to cdk8s.
 */
import { ApiObject, ApiObjectMetadataDefinition, App, Lazy } from 'cdk8s';

/** The objects of one app as JSON. */
export function jsonsOf(app: App, objects: readonly ApiObject[]): any[] {
  const quickly = hasStockResolvers(app);
  return objects.map(object => (quickly && untouched(object) && isOfCdk8sPlus(object) ? jsonOf(object, object.constructor as Generated) : object.toJson()));
}

/** Whether values mean in this app what they mean everywhere. */
export function hasStockResolvers(app: App): boolean {
  return app.resolvers.length === STOCK_RESOLVERS && !process.env.CDK8S_DISABLE_SORT;
}

const STOCK_RESOLVERS = new App().resolvers.length;

/** A class as `cdk8s import` writes it: its `toJson` is `manifest` of what `ApiObject` makes of the properties. */
interface Generated extends Function {
  manifest(props: unknown): any;
}

/** The classes met so far, and whether both ways led to the same. */
const agreeing = new Map<Generated, boolean>();

function jsonOf(object: ApiObject, type: Generated): any {
  const known = agreeing.get(type);
  const quick = known === false ? undefined : attempt(object, type);
  if (known && quick) return quick;
  const json = object.toJson();
  if (quick) agreeing.set(type, JSON.stringify(quick) === JSON.stringify(json));
  return json;
}

function isOfCdk8sPlus(object: ApiObject): boolean {
  const name = Object.getOwnPropertyDescriptor(object.constructor, JSII)?.value?.fqn;
  return typeof name === 'string' && name.startsWith('cdk8s-plus-') && object.toJson === object.constructor.prototype.toJson;
}

const JSII = Symbol.for('jsii.rtti');

/** Whether nobody patched it. */
function untouched(object: any): boolean {
  return Array.isArray(object.patches) && object.patches.length === 0;
}

/** Undefined if that is for cdk8s to do, or to complain about. */
function attempt(object: any, type: Generated): any {
  try {
    return type.manifest({ ...plain({ ...object.props, metadata: undefined }), metadata: metadataOf(object.metadata) });
  } catch {
    return undefined;
  }
}

/** Metadata as `ApiObjectMetadataDefinition.toJson()` makes it: what is empty is left out. */
export function metadataOf(metadata: ApiObjectMetadataDefinition): any {
  const { _additionalAttributes, name, namespace, annotations, finalizers, ownerReferences, labels } = metadata as any;
  return filled(plain({ ..._additionalAttributes, name, namespace, annotations, finalizers, ownerReferences, labels }));
}

function filled(value: any): any {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(filled);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const each = filled(value[key]);
    if (each !== undefined) result[key] = each;
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

/** Sorted by key, what is lazy produced, tokens resolved, what is undefined left out. Throws for what is none of it. */
export function plain(value: any): any {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Lazy) return plain(value.produce());
  if (typeof value.resolve === 'function') return plain(value.resolve());
  if (value.constructor !== Object) {
    if (typeof value.value === 'number' || typeof value.value === 'string') return { value: value.value };
    throw new Error(`can't render non-simple object of type '${value.constructor?.name}'`);
  }
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const each = plain(value[key]);
    if (each !== undefined) result[key] = each;
  }
  return result;
}
