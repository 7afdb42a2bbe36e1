import { IstioSidecar, IstioSidecarProps } from './istio-sidecar';
import { IMeshProvider } from '../intent/mesh-provider';

/**
 * The mesh that namespaces are in: who calls is known by identity, what is said is encrypted, and requests can be told apart. What is stated
 * between workloads becomes its policies too; nobody writes one by hand. Policies of the network stay in force beside it: a mesh alone does
 * not hold what goes around its proxies.
 */
export class MeshProvider {
  /** Istio with a proxy in every pod. Its control plane is installed by others, and every proxy has to reach it. */
  public static istioSidecar(props: IstioSidecarProps = {}): MeshProvider {
    return new MeshProvider(new IstioSidecar(props));
  }

  /** @internal */
  public readonly _mesh: IMeshProvider;

  private constructor(mesh: IMeshProvider) {
    this._mesh = mesh;
  }
}
