import { Command, CommanderError } from 'commander';
import { FINE, FOUND, InvalidInput, USAGE, UsageError } from './_command';
import { Io } from './_io';
import { version } from './_version';
import { COMMANDS } from './index';

/**
 * Runs one command line and answers with its exit code: 0 fine, 1 findings or input that is not valid, 2 a command line that is not.
 *
 * Law: with input that is not valid nothing is written to standard output, and every fault is a line `error: ...` of standard error.
 */
export async function main(io: Io, args: readonly string[]): Promise<number> {
  let code = FINE;
  const program = new Command('secure-network')
    .description('who reaches whom in a Kubernetes cluster, as its manifests say it')
    .version(version(), '-V, --version')
    .configureOutput({ writeOut: text => void io.out([text]), writeErr: text => io.note(text.trimEnd()) })
    .showHelpAfterError('(add --help for what is possible)');
  for (const { describe, run } of COMMANDS) {
    const command = describe();
    command.action(async () => { code = await run(io, command.opts(), ...command.processedArgs); });
    program.addCommand(command.copyInheritedSettings(program));
  }
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? FINE : USAGE;
    if (error instanceof UsageError) {
      io.note(`error: ${error.message}`);
      return USAGE;
    }
    const faults = error instanceof InvalidInput ? error.faults : [(error as Error).message];
    for (const fault of faults) io.note(`error: ${fault}`);
    return FOUND;
  }
}
