/**
 * The package as it would be published, built beside the checkout: compiled with jsii, documented, packed, and installed where nothing else is.
 * Nothing is downloaded, and the checkout is only read.
 */
import { spawnSync } from 'child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';

export const ROOT = join(__dirname, '..', '..');
export const MODULES = join(ROOT, 'node_modules');

/** Runs a program of node, and throws with all that it said where it fails. */
export function node(cwd: string, ...args: string[]): string {
  return output(process.execPath, args, cwd);
}

export function output(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64e6 });
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

/** The sources in a folder of their own, compiled (lib/, .jsii) and documented (API.md). */
export function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  for (const name of ['src', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE', '.npmignore']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  linkModules(join(folder, 'node_modules'));
  node(folder, join(MODULES, 'jsii', 'bin', 'jsii'), '--silence-warnings=reserved-word');
  node(folder, join(MODULES, 'jsii-docgen', 'bin', 'jsii-docgen'), '-o', 'API.md');
  return folder;
}

/** The tarball of a compiled folder, and the files in it. */
export function pack(folder: string): { tarball: string; files: string[] } {
  const [{ filename, files }] = JSON.parse(output('npm', ['pack', '--json', '--ignore-scripts'], folder));
  return { tarball: join(folder, filename), files: files.map(({ path }: { path: string }) => path) };
}

/** An empty project with the tarball and the peers of package.json installed, the peers as this checkout has them. */
export function install(tarball: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', private: true }));
  const peers = Object.keys(packageJson(ROOT).peerDependencies).map(name => `file:${join(MODULES, name)}`);
  const flags = ['--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund'];
  output('npm', ['install', ...flags, `file:${tarball}`, ...peers], folder);
  return folder;
}

export function packageJson(folder: string): any {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** What the package bundles, with all that it needs in turn. */
export function bundled(names: readonly string[] = packageJson(ROOT).bundledDependencies, found = new Set<string>()): string[] {
  for (const name of names) {
    if (found.has(name) || !existsSync(join(MODULES, name))) continue;
    found.add(name);
    bundled(Object.keys(packageJson(join(MODULES, name)).dependencies ?? {}), found);
  }
  return [...found].sort();
}

/** All installed modules as links, but copies of those that npm has to pack: it follows no links. */
function linkModules(target: string): void {
  for (const name of moduleNames()) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    if (bundled().includes(name)) cpSync(join(MODULES, name), join(target, name), { recursive: true });
    else symlinkSync(join(MODULES, name), join(target, name));
  }
}

function moduleNames(): string[] {
  return readdirSync(MODULES).filter(name => !name.startsWith('.'))
    .flatMap(name => (name.startsWith('@') ? readdirSync(join(MODULES, name)).map(inner => `${name}/${inner}`) : [name]));
}
