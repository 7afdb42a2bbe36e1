import { Command, InvalidArgumentError, Option } from 'commander';
import { ClusterOptions, readCluster, withClusterOptions } from './_cluster';
import { CliCommand, FINE, FOUND, withExamples } from './_command';
import { screenChanges } from './_screen';
import { closes, ConnectivityChange, diff, opens } from '../analysis/diff';
import { DIFF_REPORTS } from '../analysis/report/diff';

interface DiffOptions extends ClusterOptions {
  readonly from: string[];
  readonly to: string[];
  readonly output: string;
  readonly failOn: string[];
}

/** What each word of `--fail-on` fails on: a row that is changed may open, close, or do both. */
const FAILS: Readonly<Record<string, (change: ConnectivityChange) => boolean>> = {
  added: opens,
  removed: closes,
  changed: ({ change }) => change === 'changed',
  any: () => true,
};

/** What a change opens and closes. */
export const DIFF: CliCommand = {
  describe: () => withExamples(withClusterOptions(new Command('diff')
    .description('show what a change of manifests opens and closes')
    .requiredOption('--from <path...>', 'files and folders as they were; - is standard input')
    .requiredOption('--to <path...>', 'files and folders as they will be; - is standard input')
    .addOption(new Option('-o, --output <format>', 'how to write it').choices([...DIFF_REPORTS.keys()]).default('txt'))
    .option('--fail-on <changes>', `exit with 1 if there are such changes: ${Object.keys(FAILS).join(', ')} (several: added,removed); `
      + 'added is whatever lets something new through', failures, [])), {
    'diff --from main/dist --to dist': 'what this branch opens and closes',
    'diff --from main/dist --to dist --fail-on added -o md': 'fail when a path opens, and say so in a table',
  }),

  async run(io, { from, to, output, failOn, ...options }: DiffOptions) {
    const changes = diff(readCluster(io, from, options), readCluster(io, to, options));
    await io.out(output === 'txt' && io.screen ? screenChanges(io, changes) : DIFF_REPORTS.get(output)!(changes));
    const failing = changes.filter(change => failOn.some(word => FAILS[word](change)));
    if (failing.length > 0) io.note(`${failing.length} of ${changes.length} changes are not wanted (--fail-on ${failOn.join(',')})`);
    return failing.length > 0 ? FOUND : FINE;
  },
};

function failures(text: string): string[] {
  const words = text.split(',');
  for (const word of words) {
    if (!Object.hasOwn(FAILS, word)) throw new InvalidArgumentError(`'${word}' is unknown: use ${Object.keys(FAILS).join(', ')}.`);
  }
  return words;
}
