/**
 * What a control plane is asked to realise, and what it answers with: objects to apply, and files that its own components read from
 * disk and that must never be applied. What it cannot hold it refuses, naming itself and the remedy.
 */
import { Platform } from './platform';

/** The cluster as its control plane sees it. */
export interface ControlPlaneIntent {
  /** Path of the edge, for messages. */
  readonly path: string;
  readonly platform: Platform;
}

/** Who may open connections to the API server from outside the cluster, as somebody stated it. */
export interface ApiServerClients {
  /** The ranges stated, as CIDRs. */
  readonly cidrs: readonly string[];
  /** Why, each reason once. */
  readonly reasons: readonly string[];
}

/** An object that configures the control plane. Those that exist before us must survive us. */
export interface ControlPlaneObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** Belongs to the cluster itself: it is never to be pruned with what we own. */
  readonly preexisting?: boolean;
  readonly body: Record<string, unknown>;
}

/** What a control plane makes of its properties on one platform. */
export interface ControlPlanePlan {
  readonly objects: readonly ControlPlaneObject[];
  /** Text by path. `clients` is undefined where nobody limited them. */
  files(clients: ApiServerClients | undefined): ReadonlyMap<string, string>;
}

export interface IControlPlane {
  /** As users write it, for messages: `ControlPlane.kubeadm()`. */
  readonly title: string;
  /** Throws where the platform cannot hold what was asked. */
  plan(intent: ControlPlaneIntent): ControlPlanePlan;
  /** Throws where clients of the API server cannot be limited from here. */
  refuseClients(intent: ControlPlaneIntent): void;
}
