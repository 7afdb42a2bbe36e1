/**
 * `npm run bench` measures what a synth costs beside stock cdk8s and prints a table; `npm run bench -- --write` also puts it into
 * docs/performance.md. `--tenants 100,500` chooses the sizes, `--quick` leaves out what takes minutes.
 *
 * Each case runs in a process of its own, and small ones three times, of which the fastest counts: another program on the machine
 * can only make a run slower. Nothing is asserted here: a number depends on the machine, ratios within one run much less.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Measured } from './_case';
import { compile } from './_compile';
import { machine, replaceSection } from './_page';
import { Row, synthReport } from './_report';

const CASE = path.join(compile(), 'bench', '_case.js');
const SIZES = [100, 500, 1000, 2000, 5000];
/** Up to this many tenants a case is repeated, and cdk8s-plus-28 by hand is measured: beyond it takes minutes. */
const SMALL = 1000;

function main(args: readonly string[]): void {
  const option = (name: string) => args[args.indexOf(name) + 1];
  const sizes = args.includes('--tenants') ? option('--tenants').split(',').map(Number) : SIZES;
  if (!sizes.every(size => Number.isInteger(size) && size > 0)) throw new Error(`--tenants takes whole numbers, such as 100,500: got '${option('--tenants')}'`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-network-bench.'));
  try {
    const template = path.join(folder, 'template.json');
    fs.writeFileSync(template, (run('template', 1) as unknown as { template: string }).template);
    const rows = sizes.map(tenants => measure(tenants, template, args.includes('--quick')));
    const report = synthReport(rows, machine());
    console.log(report);
    if (args.includes('--write')) replaceSection('synth', report);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function measure(tenants: number, template: string, quick: boolean): Row {
  const small = tenants <= SMALL;
  return {
    tenants,
    checked: best('checked', tenants),
    unchecked: best('unchecked', tenants),
    stock: !quick || small ? best('stock', tenants, template) : undefined,
    byHand: small && !(quick && tenants === SMALL) ? best('by-hand', tenants) : undefined,
    floor: best('floor', tenants),
  };
}

function best(variant: string, tenants: number, template?: string): Measured {
  const runs = tenants < SMALL || (tenants === SMALL && variant !== 'by-hand') ? 3 : 1;
  const total = ({ construct, synth }: Measured) => construct + synth;
  return Array.from({ length: runs }, () => run(variant, tenants, template)).reduce((a, b) => (total(b) < total(a) ? b : a));
}

function run(variant: string, tenants: number, template?: string): Measured {
  process.stderr.write(`${variant}, ${tenants} tenants ...\n`);
  const args = ['--max-old-space-size=8192', CASE, variant, String(tenants), ...(template ? [template] : [])];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`the case '${variant}' with ${tenants} tenants failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').pop()!);
}

main(process.argv.slice(2));
