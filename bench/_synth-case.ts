/** One measurement in a process of its own, so that its peak memory is its own: `_synth-case.js VARIANT TENANTS [TEMPLATE]` prints a line of JSON. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, Yaml } from 'cdk8s';
import { shopsByHand, shopsBySecureNetwork, shopsFromManifests } from './_synth-shop';
import { ClusterApp, ClusterEdge } from '../src';
import * as files from '../src/constructs/_connectivity-files';
import { manifestsOf } from '../src/constructs/_one-pass';

/** What a case measures. Times are milliseconds, memory is the peak of the whole process in MB. */
export interface Measured {
  readonly objects: number;
  readonly construct: number;
  readonly synth: number;
  readonly memory: number;
  readonly bytes: number;
}

function main(variant: string, tenants: number, templateFile: string | undefined): void {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'secure-network-bench.'));
  try {
    console.log(JSON.stringify(measure(variant, tenants, outdir, templateFile)));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
}

function measure(variant: string, tenants: number, outdir: string, templateFile: string | undefined): Measured | { template: string } {
  const ours = ['checked', 'unchecked', 'mesh', 'floor', 'writer', 'template'].includes(variant);
  if (variant === 'unchecked') withoutReadBack();
  const app = ours ? new ClusterApp({ outdir }) : new App({ outdir });
  const template = templateFile === undefined ? '' : fs.readFileSync(templateFile, 'utf8');
  const start = performance.now();
  if (ours) shopsBySecureNetwork(app, tenants, { mesh: variant === 'mesh' });
  else if (variant === 'by-hand') shopsByHand(app, tenants);
  else shopsFromManifests(app, tenants, template);
  const built = performance.now();
  if (variant === 'template') return { template: JSON.stringify(manifestsOf(app).filter(({ chart }) => chart.node.id !== 'edge').map(({ json }) => json)) };

  if (variant === 'floor' || variant === 'writer') {
    const write = variant === 'floor' ? (json: any) => JSON.stringify(json) : (json: any) => Yaml.stringify(json);
    const jsons = manifestsOf(app).map(({ json }) => json);
    const from = performance.now();
    const bytes = jsons.reduce((sum, json) => sum + write(json).length, 0);
    return { objects: jsons.length, construct: 0, synth: performance.now() - from, memory: peak(), bytes };
  }
  app.synth();
  const done = performance.now();
  const memory = peak();
  const texts = fs.readdirSync(outdir).filter(file => file.endsWith('.yaml')).map(file => fs.readFileSync(path.join(outdir, file), 'utf8'));
  const objects = texts.reduce((sum, text) => sum + (text.match(/^kind: /gm) ?? []).length, 0);
  return { objects, construct: built - start, synth: done - built, memory, bytes: texts.reduce((sum, text) => sum + text.length, 0) };
}

function peak(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/**
 * The synth without its read-back: neither the intent check nor the files that say who reaches whom. There is no such switch for users:
 * a guard that can be turned off will be.
 */
function withoutReadBack(): void {
  const edge = ClusterEdge.prototype as any;
  if (typeof edge.check !== 'function') throw new Error('the intent check is no longer where the bench turns it off: look for it in ClusterEdge');
  edge.check = () => [];
  if (typeof files.connectivityFiles !== 'function') throw new Error('the connectivity files are no longer where the bench turns them off');
  (files as any).connectivityFiles = () => new Map();
}

const [variant, tenants, template] = process.argv.slice(2);
main(variant, Number(tenants), template);
