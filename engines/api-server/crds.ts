/**
 * The real CustomResourceDefinitions, read where Go keeps modules at a pinned version; none is copied into this repository.
 * A module with a checksum here must match it; one that the reader's module proxy does not serve is told as missing, and so is what stands
 * in for it: nothing counts as accepted that no schema looked at.
 */
import { execFile } from 'child_process';
import { createHash } from 'crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ApiClient } from './client';
import { STAND_INS } from './stand-ins';
import { Manifest, parseManifests } from '../lib/manifests';
import { CACHE } from '../lib/paths';
import { until } from '../lib/run';

interface CrdSource {
  readonly of: string;
  readonly module: string;
  readonly version: string;
  readonly sum?: string;
  /** Files, or folders whose files match. */
  readonly paths: readonly string[];
  readonly files?: RegExp;
}

export const CRD_SOURCES: readonly CrdSource[] = [
  {
    of: 'Istio',
    module: 'istio.io/api',
    version: 'v1.30.3',
    sum: 'h1:pPSa0uah/t7CEuwacS4rw5qK/oHGvxC0WO8i4RRGwEU=',
    paths: ['kubernetes/customresourcedefinitions.gen.yaml'],
  },
  {
    of: 'Gateway API',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.1',
    sum: 'h1:mock6phZbI6rvZerwrVNk7hVNymQgHo+6sJ81Ia7ftY=',
    paths: ['config/crd/standard'],
    files: /^gateway\.networking\.k8s\.io_.*\.yaml$/,
  },
  {
    of: 'network-policy-api v1alpha1 (AdminNetworkPolicy)',
    module: 'sigs.k8s.io/network-policy-api',
    version: 'v0.1.5',
    sum: 'h1:xyS7VAaM9EfyB428oFk7WjWaCK6B129i+ILUF4C8l6E=',
    paths: ['config/crd/experimental'],
    files: /^policy\..*\.yaml$/,
  },
  {
    of: 'network-policy-api v1alpha2 (ClusterNetworkPolicy)',
    module: 'sigs.k8s.io/network-policy-api',
    version: 'v0.2.0',
    sum: 'h1:W/f0Y9VoeQdOWjX/h2gZyLH6gZ5LLEXmh/9wy9mQWKw=',
    paths: ['config/crd/experimental'],
    files: /^policy\..*\.yaml$/,
  },
  {
    of: 'OVN-Kubernetes',
    module: 'github.com/openshift/cluster-network-operator',
    version: 'v0.0.0-20260820120100-2a6a57fef3ac',
    paths: ['bindata/network/ovn-kubernetes/common/001-crd.yaml'],
  },
  {
    of: 'OpenShift',
    module: 'github.com/openshift/api',
    version: 'v0.0.0-20260501191448-a49973eaef53',
    sum: 'h1:u5WEBNXUhL2ik6vzBREkYnk+cZqLMUXcSFa6STK/8Bs=',
    paths: [
      'network/v1/zz_generated.crd-manifests', 'networkoperator/v1/zz_generated.crd-manifests', 'config/v1/zz_generated.crd-manifests',
      'operator/v1/zz_generated.crd-manifests', 'route/v1/zz_generated.crd-manifests',
    ],
    files: /(^|_)(hostsubnets|netnamespaces|egressnetworkpolicies|egressrouters|apiservers|authentications|oauths|projects|ingresses|networks|routes|ingresscontrollers)(-Default)?\.crd\.yaml$/,
  },
  {
    of: 'Cilium',
    module: 'github.com/cilium/cilium',
    version: 'v1.20.2',
    sum: 'h1:dqiEGIcXc+gqCLYG/l7VCFJ8GHyb4HUrwbZOpkX5dL8=',
    paths: ['pkg/k8s/apis/cilium.io/client/crds/v2'],
    files: /^cilium(clusterwide)?(networkpolicies|egressgatewaypolicies)\.yaml$/,
  },
  {
    of: 'Calico (crd.projectcalico.org/v1)',
    module: 'github.com/projectcalico/calico',
    version: 'v1.11.0-cni-plugin.0.20250813170300-a0db560f0520',
    sum: 'h1:TXnPEzx4pLWgwzCetIO/VJuz4iBZZrOdNSv16a50YqE=',
    paths: ['libcalico-go/config/crd'],
    files: /network(policies|sets)\.yaml$/,
  },
  { of: 'Antrea', module: 'antrea.io/antrea/v2', version: 'v2.7.0', paths: ['build/charts/antrea/crds'], files: /(clusternetworkpolicy|egress|externalippool|tier)\.yaml$/ },
  {
    of: 'cert-manager',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.1',
    sum: 'h1:0LttV37Q5c2CBNoHkjuI8sLKTXWZDC2SwQkxrBMKV9w=',
    paths: ['deploy/crds'],
    files: /^cert-manager\.io_(certificates|issuers|clusterissuers)\.yaml$/,
  },
];

