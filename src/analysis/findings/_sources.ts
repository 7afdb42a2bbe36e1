import { Labels } from '../../algebra/label-selector';
import { groupOf } from '../readers/_reader';
import { ObjectRef, Policy } from '../rules';

/** The objects of a cluster as they came, so that a check can speak about what the normal form no longer shows. */
export interface Source {
  readonly ref: ObjectRef;
  readonly json: any;
}

export interface PolicySource extends Source {
  readonly policy: Policy;
}

/** A pod, or the template of one. */
export interface PodSource extends Source {
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: any;
  /** The path of `spec` in the object. */
  readonly field: string;
}

export interface ContainerSource {
  readonly json: any;
  readonly field: string;
}

const TEMPLATE_OF: Readonly<Record<string, string>> = {
  '/Pod': '',
  '/ReplicationController': 'spec.template',
  'apps/DaemonSet': 'spec.template',
  'apps/Deployment': 'spec.template',
  'apps/ReplicaSet': 'spec.template',
  'apps/StatefulSet': 'spec.template',
  'apps.openshift.io/DeploymentConfig': 'spec.template',
  'batch/CronJob': 'spec.jobTemplate.spec.template',
  'batch/Job': 'spec.template',
};

export function keyOfRef({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${groupOf(apiVersion)}/${kind} ${namespace ?? ''}/${name}`;
}

/** Pods and templates; what a controller made from a template that is here too says nothing new. */
export function podSources(objects: readonly Source[], byKey: ReadonlyMap<string, Source>): PodSource[] {
  return objects.flatMap(({ ref, json }): PodSource[] => {
    const path = TEMPLATE_OF[`${groupOf(ref.apiVersion)}/${ref.kind}`];
    if (path === undefined) return [];
    const owners: any[] = Array.isArray(json.metadata?.ownerReferences) ? json.metadata.ownerReferences : [];
    const isCopy = owners.some(owner =>
      byKey.has(keyOfRef({ apiVersion: String(owner?.apiVersion ?? ''), kind: owner?.kind, namespace: ref.namespace, name: owner?.name })));
    const template = at(json, path);
    if (isCopy || !template) return [];
    return [{ ref, json, namespace: ref.namespace!, labels: template.metadata?.labels ?? {}, spec: template.spec ?? {}, field: path ? `${path}.spec` : 'spec' }];
  });
}

export function containersOf({ spec, field }: PodSource): ContainerSource[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap(list =>
    listIn(spec[list]).map((json, i) => ({ json: json ?? {}, field: `${field}.${list}[${i}]` })));
}

export function listIn(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a field is written, be it as nothing. */
export function isWritten(object: any, field: string): boolean {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, field);
}

function at(json: any, path: string): any {
  return path === '' ? json : path.split('.').reduce((value, key) => value?.[key], json);
}
