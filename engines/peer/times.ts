/** How long both readers take over the same files, from the first byte to the last row; written into docs/performance.md. */
import { spawnSync } from 'child_process';
import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { machine, replaceSection } from '../../bench/_page';
import { mixedCluster } from '../../bench/analysis-clusters';
import { writeYaml } from '../../src/emit/yaml-writer';
import { ENGINES, built, versionOf } from '../lib/build';
import { REPOSITORY } from '../lib/paths';
import { Run } from '../lib/run';

const SIZES = [500, 10_000, 40_000];
const PATIENCE_S = 600;

export async function measurePeer(run: Run, sizes = SIZES): Promise<void> {
  const rows: string[] = [];
  for (const pods of sizes) {
    const folder = run.folder(`peer-${pods}`);
    const objects = mixedCluster({ pods, policies: pods / 5 });
    writeFileSync(join(folder, 'cluster.yaml'), writeYaml(objects));
    const ours = secondsOfOurs(folder);
    const theirs = secondsOfTheirs(await built(ENGINES.netpolAnalyzer), folder);
    rows.push(`| ${pods} | ${pods / 5} | ${ours} | ${theirs} |`);
    process.stdout.write(`peer: ${pods} pods: ours ${ours}, netpol-analyzer ${theirs}\n`);
  }
  replaceSection('peer', `## Beside np-guard's netpol-analyzer ${versionOf(ENGINES.netpolAnalyzer)}

Reading the same manifests and writing every row, one run each on ${machine()}. Written by \`npm run test:engines -- --times\`.

| pods | policies | Connectivity.ofManifests | netpol-analyzer list |
| ---: | ---: | ---: | ---: |
${rows.join('\n')}`);
}

function secondsOfOurs(folder: string): string {
  const ran = spawnSync(process.execPath, ['--max-old-space-size=8192', '--import', 'tsx', join(__dirname, '_ours.ts'), folder], {
    cwd: REPOSITORY, encoding: 'utf8', timeout: PATIENCE_S * 1000, env: { ...process.env, TSX_TSCONFIG_PATH: join(REPOSITORY, 'test', 'tsconfig.json') },
  });
  if (ran.signal) return `more than ${PATIENCE_S} s`;
  if (ran.status !== 0) throw new Error(`our reader failed: ${ran.stderr}`);
  const { seconds, rows } = JSON.parse(ran.stdout);
  return `${seconds.toFixed(2)} s (${rows} rows)`;
}

function secondsOfTheirs(analyzer: string, folder: string): string {
  const started = process.hrtime.bigint();
  const file = join(folder, 'rows.txt');
  const ran = spawnSync(analyzer, ['list', '--dirpath', folder, '-q', '-f', file], {
    encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_S * 1000,
  });
  if (ran.signal) return `more than ${PATIENCE_S} s`;
  const seconds = (Number(process.hrtime.bigint() - started) / 1e9).toFixed(2);
  const rows = ran.status === 0 ? readFileSync(file, 'utf8').split('\n').filter(line => line.includes('=>')).length : 0;
  if (rows === 0) throw new Error(`netpol-analyzer came to nothing: ${ran.stderr.trim().split('\n')[0]}`);
  return `${seconds} s (${rows} rows)`;
}
