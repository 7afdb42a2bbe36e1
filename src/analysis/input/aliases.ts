import { Event, EVENT_ID } from 'js-yaml';

/** What anchors and aliases may do in a manifest: shorten it, and never mean something else to one reader than to another. */

const MOST_VALUES = 1_000_000;

export function hasAliases(events: readonly Event[]): boolean {
  return events.some(({ type }) => type === EVENT_ID.ALIAS);
}

/** Whether a value, with every alias written out, comes to an end before it is too large for any manifest: a few lines can stand for billions. */
export function isBounded(value: unknown, most = MOST_VALUES): boolean {
  const sizes = new Map<object, number>();
  const sizeOf = (each: unknown): number => {
    if (typeof each !== 'object' || each === null) return 1;
    const known = sizes.get(each);
    if (known !== undefined) return known;
    sizes.set(each, Infinity);
    const size = Object.values(each).reduce((sum, child) => sum + sizeOf(child), 1);
    sizes.set(each, size);
    return size;
  };
  return sizeOf(value) <= most;
}

/**
 * Where `<<` stands after other keys of its mapping. What is merged there wins over them in Kubernetes, and gives way to them in YAML.
 * @returns the place in the text, or undefined where there is none
 */
export function lateMerge(source: string, events: readonly Event[]): number | undefined {
  const open: { readonly mapping: boolean; children: number }[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const parent = open[open.length - 1];
    if (event.type === EVENT_ID.SCALAR && parent?.mapping && parent.children > 0 && parent.children % 2 === 0
      && source.slice(event.valueStart, event.valueEnd) === '<<') return event.valueStart;
    if (parent) parent.children++;
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) open.push({ mapping: event.type === EVENT_ID.MAPPING, children: 0 });
  }
  return undefined;
}
