import { CliCommand } from './_command';
import { ADOPT } from './adopt';
import { CHECK } from './check';
import { DIFF } from './diff';
import { EXPLAIN } from './explain';
import { LIST } from './list';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CliCommand[] = [LIST, EXPLAIN, DIFF, CHECK, ADOPT];
