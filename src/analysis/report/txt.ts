import { Report } from './_report';
import { rowsOf } from '../rows';

/** One line a row: `SRC => DST : CONN`. */
export const TXT: Report = {
  name: 'txt',
  * write(reach) {
    for (const { src, dst, conn } of rowsOf(reach)) yield `${src} => ${dst} : ${conn}\n`;
  },
};