export interface CrdReport {
  readonly of: string;
  readonly module: string;
  readonly version: string;
  readonly count: number;
  /** Why there are none. */
  readonly missing?: string;
  /** Whether they are stand-ins of our own. */
  readonly ours?: boolean;
}

export async function readCrds(): Promise<{ crds: Manifest[]; report: CrdReport[] }> {
  const read = await Promise.all(CRD_SOURCES.map(crdsOf));
  const report: CrdReport[] = CRD_SOURCES.map(({ of, module, version }, i) => ({ of, module, version, count: read[i].crds.length, missing: read[i].missing }));
  const real = read.flatMap(r => r.crds);
  const known = new Set(real.map(({ metadata }) => metadata.name));
  const needed = STAND_INS.map(({ of, crds }) => ({ of, crds: crds.filter(({ metadata }) => !known.has(metadata.name)) }));
  const standIns = needed.filter(({ crds }) => crds.length > 0);
  report.push(...standIns.map(({ of, crds }) => ({ of, module: 'engines/api-server/stand-ins.ts', version: '', count: crds.length, ours: true })));
  return { crds: [...real, ...standIns.flatMap(({ crds }) => crds)], report };
}

export async function installCrds(client: ApiClient, crds: readonly Manifest[]): Promise<void> {
  const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await Promise.all(crds.map(crd => client.demand('POST', collection, crd)));
  await until('all CustomResourceDefinitions established', 90, async () => {
    const { items } = await client.demand('GET', collection);
    const isEstablished = (crd: any) => crd.status?.conditions?.some((c: any) => c.type === 'Established' && c.status === 'True');
    return items.filter(isEstablished).length === crds.length || undefined;
  });
  const served = new Map<string, Set<string>>();
  for (const { spec } of crds) {
    for (const version of spec.versions.filter((v: any) => v.served)) {
      const groupVersion = `/apis/${spec.group}/${version.name}`;
      served.set(groupVersion, (served.get(groupVersion) ?? new Set()).add(spec.names.plural));
    }
  }
  for (const [groupVersion, plurals] of served) {
    await until(`${groupVersion} served`, 90, async () => {
      const { status, body } = await client.call('GET', groupVersion);
      const names = status === 200 ? new Set(body.resources.map((r: any) => r.name)) : new Set();
      return [...plurals].every(plural => names.has(plural)) || undefined;
    });
  }
  client.forgetKinds();
}

interface Read {
  readonly crds: Manifest[];
  readonly missing?: string;
}

/** What was read once is kept beside the binaries, under a key of all that decides it. */
async function crdsOf(source: CrdSource): Promise<Read> {
  const key = createHash('sha256').update(JSON.stringify([source, source.files?.source])).digest('hex').slice(0, 12);
  const kept = join(CACHE, 'crds', `${key}.json`);
  if (existsSync(kept)) return { crds: JSON.parse(readFileSync(kept, 'utf8')) };
  const downloaded = await download(source);
  if (downloaded.problem !== undefined) return { crds: [], missing: downloaded.problem };
  const crds = source.paths.flatMap(path => crdsIn(join(downloaded.folder, path), source.files));
  if (crds.length === 0) throw new Error(`${source.module}@${source.version} holds no CustomResourceDefinition in ${source.paths.join(', ')}`);
  mkdirSync(join(CACHE, 'crds'), { recursive: true });
  writeFileSync(kept, JSON.stringify(crds));
  return { crds };
}

async function download(source: CrdSource): Promise<{ folder: string; problem?: string }> {
  const module = `${source.module}@${source.version}`;
  const stdout = await new Promise<string>(resolve => {
    const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
    execFile('go', ['mod', 'download', '-json', module], { cwd: '/', env }, (_, out) => resolve(out));
  });
  const answer = JSON.parse(stdout || '{}');
  if (!answer.Dir || answer.Error) return { folder: '', problem: `the module proxy does not serve ${module}` };
  if (source.sum !== undefined && answer.Sum !== source.sum) {
    throw new Error(`${source.module}@${source.version} has checksum '${answer.Sum}', expected '${source.sum}': it is not the module that was pinned`);
  }
  return { folder: answer.Dir };
}

function crdsIn(path: string, files: RegExp = /./): Manifest[] {
  if (!existsSync(path)) return [];
  const found = path.endsWith('.yaml') ? [path] : readdirSync(path).filter(file => files.test(file)).sort().map(file => join(path, file));
  return found.flatMap(file => {
    // A file that is a template of its operator: a line that holds nothing but an action is no manifest.
    const text = readFileSync(file, 'utf8').split('\n').filter(line => !/^\s*\{\{.*\}\}\s*$/.test(line)).join('\n');
    return parseManifests(text, file).filter(m => m.kind === 'CustomResourceDefinition');
  });
}
