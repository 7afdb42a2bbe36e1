import { KubeadmControlPlane, KubeadmControlPlaneProps } from './kubeadm';
import { OpenShiftControlPlane, OpenShiftControlPlaneProps } from './openshift';
import { IControlPlane } from '../intent/control-plane';

/**
 * How the API server itself is guarded: TLS, who is believed, who is asked, what is written down, what is encrypted. Closed by default;
 * what is weak cannot be stated, and no key is ever written.
 */
export class ControlPlane {
  /** A control plane made by kubeadm: files for its nodes, beside the manifests and never among them. Needs Kubernetes 1.31. */
  public static kubeadm(props: KubeadmControlPlaneProps = {}): ControlPlane {
    return new ControlPlane(new KubeadmControlPlane(props));
  }

  /** The control plane of OpenShift: the objects `APIServer`, `OAuth` and `Authentication` named `cluster`. */
  public static openshift(props: OpenShiftControlPlaneProps = {}): ControlPlane {
    return new ControlPlane(new OpenShiftControlPlane(props));
  }

  /** @internal */
  public readonly _plane: IControlPlane;

  private constructor(plane: IControlPlane) {
    this._plane = plane;
  }
}
