/** A plausible slip that widens what the library allows, or hides that it is wide, and the test that has to notice. */
export interface Mutant {
  /** What breaks, in a few words. */
  readonly title: string;
  /** The source, below the root of the repository. */
  readonly file: string;
  /** Text that stands in the source exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The test file that has to go red, and the beginning of the full name of a test in it. */
  readonly test: string;
  readonly name: string;
}

/** Why a mutant no longer fits its source, or nothing. */
export function misfit({ find, replace }: Mutant, source: string): string | undefined {
  const count = source.split(find).length - 1;
  if (count !== 1) return `its text stands ${count} times in the source: write one that stands there once`;
  return find === replace ? 'it changes nothing' : undefined;
}
