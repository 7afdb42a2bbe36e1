/**
 * Part 5, the mesh: `istioctl analyze` has nothing to say about any case that holds mesh objects but what is explained here, and does speak
 * about one that is wrong.
 * The control plane itself is built and shows its version: what it makes of the objects is asked where mesh objects are made.
 */
import { spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { ENGINES, built } from '../lib/build';
import { Manifest, readManifests } from '../lib/manifests';
import { REPOSITORY } from '../lib/paths';
import { Run } from '../lib/run';

export interface MeshReport {
  readonly cases: { readonly name: string; readonly objects: number; readonly explained: readonly string[] }[];
  /** What was found in the wrong one. */
  found: string;
  readonly failures: string[];
}

export const noMesh = (): MeshReport => ({ cases: [], found: '', failures: [] });

const RIGHT = join(REPOSITORY, 'engines', 'fixtures', 'mesh-right.yaml');
const isOfMesh = (m: Manifest) => /\.istio\.io\//.test(m.apiVersion);

export async function judgeMesh(run: Run, cases: readonly { name: string; manifests: readonly Manifest[] }[], into: MeshReport): Promise<void> {
  const right = { name: 'engines/fixtures/mesh-right.yaml', manifests: readManifests(RIGHT) };
  for (const { name, manifests } of cases) {
    const objects = manifests.filter(isOfMesh).length;
    if (objects === 0) continue;
    const { said, explained } = explain(await analyze(run, manifests));
    into.cases.push({ name, objects, explained });
    if (said !== '') into.failures.push(`${name}: istioctl analyze says: ${said}`);
  }
  into.found = await analyze(run, right.manifests.map(withMissingGateway));
  if (!into.found.includes('IST0101')) into.failures.push('istioctl analyze does not see that a gateway is missing');
  const istiod = spawnSync(await built(ENGINES.istiod), ['--help'], { encoding: 'utf8' });
  if (istiod.status !== 0) into.failures.push(`pilot-discovery does not start: ${istiod.stderr}`);
}

/** What is said on purpose, and why. */
const EXPLAINED: Readonly<Record<string, string>> = {
  IST0134: 'a name outside on a TCP port has no address of its own: its proxy takes every connection to that port for it, and a second name on the port is refused at synth',
};

/** What remains of what was said, and the reasons for the rest. */
function explain(said: string): { said: string; explained: string[] } {
  const messages = /^\[.*\]/.exec(said);
  if (!messages) return { said, explained: [] };
  const all: { code: string }[] = JSON.parse(messages[0]);
  const rest = all.filter(({ code }) => !(code in EXPLAINED));
  const explained = [...new Set(all.filter(message => !rest.includes(message)).map(({ code }) => `${code}: ${EXPLAINED[code]}`))];
  return { said: rest.length > 0 ? JSON.stringify(rest) : '', explained };
}

/** What `istioctl analyze` complains about: nothing, if all is well. */
export async function analyze(run: Run, manifests: readonly Manifest[]): Promise<string> {
  const file = join(run.folder('mesh'), 'manifests.yaml');
  writeFileSync(file, manifests.map(m => JSON.stringify(m)).join('\n---\n'));
  const istioctl = await built(ENGINES.istioctl);
  const ran = spawnSync(istioctl, ['analyze', '--use-kube=false', '--all-namespaces', '--color=false', '--output=json', file], { encoding: 'utf8' });
  const silent = ran.status === 0 && ['', '[]'].includes(ran.stdout.trim());
  return silent ? '' : `${ran.stdout}${ran.stderr}`.replace(/\s+/g, ' ').replaceAll(file, '').trim();
}

function withMissingGateway(manifest: Manifest): Manifest {
  return manifest.kind === 'VirtualService' ? { ...manifest, spec: { ...manifest.spec, gateways: ['not-there'] } } : manifest;
}
