/**
 * Part 1: what a real API server says to the manifests. All are accepted with strict field validation, what comes back is what was sent, no
 * warning is given, each pod template is admitted as a Pod, a second apply changes nothing, and wrong ones are refused.
 */
import { spawnSync } from 'child_process';
import { Case } from '../cases';
import { BROKEN } from './broken';
import { Answer, ApiClient, Refusal } from './client';
import { ApiServer } from './server';
import { wrongOnes } from './wrong';
import { ENGINES, built } from '../lib/build';
import { Manifest, keyOf, kindOf, lost, podTemplateOf, templated } from '../lib/manifests';

export interface Acceptance {
  readonly cases: string[];
  /** Manifests accepted, by apiVersion and kind. */
  readonly kinds: Map<string, number>;
  pods: number;
  /** Mistakes refused, by apiVersion and kind. */
  readonly refused: Map<string, string[]>;
  folders: number;
  /** What was broken on purpose, and was noticed. */
  readonly noticed: string[];
  readonly failures: string[];
}

export const noAcceptance = (): Acceptance => ({ cases: [], kinds: new Map(), pods: 0, refused: new Map(), folders: 0, noticed: [], failures: [] });

export async function judgeAcceptance(server: ApiServer, cases: readonly Case[], into: Acceptance): Promise<void> {
  for (const one of cases) {
    const failures = await judgeCase(server.client, one, into);
    if (one.folder) failures.push(...await judgeFolder(server, one, into));
    into.cases.push(one.name);
    into.failures.push(...failures.map(failure => `${one.name}: ${failure}`));
  }
}

/** Broken on purpose, and no case: what they are accepted for does not count. */
export async function judgeBroken(client: ApiClient, into: Acceptance): Promise<void> {
  for (const one of BROKEN) {
    const failures = await judgeCase(client, one, noAcceptance());
    if (failures.some(failure => one.noticed.test(failure))) into.noticed.push(one.what);
    else into.failures.push(`broken on purpose (${one.what}), and it is not noticed: ${failures.join('; ') || 'nothing is said'}`);
  }
}

async function judgeCase(client: ApiClient, { manifests: own }: Case, into: Acceptance): Promise<string[]> {
  const failures: string[] = [];
  const manifests = [...own, ...own.flatMap(templated)];
  const made = await inSurroundings(client, manifests, async () => {
    for (const manifest of namespacesFirst(manifests)) {
      const problems = await judgeManifest(client, manifest, into).catch(error => [(error as Error).message]);
      failures.push(...problems.map(problem => `${keyOf(manifest)}: ${problem}`));
    }
    for (const manifest of manifests) failures.push(...await judgePods(client, manifest, into));
  });
  return [...failures, ...made];
}

async function judgeManifest(client: ApiClient, manifest: Manifest, into: Acceptance): Promise<string[]> {
  const kind = kindOf(manifest);
  if (!await client.serves(manifest)) return [`the API server has no schema of ${kind}: nothing was judged`];
  if (!await client.isNamespaced(manifest) && manifest.metadata.namespace !== undefined) return ['is cluster-scoped, and has a namespace'];
  const first = await client.apply(manifest);
  if (first.status >= 300) return [new Refusal('refused', first).message];
  into.kinds.set(kind, (into.kinds.get(kind) ?? 0) + 1);
  const failures = [...lost(manifest, first.body), ...first.warnings.map(warning => `the API server warns: ${warning}`)];
  if (kind === 'v1 ResourceQuota') await observeQuota(client, manifest);

  const before = await client.demand('GET', await client.pathOf(manifest));
  const second = await client.applied(manifest);
  if (before.metadata.resourceVersion !== second.metadata.resourceVersion) failures.push('a second apply changes it');

  if (!into.refused.has(kind)) {
    const wrong = wrongOnes(manifest);
    const answers = await Promise.all(wrong.map(({ manifest: m }) => client.apply(m, { dryRun: true })));
    into.refused.set(kind, wrong.filter((_, i) => isRefusal(answers[i])).map(({ mistake }) => mistake));
    wrong.forEach(({ mistake }, i) => {
      if (!isRefusal(answers[i])) failures.push(`a wrong one (${mistake}) is not refused: ${answers[i].status} ${answers[i].body?.message ?? ''}`);
    });
  }
  return failures;
}

