/** A cluster to try statements on, and its manifests as an attacker would read them. */
import { App } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { manifestsOf } from '../../src/constructs/_one-pass';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { SecureNamespace, SecureNamespaceProps } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Platform, PlatformFacts } from '../../src/intent/platform';
import { NetworkProvider } from '../../src/providers/network-provider';

export const POD_CIDR = '10.244.0.0/16';
export const SERVICE_CIDR = '10.96.0.0/12';
export const NODE_CIDR = '192.0.2.0/24';

export const FACTS: PlatformFacts = {
  version: '1.31',
  podCidrs: [POD_CIDR],
  serviceCidrs: [SERVICE_CIDR],
  nodeCidrs: [NODE_CIDR],
  apiServerEndpoints: ['192.0.2.10:6443'],
};

export interface Cluster {
  readonly app: App;
  readonly edge: ClusterEdge;
  namespace(name: string, props?: Partial<SecureNamespaceProps>): SecureNamespace;
}

/** A plain App with an edge. */
export function newCluster(facts: PlatformFacts = FACTS, make = Platform.kubernetes, network = NetworkProvider.upstream()): Cluster {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform: make(facts), network });
  return { app, edge, namespace: (name, props) => new SecureNamespace(app, name, { edge, ...props }) };
}

/** A Deployment with one container that listens on a TCP port, or on none. */
export function deployment(namespace: SecureNamespace, id: string, port?: number): SecureWorkload {
  return namespace.addDeployment(id, { containers: [{ image: `registry.example/${id}:1.0.0`, portNumber: port }] });
}

/** A container for cdk8s-plus-28 workloads that the `restricted` level accepts. */
export function container(more: Partial<kplus.ContainerProps> = {}): kplus.ContainerProps {
  return {
    image: 'registry.example/app:1.0.0',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: [kplus.Capability.ALL] },
      seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
    },
    ...more,
  };
}

/** Every object of the app as it would be written, without asking whether the app is valid. */
export function objects(app: App): any[] {
  return manifestsOf(app).map(({ json }) => JSON.parse(JSON.stringify(json)));
}

/** The one object with this kind and name. */
export function object(within: App | SecureNamespace, kind: string, name: string): any {
  const home = within instanceof SecureNamespace ? within.namespaceName : undefined;
  const found = objects(App.of(within) as App).filter(({ kind: own, metadata }) =>
    own === kind && metadata.name === name && (home === undefined || (metadata.namespace ?? metadata.name) === home));
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return found[0];
}

/** A policy as the API server reads it: a direction that `policyTypes` names and that has no list allows nothing. */
export function asRead(spec: any): any {
  const list = (type: string, key: string) => (spec.policyTypes.includes(type) && spec[key] === undefined ? { [key]: [] } : {});
  return { ...spec, ...list('Ingress', 'ingress'), ...list('Egress', 'egress') };
}

/** The NetworkPolicy of this name in the namespace. */
export function policy(namespace: SecureNamespace, name: string): any {
  return asRead(object(namespace, 'NetworkPolicy', name).spec);
}

/** What the app is refused for, or an empty text. */
export function refusal(app: App): string {
  try {
    app.synthYaml();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** The peer that is exactly these pods. */
export function podsPeer(workload: SecureWorkload): object {
  return { ...namespacePeer(workload._end.home.namespace), podSelector: { matchLabels: workload._end.labels } };
}

/** The peer that is all pods of a namespace, by the label nobody can give to another. */
export function namespacePeer(name: string): object {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

export function tcp(...ports: (number | string)[]): object[] {
  return ports.map(port => ({ protocol: 'TCP', port }));
}
