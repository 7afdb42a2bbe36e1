/** The command, the program that it prints, and what the program writes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { createColors } from 'picocolors';
import { main } from '../../src/cli/_main';
import { runSnippet } from '../docs/run';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: readonly string[];
}

export async function secureNetwork(...args: readonly string[]): Promise<Ran> {
  let out = '';
  const err: string[] = [];
  const code = await main({
    screen: false,
    paint: createColors(false),
    stdin: () => '',
    async out(pieces) { for (const piece of pieces) out += piece; },
    note: line => { err.push(line); },
    progress: () => undefined,
  }, args);
  return { code, out, err };
}

export interface Adopted {
  readonly code: number;
  readonly program: string;
  /** The lines of the difference that adopt names, sorted. */
  readonly named: readonly string[];
  /** All it says. */
  readonly said: readonly string[];
  /** The lines of the difference between the manifests and what the program writes, sorted. */
  readonly differing: readonly string[];
  /** What reaches what in the program's output, `src => dst : conn`. */
  readonly rows: readonly string[];
  /** What it writes, by file. */
  readonly dist: string;
}

/** Adopts manifests, runs the program as a script of its own, and compares what it writes with the manifests. */
export async function adopted(manifests: string, folder: string, ...options: readonly string[]): Promise<Adopted> {
  const file = join(folder, 'main.ts');
  const { code, err } = await secureNetwork('adopt', manifests, '-o', file, ...options);
  const program = readFileSync(file, 'utf8');
  const dist = join(folder, 'dist');
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = dist;
  try {
    runSnippet(program, { __dirname: folder });
  } finally {
    if (before === undefined) delete process.env.CDK8S_OUTDIR; else process.env.CDK8S_OUTDIR = before;
  }
  const facts = options.filter((_, i) => /^--(pod|service|node)-cidr$/.test(options[i % 2 === 0 ? i : i - 1]));
  const difference = await secureNetwork('diff', '--from', manifests, '--to', dist, ...facts);
  const list = await secureNetwork('list', dist, ...facts);
  expect([difference.code, list.code]).toEqual([0, 0]);
  const lines = (text: string) => text.split('\n').filter(line => line !== '');
  return {
    code,
    program,
    named: err.filter(line => /^[-+~] /.test(line)).sort(),
    said: err,
    differing: lines(difference.out).sort(),
    rows: lines(list.out),
    dist,
  };
}

/** A folder that is removed after the test. */
export function folderForTests(): { readonly path: string; write(name: string, ...objects: readonly any[]): string } {
  let path = '';
  beforeEach(() => { path = mkdtempSync(join(tmpdir(), 'secure-network-adopt-')); });
  afterEach(() => { rmSync(path, { recursive: true, force: true }); });
  return {
    get path() { return path; },
    write(name, ...objects) {
      const file = join(path, name);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, objects.map(object => JSON.stringify(object)).join('\n---\n'));
      return file;
    },
  };
}
