/** How far a program holds one control of a hardening guide. */
export enum HardeningStatus {
  /** By the objects and files that are named as evidence, and nothing that was written is against it. */
  SATISFIED = 'satisfied',
  /** There is evidence, and something is left, which is named. */
  PARTLY = 'partly',
  /** Something that was written is against it, which is named. */
  VIOLATED = 'violated',
  /** Nothing that was written is about it. */
  NOT_TOUCHED = 'not touched',
}

/** One control of a hardening guide, and what this program has to show for it. */
export interface HardeningRow {
  /** The guide and its edition. */
  readonly framework: string;
  /** The number of the control in its guide, `5.3.2`. */
  readonly control: string;
  /** What it asks for, in our words. */
  readonly title: string;
  readonly status: HardeningStatus;
  /** The objects (`Kind namespace/name`) and files by which it holds, with the value that does it where that says more. */
  readonly evidence: string[];
  /** What is left, or stands against it. */
  readonly gaps: string[];
}
