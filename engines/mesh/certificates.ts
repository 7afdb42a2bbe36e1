/** Who everybody of a mesh is: one authority, the certificate of each pod under its identity, and what gateways and their control plane show. */
import { spawnSync } from 'child_process';
import { readFileSync } from 'fs';
import { join } from 'path';
import { MeshPod } from './istiod';
import { ENGINES, built } from '../lib/build';
import { Manifest } from '../lib/manifests';
import { Run } from '../lib/run';

export class Certificates {
  /** @param others those who are no pod of the mesh: a URI, or names of hosts, for each name */
  public static async make(
    run: Run, name: string, pods: readonly MeshPod[], trustDomain: string, others: Readonly<Record<string, string>> = {},
  ): Promise<Certificates> {
    const folder = run.folder(`${name}-certificates`);
    const identities = Object.fromEntries(pods.map(pod => [nameOf(pod), `spiffe://${trustDomain}/ns/${pod.namespace}/sa/${pod.serviceAccount}`]));
    const named = Object.entries({ ...identities, istiod: 'istiod.istio-system.svc', ...others }).map(pair => pair.join('='));
    const made = spawnSync(await built(ENGINES.prober), ['identities', folder, ...named], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`certificates cannot be made: ${made.stderr}`);
    return new Certificates(folder);
  }

  private constructor(public readonly folder: string) {}

  public of(name: string): { certificate: string; key: string } {
    return { certificate: join(this.folder, `${name}.crt`), key: join(this.folder, `${name}.key`) };
  }

  public get authority(): string {
    return join(this.folder, 'ca.crt');
  }

  /** What whoever runs the cluster, or cert-manager, puts beside a gateway: the Secret of each of its servers, all with the same content. */
  public secretsFor(manifests: readonly Manifest[], name: string): Manifest[] {
    const { certificate, key } = this.of(name);
    const encoded = (file: string) => readFileSync(file).toString('base64');
    return manifests.filter(({ apiVersion, kind }) => kind === 'Gateway' && apiVersion.startsWith('networking.istio.io/'))
      .flatMap(({ metadata: { namespace }, spec }) => spec.servers.flatMap(({ tls }: any) => tls?.credentialName === undefined ? [] : [{
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { namespace, name: tls.credentialName },
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': encoded(certificate), 'tls.key': encoded(key) },
      }]));
  }
}

/** A pod among files and hosts of the test. */
export const nameOf = ({ namespace, workload }: Pick<MeshPod, 'namespace' | 'workload'>): string => `${workload}.${namespace}`;
