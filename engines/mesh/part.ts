/**
 * Part mesh: istiod serves what the library wrote, and what it tells each proxy is what the analysis reads. Broken on purpose, it is not.
 */
import { Direct, tryDirect } from './direct';
import { Try, tryEnvoys } from './envoys';
import { ControlPlane, MeshPod, ProxyConfiguration, applyMesh, startIstiod } from './istiod';
import { agreement, carries } from './proxies';
import { egressScene, meshScene } from './scene';
import { tryWaysOut } from './ways-out';
import { installCrds, readCrds } from '../api-server/crds';
import { ApiServer, startApiServer } from '../api-server/server';
import { Case } from '../cases';
import { envoyBinary } from '../lib/envoy';
import { Manifest, keyOf } from '../lib/manifests';
import { Run } from '../lib/run';

export interface ProxiesReport {
  readonly cases: { readonly name: string; readonly proxies: number; readonly questions: number; readonly open: number }[];
  readonly broken: { readonly what: string; readonly differences: number }[];
  /** What real proxies did. */
  readonly tries: Try[];
  /** What they did with a policy that was widened on purpose. */
  readonly widened: Try[];
  /** An Envoy that asks istiod itself. */
  direct?: Direct;
  /** Why no proxy was started, if none was. */
  missing: string;
  readonly failures: string[];
}

export const noProxies = (): ProxiesReport => ({ cases: [], broken: [], tries: [], widened: [], missing: '', failures: [] });

/** What goes wrong with one policy of a workload, so that its proxy lets in more or less than was stated. */
const MUTATIONS: { readonly what: string; readonly change: (spec: any) => any }[] = [
  { what: 'its callers lost', change: spec => ({ ...spec, rules: spec.rules.map(({ from: _, ...rule }: any) => rule) }) },
  { what: 'its ports lost', change: spec => ({ ...spec, rules: spec.rules.map(({ to: _, ...rule }: any) => rule) }) },
  { what: 'its callers widened to everybody with an identity', change: spec => ({ ...spec, rules: spec.rules.map((rule: any) => ({ ...rule, from: [{ source: { principals: ['*'] } }] })) }) },
  { what: 'its rules lost', change: ({ rules: _, ...spec }) => spec },
];

/** Cases with workloads of their own in a mesh. */
export async function judgeProxies(run: Run, cases: readonly Case[], into: ProxiesReport): Promise<void> {
  const server = await startApiServer(run, { name: 'mesh-api-server' });
  const { crds } = await readCrds();
  await installCrds(server.client, crds.filter((crd: any) => /(^|\.)istio\.io$/.test(crd.spec.group)));
  const { binary, problem = '' } = envoyBinary();
  into.missing = problem;
  const scenes = [
    { name: SCENE, manifests: meshScene(run.folder('mesh-scene')) },
    { name: WAYS_OUT, manifests: egressScene(run.folder('mesh-egress-scene')) },
  ];
  for (const { name, manifests } of [...cases.filter(each => each.manifests.some(isAllowance)), ...scenes]) {
    const trustDomain = trustDomainOf(manifests);
    const pods = await applyMesh(server, manifests);
    const istiod = await startIstiod(run, server, { trustDomain });
    try {
      const { questions, open, differences } = await settled(manifests, pods, trustDomain, () => istiod.configurationsOf(pods));
      into.cases.push({ name, proxies: pods.length, questions, open });
      into.failures.push(...differences.map(difference => `${name}: ${difference}`));
      // A gateway listens where its Gateway says, whatever ports a policy names.
      const atGateway = ({ spec }: Manifest) => pods.some(pod => pod.gateway && carries(pod.labels, spec.selector.matchLabels));
      const allowances = manifests.filter(isAllowance);
      const policy = allowances.find(each => !atGateway(each)) ?? allowances[0];
      for (const { what, change } of MUTATIONS) {
        await server.client.applied({ ...policy, spec: change(policy.spec) });
        const found = await broken(manifests, pods, trustDomain, () => istiod.configurationsOf(pods));
        into.broken.push({ what: `${name}: ${keyOf(policy)}, ${what}`, differences: found });
        if (found === 0) into.failures.push(`${name}: ${keyOf(policy)}, ${what}, and istiod tells the proxies the same`);
        await server.client.applied(policy);
        // Or what is left of this mutation would be counted for the next.
        await settled(manifests, pods, trustDomain, () => istiod.configurationsOf(pods));
      }
      if (name === SCENE && binary) await judgeEnvoys(run, binary, istiod, pods, server, manifests, into);
      if (name === WAYS_OUT && binary) await judgeWaysOut(run, binary, istiod, pods, server, manifests, into);
    } finally {
      await istiod.stop();
    }
  }
  await server.stop();
}

const SCENE = 'a shop behind a gateway';
const WAYS_OUT = 'ways out, a port in plaintext, names proven by HTTP-01';

