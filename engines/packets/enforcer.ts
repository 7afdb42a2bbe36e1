/**
 * kube-network-policies in the farm's router, fail-open off: every packet that opens a connection waits for its verdict, and is dropped
 * where there is none. It takes its policies from the API server of part 1.
 */
import { join } from 'path';
import { NODE, podObject } from './scene';
import { ApiClient } from '../api-server/client';
import { ApiServer } from '../api-server/server';
import { Engine, built } from '../lib/build';
import { Farm, Try } from '../lib/farm';
import { Manifest } from '../lib/manifests';
import { Run, tail, until } from '../lib/run';

const QUEUE = 100;

const CLIENT = { name: 'canary-client', addresses: ['10.244.255.1', 'fd00:244::ff01'] };
const SERVER = { name: 'canary-server', addresses: ['10.244.255.2', 'fd00:244::ff02'] };

export class Enforcer {
  public static async start(run: Run, server: ApiServer, engine: Engine): Promise<Enforcer> {
    await server.client.applied({ apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } });
    const farm = await Farm.start(run, `farm-${engine.name}`);
    await farm.forward(server.port);
    await farm.queue(QUEUE);
    const log = join(run.dir, `${engine.name}.log`);
    await farm.start([
      await built(engine), `--kubeconfig=${server.kubeconfig(engine.name)}`, `--hostname-override=${NODE}`, `--nfqueue-id=${QUEUE}`,
      '--fail-open=false', '--disable-nri', '--strict-mode=false', '--netfilter-bug-1766-fix=false', '--v=0',
    ], log);
    for (const { name, addresses } of [CLIENT, SERVER]) await farm.host(name, addresses);
    return new Enforcer(farm, server.client, log);
  }

  private round = 0;

  private constructor(public readonly farm: Farm, private readonly client: ApiClient, private readonly log: string) {}

  /**
   * Waits until the enforcer has seen everything that was applied so far. Each of its watches is in order, so it is enough that it
   * has seen what is applied last: a namespace, a pod and a policy whose effect, and no other round's, is tried until it shows.
   */
  public async hasSeenEverything(): Promise<void> {
    this.round += 1;
    const open = 20_000 + (2 * this.round);
    const namespace = `engines-canary-${this.round}`;
    const policy: Manifest = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'canary', namespace },
      spec: {
        podSelector: { matchLabels: { canary: SERVER.name } },
        policyTypes: ['Ingress'],
        ingress: [{
          from: [{ namespaceSelector: { matchLabels: { canary: `round-${this.round}` } }, podSelector: { matchLabels: { canary: CLIENT.name } } }],
          ports: [{ port: open, protocol: 'TCP' }],
        }],
      },
    };
    const pods = [CLIENT, SERVER].map(({ name, addresses }) => podObject({ namespace, name, labels: { canary: name }, ports: [], addresses }));
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { canary: `round-${this.round}` } } };
    for (const manifest of [space, ...pods, policy]) await createPod(this.client, manifest);

    const tries = [open, open + 1].flatMap(port => SERVER.addresses.map((address): Try => ({ from: CLIENT.name, protocol: 'TCP', address, port })));
    // Nobody listens there: a packet that may pass is refused at once.
    const shown = ['!refused', '!refused', '!silence', '!silence'].join();
    await until('the enforcer to see the policies', 60, async () => (await this.farm.dial(tries, 150)).answers.join() === shown || undefined)
      .catch(error => { throw new Error(`${error.message}:\n${tail(this.log)}\n${tail(this.farm.log)}`); });
    // Another enforcer's canaries have the same addresses.
    for (const canary of [policy, ...pods, space]) await this.client.remove(canary);
  }
}

/** Applies a manifest; a Pod also gets the status that a kubelet would write. */
export async function createPod(client: ApiClient, manifest: Manifest): Promise<void> {
  const { status, ...rest } = manifest;
  await client.applied(rest as Manifest);
  if (status === undefined) return;
  const { apiVersion, kind, metadata: { name, namespace } } = manifest;
  const path = `${await client.pathOf(manifest)}/status?fieldManager=engines-kubelet&force=true`;
  await client.demand('PATCH', path, { apiVersion, kind, metadata: { name, namespace }, status }, 'application/apply-patch+yaml');
}
