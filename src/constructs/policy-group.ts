import { IClusterEdge } from './cluster-edge-like';
import { NamespaceEnd } from '../intent/endpoint';
import { IPeer } from '../intent/peer';

/**
 * The parts of OpenShift that tenants are asked to let in, by the labels that OpenShift itself gives their namespaces. A part may live
 * in one namespace today and in another tomorrow (routers on the host network do), and its label goes with it.
 *
 * Whoever may label namespaces may join a group: projects that users request cannot, since a ProjectRequest takes no labels.
 *
 *   shop.connections.allowFrom(PolicyGroup.ingress(edge), { ports: [Port.tcp(8080)] });
 *
 * @see https://docs.openshift.com/container-platform/4.18/networking/network_security/network_policy/multitenant-network-policy.html
 */
export class PolicyGroup {
  /** The routers behind which Routes and Ingresses are served, wherever they run. Throws where the platform is not OpenShift. */
  public static ingress(edge: IClusterEdge): IPeer {
    return group(edge, 'ingress', { 'policy-group.network.openshift.io/ingress': '' });
  }

  /** Prometheus and what belongs to it, which fetches metrics. Throws where the platform is not OpenShift. */
  public static monitoring(edge: IClusterEdge): IPeer {
    return group(edge, 'monitoring', { 'network.openshift.io/policy-group': 'monitoring' });
  }

  /** Everything on the nodes' own network that is no pod of a tenant. Throws where the platform is not OpenShift. */
  public static hostNetwork(edge: IClusterEdge): IPeer {
    return group(edge, 'host-network', { 'policy-group.network.openshift.io/host-network': '' });
  }

  private constructor() {}
}

function group(edge: IClusterEdge, name: string, labels: Record<string, string>): IPeer {
  const { distribution } = edge.platform;
  if (distribution !== 'openshift') {
    throw new Error(`the policy group '${name}' exists on OpenShift only, and the platform is ${distribution}: name the namespace with SecureNamespace.imported(edge, ...)`);
  }
  // No namespace has a colon in its name, so flows with the group never meet those with one of its namespaces.
  const called = `policy-group:${name}`;
  const end: NamespaceEnd = {
    kind: 'namespace', path: called, namespace: called, group: labels, tenant: '', ledger: edge._ledger, imported: true, open: () => undefined,
  };
  edge._ledger.introduce(end);
  return { _end: end };
}
