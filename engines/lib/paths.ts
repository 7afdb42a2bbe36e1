import { join, resolve } from 'path';

/** The repository, whatever folder the command was started in. */
export const REPOSITORY = resolve(__dirname, '..', '..');

/** Everything the engines leave on disk is here, and git does not see it. */
export const CACHE = join(REPOSITORY, '.cache', 'engines');
