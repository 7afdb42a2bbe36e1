/**
 * Pods that the Pod Security level of their namespace would reject, whoever made them: the API server accepts their Deployment, and the
 * pods then never appear. Found here before anything is applied.
 */
import { Home } from './_identity';
import { AppManifest } from './_one-pass';
import { podTemplateOf } from './_pods';
import { named, pathOf } from './_synth-unique';
import { PodSecurityLevel, describeViolation, podSecurityViolations } from '../admission/pod-security';

/** What would keep pods of our namespaces from running, one message for each fault. */
export function podSecurityFaults(manifests: readonly AppManifest[], homes: readonly Home[], minor: number): string[] {
  const levels = new Map(homes.map(({ namespace, podSecurity }) => [namespace, podSecurity as PodSecurityLevel]));
  return manifests.flatMap(manifest => {
    const level = levels.get(manifest.json.metadata?.namespace);
    const template = level && podTemplateOf(manifest.json);
    if (!template) return [];
    const { spec, metadata, field } = template;
    return podSecurityViolations({ spec, metadata }, level, minor).map(violation =>
      `'${pathOf(manifest)}' (${named(manifest)}) is rejected by the namespace's Pod Security level '${level}': ${field}${describeViolation(violation)}`);
  });
}
