/**
 * The engines, built from Go modules whose versions and checksums are pinned in `engines/go/<engine>/go.mod` and `go.sum`.
 * A binary is kept under a key of all that makes it, so it is built once; while it is built, the command says how far it is.
 */
import { spawn, spawnSync } from 'child_process';
import { createHash } from 'crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync } from 'fs';
import { join } from 'path';
import { CACHE, REPOSITORY } from './paths';

export interface Engine {
  readonly name: string;
  /** The folder under `engines/go` that pins it. */
  readonly pin: string;
  /** The Go package that is its program; `.` and what begins with `./` is our own. */
  readonly main: string;
  /** The module whose version is the engine's; none for our own. */
  readonly module?: string;
  readonly linkWith?: (version: string) => string[];
}

const KUBERNETES = (version: string) => {
  const [major, minor] = version.slice(1).split('.');
  return [['gitVersion', version], ['gitMajor', major], ['gitMinor', minor]].map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
};
const kubernetes = (name: string): Engine =>
  ({ name, pin: 'kubernetes', main: `k8s.io/kubernetes/cmd/${name}`, module: 'k8s.io/kubernetes', linkWith: KUBERNETES });
const kubeNetworkPolicies = (flavour: string): Engine => ({
  name: `kube-network-policies-${flavour}`,
  pin: 'kube-network-policies',
  main: `sigs.k8s.io/kube-network-policies/cmd/kube-network-policies/${flavour}`,
  module: 'sigs.k8s.io/kube-network-policies',
});

export const ENGINES = {
  prober: { name: 'prober', pin: 'prober', main: '.' } as Engine,
  etcd: { name: 'etcd', pin: 'etcd', main: 'go.etcd.io/etcd/server/v3', module: 'go.etcd.io/etcd/server/v3' } as Engine,
  apiServer: kubernetes('kube-apiserver'),
  kubectl: kubernetes('kubectl'),
  kubeadm: { ...kubernetes('kubeadm'), pin: 'kubeadm' },
  kmsPlugin: { name: 'kms-plugin', pin: 'kms-plugin', main: '.' } as Engine,
  networkPolicies: kubeNetworkPolicies('standard'),
  adminNetworkPolicies: kubeNetworkPolicies('npa-v1alpha1'),
  clusterNetworkPolicies: kubeNetworkPolicies('npa-v1alpha2'),
  netpolAnalyzer: {
    name: 'netpolicy', pin: 'netpol-analyzer', main: 'github.com/np-guard/netpol-analyzer/cmd/netpolicy', module: 'github.com/np-guard/netpol-analyzer',
  } as Engine,
  istioctl: { name: 'istioctl', pin: 'istio', main: 'istio.io/istio/istioctl/cmd/istioctl', module: 'istio.io/istio' } as Engine,
  xdsClient: { name: 'xds-client', pin: 'istio', main: './xds' } as Engine,
  meshAgent: { name: 'mesh-agent', pin: 'istio', main: './agent' } as Engine,
  istiod: { name: 'pilot-discovery', pin: 'istio', main: 'istio.io/istio/pilot/cmd/pilot-discovery', module: 'istio.io/istio' } as Engine,
};

/** Go's own version, or why there is none. */
export function goVersion(): { version?: string; problem?: string } {
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (go.error || go.status !== 0) {
    return { problem: 'go is missing: the engines are built from Go modules, so install Go 1.26 or newer (https://go.dev/dl) and put it in the PATH' };
  }
  return { version: go.stdout.trim() };
}

export function versionOf(engine: Engine): string {
  const line = readFileSync(join(pinOf(engine), 'go.mod'), 'utf8').split('\n').map(text => text.trim().replace(/^require /, ''))
    .find(text => text.startsWith(`${engine.module} v`));
  return line ? line.split(' ')[1] : 'of this repository';
}

/** The path of the engine's program, built first where it is not there yet. */
export async function built(engine: Engine): Promise<string> {
  const linkFlags = ['-s', '-w', ...engine.linkWith?.(versionOf(engine)) ?? []].join(' ');
  const folder = join(CACHE, 'bin', `${engine.name}-${keyOf(engine, linkFlags)}`);
  const program = join(folder, engine.name);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${program}.${process.pid}`;
  await build(engine, linkFlags, unfinished);
  renameSync(unfinished, program);
  return program;
}

const pinOf = (engine: Engine) => join(REPOSITORY, 'engines', 'go', engine.pin);

const environment = () => ({ ...process.env, CGO_ENABLED: '0', GOWORK: 'off' });

function keyOf(engine: Engine, linkFlags: string): string {
  const hash = createHash('sha256').update(`${goVersion().version} ${engine.main} ${linkFlags}`);
  const inputs = readdirSync(pinOf(engine)).filter(file => /^go\.(mod|sum)$|\.go$/.test(file)).sort();
  if (engine.main.startsWith('./')) inputs.push(...readdirSync(join(pinOf(engine), engine.main)).sort().map(file => join(engine.main, file)));
  for (const file of inputs) hash.update(`\n${file}\n`).update(readFileSync(join(pinOf(engine), file)));
  return hash.digest('hex').slice(0, 12);
}

function build(engine: Engine, linkFlags: string, output: string): Promise<void> {
  const cwd = pinOf(engine);
  const started = Date.now();
  process.stdout.write(`building ${engine.name} ${versionOf(engine)}: downloading its modules\n`);
  const listed = spawnSync('go', ['list', '-buildvcs=false', '-deps', engine.main], { cwd, env: environment(), encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (listed.status !== 0) throw new Error(`${engine.name} cannot be built: ${listed.stderr.trim()}`);
  const all = listed.stdout.trim().split('\n').length;
  return new Promise((resolve, reject) => {
    const go = spawn('go', ['build', '-v', '-buildvcs=false', '-trimpath', '-ldflags', linkFlags, '-o', output, engine.main], { cwd, env: environment() });
    let said = '';
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const progress = setInterval(() => {
      process.stdout.write(`building ${engine.name}: ${said.split('\n').length - 1} of at most ${all} packages compiled, ${seconds()} s\n`);
    }, 15_000);
    go.stderr.on('data', data => { said += data; });
    go.on('error', reject);
    go.on('close', code => {
      clearInterval(progress);
      if (code === 0) {
        process.stdout.write(`built ${engine.name} in ${seconds()} s\n`);
        resolve();
      } else {
        reject(new Error(`${engine.name} cannot be built: ${said.trim().split('\n').slice(-15).join('\n')}`));
      }
    });
  });
}
