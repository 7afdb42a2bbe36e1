/** How an edge holds its control plane: objects in its own chart, files beside the output folder. */
import { ApiObject, Chart } from 'cdk8s';
import { addAppFiles } from './_one-pass';
import { ApiServer } from './api-server';
import { IClusterEdge } from './cluster-edge-like';
import { ControlPlane } from '../control-plane/control-plane';

/** What belongs to the cluster itself outlives us: GitOps controllers are told never to remove it when we stop stating it. */
const NEVER_PRUNED = {
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Adds the control plane's objects and files, and returns the API server that it guards. */
export function addControlPlane(edge: Chart & IClusterEdge, controlPlane: ControlPlane | undefined): ApiServer {
  const { path } = edge.node;
  const intent = { path, platform: edge.platform };
  const apiServer = ApiServer._of({
    edge,
    path,
    refuseClients: () => {
      if (!controlPlane) {
        throw new Error(`[${path}] no policy of a cluster can limit who reaches its API server from outside: state controlPlane: ControlPlane.kubeadm(...), `
          + 'which writes a firewall file for its nodes, or limit it at the load balancer in front');
      }
      controlPlane._plane.refuseClients(intent);
    },
  });
  if (!controlPlane) return apiServer;
  const plan = controlPlane._plane.plan(intent);
  for (const { apiVersion, kind, name, namespace, preexisting, body } of plan.objects) {
    const metadata = { name, namespace, annotations: preexisting ? NEVER_PRUNED : undefined };
    new ApiObject(edge, `control-plane-${kind.toLowerCase()}`, { apiVersion, kind, metadata, ...body });
  }
  addAppFiles(edge, () => plan.files(apiServer.connections._clients));
  return apiServer;
}
