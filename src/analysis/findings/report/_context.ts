import { Finding } from '../finding';

/** Colours for a terminal. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const same = (text: string) => text;
export const PLAIN: Paint = { bold: same, dim: same, red: same, yellow: same, cyan: same };

/** What a report knows beside the findings. */
export interface ReportContext {
  readonly paint: Paint;
  /** The version of this package. */
  readonly version: string;
  /** The line of a finding in its file, where that is known. */
  lineOf(finding: Finding): number | undefined;
}
