/**
 * The files of a control plane, judged by those who read them: kubeadm takes its own, and a kube-apiserver that is started with the others
 * behaves as they say. Weakened on purpose they are noticed, and with a field nobody knows the server does not start.
 */
import { existsSync } from 'fs';
import { ControlPlaneCase, clusterConfiguration, controlPlaneCases, moved } from './files';
import { startIssuer } from './issuer';
import { kubeadmSays } from './kubeadm';
import { Trials, permissions, profiles, records, storage, strangers, tokens, transport } from './trials';
import { brokenFiles, weakened } from './weakened';
import { flagOf } from '../api-server/files';
import { ApiServer, makeCertificates, startApiServer } from '../api-server/server';
import { Case } from '../cases';
import { ENGINES, built } from '../lib/build';
import { Run, tail, until } from '../lib/run';

export interface ControlPlaneReport {
  /** Name of the case, kinds of its files, and how much of what was tried with them. */
  readonly cases: { readonly name: string; readonly kinds: string[]; readonly flags: number; readonly tried: Record<string, number> }[];
  /** What kubeadm took, and mistakes that it refused. */
  readonly kubeadm: { readonly accepted: string[]; readonly refused: string[] };
  /** Files with which the server did not start. */
  readonly refused: string[];
  /** What was weakened, and was noticed. */
  readonly noticed: string[];
  readonly failures: string[];
}

export const noControlPlane = (): ControlPlaneReport => ({ cases: [], kubeadm: { accepted: [], refused: [] }, refused: [], noticed: [], failures: [] });

const TRIALS = {
  'tokens': tokens,
  'strangers': strangers,
  'permissions': permissions,
  'TLS': transport,
  'profiles': profiles,
  'the audit log': records,
  'what etcd holds': storage,
};

export async function judgeControlPlane(run: Run, cases: readonly Case[], into: ControlPlaneReport): Promise<void> {
  const found = controlPlaneCases(cases);
  if (!found.some(({ name }) => name.startsWith('examples/'))) into.failures.push('no example has files of a control plane: nothing was picked up');
  for (const one of found) await judgeKubeadm(run, one, into);
  for (const [index, one] of found.entries()) {
    const outcome = await tryFiles(run, `control-plane-${index}`, one);
    into.failures.push(...outcome.failures.map(failure => `${one.name}: ${failure}`));
    const kinds = one.files.filter(({ json }) => flagOf(json)).map(({ json }) => json.kind);
    into.cases.push({ name: one.name, kinds: kinds.sort(), flags: outcome.flags, tried: outcome.tried });
  }
  const [richest] = [...found].sort((a, b) => b.files.length - a.files.length);
  await judgeWeakened(run, richest, into);
  await Promise.all(brokenFiles(richest).map(async ({ what, files }, index) => {
    const failure = await tryFiles(run, `control-plane-broken-${index}`, { name: what, files }).then(() => undefined, error => (error as Error).message);
    if (failure && /unknown field|strict decoding|Unsupported value/.test(failure)) into.refused.push(what);
    else into.failures.push(`${what}: the API server ${failure ? `ends for another reason: ${failure}` : 'starts'}`);
  }));
  into.refused.sort();
}

/** Every trial has to fail once what it is about is weakened: one server, on which everything is. */
async function judgeWeakened(run: Run, one: ControlPlaneCase, into: ControlPlaneReport): Promise<void> {
  const { failed } = await tryFiles(run, 'control-plane-weakened', weakened(one));
  for (const what of Object.keys(TRIALS)) {
    if (failed.has(what)) into.noticed.push(`${what}: ${failed.get(what)}`);
    else into.failures.push(`weakened on purpose, and the trials of ${what} notice nothing`);
  }
}

interface Outcome {
  readonly flags: number;
  readonly tried: Record<string, number>;
  readonly failures: readonly string[];
  /** The first failure of each group of trials. */
  readonly failed: ReadonlyMap<string, string>;
}

async function tryFiles(run: Run, name: string, one: ControlPlaneCase): Promise<Outcome> {
  const issuer = await startIssuer(await makeCertificates(run.folder(`${name}-issuer`)));
  let server: ApiServer | undefined;
  const plugins = [];
  try {
    const files = moved(one, { ...issuer, folder: run.folder(`${name}-copies`) });
    for (const socket of files.sockets) {
      const plugin = run.start(`${name}-kms`, [await built(ENGINES.kmsPlugin), socket]);
      plugins.push(plugin);
      await until('the KMS plugin', 10, async () => existsSync(socket) || undefined).catch(error => { throw new Error(`${error.message}: ${tail(plugin.log)}`); });
    }
    server = await startApiServer(run, { name, flags: files.flags });
    const tried: Record<string, number> = {};
    const failures: string[] = [];
    const failed = new Map<string, string>();
    for (const [what, judge] of Object.entries(TRIALS)) {
      const trials = new Trials();
      await judge(server, files, trials);
      tried[what] = trials.tried;
      failures.push(...trials.failures);
      if (trials.failures.length) failed.set(what, trials.failures[0]);
    }
    return { flags: files.flags.length, tried, failures, failed };
  } finally {
    await server?.stop();
    for (const { child } of plugins) child.kill('SIGKILL');
    await issuer.stop();
  }
}

async function judgeKubeadm(run: Run, one: ControlPlaneCase, into: ControlPlaneReport): Promise<void> {
  const file = clusterConfiguration(one);
  if (!file) return;
  const said = await kubeadmSays(run, file.json);
  if (said === '') into.kubeadm.accepted.push(one.name);
  else into.failures.push(`${one.name}: kubeadm says: ${said}`);
  if (into.kubeadm.refused.length) return;
  const mistakes: [string, (json: any) => any][] = [
    ['an unknown field', json => ({ ...json, apiServer: { ...json.apiServer, certSan: [] } })],
    ['flags as a map, as they were before v1beta4', json => ({ ...json, apiServer: { ...json.apiServer, extraArgs: { profiling: 'false' } } })],
    ['a range of Services that is none', json => ({ ...json, networking: { serviceSubnet: '10.96.0.0/40' } })],
    ['an endpoint without a port that exists', json => ({ ...json, controlPlaneEndpoint: 'api.prod.example:99999' })],
  ];
  for (const [what, mistake] of mistakes) {
    if (await kubeadmSays(run, mistake(file.json)) !== '') into.kubeadm.refused.push(what);
    else into.failures.push(`kubeadm takes a file with ${what}`);
  }
}
