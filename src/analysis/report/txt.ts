import { Report } from './_report';
import { lineOf, rowsOf } from '../rows';

/** One line a row: `SRC => DST : CONN`, and whether only some requests are let in. */
export const TXT: Report = {
  name: 'txt',
  * write(reach) {
    for (const row of rowsOf(reach)) yield lineOf(row);
  },
};
