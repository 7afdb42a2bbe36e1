import { readFileSync, statSync } from 'fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ClusterOptions, readCluster, withClusterOptions } from './_cluster';
import { CliCommand, FINE, FOUND, withExamples } from './_command';
import { version } from './_version';
import { CHECKS } from '../analysis/findings/all';
import { Finding, Level, LEVELS } from '../analysis/findings/finding';
import { findingsOf, openFindings } from '../analysis/findings/findings';
import { Locator } from '../analysis/findings/locate';
import { FINDING_REPORTS } from '../analysis/findings/report';

interface CheckOptions extends ClusterOptions {
  readonly output: string;
  readonly failOn: Level | 'never';
  readonly skip: string[];
}

/** A file above this size is not read a second time for the lines of findings. */
const MOST_BYTES = 16 * 2 ** 20;

/** What looks secure and is not. */
export const CHECK: CliCommand = {
  describe: () => withExamples(withClusterOptions(new Command('check')
    .description('find what looks secure and is not')
    .argument('<path...>', 'files and folders of manifests; - is standard input')
    .addOption(new Option('-o, --output <format>', 'how to write it').choices([...FINDING_REPORTS.keys()]).default('txt'))
    .addOption(new Option('--fail-on <level>', 'exit with 1 if there are findings of this level or a graver one').choices([...LEVELS, 'never']).default('warning'))
    .option('--skip <codes>', 'leave out checks: SN0303,SN0505', codes, [])), {
    'check dist': 'what to look at in dist; an object accepts one with the annotation secure-network/accept-<code>: <reason>',
    'check dist --fail-on error': 'fail on the gravest only',
    'check dist -o sarif > findings.sarif': 'for code scanning, with the line of each finding',
  }),

  async run(io, { output, failOn, skip, ...options }: CheckOptions, paths: string[]) {
    const reach = readCluster(io, paths, options);
    io.progress(() => 'checking');
    const findings = findingsOf(reach, CHECKS.filter(({ code }) => !skip.includes(code)));
    await io.out([FINDING_REPORTS.get(output)!(findings, { paint: io.paint, version: version(), lineOf: linesOf() })]);
    return failOn !== 'never' && openFindings(findings, failOn).length > 0 ? FOUND : FINE;
  },
};

function codes(text: string, earlier: string[]): string[] {
  const given = text.split(',');
  for (const code of given) {
    if (!CHECKS.some(check => check.code === code)) throw new InvalidArgumentError(`There is no check '${code}'.`);
  }
  return [...earlier, ...given];
}

/** Reads each file with a finding once more, for the lines. */
function linesOf(): (finding: Finding) => number | undefined {
  const files = new Map<string, Locator | undefined>();
  return ({ object, path }) => {
    const { origin } = object;
    if (origin === undefined) return undefined;
    if (!files.has(origin)) files.set(origin, open(origin));
    return files.get(origin)?.lineOf(object, path);
  };
}

function open(file: string): Locator | undefined {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? Infinity;
  return size <= MOST_BYTES ? new Locator(readFileSync(file, 'utf8')) : undefined;
}
