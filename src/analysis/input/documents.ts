import { parseAllDocuments } from 'yaml';

/** What a text of YAML or JSON documents holds. */
export interface Documents {
  readonly objects: any[];
  /** How many documents are something else: values of a Helm chart, say. */
  readonly others: number;
}

/** Reads every document; empty and comment-only ones count for nothing. Throws with the line of what is wrong. */
export function readDocuments(text: string): Documents {
  const objects: any[] = [];
  let others = 0;
  for (const document of parseAllDocuments(text, { merge: true, prettyErrors: true, logLevel: 'silent' })) {
    if ('empty' in document) continue;
    if (document.errors.length > 0) throw new Error(document.errors[0].message.trim().split('\n')[0].replace(/:$/, ''));
    const value = document.toJS({ maxAliasCount: 1000 });
    if (value === null || value === undefined) continue;
    for (const object of Array.isArray(value) ? value : [value]) {
      if (typeof object !== 'object' || object === null || (object.kind === undefined && object.apiVersion === undefined)) others++;
      else if (typeof object.kind !== 'string') throw new Error('an object has an apiVersion and no kind');
      else objects.push(object);
    }
  }
  return { objects, others };
}
