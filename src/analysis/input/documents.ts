import { parseAllDocuments } from 'yaml';

/** The objects of a text of YAML or JSON documents; empty and comment-only documents are none. Throws with the line of what is wrong. */
export function readDocuments(text: string): any[] {
  const objects: any[] = [];
  for (const document of parseAllDocuments(text, { merge: true, prettyErrors: true, logLevel: 'silent' })) {
    if ('empty' in document) continue;
    if (document.errors.length > 0) throw new Error(document.errors[0].message.trim().split('\n')[0].replace(/:$/, ''));
    const value = document.toJS({ maxAliasCount: 1000 });
    if (value === null || value === undefined) continue;
    for (const object of Array.isArray(value) ? value : [value]) {
      if (typeof object !== 'object' || object === null || typeof object.kind !== 'string') {
        throw new Error('a document is not a Kubernetes object: it has no kind');
      }
      objects.push(object);
    }
  }
  return objects;
}
