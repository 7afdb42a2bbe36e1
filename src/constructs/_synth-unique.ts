/** No two objects of an app are the same object of the cluster: the second would silently overwrite the first. */
import { AppManifest } from './_one-pass';
import { groupOf } from '../api/scope';

/** Two objects are the same if group, kind, namespace and name are: the version is only a view on it. */
export function duplicates(manifests: readonly AppManifest[]): string[] {
  const faults: string[] = [];
  const seen = new Map<string, AppManifest>();
  for (const manifest of manifests) {
    const { apiVersion, kind, metadata } = manifest.json;
    if (typeof metadata?.name !== 'string') continue;
    const key = `${groupOf(String(apiVersion))}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    const first = seen.get(key);
    if (first) {
      faults.push(`[${pathOf(manifest)}] ${named(manifest)} exists already as ${pathOf(first)}: rename one of them, or put it into another namespace`);
    } else {
      seen.set(key, manifest);
    }
  }
  return faults;
}

/** `ConfigMap 'settings' of namespace 'shop'` */
export function named({ json: { kind, metadata } }: AppManifest): string {
  return `${kind} '${metadata?.name}'${metadata?.namespace === undefined ? '' : ` of namespace '${metadata.namespace}'`}`;
}

/** The path of the construct behind a manifest. */
export function pathOf({ chart, object }: AppManifest): string {
  return (object ?? chart).node.path;
}
