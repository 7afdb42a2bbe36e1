/**
 * Pods that the Pod Security level of their namespace would reject, whoever made them: the API server accepts their Deployment, and the
 * pods then never appear. Found here before anything is applied.
 */
import { Home } from './_identity';
import { AppManifest } from './_one-pass';
import { PodTemplate, podTemplateOf } from './_pods';
import { named, pathOf } from './_synth-unique';
import { PodSecurityLevel, describeViolation, podSecurityViolations } from '../admission/pod-security';

/** What would keep pods of our namespaces from running, one message for each fault. */
export function podSecurityFaults(manifests: readonly AppManifest[], homes: readonly Home[], minor: number): string[] {
  const levels = new Map(homes.map(({ namespace, podSecurity }) => [namespace, podSecurity as PodSecurityLevel]));
  const admitted = new Set<string>();
  return manifests.flatMap(manifest => {
    const level = levels.get(manifest.json.metadata?.namespace);
    const template = level && podTemplateOf(manifest.json);
    if (!template) return [];
    const { spec, metadata, field } = template;
    const key = level + judgedOf(template);
    if (admitted.has(key)) return [];
    const violations = podSecurityViolations({ spec, metadata }, level, minor);
    if (violations.length === 0) admitted.add(key);
    return violations.map(violation =>
      `'${pathOf(manifest)}' (${named(manifest)}) is rejected by the namespace's Pod Security level '${level}': ${field}${describeViolation(violation)}`);
  });
}

/** The pods without what no control looks at: the pods of many tenants are then one and the same, and are judged once. */
function judgedOf({ spec, metadata }: PodTemplate): string {
  const { serviceAccountName, hostAliases, affinity, containers, initContainers, ...rest } = spec;
  return JSON.stringify([metadata?.annotations, rest, bare(containers), bare(initContainers)]);
}

function bare(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container: any) => {
    if (typeof container !== 'object' || container === null) return container;
    const { image, args, command, env, resources, ...rest } = container;
    return rest;
  });
}
