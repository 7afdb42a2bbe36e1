/**
 * Who a pod is, judged by the manifests of the whole app, whoever made them.
 *
 * Laws: a pod of our namespaces belongs to at most one workload, or the flows of one would be those of the other; it runs under the
 * ServiceAccount its workload was stated with, which no other pod has; and it has a network of its own, where policy applies.
 */
import { AppManifest } from './_one-pass';
import { PodTemplate, podTemplateOf } from './_pods';
import { named, pathOf } from './_synth-unique';
import { WorkloadEnd } from '../intent/endpoint';
import { carries } from '../proof/closure';

/** A namespace of the app with its workloads. */
export interface Home {
  readonly namespace: string;
  /** The Pod Security level it enforces. */
  readonly podSecurity: string;
  readonly workloads: readonly WorkloadEnd[];
}

/** What keeps pods from being told apart, one message for each fault. */
export function identityFaults(manifests: readonly AppManifest[], homes: readonly Home[]): string[] {
  const byNamespace = new Map(homes.map(home => [home.namespace, home.workloads]));
  return [
    ...homes.flatMap(({ workloads }) => [...sharedAccounts(workloads.filter(isKnownByAccount)), ...nestedLabels(workloads)]),
    ...manifests.flatMap(manifest => {
      const workloads = byNamespace.get(manifest.json.metadata?.namespace);
      const pods = workloads?.length ? podTemplateOf(manifest.json) : undefined;
      return pods ? strangers(pods, workloads!).map(fault => `'${pathOf(manifest)}' (${named(manifest)}) ${fault}`) : [];
    }),
  ];
}

/** What others make and keep out of the mesh is known by its labels, and runs under the account that every pod has. */
function isKnownByAccount({ unmeshed }: WorkloadEnd): boolean {
  return unmeshed === undefined;
}

function sharedAccounts(workloads: readonly WorkloadEnd[]): string[] {
  const owners = new Map<string, WorkloadEnd>();
  return workloads.flatMap(workload => {
    const { serviceAccountName: account, path } = workload;
    const owner = owners.get(account);
    if (!owner) owners.set(account, workload);
    return owner ? [`'${owner.path}' and '${path}' both run under the ServiceAccount '${account}', so nobody can tell them apart: give each one of its own`] : [];
  });
}

/** Labels that hold all labels of another workload select a part of its pods. */
function nestedLabels(workloads: readonly WorkloadEnd[]): string[] {
  return workloads.flatMap((wide, i) => workloads.flatMap((narrow, j) => {
    const same = i !== j && carries(narrow.labels, wide.labels);
    if (!same || (j < i && carries(wide.labels, narrow.labels))) return [];
    return [`'${wide.path}' selects the pods of '${narrow.path}' too, with the labels ${textOf(wide.labels)}, and would share its flows with them: `
      + 'name labels that its own pods alone have'];
  }));
}

/** What is wrong with the pods of one object, as the end of a sentence: its beginning costs more than most apps ever need of it. */
function strangers({ metadata, spec }: PodTemplate, workloads: readonly WorkloadEnd[]): string[] {
  const labels = metadata?.labels ?? {};
  const account = spec?.serviceAccountName ?? 'default';
  const [owner, ...others] = workloads.filter(workload => carries(labels, workload.labels));
  if (!owner) {
    const robbed = workloads.find(workload => isKnownByAccount(workload) && workload.serviceAccountName === account);
    return robbed ? [`runs under the ServiceAccount '${account}', which is the identity of '${robbed.path}': give it one of its own`] : [];
  }
  if (others.length) {
    const paths = [owner, ...others].map(({ path }) => `'${path}'`).join(' and ');
    return [`has the labels of ${paths}, and would have the flows of each: take the labels away that select it for the wrong one`];
  }
  const faults: string[] = [];
  if (account !== owner.serviceAccountName) {
    faults.push(`runs under the ServiceAccount '${account}', and '${owner.path}' was stated with '${owner.serviceAccountName}': make them the same`);
  }
  if (spec?.hostNetwork === true) {
    faults.push(`uses the host network, where NetworkPolicy does not apply: remove hostNetwork, or keep '${owner.path}' out of this library`);
  }
  return faults;
}

function textOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).sort().join(',');
}
