import { Report } from './_report';
import { rowsOf } from '../rows';

/** A table for a pull request or a wiki. */
export const MD: Report = {
  name: 'md',
  * write(reach) {
    yield mdRow(['src', 'dst', 'conn']) + mdRow(['---', '---', '---']);
    for (const { src, dst, conn } of rowsOf(reach)) yield mdRow([src, dst, conn]);
  },
};

export function mdRow(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/[\\|<>[\]]/g, '\\$&')).join(' | ')} |\n`;
}
