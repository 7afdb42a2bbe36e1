import { Command } from 'commander';
import { Io } from './_io';

/** Exit codes, as scripts rely on them. */
export const FINE = 0;
/** Findings, or input that is not valid. */
export const FOUND = 1;
/** The command line itself cannot be understood. */
export const USAGE = 2;

/** One command. A new one is one file that exports it, and one line in `cli/index.ts`. */
export interface CliCommand {
  /** Name, arguments, options and help; called once. */
  describe(): Command;
  /** Answers with the exit code. */
  run(io: Io, options: any, ...args: any[]): Promise<number>;
}

/** A fault of the command line that only the input shows: a peer that does not exist, say. */
export class UsageError extends Error {}

/** What is wrong with the input, one line each. Nothing has been written to standard output. */
export class InvalidInput extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

/** Examples at the end of `--help`. */
export function withExamples(command: Command, examples: Readonly<Record<string, string>>): Command {
  const lines = Object.entries(examples).map(([line, meaning]) => `  $ secure-network ${line}\n      ${meaning}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
