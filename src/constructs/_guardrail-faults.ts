/**
 * Pods of this program that its own guardrails would refuse, whoever made them: their Deployment is accepted, and the pods never appear.
 * Found here before anything is applied.
 */
import { DROPPING_RAW, limitedMetadata } from './_guardrail-pods';
import { Home } from './_identity';
import { AppManifest } from './_one-pass';
import { PodTemplate, podTemplateOf } from './_pods';
import { named, pathOf } from './_synth-unique';
import { HARMLESS_CAPABILITIES } from '../admission/baseline';
import { list, viewPod } from '../admission/pod-view';
import { WorkloadEnd } from '../intent/endpoint';
import { carries } from '../proof/closure';

/** What would keep pods of our namespaces from running, one message for each fault. */
export function guardrailFaults(manifests: readonly AppManifest[], homes: readonly Home[], openshift: boolean): string[] {
  const levels = new Map(homes.map(({ namespace, podSecurity }) => [namespace, podSecurity]));
  const gateways = homes.flatMap(({ workloads }) => workloads.filter(({ gateway }) => gateway));
  return manifests.flatMap(manifest => {
    const level = levels.get(manifest.json.metadata?.namespace);
    const template = level && podTemplateOf(manifest.json);
    if (!template) return [];
    const gateway = gateways.find(one => one.home.namespace === manifest.json.metadata?.namespace && isOf(template, one));
    return [...hostFaults(template), ...(level === 'privileged' ? [] : capabilityFaults(template)), ...metadataFaults(template, openshift, gateway)]
      .map(fault => `'${pathOf(manifest)}' (${named(manifest)}) is refused by the guardrails of this program: ${template.field}${fault}`);
  });
}

function hostFaults(template: PodTemplate): string[] {
  const { spec, containers } = viewPod(template);
  return [
    ...(spec.hostNetwork === true ? ['spec.hostNetwork is true: remove it'] : []),
    ...containers.flatMap(({ path, json }) => list(json.ports).flatMap((port, i) =>
      (port.hostPort ? [`${path}.ports[${i}].hostPort is ${port.hostPort}: remove it, and reach the pod through a Service`] : []))),
  ];
}

function capabilityFaults(template: PodTemplate): string[] {
  const { containers, windows } = viewPod(template);
  return containers.flatMap(({ path, security: { privileged, capabilities } }) => {
    const added = list(capabilities?.add).filter(name => !HARMLESS_CAPABILITIES.has(name));
    return [
      ...(windows || list(capabilities?.drop).some(name => DROPPING_RAW.includes(name)) ? []
        : [`${path} keeps the capability NET_RAW: set securityContext.capabilities.drop to ['ALL']`]),
      ...(added.length ? [`${path}.securityContext.capabilities.add has ${added.join(', ')}: remove it`] : []),
      ...(privileged ? [`${path}.securityContext.privileged is true: remove it, or state PodSecurityLevel.PRIVILEGED`] : []),
    ];
  });
}

function metadataFaults({ metadata }: PodTemplate, openshift: boolean, gateway: WorkloadEnd | undefined): string[] {
  const limited = limitedMetadata(openshift);
  return (['labels', 'annotations'] as const).flatMap(what => Object.entries(metadata?.[what] ?? {}).flatMap(([key, value]) => {
    const allowed = limited[what].get(key);
    if (!allowed || allowed.includes(value as string) || (what === 'annotations' && gateway?.gateway?.[key] === value)) return [];
    return [`metadata.${what}['${key}'] is '${value}', which leads around the mesh or the network: remove it`];
  }));
}

/** Whether pods are those of a workload: by its identity and its labels. */
function isOf({ metadata, spec }: PodTemplate, { serviceAccountName, labels }: WorkloadEnd): boolean {
  return spec.serviceAccountName === serviceAccountName && carries(metadata?.labels ?? {}, labels);
}
