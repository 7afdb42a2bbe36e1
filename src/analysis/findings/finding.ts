import { Evidence } from './_evidence';
import { ObjectRef } from '../rules';

/**
 * Configuration that looks secure and is not, found in manifests. Each check is one file that says what it finds, why it matters and
 * what to do; its code is stable, and never given to another check.
 */

/** `error` means something else than it says; `warning` is open, or does nothing, where it probably should not; `note` is worth knowing. */
export type Level = 'error' | 'warning' | 'note';

export const LEVELS: readonly Level[] = ['error', 'warning', 'note'];

export interface Check {
  /** `SN0104`: the first two digits are the subject, the last two the check. */
  readonly code: string;
  /** In kebab case, as its file is named. */
  readonly name: string;
  readonly level: Level;
  /** One sentence: what is found. */
  readonly description: string;
  /** Why it matters. */
  readonly why: string;
  /** The page that says so. */
  readonly source: string;
  /** What to do; `{words}` are filled in from each hit. */
  readonly remedy: string;
  /** Looks for it, and has no effect on anything. */
  find(evidence: Evidence): Iterable<Hit>;
}

/** A place where a check found what it looks for. */
export interface Hit {
  readonly object: ObjectRef;
  /** The field in the object: `spec.ingress[0].from`; empty for the object itself. */
  readonly path: string;
  readonly message: string;
  /** The words for the remedy. */
  readonly words?: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly code: string;
  readonly name: string;
  readonly level: Level;
  readonly object: ObjectRef;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** The reason in the object's annotation `secure-network/accept-<code>`: who wrote it knows of the finding, and means it. */
  readonly accepted?: string;
}
