import { csvRecord } from './csv';
import { jsonArray } from './json';
import { mdRow } from './md';
import { ConnectivityChange } from '../diff';

type Writer = (changes: readonly ConnectivityChange[]) => Iterable<string>;

/** Every way to write down what a change opens and closes, by name. */
export const DIFF_REPORTS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ['txt', txt],
  ['json', changes => jsonArray(changes.map(cells).map(([change, src, dst, before, after]) => ({ change, src, dst, before, after })))],
  ['csv', changes => [HEADER, ...changes.map(cells)].map(csvRecord)],
  ['md', changes => [HEADER, HEADER.map(() => '---'), ...changes.map(cells)].map(mdRow)],
]);

const HEADER = ['change', 'src', 'dst', 'before', 'after'];
const MARKS = { added: '+', removed: '-', changed: '~' };

function* txt(changes: readonly ConnectivityChange[]): Iterable<string> {
  for (const row of changes) yield `${MARKS[row.change]} ${row.src} => ${row.dst} : ${connOf(row)}\n`;
}

/** What is allowed now, or no longer; for a change, both. */
export function connOf({ change, before, after }: ConnectivityChange): string {
  return change === 'added' ? after.toString() : change === 'removed' ? before.toString() : `${before} -> ${after}`;
}

function cells({ change, src, dst, before, after }: ConnectivityChange): string[] {
  return [change, src, dst, before.toString(), after.toString()];
}
