/**
 * `npm run bench` measures what a synth and an analysis cost, and prints tables; `--write` also puts them into docs/performance.md.
 * `--only synth|mesh|analysis` runs one part, `--tenants 100,500` chooses the sizes of the synth, `--quick` leaves out what takes minutes.
 *
 * Each case runs in a process of its own, and small ones several times, of which the fastest counts: another program on the machine
 * can only make a run slower. Nothing is asserted here: a number depends on the machine, ratios within one run much less.
 */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { analysisReport } from './_analysis-report';
import { compile } from './_compile';
import { machine, replaceSection } from './_page';
import { meshReport, synthReport } from './_synth-report';
import { measureAnalysis } from './analysis';
import { measureMesh, measureSynth } from './synth';

const SIZES = [100, 500, 1000, 2000, 5000];
const MESH_SIZES = [100, 500, 1000];
const PARTS = ['synth', 'mesh', 'analysis'];

function main(args: readonly string[]): void {
  const option = (name: string) => args.includes(name) ? args[args.indexOf(name) + 1] ?? '' : undefined;
  const sizes = option('--tenants')?.split(',').map(Number) ?? SIZES;
  if (!sizes.every(size => Number.isInteger(size) && size > 0)) throw new Error(`--tenants takes whole numbers, such as 100,500: got '${option('--tenants')}'`);
  const only = option('--only');
  if (only !== undefined && !PARTS.includes(only)) throw new Error(`--only takes ${PARTS.join(', ')}: got '${only}'`);
  const quick = args.includes('--quick');
  const compiled = compile();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-network-bench.'));
  const reports: Record<string, () => string> = {
    synth: () => synthReport(measureSynth(compiled, folder, sizes, quick), machine()),
    mesh: () => meshReport(measureMesh(compiled, quick ? MESH_SIZES.slice(0, 2) : MESH_SIZES), machine()),
    analysis: () => analysisReport(measureAnalysis(compiled, folder, quick), machine()),
  };
  try {
    for (const part of only ? [only] : PARTS) {
      const report = reports[part]();
      console.log(`${report}\n`);
      if (args.includes('--write')) replaceSection(part, report);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

main(process.argv.slice(2));
