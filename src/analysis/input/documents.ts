import { constructFromEvents, parseEvents, YAMLException } from 'js-yaml';
import { hasAliases, isBounded, lateMerge } from './aliases';
import { readJson } from './json';
import { KUBERNETES_SCHEMA } from './scalars';

/** What a text of YAML or JSON documents holds. */
export interface Documents {
  readonly objects: any[];
  /** How many documents are something else: values of a Helm chart, say. */
  readonly others: number;
}

/**
 * Reads every document as Kubernetes does; empty and comment-only ones count for nothing. Throws with the line of what is wrong.
 *
 * It is read piece by piece, so that what reading takes beside the objects themselves does not grow with the text.
 */
export function readDocuments(text: string): Documents {
  const objects: any[] = [];
  let others = 0;
  for (const object of documentsOf(text)) if (isManifest(object)) objects.push(object); else others++;
  return { objects, others };
}

function* documentsOf(text: string): Iterable<unknown> {
  const json = readJson(text);
  if (json) yield* Array.isArray(json.value) ? json.value : [json.value];
  else for (const { piece, start } of piecesOf(text)) yield* readYaml(piece, place => lineOf(text, start + place));
}

/** The least length of a piece. */
const PIECE = 65536;

/** A line that begins with `---` begins a document, whatever it stands in, so a text can be cut there; one with directives is taken as a whole. */
function* piecesOf(text: string): Iterable<{ readonly piece: string; readonly start: number }> {
  let start = 0;
  if (!/^%/m.test(text)) {
    for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
      if (index - start < PIECE) continue;
      yield { piece: text.slice(start, index), start };
      start = index;
    }
  }
  yield { piece: text.slice(start), start };
}

function readYaml(source: string, where: (place: number) => string): unknown[] {
  try {
    const events = parseEvents(source, {});
    const values = constructFromEvents(events, { source, schema: KUBERNETES_SCHEMA });
    if (source.includes('*') && hasAliases(events) && !values.every(value => isBounded(value))) {
      throw new Error(`the aliases in the document of ${where(0)} stand for more than a manifest can hold: write out what they mean`);
    }
    const objects = values.flatMap(value => value ?? []);
    const late = source.includes('<<') && objects.some(isManifest) ? lateMerge(source, events) : undefined;
    if (late !== undefined) throw new Error(`'<<' stands after other keys at ${where(late)}, where Kubernetes lets what is merged win over them: write it first`);
    return objects;
  } catch (error) {
    if (!(error instanceof YAMLException) || !error.mark) throw error;
    throw new Error(`${error.reason} at ${where(error.mark.position)}`);
  }
}

function isManifest(object: any): boolean {
  if (typeof object !== 'object' || object === null || (object.kind === undefined && object.apiVersion === undefined)) return false;
  if (typeof object.kind !== 'string') throw new Error('an object has an apiVersion and no kind');
  return true;
}

function lineOf(text: string, place: number): string {
  const lines = text.slice(0, place).split('\n');
  return `line ${lines.length}, column ${lines[lines.length - 1].length + 1}`;
}
