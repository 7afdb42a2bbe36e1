/** The objects of the manifests that make pods, each under the workload that the analysis counts them to. */
import { PlannedPort } from './plan';
import { PROTOCOLS } from '../algebra/connection-set';
import { ObjectRef } from '../analysis/rules';
import { Transport } from '../intent/port';

export interface Source {
  readonly ref: ObjectRef;
  readonly json: any;
}

export interface PodSource extends Source {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: any;
  /** The labels by which its own controller finds them, where it says so. */
  readonly selector?: Readonly<Record<string, string>>;
  /** `namespace/name[Kind]` of the controller at the end of its chain of owners. */
  readonly workload: string;
  /** Whether an object of the manifests makes it. */
  readonly owned: boolean;
}

const KINDS = new Set(['Pod', 'CronJob', 'DaemonSet', 'Deployment', 'DeploymentConfig', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet']);

export function podSources(sources: Iterable<Source>): PodSource[] {
  const found = [...sources].flatMap(({ ref, json }) => {
    const template = KINDS.has(ref.kind) ? templateOf(json) : undefined;
    return template ? [{ ref, json, template }] : [];
  });
  const byName = new Map(found.map(({ ref, json }) => [keyOf(ref.namespace!, ref), json]));
  return found.map(({ ref, json, template }) => {
    const namespace = ref.namespace!;
    const owner = ownerOf(json);
    return {
      ref,
      json,
      namespace,
      labels: template.metadata?.labels ?? {},
      spec: template.spec ?? {},
      selector: plainSelector(json),
      workload: topOf(namespace, ref, json, byName),
      owned: owner !== undefined && byName.has(keyOf(namespace, owner)),
    };
  });
}

/** The ports that its containers declare, each once. */
export function declaredPorts({ spec }: PodSource): PlannedPort[] {
  const sidecars = (spec.initContainers ?? []).filter((container: any) => container?.restartPolicy === 'Always');
  const ports = [...spec.containers ?? [], ...sidecars].flatMap((container: any) => container?.ports ?? []);
  const usable = ports.filter(({ containerPort: port, protocol = 'TCP' }: any) => Number.isInteger(port) && port >= 1 && port <= 65535 && PROTOCOLS.includes(protocol));
  return sortedPorts(usable.map(({ containerPort, protocol = 'TCP' }: any) => ({ transport: protocol as Transport, first: containerPort, last: containerPort })));
}

export function sortedPorts(ports: readonly PlannedPort[]): PlannedPort[] {
  const textOf = ({ transport, first, last }: PlannedPort) => `${transport} ${String(first).padStart(5, '0')} ${String(last).padStart(5, '0')}`;
  return [...new Map(ports.map(port => [textOf(port), port]))].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}

/** Where in an object the name of its pods' ServiceAccount stands. */
export function accountPath(kind: string): string {
  switch (kind) {
    case 'Pod': return '/spec/serviceAccountName';
    case 'CronJob': return '/spec/jobTemplate/spec/template/spec/serviceAccountName';
    default: return '/spec/template/spec/serviceAccountName';
  }
}

function templateOf({ kind, metadata, spec }: any): any {
  return kind === 'Pod' ? { metadata, spec } : kind === 'CronJob' ? spec?.jobTemplate?.spec?.template : spec?.template;
}

/** A selector by equality is one that the library can say too. */
function plainSelector({ kind, spec }: any): Record<string, string> | undefined {
  if (kind === 'ReplicationController' || kind === 'DeploymentConfig') return spec?.selector;
  const { matchLabels, matchExpressions = [] } = spec?.selector ?? {};
  return matchExpressions.length === 0 ? matchLabels : undefined;
}

interface Owner {
  readonly kind: string;
  readonly name: string;
}

function ownerOf({ metadata }: any): Owner | undefined {
  const owners: any[] = metadata?.ownerReferences ?? [];
  const owner = owners.find(each => each?.controller === true) ?? owners[0];
  return owner?.name && owner.kind !== 'Node' ? { kind: owner.kind ?? 'Pod', name: owner.name } : undefined;
}

function topOf(namespace: string, ref: Owner, json: any, byName: ReadonlyMap<string, any>): string {
  let current: Owner = ref;
  let owner = ownerOf(json);
  for (let steps = 0; owner && steps < 8; steps++) {
    current = owner;
    owner = ownerOf(byName.get(keyOf(namespace, owner)) ?? {});
  }
  return keyOf(namespace, current);
}

function keyOf(namespace: string, { kind, name }: Owner): string {
  return `${namespace}/${name}[${kind}]`;
}
