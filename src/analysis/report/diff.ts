import { csvRecord } from './csv';
import { jsonArray } from './json';
import { mdRow } from './md';
import { ConnectionSet } from '../../algebra/connection-set';
import { Condition, textOfCondition } from '../conditions';
import { ConnectivityChange } from '../diff';

type Writer = (changes: readonly ConnectivityChange[]) => Iterable<string>;

/** Every way to write down what a change opens and closes, by name. */
export const DIFF_REPORTS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ['txt', txt],
  ['json', changes => jsonArray(changes.map(({ change, src, dst, before, after, where }) => ({ change, src, dst, before: before.toString(), after: after.toString(), ...where && { where: { before: where.before.map(textOfCondition), after: where.after.map(textOfCondition) } } })))],
  ['csv', changes => [HEADER, ...changes.map(cells)].map(csvRecord)],
  ['md', changes => [HEADER, HEADER.map(() => '---'), ...changes.map(cells)].map(mdRow)],
]);

const HEADER = ['change', 'src', 'dst', 'before', 'after'];
const MARKS = { added: '+', removed: '-', changed: '~' };

function* txt(changes: readonly ConnectivityChange[]): Iterable<string> {
  for (const row of changes) yield `${MARKS[row.change]} ${row.src} => ${row.dst} : ${connOf(row)}\n`;
}

/** What is allowed now, or no longer; for a change, both. */
export function connOf(row: ConnectivityChange): string {
  const [, , , before, after] = cells(row);
  return row.change === 'added' ? after : row.change === 'removed' ? before : `${before} -> ${after}`;
}

/** Where only some requests are let in, which they are is written too. */
function cells({ change, src, dst, before, after, where }: ConnectivityChange): string[] {
  const text = (conn: ConnectionSet, conditions: readonly Condition[] = []) => (conditions.length ? `${conn} (${conditions.map(textOfCondition).join('; ')})` : conn.toString());
  return [change, src, dst, text(before, where?.before), text(after, where?.after)];
}
