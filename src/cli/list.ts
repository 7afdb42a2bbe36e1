import { Command, Option } from 'commander';
import { ClusterOptions, readCluster, withClusterOptions } from './_cluster';
import { CliCommand, FINE, withExamples } from './_command';
import { screenRows } from './_screen';
import { REPORTS } from '../analysis/report';
import { rowsOf } from '../analysis/rows';

interface ListOptions extends ClusterOptions {
  readonly output: string;
}

/** Who reaches whom. */
export const LIST: CliCommand = {
  describe: () => withExamples(withClusterOptions(new Command('list')
    .description('list who reaches whom, or draw it')
    .argument('<path...>', 'files and folders of manifests; - is standard input')
    .addOption(new Option('-o, --output <format>', 'how to write it').choices([...REPORTS.keys()]).default('txt'))), {
    'list dist': 'what the manifests in dist allow',
    'list dist -o html > connectivity.html': 'a page that opens by double click',
    'helm template shop ./chart | secure-network list - -o json': 'what a chart would allow',
  }),

  async run(io, { output, ...options }: ListOptions, paths: string[]) {
    const reach = readCluster(io, paths, options);
    await io.out(output === 'txt' && io.screen ? screenRows(io, rowsOf(reach)) : REPORTS.get(output)!.write(reach));
    return FINE;
  },
};
