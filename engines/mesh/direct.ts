/**
 * An Envoy that asks istiod itself, without an agent beside it: how far it gets. It takes all clusters, and then waits for certificates that an
 * agent would hand it over a socket; until then no listener is asked for.
 */
import { writeFileSync } from 'fs';
import { join } from 'path';
import { ControlPlane, MeshPod, nodeOf } from './istiod';
import { Run, freePort, until } from '../lib/run';

export interface Direct {
  /** How many clusters istiod told it, and it took. */
  readonly clusters: number;
  readonly listeners: number;
  /** The secrets that it waits for. */
  readonly waiting: readonly string[];
  /** Its own counters: attempts to get a secret that failed, at least one of each. */
  readonly log: readonly string[];
}

export async function tryDirect(run: Run, binary: string, plane: ControlPlane, pod: MeshPod): Promise<Direct> {
  const admin = await freePort();
  const file = join(run.folder('direct'), 'envoy.json');
  const ads = { ads: {}, resourceApiVersion: 'V3' };
  const place = (port: number) => ({ socketAddress: { address: '127.0.0.1', portValue: port } });
  const protocol = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const istiod = {
    name: 'xds-grpc',
    type: 'STATIC',
    typedExtensionProtocolOptions: { [protocol]: { '@type': `type.googleapis.com/${protocol}`, 'explicitHttpConfig': { http2ProtocolOptions: {} } } },
    loadAssignment: { clusterName: 'xds-grpc', endpoints: [{ lbEndpoints: [{ endpoint: { address: place(plane.port) } }] }] },
  };
  writeFileSync(file, JSON.stringify({
    admin: { address: place(admin) },
    node: { cluster: pod.workload, ...nodeOf(pod) as object },
    dynamicResources: { adsConfig: { apiType: 'GRPC', transportApiVersion: 'V3', grpcServices: [{ envoyGrpc: { clusterName: 'xds-grpc' } }] }, cdsConfig: ads, ldsConfig: ads },
    staticResources: { clusters: [istiod] },
  }));
  const proxy = run.start('direct', [binary, '-c', file, '--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning']);
  try {
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${admin}${path}`)).text();
    // It tries again and again: once each has failed, and nothing else is outstanding, it is where it stays.
    return await until('an Envoy without an agent gives up on its certificates', 60, async () => {
      const parts: any[] = JSON.parse(await ask('/config_dump')).configs;
      const all = (field: string): any[] => parts.flatMap(part => part[field] ?? []);
      const waiting = all('dynamic_warming_secrets').map(({ name }) => name).sort();
      const failed = await ask('/stats?filter=^sds\\..*\\.update_failure$&usedonly');
      const log = failed.split('\n').filter(line => line).map(line => line.replace(/: \d+$/, ' > 0')).sort();
      if (waiting.length === 0 || log.length < waiting.length) return undefined;
      return { clusters: all('dynamic_active_clusters').length + all('dynamic_warming_clusters').length, listeners: all('dynamic_listeners').length, waiting, log };
    });
  } finally {
    proxy.child.kill('SIGKILL');
  }
}
