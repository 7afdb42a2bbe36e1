/** Part 2: real connections through a real enforcer, each held against what the analysis says of it. */
import { Enforcer, createPod } from './enforcer';
import { Scene, ScenePod, podObject } from './scene';
import { Plan, PlannedTry, hostOf, verdictsOf } from './tries';
import { namespacesFirst } from '../api-server/acceptance';
import { ApiClient } from '../api-server/client';
import { Listener } from '../lib/farm';

export interface Observed {
  readonly tries: readonly PlannedTry[];
  readonly expected: readonly boolean[];
  readonly open: readonly boolean[];
  /** Tries that came out other than computed. */
  readonly differences: readonly string[];
}

/** How long is waited for an answer; longer where packets were lost, or where what should be open needs longer. */
const PATIENCE_MS = 350;
const RETRY_MS = 4000;
const LATE_AT_MOST = 0.02;
const STRAYS_AT_MOST = 3;

/** Puts a scene on, does the work, and clears it away. */
export async function onStage<T>(enforcer: Enforcer, client: ApiClient, scene: Scene, plan: Plan, work: () => Promise<T>): Promise<T> {
  const objects = [...scene.namespaces, ...scene.pods.map(podObject), ...scene.policies];
  try {
    await inParallel(scene.namespaces, namespace => client.applied(namespace));
    await inParallel([...scene.pods.map(podObject), ...scene.policies], object => createPod(client, object));
    await inParallel(scene.pods, pod => enforcer.farm.host(hostOf(pod), pod.addresses));
    for (const address of plan.outside) await enforcer.farm.host(hostOf(address), [address]);
    await enforcer.farm.listen(listenersFor(plan));
    await enforcer.farm.services(scene.services);
    // Addresses and ports come again in other scenes, and what passed there would pass here unasked.
    await enforcer.farm.forget();
    return await work();
  } finally {
    const removable = namespacesFirst(objects).reverse().filter(m => !(m.kind === 'Namespace' && /^(default|kube-)/.test(m.metadata.name)));
    await inParallel(removable.filter(m => m.kind !== 'Namespace'), object => client.remove(object));
    await inParallel(removable.filter(m => m.kind === 'Namespace'), object => client.remove(object));
  }
}

/** Tries everything; what should be open and is silent is asked again with more patience, because a lost packet is not a denial. */
export async function observe(enforcer: Enforcer, scene: Scene, plan: Plan): Promise<Observed> {
  await enforcer.hasSeenEverything();
  const { tries } = plan;
  const expected = verdictsOf(scene, tries);
  const outcomes = await patientDial(enforcer, tries, expected);
  for (let again = 0; again < 3; again++) {
    const silent = silentOnes(outcomes, expected);
    if (silent.length === 0) break;
    const { answers } = await enforcer.farm.dial(silent.map(i => tries[i]), RETRY_MS);
    silent.forEach((i, k) => { outcomes[i] = answers[k]; });
  }
  // The kernel may still know a connection of the scene before with the same addresses and ports, and lets its packets pass unasked: from
  // another port it is a new one. More than a few are no accident, and what is open again is open.
  const strays = outcomes.map((_, i) => i).filter(i => !expected[i] && outcomes[i] !== '!silence');
  if (strays.length > 0 && strays.length <= STRAYS_AT_MOST) {
    for (let again = 0; again < 2; again++) {
      const { answers } = await enforcer.farm.dial(strays.map(i => tries[i]), PATIENCE_MS);
      strays.forEach((i, k) => { outcomes[i] = again === 0 || outcomes[i] === '!silence' ? answers[k] : outcomes[i]; });
    }
    process.stdout.write(`packets: asked again, because open and computed closed: ${strays.map(i => textOf(tries[i])).join('; ')}\n`);
  }
  const open = outcomes.map(outcome => outcome !== '!silence');
  const differences = tries.flatMap((t, i) => {
    const right = expected[i] ? t.answers.includes(outcomes[i]) : outcomes[i] === '!silence';
    return right ? [] : [`${textOf(t)}: computed ${expected[i] ? 'open' : 'closed'}, observed ${outcomes[i]}`];
  });
  return { tries, expected, open, differences };
}

/** All tries with one patience, doubled until no packet was lost on the way to the enforcer and nearly all that should answer did. */
async function patientDial(enforcer: Enforcer, tries: readonly PlannedTry[], expected: readonly boolean[]): Promise<string[]> {
  const allowed = expected.filter(open => open).length;
  for (let patience = PATIENCE_MS; ; patience *= 2) {
    const { answers, lost } = await enforcer.farm.dial(tries, patience);
    if (lost === 0 && silentOnes(answers, expected).length <= Math.max(5, allowed * LATE_AT_MOST)) return answers;
    if (patience > 4000 && lost > 0) throw new Error(`${lost} packets never reached the enforcer: nothing can be said of silence`);
    if (patience > 4000) return answers;
  }
}

const silentOnes = (outcomes: readonly string[], expected: readonly boolean[]) =>
  outcomes.map((_, i) => i).filter(i => expected[i] && outcomes[i] === '!silence');

function textOf({ src, dst, protocol, address, port, through }: PlannedTry): string {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  return `${nameOf(src)} => ${nameOf(dst)} : ${protocol} ${port} (${family}${through ? `, through the Service ${through.name}` : ''})`;
}

const nameOf = (end: ScenePod | string) => typeof end === 'string' ? end : `${end.namespace}/${end.name}`;

function listenersFor({ tries }: Plan): Listener[] {
  const listeners = new Map<string, Listener>();
  for (const { dst, protocol, address, targetPort, through } of tries) {
    if (through) {
      for (const { pod, port } of through.targets) {
        const own = pod.addresses[address.includes(':') ? 1 : 0];
        listeners.set(`${protocol} ${own} ${port}`, { host: hostOf(pod), protocol, address: own, port });
      }
    } else {
      listeners.set(`${protocol} ${address} ${targetPort}`, { host: hostOf(dst), protocol, address, port: targetPort });
    }
  }
  return [...listeners.values()];
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  }));
}
