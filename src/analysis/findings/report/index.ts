import { ReportContext } from './_context';
import { json } from './json';
import { sarif } from './sarif';
import { txt } from './txt';
import { Finding } from '../finding';

/** How findings are written, by the name of the format. */
export const FINDING_REPORTS: ReadonlyMap<string, (findings: readonly Finding[], context: ReportContext) => string> = new Map([
  ['txt', txt],
  ['json', json],
  ['sarif', sarif],
]);
