/** Part 2 as a whole: the examples, random intents in batches, and what is broken on purpose. */
import { ApiServer } from '../api-server/server';
import { Case } from '../cases';
import { RandomIntent, randomIntent } from '../intents';
import { Enforcer } from './enforcer';
import { Observed, observe, onStage } from './judge';
import { mutationsOf } from './mutations';
import { Scene, sceneOf } from './scene';
import { Plan, planOf, verdictsOf } from './tries';
import { ENGINES, Engine } from '../lib/build';
import { Run } from '../lib/run';

export interface SceneReport {
  readonly name: string;
  readonly pods: number;
  readonly policies: number;
  readonly tries: number;
  readonly open: number;
}

export interface PacketReport {
  readonly scenes: SceneReport[];
  readonly intents: { tried: number; accepted: number; shares: number[] };
  /** Connections through a ClusterIP, and those of them where the Service's port is not the pod's. */
  readonly services: { tries: number; open: number; otherPort: number; otherPortOpen: number };
  readonly mutations: { readonly name: string; readonly what: string; readonly turned: number }[];
  readonly failures: string[];
}

export const noPackets = (): PacketReport => ({
  scenes: [],
  intents: { tried: 0, accepted: 0, shares: [] },
  services: { tries: 0, open: 0, otherPort: 0, otherPortOpen: 0 },
  mutations: [],
  failures: [],
});

const BATCH = 5;
const MUTATED_INTENTS = 3;
const SHARE = { least: 0.1, most: 0.6 };

export async function judgePackets(run: Run, server: ApiServer, cases: readonly Case[], intents: number, into: PacketReport): Promise<void> {
  const enforcers = new Map<Engine, Enforcer>();
  const enforcerFor = async (scene: Scene): Promise<Enforcer> => {
    const engine = flavourFor(scene);
    const running = enforcers.get(engine) ?? await Enforcer.start(run, server, engine);
    enforcers.set(engine, running);
    return running;
  };
  for (const { name, manifests } of cases) {
    const scene = sceneOf(manifests);
    if (scene.pods.some(pod => pod.workload)) await judgeScene(await enforcerFor(scene), server, name, scene, true, into);
  }
  const { accepted, tried } = acceptedIntents(intents, into);
  into.intents.tried = tried;
  for (let i = 0; i < accepted.length; i += BATCH) {
    const batch = accepted.slice(i, i + BATCH);
    const scene = sceneOf(batch.flatMap(intent => intent.manifests));
    const groupOf = (namespace: string) => batch.find(intent => namespace.startsWith(intent.prefix))?.prefix;
    const name = `random intents ${batch.map(intent => intent.seed).join(', ')}`;
    const plan = planOf(scene, { groupOf, outside: 5 });
    record(name, scene, await staged(await enforcerFor(scene), server, scene, plan), into);
    into.intents.accepted += batch.length;
  }
  for (const intent of accepted.slice(0, MUTATED_INTENTS)) {
    const scene = sceneOf(intent.manifests);
    await judgeMutations(await enforcerFor(scene), server, `random intent ${intent.seed}`, scene, planOf(scene, { outside: 5 }), into);
  }
  if (into.services.otherPortOpen === 0) into.failures.push('no Service whose port differs from its pods\' was dialled and answered');
}

async function judgeScene(enforcer: Enforcer, server: ApiServer, name: string, scene: Scene, mutate: boolean, into: PacketReport): Promise<void> {
  const plan = planOf(scene, { outside: 20, thorough: true });
  record(name, scene, await staged(enforcer, server, scene, plan), into);
  if (mutate) await judgeMutations(enforcer, server, name, scene, plan, into);
}

function staged(enforcer: Enforcer, server: ApiServer, scene: Scene, plan: Plan): Promise<Observed> {
  return onStage(enforcer, server.client, scene, plan, () => observe(enforcer, scene, plan));
}

function record(name: string, scene: Scene, { tries, open, differences }: Observed, into: PacketReport): void {
  const count = (items: readonly boolean[]) => items.filter(item => item).length;
  into.scenes.push({ name, pods: scene.pods.length, policies: scene.policies.length, tries: tries.length, open: count(open) });
  into.failures.push(...differences.slice(0, 20).map(difference => `${name}: ${difference}`));
  if (differences.length > 20) into.failures.push(`${name}: and ${differences.length - 20} more differences`);
  tries.forEach(({ through, port, targetPort }, i) => {
    if (!through) return;
    into.services.tries += 1;
    if (open[i]) into.services.open += 1;
    if (port !== targetPort) into.services.otherPort += 1;
    if (port !== targetPort && open[i]) into.services.otherPortOpen += 1;
  });
  const share = Math.round(100 * count(open) / tries.length);
  process.stdout.write(`packets: ${name}: ${scene.pods.length} pods, ${tries.length} connections tried, ${share}% open, ${differences.length} differences\n`);
}

/** The broken scene is put on, and what is seen is held against what was computed for the right one: it has to differ. */
async function judgeMutations(enforcer: Enforcer, server: ApiServer, name: string, scene: Scene, plan: Plan, into: PacketReport): Promise<void> {
  const right = verdictsOf(scene, plan.tries);
  // Where an administrator's tier decides first, the namespace's own policy may be widened without effect.
  const telling = mutationsOf(scene, plan.tries, right).filter(({ turned }) => turned > 0);
  if (telling.length === 0 && scene.policies.length > 0) into.failures.push(`${name}: however it is broken, no connection would tell`);
  for (const { what, scene: mutated } of telling) {
    const seen = await staged(enforcer, server, mutated, plan);
    const differing = seen.open.filter((open, i) => open !== right[i]).length;
    if (differing === 0) into.failures.push(`${name}: broken on purpose (${what}), and nothing differs`);
    into.failures.push(...seen.differences.slice(0, 5).map(difference => `${name}, ${what}: ${difference}`));
    into.mutations.push({ name, what, turned: differing });
    process.stdout.write(`packets: ${name}, broken on purpose (${what}): ${differing} connections differ\n`);
  }
}

/** Intents that allow neither next to nothing nor nearly everything: the others would prove little. */
function acceptedIntents(wanted: number, into: PacketReport): { accepted: RandomIntent[]; tried: number } {
  const accepted: RandomIntent[] = [];
  let seed = 0;
  while (accepted.length < wanted) {
    seed += 1;
    if (seed > wanted * 10) throw new Error(`of ${seed} random intents only ${accepted.length} allow between 10% and 60% of what is tried`);
    const intent = randomIntent(seed);
    const scene = sceneOf(intent.manifests);
    const tries = planOf(scene, { outside: 5 }).tries.filter(t => t.declared);
    const share = verdictsOf(scene, tries).filter(open => open).length / tries.length;
    if (share < SHARE.least || share > SHARE.most) continue;
    accepted.push(intent);
    into.intents.shares.push(share);
  }
  return { accepted, tried: seed };
}

function flavourFor({ policies }: Scene): Engine {
  const has = (...kinds: string[]) => policies.some(policy => kinds.includes(policy.kind));
  if (has('ClusterNetworkPolicy')) return ENGINES.clusterNetworkPolicies;
  return has('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy') ? ENGINES.adminNetworkPolicies : ENGINES.networkPolicies;
}
