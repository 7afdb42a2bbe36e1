import { writeFileSync } from 'fs';
import { dirname, relative, resolve, sep } from 'path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ClusterOptions, readCluster, withClusterOptions } from './_cluster';
import { CliCommand, FINE, FOUND, InvalidInput, UsageError, withExamples } from './_command';
import { connOf } from '../analysis/report/diff';

interface AdoptCommandOptions extends ClusterOptions {
  readonly output?: string;
  readonly platform: 'kubernetes' | 'openshift';
  readonly kubernetesVersion: string;
  readonly tenant: string;
  readonly leave: string[];
}

const MARKS = { added: '+', removed: '-', changed: '~' };

/** A program that states what manifests allow. */
export const ADOPT: CliCommand = {
  describe: () => withExamples(withClusterOptions(new Command('adopt')
    .description('print a TypeScript program with this library\'s constructs whose connectivity is that of the manifests; '
      + 'what it would close is listed on standard error, and nothing is opened')
    .argument('<path...>', 'files and folders of manifests')
    .option('-o, --output <file>', 'write the program to a file instead of standard output')
    .addOption(new Option('--platform <platform>', 'what the cluster is').choices(['kubernetes', 'openshift']).default('kubernetes'))
    .option('--kubernetes-version <version>', 'the version of the cluster\'s API server', version, '1.31')
    .option('--tenant <name>', 'who answers for the namespaces, until the program says more', 'adopted')
    .option('--leave <namespace>', 'leave a namespace as it is, with its policies, as namespaces of the platform are (may be repeated)', several, [])), {
    'adopt manifests > main.ts': 'a program beside the manifests; run it, and apply its dist instead of them',
    'adopt manifests -o deploy/main.ts --pod-cidr 10.244.0.0/16 --service-cidr 10.96.0.0/12 --node-cidr 192.0.2.0/24':
      'with the cluster\'s ranges, so that flows to and from addresses can be stated',
  }),

  async run(io, { output, platform: distribution, kubernetesVersion, tenant, leave, ...options }: AdoptCommandOptions, paths: string[]) {
    if (paths.includes('-')) throw new UsageError('the program reads the manifests where they are, so standard input cannot be adopted: write it to a file first');
    const reach = readCluster(io, paths, options);
    io.progress(() => 'building the program');
    // The constructs take a while to load, and no other command needs them.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { adopt, printProgram } = require('../adopt/adopt') as typeof import('../adopt/adopt');
    const { podCidr: podCidrs, serviceCidr: serviceCidrs, nodeCidr: nodeCidrs } = options;
    const adoption = attempt(() => adopt(reach, { platform: { distribution, version: kubernetesVersion, podCidrs, serviceCidrs, nodeCidrs }, tenant, leave }));
    const folder = output === undefined ? process.cwd() : dirname(resolve(output));
    const program = printProgram(adoption.plan, { paths, pathOf: file => relative(folder, resolve(file)).split(sep).join('/') || '.' });
    for (const note of adoption.notes) io.note(`note: ${note}`);
    for (const { why, changes } of adoption.remarks) {
      io.note(why);
      for (const change of changes) io.note(`${MARKS[change.change]} ${change.src} => ${change.dst} : ${connOf(change)}`);
    }
    const { namespaces, workloads, statements } = adoption.plan;
    const differing = adoption.remarks.reduce((sum, { changes }) => sum + changes.length, 0);
    io.note(`${counted(namespaces.length, 'namespace')}, ${counted(workloads.length, 'workload')}, ${counted(statements.length, 'flow')}; `
      + `${differing === 0 ? 'what passes is what passed before' : `${counted(differing, 'pair')} ${differing === 1 ? 'differs' : 'differ'} from the manifests`}`);
    if (output === undefined) await io.out([program]); else writeFileSync(output, program);
    return adoption.opens ? FOUND : FINE;
  },
};

/** What the library refuses is a fault of the input, and one line each. */
function attempt<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const [first, ...faults] = (error as Error).message.split('\n  ');
    throw new InvalidInput(faults.length > 0 ? faults : [first]);
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function version(text: string): string {
  const match = /^v?1\.(\d{1,2})(\.\d+)?$/.exec(text);
  if (!match || Number(match[1]) < 25) throw new InvalidArgumentError('It is written as 1.31, and is at least 1.25.');
  return `1.${match[1]}`;
}

function several(text: string, earlier: string[]): string[] {
  return [...earlier, text];
}
