/** An edge with a control plane, and what it writes. */
import { App } from 'cdk8s';
import { parse } from 'yaml';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { ControlPlane } from '../../src/control-plane/control-plane';
import { KubeadmControlPlaneProps } from '../../src/control-plane/kubeadm';
import { OpenShiftControlPlaneProps } from '../../src/control-plane/openshift';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { NetworkProvider } from '../../src/providers/network-provider';
import { FACTS, objects } from '../support/app';

export function kubeadm(props: KubeadmControlPlaneProps = {}, facts: Partial<PlatformFacts> = {}): ClusterEdge {
  const platform = Platform.kubernetes({ ...FACTS, version: '1.34', ...facts });
  return new ClusterEdge(new App(), 'edge', { platform, network: NetworkProvider.upstream(), controlPlane: ControlPlane.kubeadm(props) });
}

export function openshift(props: OpenShiftControlPlaneProps = {}, version = '1.33'): ClusterEdge {
  const platform = Platform.openshift({ ...FACTS, version });
  return new ClusterEdge(new App(), 'edge', { platform, network: NetworkProvider.upstream(), controlPlane: ControlPlane.openshift(props) });
}

/** A file of the control plane, read; `secure-network/audit.yaml`. */
export function file(edge: ClusterEdge, name: string): any {
  const text = edge.files()[`control-plane/${name}`];
  return text === undefined ? undefined : parse(text);
}

/** The values of a flag of kube-apiserver, in kubeadm's file. */
export function flag(edge: ClusterEdge, name: string): string[] {
  const args: { name: string; value: string }[] = file(edge, 'cluster-configuration.yaml').apiServer.extraArgs;
  return args.filter(arg => arg.name === name).map(({ value }) => value);
}

/** The object of OpenShift named `cluster`. */
export function cluster(edge: ClusterEdge, kind: string): any {
  return objects(edge.node.root as App).find(object => object.kind === kind);
}
