/** What is tried in the network of a mesh: one question, the answers that are right, and the one that came. Every refusal has its twin that passes. */
import { MeshNetwork } from './network';
import { Question, Reply } from '../lib/farm';

export type Answer = number | 'refused';

export interface Wanted {
  readonly what: string;
  readonly question: Question;
  /** A status, or `refused` where no request was answered. */
  readonly expected: readonly Answer[];
  /** The host whose application answers. @default - not asked */
  readonly by?: string;
}

export interface Try {
  readonly what: string;
  readonly expected: readonly Answer[];
  readonly found: Answer;
  readonly right: boolean;
}

export async function tried(network: MeshNetwork, wanted: readonly Wanted[]): Promise<Try[]> {
  const replies = await network.ask(wanted.map(({ question }) => question));
  return wanted.map(({ what, expected, by }, i) => {
    const found = answerOf(replies[i]);
    return { what, expected, found, right: expected.includes(found) && (by === undefined || replies[i].by === by) };
  });
}

export function answerOf({ status }: Reply): Answer {
  return status ?? 'refused';
}
