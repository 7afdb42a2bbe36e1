import { Report } from './_report';
import { rowsOf } from '../rows';

/** One line a row: `SRC => DST : CONN`, and whether only some requests are let in. */
export const TXT: Report = {
  name: 'txt',
  * write(reach) {
    for (const { src, dst, conn, where } of rowsOf(reach)) yield `${src} => ${dst} : ${conn}${where ? ' (some requests)' : ''}\n`;
  },
};
