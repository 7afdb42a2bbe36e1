/** Debian's HAProxy: the one that is installed, or else its package unpacked among the engines, with the library it needs. */
import { spawnSync } from 'child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { CACHE } from './paths';

const PACKAGES = ['haproxy', 'liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1'];

export function haproxyBinary(): { binary?: string; problem?: string } {
  if (starts('haproxy')) return { binary: 'haproxy' };
  const folder = join(CACHE, 'haproxy');
  const wrapper = join(folder, 'run');
  if (!existsSync(wrapper)) unpack(folder, wrapper);
  if (existsSync(wrapper) && starts(wrapper)) return { binary: wrapper };
  return { problem: 'haproxy is missing: install it (apt-get install haproxy)' };
}

const starts = (binary: string) => spawnSync(binary, ['-v']).status === 0;

function unpack(folder: string, wrapper: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of PACKAGES) spawnSync('apt-get', ['download', name], { cwd: folder });
  for (const file of readdirSync(folder).filter(name => name.endsWith('.deb'))) spawnSync('dpkg-deb', ['-x', file, 'root'], { cwd: folder });
  const program = join(folder, 'root', 'usr', 'sbin', 'haproxy');
  if (!existsSync(program)) return;
  const libraries = join(folder, 'root', 'usr', 'lib', process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu');
  writeFileSync(wrapper, `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"\n`);
  chmodSync(wrapper, 0o755);
}
