/**
 * A control of a hardening guide as a question to what was written.
 *
 * Law: nothing holds without evidence, and evidence is read from values: an object of the right kind that does not do it is a gap.
 */
import { HardenedCluster } from './cluster';

/** What speaks for a control, and what is left of it or stands against it. */
export interface Finding {
  readonly by: readonly string[];
  readonly gaps: readonly string[];
}

export type Check = (cluster: HardenedCluster) => Finding;

export interface Control {
  readonly id: string;
  /** What it asks for, in our words. */
  readonly title: string;
  /** Without one it is a control that nothing written here can hold. */
  readonly check?: Check;
}

/** The controls of one guide, in its order. */
export interface Framework {
  readonly name: string;
  readonly controls: readonly Control[];
}

export const NOTHING: Finding = { by: [], gaps: [] };

export const held = (...by: string[]): Finding => ({ by, gaps: [] });

export const gap = (...gaps: string[]): Finding => ({ by: [], gaps });

/** What several findings say together. */
export function joined(findings: readonly Finding[]): Finding {
  return { by: unique(findings.flatMap(({ by }) => by)), gaps: unique(findings.flatMap(({ gaps }) => gaps)) };
}

/** Holds where any of them does: each is a way of its own. */
export const anyOf = (...checks: Check[]): Check => cluster => joined(checks.map(check => cluster.once(check)));

/** Holds where all of them do; for what has nothing to show, its name is what is left. */
export function allOf(checks: Readonly<Record<string, Check>>): Check {
  return cluster => {
    const findings = Object.entries(checks).map(([name, check]) => ({ name, ...cluster.once(check) }));
    const { by, gaps } = joined(findings);
    const missing = by.length > 0 ? findings.filter(finding => !finding.by.length && !finding.gaps.length).map(({ name }) => `nothing is said about ${name}`) : [];
    return { by, gaps: [...gaps, ...missing] };
  };
}

/** The same, and something that no manifest shows is left in any case. */
export const except = (check: Check, ...left: string[]): Check => cluster => {
  const { by, gaps } = cluster.once(check);
  return { by, gaps: by.length ? [...gaps, ...left] : gaps };
};

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
