import type { Identity } from './mesh-identity';
import { Protocol } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { Labels } from '../algebra/label-selector';

/** The pods of a cluster, as far as rules can tell them apart. */

export interface ContainerPort {
  readonly name?: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** What rules can see of a pod. Pods of one shape are treated alike by every rule there is. */
export interface PodShape {
  /** The place in the model's list of shapes. */
  readonly id: number;
  /** All of the below in one text, but for a range of addresses that it shares with others. */
  readonly key: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** The named ports only. */
  readonly ports: readonly ContainerPort[];
  readonly portsKey: string;
  /** A pod on its node's network: no policy has it as subject, and no selector finds it. */
  readonly hostNetwork: boolean;
  /** The addresses it may have. @default - unknown: no address rule matches it */
  readonly addresses?: IpSet;
  readonly serviceAccount: string;
  /** Who it is to a mesh. @default - nobody: it has no proxy */
  readonly identity?: Identity;
  /** Whether nothing runs in it but a proxy of a mesh. */
  readonly forwards?: boolean;
  /** Of a pod that says it is a proxy, the ConfigMaps it mounts. */
  readonly proxyConfigs: readonly string[];
}

/** The label by which a pod says that its configuration, and not its address, is what it can reach. */
export const PROXY_LABEL = 'secure-network/proxy';

/** A pod, or the pods of one controller: what has a row in the answer. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** One shape mostly; several when pods of one controller differ in what rules can see. */
  readonly variants: readonly Variant[];
  /** False for what is only imagined, to ask what a rule would let in. */
  readonly real: boolean;
  /** Owned by others, whose policies are not known. @default false */
  readonly foreign?: boolean;
  readonly origin?: string;
}

export interface Variant {
  readonly shape: PodShape;
  /** The pods of that shape that were read as objects of their own. */
  readonly pods: readonly string[];
}

/** A pod that no manifest declares: selected by labels only, owned by others, or imagined. */
export interface AssumedPeer {
  readonly namespace: string;
  readonly name: string;
  /** @default 'Pod' */
  readonly kind?: string;
  readonly labels: Labels;
  /** Used where the namespace is not among the manifests. */
  readonly namespaceLabels?: Labels;
  /** @default - none */
  readonly ports?: readonly ContainerPort[];
  /** @default 'default' */
  readonly serviceAccount?: string;
  /** @default false */
  readonly hostNetwork?: boolean;
  /** Whether a proxy of a mesh stands before it. @default - what its labels and those of its namespace say */
  readonly proxy?: boolean;
  /** @default true */
  readonly real?: boolean;
  /**
   * Owned by others, whose policies are not among the manifests: what it does with addresses and with other such peers is not known.
   * @default false
   */
  readonly foreign?: boolean;
}

/** An ingress controller that nobody declared. */
export const CONTROLLER: AssumedPeer = { namespace: '{ingress-controller}', name: 'controller', kind: 'Controller', labels: {}, real: false };

export const NAME_LABEL = 'kubernetes.io/metadata.name';

export function textOfWorkload({ namespace, name, kind }: { readonly namespace: string; readonly name: string; readonly kind: string }): string {
  return `${namespace}/${name}[${kind}]`;
}

export function keyOfLabels(labels: Labels): string {
  const keys = Object.keys(labels);
  if (keys.length > 1) keys.sort();
  let key = '';
  for (const name of keys) key += `${name}=${labels[name]},`;
  return key;
}

export function keyOfPorts(ports: readonly ContainerPort[]): string {
  return ports.length === 0 ? '' : ports.map(({ name, protocol, port }) => `${name}:${protocol}:${port}`).sort().join(',');
}
