import { Reachability } from '../reachability';

/** What is said beside the rows. */
export interface ReportOptions {
  /** @default 'Who reaches whom' */
  readonly title?: string;
}

/** One way to write down who reaches whom. A new one is one file, and one line in `index.ts`. */
export interface Report {
  readonly name: string;
  /** The text in pieces, so that a large cluster never stands in memory as one string. */
  write(reach: Reachability, options?: ReportOptions): Iterable<string>;
}
