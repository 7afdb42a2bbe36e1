import { Report } from './_report';
import { rowsOf } from '../rows';

/** A header and one record a row, quoted as RFC 4180 has it. */
export const CSV: Report = {
  name: 'csv',
  * write(reach) {
    yield csvRecord(['src', 'dst', 'conn']);
    for (const { src, dst, conn } of rowsOf(reach)) yield csvRecord([src, dst, conn]);
  },
};

export function csvRecord(fields: readonly string[]): string {
  return `${fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replace(/"/g, '""')}"` : field)).join(',')}\n`;
}
