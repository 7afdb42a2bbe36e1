/** What a synth wrote and what it means, on one screen. */
import * as path from 'path';

/** One line of who reaches whom. */
export interface Reach {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

/** A file and the kinds of the objects in it, in their order. */
export interface WrittenFile {
  readonly path: string;
  readonly kinds: readonly string[];
}

/** What a synth wrote. */
export interface Written {
  readonly outdir: string;
  readonly pages: readonly WrittenFile[];
  readonly filesOutdir: string;
  /** What is not applied. */
  readonly files: readonly string[];
}

export function summarize({ outdir, pages, filesOutdir, files: beside }: Written, reach: readonly Reach[]): string {
  const objects = pages.reduce((sum, { kinds }) => sum + kinds.length, 0);
  const files = pages.map(({ path: file, kinds }) => [file, count(kinds.length, 'object'), kindsOf(kinds)]);
  const connections = reach.map(({ src, dst, conn }) => [src, `-> ${dst}`, conn]);
  return [
    `${count(objects, 'object')} in ${count(pages.length, 'file')} written to ${shown(outdir)}`, ...columns(files),
    ...(beside.length ? ['', `${count(beside.length, 'file')} that ${beside.length === 1 ? 'is' : 'are'} not applied written to ${shown(filesOutdir)}`, ...columns(beside.map(file => [file]))] : []),
    '', `Who reaches whom: ${count(reach.length, 'connection')}, everything else is denied`, ...columns(connections),
  ].join('\n');
}

function shown(folder: string): string {
  return path.relative(process.cwd(), path.resolve(folder)) || '.';
}

/** Namespace, 2 ServiceAccounts, 4 NetworkPolicies */
function kindsOf(kinds: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, number]) => (number === 1 ? kind : count(number, kind))).join(', ');
}

function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : /s$/.test(noun) ? noun : `${noun}s`}`;
}

/** Cells under each other, two spaces between columns, nothing behind the last. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((width, row) => Math.max(width, row[column].length), 0));
  return rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()}`);
}
