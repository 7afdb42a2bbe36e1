/**
 * How often a law of the algebra is tried, and from which seed: hundreds of times in `npm test`, ten thousand times in `npm run test:long`.
 * `TRIES=500 SEED=7 npx jest test/algebra` repeats or lengthens a run.
 */
export const TRIES = { numRuns: Number(process.env.TRIES ?? 500), seed: Number(process.env.SEED ?? Date.now() % 1_000_000) };

/** Says after the last test of a file what was tried. */
export function sayTries(what: string): void {
  afterAll(() => { process.stdout.write(`${what}: ${TRIES.numRuns} random cases each, seed ${TRIES.seed}\n`); });
}
