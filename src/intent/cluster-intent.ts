/** What holds for all namespaces of a program at once, and what a network answers that has objects for it. */
import { Flow } from './flow';
import { Platform } from './platform';

/** The cluster as the providers see it. */
export interface ClusterIntent {
  /** Path of the edge, for messages. */
  readonly path: string;
  readonly platform: Platform;
  /** The place of our objects among those of others: lower decides first. */
  readonly priority: number;
  /** The namespaces of the program at this moment. */
  namespaces(): readonly string[];
  /** What was stated until this moment. */
  flows(): readonly Flow[];
}

/** An object of the cluster itself, whose spec shows what was stated until synth. */
export interface ClusterPlan {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  render(): object;
}
