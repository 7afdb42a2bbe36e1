/** What `kubeadm config validate` says against a file; nothing, if all is well. */
import { spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { ENGINES, built, versionOf } from '../lib/build';
import { Run } from '../lib/run';

export async function kubeadmSays(run: Run, json: any): Promise<string> {
  const file = join(run.folder('kubeadm'), 'cluster-configuration.json');
  // Its own version, or it would ask the internet for the newest.
  writeFileSync(file, JSON.stringify({ kubernetesVersion: versionOf(ENGINES.kubeadm), ...json }));
  const ran = spawnSync(await built(ENGINES.kubeadm), ['config', 'validate', '--config', file], { encoding: 'utf8' });
  return ran.status === 0 && ran.stderr.trim() === '' ? '' : `${ran.stdout}${ran.stderr}`.trim() || `it ended with ${ran.status}`;
}
