/**
 * Names of Kubernetes as names of a program.
 *
 * Laws: every name is a valid identifier that is no word of the language and none of the program's own; no two things have the same; which
 * name a thing gets does not depend on the order of the things.
 */
export interface Nameable {
  readonly key: string;
  readonly namespace: string;
  /** Undefined for the namespace itself. */
  readonly name?: string;
}

const WORDS = new Set(('abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do '
  + 'else enum eval export extends false finally for from function get if implements import in instanceof interface is let module namespace new null number '
  + 'object of package private protected public require return set static string super switch symbol this throw true try type undefined var void while with '
  + 'yield exports console process global globalThis Infinity NaN app edge include objects').split(' '));

/** A name for each; a name that two would have gets the namespace before it, and then a number. */
export function identifiers(things: readonly Nameable[]): Map<string, string> {
  const sorted = [...things].sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const short = (thing: Nameable) => camel(thing.name ?? thing.namespace);
  const count = new Map<string, number>();
  for (const thing of sorted) count.set(short(thing), (count.get(short(thing)) ?? 0) + 1);
  const isNamespace = new Set(sorted.filter(({ name }) => name === undefined).map(short));
  const give = (thing: Nameable, wish: string) => {
    let name = wish;
    for (let i = 2; taken.has(name) || WORDS.has(name); i++) name = `${wish}${i}`;
    taken.add(name);
    names.set(thing.key, name);
  };
  for (const thing of sorted) if (thing.name === undefined) give(thing, WORDS.has(short(thing)) ? `${short(thing)}Namespace` : short(thing));
  for (const thing of sorted) {
    if (thing.name === undefined) continue;
    const alone = count.get(short(thing)) === 1 && !isNamespace.has(short(thing)) && !WORDS.has(short(thing));
    give(thing, alone ? short(thing) : camel(`${thing.namespace}-${thing.name}`));
  }
  return names;
}

function camel(text: string): string {
  const [first = 'x', ...others] = text.split(/[^A-Za-z0-9]+/).filter(part => part !== '');
  const joined = first.charAt(0).toLowerCase() + first.slice(1) + others.map(part => part.charAt(0).toUpperCase() + part.slice(1)).join('');
  return /^\d/.test(joined) ? `n${joined}` : joined;
}
