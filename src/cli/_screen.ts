import { Io } from './_io';
import { ConnectivityChange } from '../analysis/diff';
import { connOf } from '../analysis/report/diff';
import { ConnectivityRow } from '../analysis/rows';

/** What people see on a screen, where a pipe gets plain lines: grouped by source, aligned, coloured. */

export function* screenRows({ paint }: Io, rows: Iterable<ConnectivityRow>): Iterable<string> {
  for (const group of bySource(rows)) {
    const width = Math.max(...group.map(({ dst }) => dst.length));
    yield `${peer(paint, group[0].src)}\n`;
    for (const { dst, conn } of group) yield `  ${paint.dim('->')} ${peer(paint, dst.padEnd(width))}  ${conn === ALL ? paint.yellow(conn) : paint.green(conn)}\n`;
  }
}

export function* screenChanges({ paint }: Io, changes: readonly ConnectivityChange[]): Iterable<string> {
  const colour = { added: paint.green, removed: paint.red, changed: paint.yellow };
  const mark = { added: '+', removed: '-', changed: '~' };
  for (const group of bySource(changes)) {
    const width = Math.max(...group.map(({ dst }) => dst.length));
    yield `${peer(paint, group[0].src)}\n`;
    for (const change of group) yield colour[change.change](`${mark[change.change]} -> ${change.dst.padEnd(width)}  ${connOf(change)}`) + '\n';
  }
}

const ALL = 'All Connections';

/** The name stands out from its namespace and kind. */
function peer(paint: Io['paint'], text: string): string {
  const match = /^([^/]+\/)([^[]+)(\[[^\]]+\] *)$/.exec(text);
  return match ? `${paint.dim(match[1])}${paint.bold(match[2])}${paint.dim(match[3])}` : text.replace('[External]', paint.dim('[External]'));
}

function* bySource<T extends { readonly src: string }>(rows: Iterable<T>): Iterable<T[]> {
  let group: T[] = [];
  for (const row of rows) {
    if (group.length > 0 && group[0].src !== row.src) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}
