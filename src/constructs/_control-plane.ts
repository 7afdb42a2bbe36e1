/** How an edge holds its control plane: objects in its own chart, files beside the output folder. */
import { Chart } from 'cdk8s';
import { emit, emitPreexisting } from './_manifest';
import { addAppFiles } from './_one-pass';
import { ApiServer } from './api-server';
import { IClusterEdge } from './cluster-edge-like';
import { ControlPlane } from '../control-plane/control-plane';

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
  for (const { preexisting, ...manifest } of plan.objects) {
    (preexisting ? emitPreexisting : emit)(edge, `control-plane-${manifest.kind.toLowerCase()}`, manifest);
  }
  addAppFiles(edge, () => plan.files(apiServer.connections._clients));
  return apiServer;
}
