import { Document, isMap, isNode, isPair, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { ObjectRef } from '../rules';

/** Where an object and a field of it stand in the text of a file, so that a finding leads to its line. */
export class Locator {
  private readonly lines = new LineCounter();
  private readonly objects = new Map<string, unknown>();

  constructor(text: string) {
    for (const document of parseAllDocuments(text, { merge: true, logLevel: 'silent', lineCounter: this.lines })) {
      if (document instanceof Document) this.enter(document.contents);
    }
  }

  /** @returns the line of the field, or of what is written of the way to it; undefined where the object is not found */
  lineOf({ kind, namespace = '', name }: ObjectRef, path: string): number | undefined {
    const object = this.objects.get(`${kind} ${namespace}/${name}`) ?? this.objects.get(`${kind} /${name}`);
    if (object === undefined) return undefined;
    let line = this.lineAt(object);
    let node: unknown = object;
    for (const step of stepsOf(path)) {
      const [key, value] = childOf(node, step);
      if (value === undefined && key === undefined) break;
      line = this.lineAt(key ?? value) ?? line;
      node = value;
    }
    return line;
  }

  /** Objects in lists too. */
  private enter(node: unknown): void {
    if (isSeq(node)) {
      for (const item of node.items) this.enter(item);
    } else if (isMap(node)) {
      const items = node.get('items', true);
      const kind = node.get('kind');
      if (typeof kind === 'string' && kind.endsWith('List') && isSeq(items)) this.enter(items);
      else if (kind !== undefined) this.objects.set(`${kind} ${node.getIn(['metadata', 'namespace']) ?? ''}/${node.getIn(['metadata', 'name']) ?? ''}`, node);
    }
  }

  private lineAt(node: unknown): number | undefined {
    return isNode(node) && node.range ? this.lines.linePos(node.range[0]).line : undefined;
  }
}

/** `spec.ingress[0].labels['a/b']` => spec, ingress, 0, labels, a/b */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\['([^']+)'\]|\[(\d+)\]|[^.[\]]+/g)].map(([word, quoted, index]) => quoted ?? (index === undefined ? word : Number(index)));
}

function childOf(node: unknown, step: string | number): [key: unknown, value: unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(step)]];
  const pair = isMap(node) ? node.items.find(item => isPair(item) && String((item.key as any)?.value ?? item.key) === step) : undefined;
  return [pair?.key, pair?.value];
}
