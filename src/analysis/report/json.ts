import { Report } from './_report';
import { rowsOf } from '../rows';

/** An array of `{ "src", "dst", "conn" }`, one row a line; `[]` when nothing is allowed. */
export const JSON_ROWS: Report = {
  name: 'json',
  write: reach => jsonArray(rowsOf(reach)),
};

/** A JSON array, an item a line, written while the items are still being found. */
export function* jsonArray(items: Iterable<unknown>): Iterable<string> {
  let before = '[\n  ';
  for (const item of items) {
    yield before + JSON.stringify(item);
    before = ',\n  ';
  }
  yield before === '[\n  ' ? '[]\n' : '\n]\n';
}
