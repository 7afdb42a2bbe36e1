import { Report } from './_report';
import { layOut } from './picture/layout';
import { pictureOf } from './picture/model';
import { page } from './picture/page';

/** One self-contained page: the picture, and the reasons behind every flow. */
export const HTML: Report = {
  name: 'html',
  * write(reach, { title = 'Who reaches whom' } = {}) {
    const picture = pictureOf(reach);
    yield* page(picture, layOut(picture), title);
  },
};
