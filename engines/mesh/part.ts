/**
 * Part mesh: istiod serves what the library wrote, and what it tells each proxy is what the analysis reads. Broken on purpose, it is not.
 */
import { Certificates } from './certificates';
import { MeshPod, ProxyConfiguration, applyMesh, carries, startIstiod } from './istiod';
import { agreement } from './proxies';
import { SCENES, judgeScene } from './scenes';
import { Try } from './tries';
import { installCrds, readCrds } from '../api-server/crds';
import { startApiServer } from '../api-server/server';
import { Case } from '../cases';
import { envoyBinary } from '../lib/envoy';
import { Manifest, keyOf } from '../lib/manifests';
import { Run } from '../lib/run';

export interface ProxiesReport {
  readonly cases: { readonly name: string; readonly proxies: number; readonly questions: number; readonly open: number; readonly requests: number }[];
  readonly broken: { readonly what: string; readonly differences: number }[];
  /** What real proxies did. */
  readonly tries: Try[];
  /** Requests of every caller to every workload that lets some requests in only, as the rows say and as the proxies answered. */
  readonly requests: { asked: number; answered: number };
  /** What they did otherwise once something was broken on purpose. */
  readonly otherwise: { readonly what: string; readonly tries: readonly Try[] }[];
  /** Why no proxy was started, if none was. */
  missing: string;
  readonly failures: string[];
}

export const noProxies = (): ProxiesReport => ({ cases: [], broken: [], tries: [], requests: { asked: 0, answered: 0 }, otherwise: [], missing: '', failures: [] });

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
  const scenes = SCENES.map(scene => ({ ...scene, manifests: scene.make(run.folder(`mesh-${scene.short}`)) }));
  for (const { name, manifests, ...scene } of [...cases.filter(each => each.manifests.some(isAllowance)), ...scenes]) {
    const trustDomain = trustDomainOf(manifests);
    const { pods: everybody, remove } = await applyMesh(server, manifests);
    const pods = everybody.filter(({ meshed }) => meshed);
    const certificates = await Certificates.make(run, `mesh-${into.cases.length}`, pods, trustDomain, 'others' in scene ? scene.others : {});
    const istiod = await startIstiod(run, server, { trustDomain }, certificates.folder);
    try {
      const { differences, ...counts } = await settled(manifests, pods, trustDomain, () => istiod.configurationsOf(pods));
      into.cases.push({ name, proxies: pods.length, ...counts });
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
      if ('others' in scene && binary) await judgeScene({ ...scene, run, binary, server, plane: istiod, manifests, pods: everybody, certificates }, into);
    } finally {
      await istiod.stop();
    }
    await remove();
  }
  await server.stop();
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
