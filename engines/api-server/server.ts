/** etcd and kube-apiserver on free ports, with a certificate authority of their own and everything in the run's folder. */
import { spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { ApiClient } from './client';
import { ENGINES, built } from '../lib/build';
import { Program, Run, freePort, tail, until } from '../lib/run';

export interface ApiServer {
  readonly client: ApiClient;
  readonly port: number;
  /** Where etcd answers, to see what is really stored. */
  readonly store: string;
  readonly certificates: string;
  /** For programs that want one: `server` is how they reach the API server. */
  kubeconfig(name: string, server?: string): string;
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  readonly name?: string;
  /** Flags beside ours, such as `--authentication-config=...`; one of ours with the same name is replaced. */
  readonly flags?: readonly string[];
}

/** A second server can be started beside the first, with configuration files of its own. */
export async function startApiServer(run: Run, options: ApiServerOptions = {}): Promise<ApiServer> {
  const name = options.name ?? 'kube-apiserver';
  const folder = run.folder(`${name}-files`);
  await makeCertificates(folder);
  const [clients, peers, port] = [await freePort(), await freePort(), await freePort()];
  const store = `http://127.0.0.1:${clients}`;
  const etcd = run.start(`${name}-etcd`, [
    await built(ENGINES.etcd), '--name=one', `--data-dir=${join(folder, 'store')}`, `--listen-client-urls=${store}`, `--advertise-client-urls=${store}`,
    `--listen-peer-urls=http://127.0.0.1:${peers}`, `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
    `--initial-cluster=one=http://127.0.0.1:${peers}`, '--unsafe-no-fsync', '--log-level=warn',
  ]);
  const server = run.start(name, [await built(ENGINES.apiServer), ...mergedFlags(ourFlags(folder, store, port), options.flags ?? [])]);
  const client = new ApiClient(port, folder);
  await until(`${name} ready`, 90, async () => {
    for (const program of [etcd, server]) if (hasEnded(program)) return true;
    return (await client.call('GET', '/readyz')).status === 200 || undefined;
  });
  for (const program of [etcd, server]) if (hasEnded(program)) throw new Error(`${program.name} ended at once:\n${tail(program.log)}`);

  return {
    client,
    port,
    store,
    certificates: folder,
    kubeconfig: (file, address = `https://127.0.0.1:${port}`) => {
      const path = join(folder, `${file}.kubeconfig`);
      writeFileSync(path, JSON.stringify(kubeconfigFor(folder, address)));
      return path;
    },
    stop: async () => {
      client.close();
      for (const program of [server, etcd]) program.child.kill('SIGKILL');
      await until(`${name} stopped`, 10, async () => (hasEnded(server) && hasEnded(etcd)) || undefined);
    },
  };
}

/** Fills the folder with an authority, what it signed for this machine and for an administrator, and keys for tokens. */
export async function makeCertificates(folder: string): Promise<string> {
  const made = spawnSync(await built(ENGINES.prober), ['certs', folder], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`certificates cannot be made: ${made.stderr}`);
  return folder;
}

function ourFlags(folder: string, store: string, port: number): string[] {
  return [
    `--etcd-servers=${store}`, '--bind-address=127.0.0.1', `--secure-port=${port}`, '--advertise-address=127.0.0.1',
    `--cert-dir=${folder}`, `--tls-cert-file=${join(folder, 'serving.crt')}`, `--tls-private-key-file=${join(folder, 'serving.key')}`,
    `--client-ca-file=${join(folder, 'ca.crt')}`,
    '--service-account-issuer=https://kubernetes.default.svc', `--service-account-key-file=${join(folder, 'tokens.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'tokens.key')}`, '--service-cluster-ip-range=10.96.0.0/12,fd00:96::/112',
    '--authorization-mode=RBAC', '--endpoint-reconciler-type=none', '--allow-privileged=true',
    // No controller runs that would make the default ServiceAccount every pod is given.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

function mergedFlags(ours: readonly string[], theirs: readonly string[]): string[] {
  const nameOf = (flag: string) => flag.split('=')[0];
  const replaced = new Set(theirs.map(nameOf));
  // The API server takes its authorizers from a file or from this flag, and does not start with both.
  if (replaced.has('--authorization-config')) replaced.add('--authorization-mode');
  return [...ours.filter(flag => !replaced.has(nameOf(flag))), ...theirs];
}

const hasEnded = ({ child }: Program) => child.exitCode !== null || child.signalCode !== null;

function kubeconfigFor(folder: string, server: string): unknown {
  return {
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'engines', cluster: { server, 'certificate-authority': join(folder, 'ca.crt') } }],
    'users': [{ name: 'admin', user: { 'client-certificate': join(folder, 'admin.crt'), 'client-key': join(folder, 'admin.key') } }],
    'contexts': [{ name: 'engines', context: { cluster: 'engines', user: 'admin' } }],
    'current-context': 'engines',
  };
}