/** A mistake of schema in a server-side apply is answered with 500, and a text that says what it is. */
function isRefusal({ status, body }: Answer): boolean {
  return (status >= 400 && status < 500) || /field not declared in schema|expected (map|list|string|numeric|boolean)|failed to create typed patch/.test(body?.message ?? '');
}

/** A template is only warned of, a Pod is refused: so each is tried as a Pod, and so is its twin that asks for everything. */
async function judgePods(client: ApiClient, manifest: Manifest, into: Acceptance): Promise<string[]> {
  const template = podTemplateOf(manifest);
  if (!template) return [];
  const { namespace, name } = manifest.metadata;
  const pod = (spec: any): Manifest => ({ apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: `${name}-0`, namespace }, spec });
  const answer = await client.apply(pod(template.spec), { dryRun: true });
  into.pods += 1;
  const failures = answer.status >= 300 ? [new Refusal('refused', answer).message] : answer.warnings.map(warning => `the API server warns: ${warning}`);

  const labels = (await client.demand('GET', `/api/v1/namespaces/${namespace}`)).metadata.labels;
  if (['baseline', 'restricted'].includes(labels?.['pod-security.kubernetes.io/enforce'])) {
    const privileged = { ...template.spec, containers: template.spec.containers.map((c: any) => ({ ...c, securityContext: { privileged: true } })) };
    const twin = await client.apply(pod(privileged), { dryRun: true });
    if (twin.status !== 403) failures.push(`a privileged twin is not refused (${twin.status})`);
  }
  return failures.map(failure => `pod of ${keyOf(manifest)}: ${failure}`);
}

/** The user's own command, over the whole folder in the order of its files, twice. */
async function judgeFolder(server: ApiServer, { folder, manifests }: Case, into: Acceptance): Promise<string[]> {
  const kubectl = await built(ENGINES.kubectl);
  const kubeconfig = server.kubeconfig('kubectl');
  const failures: string[] = [];
  await inSurroundings(server.client, manifests, async () => {
    for (const time of ['first', 'second']) {
      const apply = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--validate=strict', '-R', '-f', folder!];
      const ran = spawnSync(kubectl, apply, { encoding: 'utf8' });
      if (ran.status !== 0) failures.push(`kubectl apply -R -f dist fails the ${time} time: ${ran.stderr.trim()}`);
      else if (ran.stderr.trim() !== '') failures.push(`kubectl apply -R -f dist warns the ${time} time: ${ran.stderr.trim()}`);
    }
    into.folders += 1;
  });
  return failures;
}

/** Makes the namespaces that belong to others, does the work, and removes everything again. */
async function inSurroundings(client: ApiClient, manifests: readonly Manifest[], work: () => Promise<void>): Promise<string[]> {
  const declared = new Set(manifests.filter(m => kindOf(m) === 'v1 Namespace').map(m => m.metadata.name));
  const needed = new Set(manifests.flatMap(m => m.metadata.namespace ?? []).filter(name => !declared.has(name) && !/^(default|kube-)/.test(name)));
  const others = [...needed].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const failures: string[] = [];
  try {
    for (const namespace of others) await client.applied(namespace);
    await work();
  } finally {
    for (const manifest of [...namespacesFirst(manifests).reverse(), ...others]) {
      if (await client.serves(manifest)) await client.remove(manifest).catch(error => failures.push((error as Error).message));
    }
  }
  return failures;
}

/** No controller runs that would count a quota's use, and an uncounted quota refuses every pod. */
async function observeQuota(client: ApiClient, quota: Manifest): Promise<void> {
  const used = Object.fromEntries(Object.keys(quota.spec.hard ?? {}).map(resource => [resource, '0']));
  const status = { ...quota, spec: undefined, status: { hard: quota.spec.hard, used } };
  await client.demand('PATCH', `${await client.pathOf(quota)}/status?fieldManager=engines-quota&force=true`, status, 'application/apply-patch+yaml');
}

export function namespacesFirst(manifests: readonly Manifest[]): Manifest[] {
  const isNamespace = (m: Manifest) => kindOf(m) === 'v1 Namespace';
  return [...manifests.filter(isNamespace), ...manifests.filter(m => !isNamespace(m))];
}
