/**
 * Files that kube-apiserver reads from disk: a second server starts with them, behaves as they say, and does not start with a broken one.
 * Each kind of file is known by the flag that takes it, so whoever makes such files only adds them.
 */
import { writeFileSync } from 'fs';
import { join } from 'path';
import { startApiServer } from './server';
import { Manifest, kindOf } from '../lib/manifests';
import { Run } from '../lib/run';

export const FLAG_OF: Record<string, string> = {
  'apiserver.config.k8s.io/v1 AuthenticationConfiguration': '--authentication-config',
  'apiserver.config.k8s.io/v1 AuthorizationConfiguration': '--authorization-config',
  'apiserver.config.k8s.io/v1 EncryptionConfiguration': '--encryption-provider-config',
  'apiserver.config.k8s.io/v1 AdmissionConfiguration': '--admission-control-config-file',
  'audit.k8s.io/v1 Policy': '--audit-policy-file',
};

export interface FileReport {
  readonly started: string[];
  readonly refused: string[];
  readonly failures: string[];
}

export const noFiles = (): FileReport => ({ started: [], refused: [], failures: [] });

/** Without credentials the health endpoints answer and nothing else does: the files of our own frame, and a broken twin. */
export async function judgeFiles(run: Run, into: FileReport): Promise<void> {
  const authentication: Manifest = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    metadata: undefined as any,
    anonymous: { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }] },
  };
  const server = await startApiServer(run, { name: 'with-files', flags: flagsFor(run, 'with-files', [authentication]) });
  into.started.push(authentication.kind);
  const anonymous = async (path: string) => (await server.client.anonymously('GET', path)).status;
  const [health, version] = [await anonymous('/readyz'), await anonymous('/version')];
  if (health !== 200) into.failures.push(`an anonymous client gets ${health} from /readyz, which the file opens`);
  if (version !== 401) into.failures.push(`an anonymous client gets ${version} from /version, which the file closes`);
  await server.stop();

  const broken = { ...authentication, anonymous: { enabled: true, conditions: [{ route: '/livez' }] } };
  await startApiServer(run, { name: 'with-broken-files', flags: flagsFor(run, 'with-broken-files', [broken]) }).then(
    () => into.failures.push('the API server starts with an AuthenticationConfiguration that has an unknown field'),
    () => into.refused.push(`${broken.kind} with an unknown field`),
  );
}

/** Writes the files and gives the flags that hand them to the server. */
export function flagsFor(run: Run, name: string, files: readonly Manifest[]): string[] {
  return files.map((file, i) => {
    const flag = FLAG_OF[kindOf(file)];
    if (!flag) throw new Error(`kube-apiserver reads no file of kind '${kindOf(file)}': known are ${Object.keys(FLAG_OF).join(', ')}`);
    const path = join(run.folder(name), `${i}-${file.kind}.json`);
    writeFileSync(path, JSON.stringify(file));
    return `${flag}=${path}`;
  });
}
