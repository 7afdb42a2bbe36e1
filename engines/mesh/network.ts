/**
 * A mesh in network namespaces: every pod of a case has one, with an application behind its ports and, where it is in the mesh, an Envoy that
 * asks istiod itself for all it does. Its connections are led through that Envoy as the mesh's own rules do, by the group that it runs under;
 * its certificate comes over the socket on which an agent would hand it over. Agent, rules and image are not Istio's own.
 */
import { existsSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Certificates, nameOf } from './certificates';
import { ControlPlane, MeshPod, nodeOf } from './istiod';
import { ENGINES, built } from '../lib/build';
import { Application, Farm, Question, Reply } from '../lib/farm';
import { Run, tail, until } from '../lib/run';

/** Where istiod tells proxies to take what comes in and what goes out. */
const PORTS = { inbound: 15006, outbound: 15001, admin: 15000, istiod: 15012, names: 53 };
/** What a pod's own rules know its proxy by. */
const GROUP = 1337;
const PATIENCE_MS = 5000;
/** How long a proxy goes on with connections that it took under what it was told before. */
export const DRAIN_SECONDS = 1;

/** What is around the pods. */
export interface World {
  /** Hosts without a proxy, and the addresses they have. */
  readonly hosts: Readonly<Record<string, string>>;
  readonly applications: readonly Application[];
  /** The addresses of names, as the cluster's name server knows them. */
  readonly names: Readonly<Record<string, string>>;
}

export interface MeshNetworkOptions {
  readonly run: Run;
  readonly name: string;
  /** Envoy. */
  readonly binary: string;
  readonly plane: ControlPlane;
  readonly pods: readonly MeshPod[];
  readonly certificates: Certificates;
  readonly world: World;
}

export class MeshNetwork {
  public static async start(options: MeshNetworkOptions): Promise<MeshNetwork> {
    const { run, name, pods, world } = options;
    const farm = await Farm.start(run, `${name}-farm`);
    try {
      for (const pod of pods) await farm.host(nameOf(pod), [pod.address]);
      for (const [host, address] of Object.entries(world.hosts)) await farm.host(host, [address]);
      // A gateway is its proxy: nothing is behind it.
      const own = pods.filter(({ gateway }) => !gateway).flatMap(pod => pod.ports.map(({ port }) => ({ host: nameOf(pod), address: pod.address, port })));
      await farm.serve([...own, ...world.applications]);
      await startProxies(farm, options);
    } catch (error) {
      farm.stop();
      throw error;
    }
    return new MeshNetwork(farm);
  }

  private constructor(private readonly farm: Farm) {}

  public ask(questions: readonly Question[]): Promise<Reply[]> {
    return this.farm.ask(questions, PATIENCE_MS);
  }

  public stop(): void {
    this.farm.stop();
  }
}

async function startProxies(farm: Farm, { run, name, binary, plane, pods, certificates, world }: MeshNetworkOptions): Promise<void> {
  const meshed = pods.filter(pod => pod.meshed);
  const folders = new Map(meshed.map(pod => [pod, run.folder(`${name}-${nameOf(pod)}`)]));
  run.start(`${name}-agent`, [await built(ENGINES.meshAgent), certificates.folder, ...meshed.map(pod => `${nameOf(pod)}=${folders.get(pod)}`)]);
  await until('sockets of the agent', 10, async () => meshed.every(pod => existsSync(join(folders.get(pod)!, SOCKET))) || undefined);
  const names = join(run.folder(`${name}-names`), 'resolv.conf');
  writeFileSync(names, 'nameserver 127.0.0.1\n');
  for (const pod of meshed) {
    const folder = folders.get(pod)!;
    const host = nameOf(pod);
    writeFileSync(join(folder, 'envoy.json'), JSON.stringify(bootstrap(pod, certificates)));
    await farm.forward(plane.securePort, host, PORTS.istiod);
    await farm.names(host, PORTS.names, world.names);
    if (!pod.gateway) await farm.redirect([{ host, inbound: PORTS.inbound, outbound: PORTS.outbound, group: GROUP }]);
    const command = [binary, '-c', 'envoy.json', '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning', '--drain-time-s', `${DRAIN_SECONDS}`];
    await farm.start(command, join(folder, 'log'), { host, folder, inside: { group: GROUP, names } });
  }
  for (const pod of meshed) {
    const ready = { from: nameOf(pod), url: `http://127.0.0.1:${PORTS.admin}/ready` };
    await until(`the proxy of ${nameOf(pod)} is ready`, 30, async () => (await farm.ask([ready], PATIENCE_MS))[0].status === 200 || undefined)
      .catch(error => { throw new Error(`${error.message}:\n${tail(join(folders.get(pod)!, 'log'), 8)}`); });
  }
}

const SOCKET = 'var/run/secrets/workload-spiffe-uds/socket';

/** What a proxy starts with: who it is, where istiod is, and where its agent is. All else it is told. */
function bootstrap(pod: MeshPod, certificates: Certificates): unknown {
  const ads = { ads: {}, resourceApiVersion: 'V3' };
  const { certificate, key } = certificates.of(nameOf(pod));
  const file = (filename: string) => ({ filename });
  const istiod = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    'sni': 'istiod.istio-system.svc',
    'commonTlsContext': {
      tlsCertificates: [{ certificateChain: file(certificate), privateKey: file(key) }],
      validationContext: { trustedCa: file(certificates.authority) },
      alpnProtocols: ['h2'],
    },
  };
  return {
    admin: { address: at(PORTS.admin) },
    node: { cluster: pod.workload, ...nodeOf(pod) as object },
    dynamicResources: { adsConfig: { apiType: 'GRPC', transportApiVersion: 'V3', grpcServices: [{ envoyGrpc: { clusterName: 'xds-grpc' } }] }, cdsConfig: ads, ldsConfig: ads },
    staticResources: {
      clusters: [
        { ...cluster('xds-grpc', at(PORTS.istiod)), transportSocket: { name: 'tls', typedConfig: istiod } },
        cluster('sds-grpc', { pipe: { path: `./${SOCKET}` } }),
      ],
    },
  };
}

const at = (port: number) => ({ socketAddress: { address: '127.0.0.1', portValue: port } });

function cluster(name: string, address: unknown): object {
  const protocol = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    name,
    type: 'STATIC',
    typedExtensionProtocolOptions: { [protocol]: { '@type': `type.googleapis.com/${protocol}`, 'explicitHttpConfig': { http2ProtocolOptions: {} } } },
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: [{ endpoint: { address } }] }] },
  };
}
