import { IClusterEdge } from './cluster-edge-like';
import { NamespaceEnd } from '../intent/endpoint';
import { IPeer } from '../intent/peer';

/** A namespace that workloads can live in: one of this App, or one that others own. */
export interface ISecureNamespace extends IPeer {
  /** The name of the namespace. */
  readonly namespaceName: string;
  /** The cluster it belongs to. */
  readonly edge: IClusterEdge;
  /** @internal */
  readonly _home: NamespaceEnd;
}
