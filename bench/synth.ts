/** What a synth costs beside stock cdk8s. */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { Measured } from './_synth-case';
import { MeshRow, Row } from './_synth-report';

/** Up to this many tenants a case is repeated, and cdk8s-plus-28 by hand is measured: beyond it takes minutes. */
const SMALL = 1000;

/** @param compiled the folder of the compiled bench, @param folder for a template */
export function measureSynth(compiled: string, folder: string, sizes: readonly number[], quick: boolean): Row[] {
  const template = path.join(folder, 'template.json');
  const run = runIn(path.join(compiled, 'bench', '_synth-case.js'));
  fs.writeFileSync(template, (run('template', 1) as unknown as { template: string }).template);
  const best = (variant: string, tenants: number, from?: string): Measured => {
    const runs = tenants < SMALL || (tenants === SMALL && variant !== 'by-hand') ? 3 : 1;
    const total = ({ construct, synth }: Measured) => construct + synth;
    return Array.from({ length: runs }, () => run(variant, tenants, from)).reduce((a, b) => (total(b) < total(a) ? b : a));
  };
  return sizes.map(tenants => {
    const small = tenants <= SMALL;
    return {
      tenants,
      checked: best('checked', tenants),
      unchecked: best('unchecked', tenants),
      stock: !quick || small ? best('stock', tenants, template) : undefined,
      byHand: small && !(quick && tenants === SMALL) ? best('by-hand', tenants) : undefined,
      writer: small ? best('writer', tenants) : undefined,
      floor: best('floor', tenants),
    };
  });
}

/** The same tenants with and without a mesh around them. */
export function measureMesh(compiled: string, sizes: readonly number[]): MeshRow[] {
  const run = runIn(path.join(compiled, 'bench', '_synth-case.js'));
  return sizes.map(tenants => ({ tenants, mesh: run('mesh', tenants), plain: run('checked', tenants) }));
}

function runIn(file: string) {
  return (variant: string, tenants: number, template?: string): Measured => {
    process.stderr.write(`${variant}, ${tenants} tenants ...\n`);
    const args = ['--max-old-space-size=8192', file, variant, String(tenants), ...(template ? [template] : [])];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (status !== 0) throw new Error(`the case '${variant}' with ${tenants} tenants failed: ${stderr}`);
    return JSON.parse(stdout.trim().split('\n').pop()!);
  };
}
