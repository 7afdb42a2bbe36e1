/**
 * The line of TypeScript behind a statement. Capturing a stack costs a few microseconds, reading it costs far more,
 * so it is captured at the call and read only when somebody asks.
 */
import * as path from 'path';

/** A place in a program that can be asked for later. */
export interface CallSite {
  /** `examples/shop/main.ts:31:22`, or an empty string where the stack says nothing. */
  toString(): string;
}

const LIBRARY = path.resolve(__dirname, '..') + path.sep;
const DEPTH = 12;

/** Remembers where the caller of the library stands. `above` is the function whose own frame no longer counts. */
export function callSite(above: Function): CallSite {
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, above);
  Error.stackTraceLimit = depth;
  return { toString: () => outsideFrame(holder.stack ?? '') };
}

function outsideFrame(stack: string): string {
  for (const line of stack.split('\n')) {
    const frame = /(?:\(|at )((?:file:\/\/)?[^()\s][^()]*):(\d+):(\d+)\)?$/.exec(line.trim());
    if (!frame) continue;
    const file = frame[1].replace(/^async /, '').replace(/^file:\/\//, '');
    if (file.startsWith('node:') || file.startsWith(LIBRARY) || file.includes(`${path.sep}node_modules${path.sep}`)) continue;
    const relative = path.relative(process.cwd(), file);
    return `${relative.startsWith('..') ? file : relative}:${frame[2]}:${frame[3]}`;
  }
  return '';
}
