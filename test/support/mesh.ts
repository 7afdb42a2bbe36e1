/** A cluster in a mesh to try statements on. */
import { App } from 'cdk8s';
import { deployment, FACTS } from './app';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { SecureNamespace, SecureNamespaceProps } from '../../src/constructs/secure-namespace';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { IstioSidecarProps } from '../../src/mesh/istio-sidecar';
import { MeshProvider } from '../../src/mesh/mesh-provider';
import { NetworkProvider } from '../../src/providers/network-provider';

/** A plain App with an edge in a mesh. */
export function newMesh(props: IstioSidecarProps = {}, facts: PlatformFacts = FACTS, network = NetworkProvider.upstream()) {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes(facts), network, mesh: MeshProvider.istioSidecar(props) });
  const namespace = (name: string, more: Partial<SecureNamespaceProps> = {}) => new SecureNamespace(app, name, { edge, tenant: 'acme', ...more });
  return { app, edge, namespace };
}

/** A shop whose workloads listen on one port each. */
export function newShop(props: IstioSidecarProps = {}, network = NetworkProvider.upstream()) {
  const cluster = newMesh(props, FACTS, network);
  const home = cluster.namespace('shop');
  return { ...cluster, home, web: deployment(home, 'web', 8080), api: deployment(home, 'api', 9090), db: deployment(home, 'db', 5432) };
}
