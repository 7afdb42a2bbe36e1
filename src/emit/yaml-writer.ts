/**
 * Writes manifests as YAML, byte for byte what `cdk8s.Yaml.stringify` writes, at a fraction of its cost.
 *
 * Laws:
 * - `writeYaml(docs) === Yaml.stringify(...docs)` for every input on which the latter returns at all.
 * - A document that holds anything outside the rules below (a control character, a block with leading or trailing blanks, an object
 *   that appears twice, a class instance, a very long key, ...) is handed to the library as a whole. Doubt costs time, never a byte.
 * - Which plain words YAML 1.1 would read as something else than a string is asked of the library, not repeated here.
 */
import { Yaml } from 'cdk8s';
import { Document } from 'yaml';

/** The documents of one file, separated by `---`. An undefined document is an empty one. */
export function writeYaml(docs: readonly any[]): string {
  return docs.map(writeDocument).join('---\n');
}

/** One document with its final newline. */
export function writeDocument(doc: any): string {
  if (doc !== null && typeof doc === 'object') {
    const text = new Writer().document(doc);
    if (text !== undefined) return text;
  }
  return Yaml.stringify(doc);
}

/** Every pattern by which YAML 1.1 takes a plain word for a null, a boolean, a number, a time or a merge key. */
const OTHER_THAN_STRING = new RegExp(new Document(null, { version: '1.1' }).schema!.tags
  .flatMap(tag => ('test' in tag && tag.test && tag.default ? [`(?:${tag.test.source})`] : [])).join('|'));

/** Words that need no second look: they start like a name or a path and hold no character with a meaning in YAML. */
const WORD = /^[A-Za-z/][A-Za-z0-9/._-]*$/;

/** What a single-line plain scalar may not start with, hold or end with. */
const NOT_PLAIN = /^[\t ,[\]{}#&*!|>'"%@`]|^[?-](?:$|[\t ])|:(?:$|[\t ])|[\t ](?:#|$)/;

/** Characters that force escapes: control characters and halves of surrogate pairs. */
const ESCAPED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u{D800}-\u{DFFF}]/u;

/** At the start of a line these would begin a directive or end the document. */
const DOCUMENT_MARK = /^(?:%|---|\.\.\.)/;

const LONGEST_KEY = 200;
const CACHED_KEYS = 4096;
const keys = new Map<string, string>();

const INDENTS = [''];
function indentOf(depth: number): string {
  while (INDENTS.length <= depth) INDENTS.push(INDENTS[INDENTS.length - 1] + '  ');
  return INDENTS[depth];
}

class Writer {
  private readonly seen = new Set<object>();
  /** Pieces of text, joined once at the end: ropes of strings would keep the garbage collector busier than the writing itself. */
  private readonly pieces: string[] = [];
  private sure = true;

  document(root: any): string | undefined {
    this.collection(root, 0, '');
    this.pieces.push('\n');
    return this.sure ? this.pieces.join('') : undefined;
  }

  private unsure(): string {
    this.sure = false;
    return '';
  }

  /** Writes `lead` and what is in the collection, or an empty collection on the line where it stands. */
  private collection(value: any, depth: number, lead: string): void {
    if (this.seen.has(value)) return void this.unsure();
    this.seen.add(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) this.sequence(value, depth, lead);
    else if (prototype === Object.prototype || prototype === null) this.mapping(value, depth, lead);
    else this.unsure();
  }

  private mapping(map: Record<string, any>, depth: number, lead: string): void {
    const names = Object.keys(map);
    if (names.length === 0) return void this.pieces.push(lead === '' ? '{}' : ' {}');
    const newline = '\n' + indentOf(depth);
    let before = lead;
    for (const name of names) {
      if (!this.sure) return;
      const key = depth === 0 && DOCUMENT_MARK.test(name) ? this.unsure() : this.key(name);
      const value = map[name];
      if (value !== null && typeof value === 'object') {
        this.pieces.push(before, key);
        this.collection(value, depth + 1, newline + '  ');
      } else {
        this.pieces.push(before, key, ' ', this.scalar(value, depth + 1));
      }
      before = newline;
    }
  }

  private sequence(list: readonly any[], depth: number, lead: string): void {
    if (list.length === 0) return void this.pieces.push(lead === '' ? '[]' : ' []');
    const newline = '\n' + indentOf(depth);
    let before = lead;
    for (let index = 0; index < list.length; index++) {
      if (!this.sure) return;
      const item = list[index];
      this.pieces.push(before, '- ');
      if (item !== null && typeof item === 'object') this.collection(item, depth + 1, '');
      else this.pieces.push(this.scalar(item, depth + 1));
      before = newline;
    }
  }

  private key(key: string): string {
    const known = keys.get(key);
    if (known !== undefined) return known;
    if (key.length > LONGEST_KEY || key.includes('\n')) return this.unsure();
    const text = this.line(key) + ':';
    if (!this.sure) return '';
    if (keys.size >= CACHED_KEYS) keys.clear();
    keys.set(key, text);
    return text;
  }

  private scalar(value: any, depth: number): string {
    switch (typeof value) {
      case 'string': return value.includes('\n') ? this.block(value, depth) : this.line(value);
      case 'number': return Number.isFinite(value) && !Object.is(value, -0) ? String(value) : this.unsure();
      case 'boolean': return value ? 'true' : 'false';
      default: return value === null || value === undefined ? 'null' : this.unsure();
    }
  }

  /** A string on one line: plain where YAML reads it back as this very string, otherwise quoted. */
  private line(value: string): string {
    if (WORD.test(value)) {
      // The longest word with another meaning has five letters; only an exponent ('e10') may be longer.
      if ((value.length > 5 && value[0] !== 'e' && value[0] !== 'E') || !OTHER_THAN_STRING.test(value)) return value;
    }
    if (value === '<<' || ESCAPED.test(value)) return this.unsure();
    if (!NOT_PLAIN.test(value) && !OTHER_THAN_STRING.test(value)) return value;
    return value.includes('"') && !value.includes("'") ? `'${value}'` : JSON.stringify(value);
  }

  /** A string of several lines as a literal block: text first, at most one newline last. */
  private block(value: string, depth: number): string {
    const clipped = value.charCodeAt(value.length - 1) === 0x0a;
    const body = clipped ? value.slice(0, -1) : value;
    if (/^[\n\t ]|[\n\t ]$/.test(body) || body === '' || ESCAPED.test(value)) return this.unsure();
    const indent = indentOf(depth);
    return (clipped ? '|\n' : '|-\n') + indent + body.replace(/\n+/g, blank => blank + indent);
  }
}
