/** How long both readers take over the same files, each as its whole command, from the start to the last row; written into docs/performance.md. */
import { spawnSync } from 'child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { compile } from '../../bench/_compile';
import { machine, markdown, replaceSection } from '../../bench/_page';
import { mixedCluster, yamlOf } from '../../bench/analysis-clusters';
import { ENGINES, built, versionOf } from '../lib/build';
import { Run } from '../lib/run';

/** The clusters of `npm run bench`. */
const SIZES = [500, 10_000, 40_000];
const PATIENCE_S = 150;

export async function measurePeer(run: Run, sizes = SIZES): Promise<void> {
  const [command, analyzer] = [join(compile(), 'src', 'cli.js'), await built(ENGINES.netpolAnalyzer)];
  const rows: string[][] = [];
  let tired = false;
  for (const pods of sizes) {
    const folder = run.folder(`peer-${pods}`);
    writeFileSync(join(folder, 'cluster.yaml'), yamlOf(mixedCluster({ pods, policies: pods / 2 })));
    const ours = timeOf(process.execPath, ['--max-old-space-size=8192', command, 'list', folder], join(run.folder('rows'), `${pods}-ours.txt`));
    const theirs: string = tired ? 'not tried: a smaller one was stopped'
      : timeOf(analyzer, ['list', '--dirpath', folder, '-q'], join(run.folder('rows'), `${pods}-theirs.txt`));
    tired ||= theirs === STOPPED;
    rows.push([String(pods), String(pods / 2), ours, theirs]);
    process.stdout.write(`peer: ${pods} pods: ours ${ours}, netpol-analyzer ${theirs}\n`);
  }
  replaceSection('peer', [`## Beside np-guard's netpol-analyzer ${versionOf(ENGINES.netpolAnalyzer)}`, '',
    `The same file read and every row written, wall time of each whole command, one run each on ${machine()}. The clusters are those above.`,
    'Written by `npm run test:engines -- --times`.', '',
    ...markdown([['pods', 'policies', 'secure-network list', 'netpol-analyzer list'], ...rows])].join('\n'));
}

const STOPPED = `> ${PATIENCE_S} s, stopped`;

function timeOf(command: string, args: readonly string[], file: string): string {
  const out = openSync(file, 'w');
  const started = process.hrtime.bigint();
  const ran = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', out, 'pipe'], timeout: PATIENCE_S * 1000 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  closeSync(out);
  if (ran.signal) return STOPPED;
  const rows = readFileSync(file, 'utf8').split('\n').filter(line => line.includes('=>')).length;
  if (ran.status !== 0 || rows === 0) throw new Error(`${command} came to nothing: ${ran.stderr.trim().split('\n')[0]}`);
  return `${seconds.toFixed(2)} s (${rows} rows)`;
}
