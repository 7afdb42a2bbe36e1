/** The numbers of the analysis as a table and a few sentences, in Markdown. */
import { Steps, Time, Whole } from './_analysis-case';
import { markdown } from './_page';

export interface AnalysisRow {
  readonly name: string;
  readonly policies: number;
  readonly steps: Steps;
  readonly whole: Whole;
}

export function analysisReport(rows: readonly AnalysisRow[], machine: string): string {
  const mb = (value: number) => value.toFixed(0);
  const ms = ({ clock, cpu }: Time) => `${clock.toFixed(0)} (${cpu.toFixed(0)})`;
  const table = [
    ['pods', 'policies', 'read YAML', 'build', 'all pairs', 'print', 'one-policy diff', 'peak MB', 'whole command', 'its peak MB', 'pairs'],
    ...rows.map(({ name, policies, steps: { read, build, pairs, print, diff, memory, count }, whole }) =>
      [name, String(policies), ms(read), ms(build), ms(pairs), ms(print), ms(diff), mb(memory), ms(whole.whole), mb(whole.memory), String(count)]),
  ];
  return ['## Analysis', '', `Measured on ${machine}; milliseconds on the clock, and in brackets of CPU time, all threads together.`, '', ...markdown(table), '', ...LEGEND].join('\n');
}

const LEGEND = [
  'Pods in workloads of two replicas, ten a namespace; every namespace closed by default, flows both ways with port numbers, port names and address blocks with',
  'exceptions; ten AdminNetworkPolicies and a baseline. The closed cluster is what this library writes. "Read" is YAML to objects, "build" objects to classes of',
  'pods, "all pairs" every pair that may connect with its ports, "print" the rows as JSON, "diff" what one changed policy opens and closes once both sides are',
  'read and built. The peak is that of the process up to all pairs, with the text that was read. The whole command is `secure-network list FILE -o json`.',
];
