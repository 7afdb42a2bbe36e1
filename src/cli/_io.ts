import { once } from 'events';
import { readFileSync } from 'fs';
import { createColors, isColorSupported } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

/** Where a command reads and writes, so that it can be tried without a terminal. */
export interface Io {
  /** Whether somebody reads standard output on a screen. */
  readonly screen: boolean;
  /** Colours for standard output; they do nothing in a pipe. */
  readonly paint: Colors;
  stdin(): string;
  /** Writes pieces as they come, and waits for a slow reader. */
  out(pieces: Iterable<string>): Promise<void>;
  /** One line for people. */
  note(line: string): void;
  /** Says on standard error how far long work has come, where that is a screen. */
  progress(text: () => string): void;
}

const PIECE = 65536;
const FIRST_PROGRESS = 600;
const NEXT_PROGRESS = 120;

export function processIo(): Io {
  const { stdout, stderr } = process;
  let said = false;
  let next = Date.now() + FIRST_PROGRESS;
  const clear = () => {
    if (said) stderr.write('\r\x1b[K');
    said = false;
  };
  // A reader that has seen enough (`| head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  return {
    screen: stdout.isTTY === true,
    paint: createColors(isColorSupported && (stdout.isTTY === true || process.env.FORCE_COLOR !== undefined)),
    stdin: () => readFileSync(0, 'utf8'),
    async out(pieces) {
      for (const text of gathered(pieces, PIECE)) {
        clear();
        if (!stdout.write(text)) await once(stdout, 'drain');
      }
    },
    note(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    progress(text) {
      if (!stderr.isTTY || Date.now() < next) return;
      stderr.write(`\r\x1b[K${text()}`);
      said = true;
      next = Date.now() + NEXT_PROGRESS;
    },
  };
}

/** The same text in pieces of at least the given size. */
export function* gathered(pieces: Iterable<string>, size: number): Iterable<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < size) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
