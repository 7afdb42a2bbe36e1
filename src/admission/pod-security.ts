/**
 * Would the API server of this version admit this pod into a namespace of this Pod Security level? Asked before anything is applied:
 *
 *   podSecurityViolations({ spec }, 'restricted', 31)
 *     => spec.containers[0].securityContext.capabilities.drop is nothing: set it to ['ALL']
 *
 * Laws:
 * - Empty exactly when the admission plugin of Kubernetes 1.<minor> admits the pod at that level.
 * - A version newer than the newest control is judged by the newest controls, as the plugin does with `latest`.
 * - What `baseline` refuses, `restricted` refuses, but for pods of Windows or with user namespaces where a version exempts them.
 */
import { BASELINE } from './baseline';
import { Check, Control, Finding, PodJson, PodSecurityLevel, viewPod } from './pod-view';
import { RESTRICTED } from './restricted';

export type { PodJson, PodSecurityLevel } from './pod-view';

export interface PodSecurityViolation extends Finding {
  /** The control that refuses: `capabilities`, `runAsNonRoot`, ... */
  readonly control: string;
  /** The level that has this control. */
  readonly level: PodSecurityLevel;
}

/** What the pod would have to change to be admitted, in the order of the controls; empty if nothing. */
export function podSecurityViolations(pod: PodJson, level: PodSecurityLevel, minor: number): PodSecurityViolation[] {
  if (!Number.isInteger(minor) || minor < 0) throw new Error(`kubernetes minor version '${minor}' is not a whole number: write 31 for 1.31`);
  const view = viewPod(pod);
  return judgedBy(level, minor).flatMap(({ control, level: of, check }) =>
    check(view).map(({ path, value, remedy, cdk8sPlus }) => ({ control, level: of, path, value, remedy, ...(cdk8sPlus ? { cdk8sPlus } : {}) })));
}

/** `spec.hostNetwork is true: remove it or set it to false (cdk8s-plus-28: hostNetwork: false)` */
export function describeViolation({ path, value, remedy, cdk8sPlus }: PodSecurityViolation): string {
  return `${path} is ${value}: ${remedy}${cdk8sPlus ? ` (cdk8s-plus-28: ${cdk8sPlus})` : ''}`;
}

interface JudgedBy {
  readonly control: string;
  readonly level: PodSecurityLevel;
  readonly check: Check;
}

const KNOWN = new Map<string, JudgedBy[]>();

function judgedBy(level: PodSecurityLevel, minor: number): JudgedBy[] {
  const key = `${level} ${minor}`;
  const known = KNOWN.get(key) ?? controlsOf(level, minor);
  KNOWN.set(key, known);
  return known;
}

function controlsOf(level: PodSecurityLevel, minor: number): JudgedBy[] {
  const at = (controls: readonly Control[], of: PodSecurityLevel) => controls.flatMap(({ name, since }): JudgedBy[] => {
    const current = since.filter(version => version.minor <= minor).pop();
    return current ? [{ control: name, level: of, check: current.check }] : [];
  });
  if (level === 'privileged') return [];
  if (level !== 'baseline' && level !== 'restricted') {
    throw new Error(`pod security level '${level}' is unknown: write 'privileged', 'baseline' or 'restricted'`);
  }
  const baseline = at(BASELINE, 'baseline');
  if (level === 'baseline') return baseline;
  const restricted = at(RESTRICTED, 'restricted');
  return [...baseline.filter(({ control }) => !restricted.some(stricter => stricter.control === control)), ...restricted];
}
