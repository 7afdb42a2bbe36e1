import { NamespaceEnd, WorkloadEnd } from '../intent/endpoint';
import { Ledger } from '../intent/ledger';
import { Platform } from '../intent/platform';

export interface Acknowledgement { readonly object: string; readonly reason: string }
export interface CheckInput {
  readonly path: string;
  readonly manifests: readonly any[];
  readonly ledger: Ledger;
  readonly platform: Platform;
  readonly members: readonly { end: NamespaceEnd; joined: string[]; workloads: WorkloadEnd[] }[];
  readonly acknowledgements: readonly Acknowledgement[];
}
export function checkIntent(input: CheckInput): string[] {
  return input.ledger.disagreements();
}
