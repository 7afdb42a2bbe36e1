export { Connectivity } from './analysis/connectivity';
export type { ConnectivityOptions } from './analysis/connectivity';
export type { ClusterFacts } from './analysis/facts';
export type { ConnectivityRow } from './analysis/rows';
export type { ConnectivityQuery, Reason, Verdict } from './analysis/verdict';
export { ClusterApp } from './constructs/cluster-app';
export type { ClusterAppProps } from './constructs/cluster-app';
export { ClusterEdge } from './constructs/cluster-edge';
export type { AcknowledgeOptions, ClusterEdgeProps, IClusterEdge } from './constructs/cluster-edge';
export { EgressRouter } from './constructs/egress-router';
export type { EgressRouterProps } from './constructs/egress-router';
export { Isolation, PodSecurityLevel, SecureNamespace } from './constructs/secure-namespace';
export type {
  ContainerLimits, ImportedNamespaceOptions, SecureDaemonSetProps, SecureDeploymentProps, SecureNamespaceProps,
} from './constructs/secure-namespace';
export type { ISecureNamespace } from './constructs/secure-namespace-like';
export { SecureWorkload } from './constructs/secure-workload';
export type { AdoptOptions, SelectedWorkloadProps } from './constructs/secure-workload';
export { Connections } from './intent/connections';
export type { FlowOptions } from './intent/connections';
export { ClusterRange, Peer } from './intent/peer';
export type { CidrOptions, IPeer } from './intent/peer';
export { Platform } from './intent/platform';
export type { DnsFacts, PlatformFacts } from './intent/platform';
export { Port } from './intent/port';
export { NetworkProvider } from './providers/network-provider';