/** The scene in real proxies, as it is, and with one policy that lets everybody with an identity in for everything. */
async function judgeEnvoys(
  run: Run, binary: string, istiod: ControlPlane, pods: readonly MeshPod[], server: ApiServer, manifests: readonly Manifest[], into: ProxiesReport,
): Promise<void> {
  const told = () => istiod.configurationsOf(pods);
  await settled(manifests, pods, trustDomainOf(manifests), told);
  into.tries.push(...await tryEnvoys(run, binary, istiod, pods));
  for (const { what, expected, found } of into.tries) {
    if (!expected.includes(found)) into.failures.push(`Envoy: ${what}: ${found}, and ${expected.join(' or ')} is right`);
  }
  const policy = manifests.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'orders-authorization')!;
  await server.client.applied({ ...policy, spec: { ...policy.spec, rules: [{ from: [{ source: { principals: ['*'] } }] }] } });
  await broken(manifests, pods, trustDomainOf(manifests), told);
  const widened = await tryEnvoys(run, binary, istiod, pods, 'widened-envoys');
  into.widened.push(...widened.filter(({ expected, found }) => !expected.includes(found)));
  if (!into.widened.some(({ what }) => what.startsWith('an identity that nobody stated'))) into.failures.push('Envoy: a policy that lets everybody in changes nothing');
  await server.client.applied(policy);

  const denials = manifests.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'public-denials')!;
  await server.client.applied({ ...denials, spec: { ...denials.spec, rules: [{ to: [{ operation: { ports: ['8443'], paths: ['/elsewhere'] } }] }] } });
  // Of requests at a gateway no question tells that istiod knows of it: the proxies are asked until they do.
  let opened: Try[] = [];
  for (let tries = 0; tries < 5 && opened.length === 0; tries++) {
    await new Promise(resolve => setTimeout(resolve, 500));
    opened = (await tryEnvoys(run, binary, istiod, pods, `opened-envoys-${tries}`)).filter(({ expected, found }) => !expected.includes(found));
  }
  into.widened.push(...opened);
  if (!opened.some(({ what }) => what.includes('`GET /admin`'))) into.failures.push('Envoy: a gateway without its denials still denies');
  await server.client.applied(denials);
}

/** The second scene in real proxies, as it is, and with a way out that everybody with an identity may take. */
async function judgeWaysOut(
  run: Run, binary: string, istiod: ControlPlane, pods: readonly MeshPod[], server: ApiServer, manifests: readonly Manifest[], into: ProxiesReport,
): Promise<void> {
  const told = () => istiod.configurationsOf(pods);
  await settled(manifests, pods, trustDomainOf(manifests), told);
  into.direct = await tryDirect(run, binary, istiod, pods.find(({ workload }) => workload === 'cash')!);
  const tries = await tryWaysOut(run, binary, istiod, pods);
  into.tries.push(...tries);
  for (const { what, expected, found } of tries) {
    if (!expected.includes(found)) into.failures.push(`Envoy: ${what}: ${found}, and ${expected.join(' or ')} is right`);
  }
  const policy = manifests.find(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'pay-authorization')!;
  await server.client.applied({ ...policy, spec: { ...policy.spec, rules: [{ from: [{ source: { principals: ['*'] } }] }] } });
  await broken(manifests, pods, trustDomainOf(manifests), told);
  const widened = (await tryWaysOut(run, binary, istiod, pods, 'widened-ways-out')).filter(({ expected, found }) => !expected.includes(found));
  into.widened.push(...widened);
  if (!widened.some(({ what }) => what.startsWith('`books`, which did not state it'))) into.failures.push('Envoy: a way out that everybody may take changes nothing');
}

/** A policy of one workload that names its callers. */
function isAllowance({ apiVersion, kind, metadata, spec }: Manifest): boolean {
  return apiVersion.startsWith('security.istio.io/') && kind === 'AuthorizationPolicy' && (spec.action ?? 'ALLOW') === 'ALLOW'
    && metadata.annotations?.['istio.io/dry-run'] === undefined && spec.selector !== undefined && spec.rules?.some((rule: any) => rule.from?.some((each: any) => each.source.principals));
}

function trustDomainOf(manifests: readonly Manifest[]): string {
  return /"([^"/]+)\/ns\/[^"]+\/sa\//.exec(JSON.stringify(manifests.filter(isAllowance)))?.[1] ?? 'cluster.local';
}

type Ask = () => Promise<ProxyConfiguration[]>;

/** istiod waits a moment for more changes before it tells what it made of them. */
async function settled(manifests: readonly Manifest[], pods: readonly MeshPod[], trustDomain: string, ask: Ask): Promise<ReturnType<typeof agreement>> {
  let found = agreement(manifests, pods, await ask(), trustDomain);
  for (let tries = 0; tries < 20 && found.differences.length > 0; tries++) {
    await new Promise(resolve => setTimeout(resolve, 250));
    found = agreement(manifests, pods, await ask(), trustDomain);
  }
  return found;
}

async function broken(manifests: readonly Manifest[], pods: readonly MeshPod[], trustDomain: string, ask: Ask): Promise<number> {
  let found = 0;
  for (let tries = 0; tries < 20 && found === 0; tries++) {
    await new Promise(resolve => setTimeout(resolve, 250));
    found = agreement(manifests, pods, await ask(), trustDomain).differences.length;
  }
  return found;
}
