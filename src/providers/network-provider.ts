import { OvnKubernetesNetwork } from './ovn-kubernetes';
import { UpstreamNetwork } from './upstream';
import { INetworkProvider } from '../intent/network-provider';

/**
 * The network that enforces what is stated. A provider either renders objects that enforce a statement in full,
 * or refuses it with the remedy; it never renders a weaker object.
 */
export class NetworkProvider {
  /**
   * Plain NetworkPolicy v1, which Calico, Cilium, OVN-Kubernetes, Antrea, kube-router and others enforce. A cluster whose
   * network plugin ignores NetworkPolicy enforces nothing, and nothing in the API says so.
   */
  public static upstream(): NetworkProvider {
    return new NetworkProvider(new UpstreamNetwork());
  }

  /** OVN-Kubernetes, on plain Kubernetes and on OpenShift. */
  public static ovnKubernetes(): NetworkProvider {
    return new NetworkProvider(new OvnKubernetesNetwork());
  }

  /** @internal */
  public readonly _provider: INetworkProvider;

  private constructor(provider: INetworkProvider) {
    this._provider = provider;
  }
}
