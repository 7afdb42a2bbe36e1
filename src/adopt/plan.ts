/**
 * What an adoption comes to, as plain data: the program that is printed and the App that is held against the manifests are both made of it,
 * so that what is checked is what is handed out.
 */
import { Transport } from '../intent/port';

/** What is known of the cluster beside its manifests. */
export interface PlannedPlatform {
  readonly distribution: 'kubernetes' | 'openshift';
  readonly version: string;
  readonly podCidrs?: readonly string[];
  readonly serviceCidrs?: readonly string[];
  readonly nodeCidrs?: readonly string[];
}

export interface PlannedNamespace {
  readonly name: string;
  /** Undefined where it answers for itself. */
  readonly tenant?: string;
  /** Whether everything passes inside. */
  readonly project: boolean;
  readonly podSecurity: 'restricted' | 'baseline' | 'privileged';
  /** What the next stricter level would reject, where it is not the strictest. */
  readonly rejected?: string;
  /** Labels its manifest has, but for those the library writes. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PlannedPort {
  readonly transport: Transport;
  readonly first: number;
  readonly last: number;
}

export interface PlannedWorkload {
  readonly namespace: string;
  /** Unique in its namespace. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccountName: string;
  readonly ports: readonly PlannedPort[];
  /** Whether no manifest shows it, so that its ServiceAccount is a guess. */
  readonly guessed: boolean;
}

/** One end of a statement. Workloads and namespaces that are not among the program's own are imported. */
export type PlannedEnd =
  | { readonly kind: 'workload'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly except: readonly string[] }
  | { readonly kind: 'internet' };

export interface PlannedStatement {
  readonly from: PlannedEnd;
  readonly to: PlannedEnd;
  readonly ports: readonly PlannedPort[] | 'all';
  /** Whether the ports are those that the destination declares. */
  readonly declared: boolean;
  readonly reason: string;
}

/** An object of the manifests that is applied as it is. */
export interface KeptObject {
  readonly json: any;
  /** The file it stands in. */
  readonly file: string;
  /** The namespace of this program it lives in; undefined where it lives elsewhere or in none. */
  readonly namespace?: string;
  /** The ServiceAccount its pods run under from now on, where it is another. */
  readonly account?: string;
}

export interface AdoptionPlan {
  readonly platform: PlannedPlatform;
  readonly namespaces: readonly PlannedNamespace[];
  readonly workloads: readonly PlannedWorkload[];
  /** Workloads that others own. */
  readonly imported: readonly PlannedWorkload[];
  readonly statements: readonly PlannedStatement[];
  /** Policies of the whole cluster, which stay. */
  readonly acknowledged: readonly string[];
  readonly kept: readonly KeptObject[];
  /** Objects that are left out although no construct replaces them, as `Kind namespace/name`: what other objects make. */
  readonly leftOut: readonly string[];
}

/** Namespaces that belong to the platform: they stay as they are, and their pods are somebody else's. */
export function isPlatform(namespace: string): boolean {
  return /^(kube|openshift)(-|$)/.test(namespace);
}

export function keyOfEnd(end: PlannedEnd): string {
  switch (end.kind) {
    case 'workload': return `${end.namespace}/${end.name}`;
    case 'namespace': return `${end.namespace}/*`;
    case 'cidr': return [end.cidr, ...end.except].join(' ');
    case 'internet': return 'internet';
  }
}
