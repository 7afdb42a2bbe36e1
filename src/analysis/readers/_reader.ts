import { IpSet } from '../../algebra/ip-set';
import { Labels } from '../../algebra/label-selector';
import type { MeshScope, TokenCheck } from '../mesh-advice';
import { MeshGatewayPods, MeshRoutes, RegisteredHosts } from '../mesh-routes';
import { ContainerPort } from '../pods';
import { ObjectRef, Policy } from '../rules';
import type { SourceAddresses } from './egress-ip';
import type { Redirects } from './egress-router';
import type { DeclaredService, Entrance } from './entrances';
import type { DeclaredGateway, ReferenceGrant } from './gateway-api';

/** A reader turns the objects of one API family into what the model knows. It throws where the API server would refuse the object. */
export interface KindReader {
  /** `group/Kind`, with '' for the core group; the version does not matter. */
  readonly kinds: readonly string[];
  /** Whether it has to wait for everything else to be read. */
  readonly late?: boolean;
  read(object: any, ref: ObjectRef, sink: ModelSink): void;
}

export interface OwnerName {
  readonly kind: string;
  readonly name: string;
}

/** Pods as a manifest declares them: one pod, or the template of a controller. */
export interface DeclaredPods {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly owner?: OwnerName;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  /** False where an annotation keeps the mesh from injecting a proxy. */
  readonly proxy?: boolean;
  /** Whether nothing runs in it but a proxy of a mesh, which leads where it is told and nowhere else. */
  readonly forwards?: boolean;
  /** The addresses that a running pod has; empty for a template. */
  readonly addresses: readonly string[];
  /** The ConfigMaps it mounts. */
  readonly configMaps: readonly string[];
  readonly ref: ObjectRef;
}

/** The configuration of a proxy, as text. */
export interface ProxyConfig {
  readonly ref: ObjectRef;
  readonly text: string;
}

export interface DeclaredNode {
  readonly labels: Labels;
  readonly addresses: IpSet;
}

export interface ModelSink {
  namespace(name: string, labels: Labels): void;
  pods(pods: DeclaredPods): void;
  service(service: DeclaredService): void;
  entrance(entrance: Entrance): void;
  proxyConfig(config: ProxyConfig): void;
  node(node: DeclaredNode): void;
  sourceAddresses(addresses: SourceAddresses): void;
  redirects(redirects: Redirects): void;
  gateway(gateway: DeclaredGateway): void;
  referenceGrant(grant: ReferenceGrant): void;
  /** What was read of these so far; routes are read after everything else. */
  gateways(): readonly DeclaredGateway[];
  referenceGrants(): readonly ReferenceGrant[];
  namespaces(): ReadonlyMap<string, Labels>;
  /** The nodes read so far; policies are read after everything else. */
  nodes(): readonly DeclaredNode[];
  /** The Services of a namespace; policies are read after everything else. */
  servicesIn(namespace: string): readonly DeclaredService[];
  /** The namespace of the mesh itself, whose policies hold everywhere. */
  meshRoot(): string;
  /** The trust domain of the mesh, where it is known. */
  trustDomain(): string | undefined;
  /** Pods that listen to what a Gateway of the mesh says. */
  meshGateway(gateway: MeshGatewayPods): void;
  meshRoutes(routes: MeshRoutes): void;
  registeredHosts(hosts: RegisteredHosts): void;
  meshScope(scope: MeshScope): void;
  tokenCheck(check: TokenCheck): void;
  /** Whether pods with these labels are such. */
  isMeshGateway(labels: Labels): boolean;
  /** The cluster's own ranges of pods, and the addresses that nodes have, as far as they are known. */
  ranges(): { readonly pods?: IpSet; readonly nodes?: IpSet };
  policy(policy: Policy): void;
  warn(ref: ObjectRef, message: string): void;
}

/** The group of an apiVersion: `apps/v1` has `apps`, `v1` has none. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function listOf(value: any, field: string): any[] {
  if (value === undefined || value === null) return NOTHING;
  if (!Array.isArray(value)) throw new FieldError(field, 'is not a list');
  return value;
}

/** Reads the items of a list; an error names the item. */
export function each<T>(value: any, field: string, read: (item: any, index: number) => T): T[] {
  return listOf(value, field).map((item, i) => {
    try {
      return read(item, i);
    } catch (error) {
      throw below(`${field}[${i}]`, error);
    }
  });
}

/** Reads a field; an error names it. */
export function at<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw below(field, error);
  }
}

/** What is wrong, and where: the path grows on the way out, so that reading what is right costs nothing. */
class FieldError extends Error {
  constructor(readonly path: string, readonly reason: string) {
    super(`${path}: ${reason}`);
  }
}

function below(field: string, error: unknown): FieldError {
  return error instanceof FieldError ? new FieldError(`${field}.${error.path}`, error.reason) : new FieldError(field, (error as Error).message);
}

const NOTHING: any[] = [];
