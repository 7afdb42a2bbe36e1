/**
 * A pod as the Pod Security checks look at it: every container of every kind with the path to it, absent fields read as absent,
 * whatever else the JSON holds ignored.
 */

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** A pod, or the template of one. */
export interface PodJson {
  readonly spec?: any;
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}

export interface ContainerView {
  /** `spec.initContainers[0]` */
  readonly path: string;
  readonly name: string;
  readonly json: any;
  readonly security: any;
}

export interface PodView {
  readonly spec: any;
  readonly security: any;
  readonly annotations: Readonly<Record<string, string>>;
  /** Init containers, containers and ephemeral containers, in this order. */
  readonly containers: readonly ContainerView[];
  readonly windows: boolean;
  /** The pod has a user namespace of its own: its root is nobody on the node. */
  readonly ownUsers: boolean;
}

/** One field that a control does not accept. */
export interface Finding {
  readonly path: string;
  /** What stands there, as JSON; `nothing` where the field is missing. */
  readonly value: string;
  /** What to write, in the words of the Kubernetes API. */
  readonly remedy: string;
  /** The same as property of cdk8s-plus-28, where it has one. */
  readonly cdk8sPlus?: string;
}

export type Check = (pod: PodView) => Finding[];

/** One control of a level. A control of `restricted` replaces the control of `baseline` that has its name. */
export interface Control {
  readonly name: string;
  /** The check that holds from a minor version on, oldest first. */
  readonly since: readonly { readonly minor: number; readonly check: Check }[];
}

export function viewPod(pod: PodJson): PodView {
  const spec = pod.spec ?? {};
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap(kind =>
    list(spec[kind]).map((json, i) => ({ path: `spec.${kind}[${i}]`, name: json?.name ?? '', json: json ?? {}, security: json?.securityContext ?? {} })));
  return {
    spec,
    security: spec.securityContext ?? {},
    annotations: pod.metadata?.annotations ?? {},
    containers,
    windows: spec.os?.name === 'windows',
    ownUsers: spec.hostUsers === false,
  };
}

/** The security contexts of pod and containers, with their paths. */
export function contexts(pod: PodView): { path: string; security: any }[] {
  return [
    { path: 'spec.securityContext', security: pod.security },
    ...pod.containers.map(({ path, security }) => ({ path: `${path}.securityContext`, security })),
  ];
}

export function finding(path: string, value: unknown, remedy: string, cdk8sPlus?: string): Finding {
  return { path, value: isSet(value) ? JSON.stringify(value) : 'nothing', remedy, ...(cdk8sPlus ? { cdk8sPlus } : {}) };
}

export const isSet = (value: unknown) => value !== undefined && value !== null;

export const list = (value: unknown): any[] => (Array.isArray(value) ? value : []);

export const quoted = (values: Iterable<string>) => [...values].map(value => `'${value}'`).join(', ');

/** Windows has no such field: its pods are let pass. */
export const exceptWindows = (check: Check): Check => pod => (pod.windows ? [] : check(pod));

/** In a user namespace of its own a pod may do what would be dangerous in the node's. */
export const exceptOwnUsers = (check: Check): Check => pod => (pod.ownUsers ? [] : check(pod));
