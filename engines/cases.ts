/**
 * What is judged, found and not listed: every example (synthesized afresh) and every golden manifest of the tests.
 */
import { spawnSync } from 'child_process';
import { existsSync, readdirSync } from 'fs';
import { basename, join, relative } from 'path';
import { Manifest, readManifests } from './lib/manifests';
import { REPOSITORY } from './lib/paths';

export interface Case {
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** The folder a user would hand to `kubectl apply -f`, where there is one. */
  readonly folder?: string;
}

/** Of the examples whose names are given. @default - all */
export function exampleCases(only?: readonly string[]): Case[] {
  const examples = join(REPOSITORY, 'examples');
  const all = existsSync(examples) ? readdirSync(examples).filter(name => existsSync(join(examples, name, 'main.ts'))).sort() : [];
  const names = only ? all.filter(name => only.includes(name)) : all;
  return names.map(name => {
    const folder = join(examples, name, 'dist');
    synthesize(join(examples, name, 'main.ts'), join(examples, 'tsconfig.json'));
    if (!existsSync(folder)) throw new Error(`examples/${name}/main.ts wrote no examples/${name}/dist`);
    return { name: `examples/${name}`, folder, manifests: readManifests(folder) };
  });
}

/** Kinds that the library may not make yet, so that the engines for them are known to work before it does. */
export function fixtureCases(): Case[] {
  const fixtures = join(REPOSITORY, 'engines', 'fixtures');
  return readdirSync(fixtures).sort().map(file => ({ name: `engines/fixtures/${file}`, manifests: readManifests(join(fixtures, file)) }));
}

export function goldenCases(): Case[] {
  return goldenFiles(join(REPOSITORY, 'test')).map(file => ({ name: relative(REPOSITORY, file), manifests: readManifests(file) }));
}

function synthesize(main: string, tsconfig: string): void {
  const ran = spawnSync(process.execPath, ['--import', 'tsx', main], {
    cwd: REPOSITORY, encoding: 'utf8', env: { ...process.env, ...existsSync(tsconfig) ? { TSX_TSCONFIG_PATH: tsconfig } : {} },
  });
  if (ran.status !== 0) throw new Error(`${relative(REPOSITORY, main)} failed:\n${ran.stderr || ran.stdout}`);
}

function goldenFiles(folder: string, inside = false): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return goldenFiles(path, inside || basename(path) === 'golden');
    return inside && /\.ya?ml$/.test(entry.name) ? [path] : [];
  });
}
