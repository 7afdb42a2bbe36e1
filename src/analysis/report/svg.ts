import { Report } from './_report';
import { layOut } from './picture/layout';
import { pictureOf } from './picture/model';
import { draw } from './picture/svg';

/** A drawing for a README or a wiki, light or dark as its reader is. */
export const SVG: Report = {
  name: 'svg',
  * write(reach, { title = 'Who reaches whom' } = {}) {
    yield draw(layOut(pictureOf(reach)), title);
  },
};
