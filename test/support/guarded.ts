/** A cluster with guardrails, and what they say to a tenant, to a platform subject and to the cluster's own controllers. */
import { App } from 'cdk8s';
import { AdmissionTry, refusals } from './admission';
import { Cluster, FACTS, objects } from './app';
import { MANAGED_BY } from '../../src/constructs/_labels';
import { ClusterEdge } from '../../src/constructs/cluster-edge';
import { Guardrails } from '../../src/constructs/guardrails';
import { PodSecurityLevel, SecureNamespace, SecureNamespaceProps } from '../../src/constructs/secure-namespace';
import { Subject } from '../../src/constructs/subject';
import { Platform } from '../../src/intent/platform';
import { NetworkProvider } from '../../src/providers/network-provider';

export interface Who {
  readonly user: string;
  readonly groups?: readonly string[];
}

export type Request = Omit<AdmissionTry, 'user' | 'groups'>;

export const PLATFORM: Who = { user: 'corp:ann', groups: ['platform-admins', 'system:authenticated'] };
export const TENANT: Who = { user: 'corp:bob', groups: ['acme-leads', 'system:authenticated'] };
export const controller = (name: string): Who =>
  ({ user: `system:serviceaccount:kube-system:${name}`, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'] });

export function guarded(platform = Platform.kubernetes(FACTS), subjects = [Subject.group('platform-admins')]): Cluster {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', { platform, network: NetworkProvider.upstream(), guardrails: Guardrails.of({ platformSubjects: subjects }) });
  return { app, edge, namespace: (name: string, props: Partial<SecureNamespaceProps> = {}) => new SecureNamespace(app, name, { edge, ...props }) };
}

/** What is said to a request in a cluster with the namespaces shop, and legacy, whose pods may be privileged. */
export function asked(by: Who, request: Request, platform?: Platform): string[] {
  const { app, namespace } = guarded(platform);
  namespace('shop');
  namespace('legacy', { podSecurity: PodSecurityLevel.PRIVILEGED });
  return refusals(objects(app), { ...request, ...by });
}

/** A tenant is refused by that guardrail alone; a platform subject is not, and in a namespace of others nobody is. */
export function refused(request: Request, by: string, platform?: Platform): void {
  expect(asked(TENANT, request, platform)).toEqual([expect.stringContaining(`secure-network-${by}: `)]);
  expect(asked(PLATFORM, request, platform)).toEqual([]);
  if (request.namespace) expect(asked(TENANT, { ...request, namespace: 'elsewhere' }, platform)).toEqual([]);
}

export function admitted(request: Request, by = TENANT): void {
  expect(asked(by, request)).toEqual([]);
}

/** An object with our label, and one without. */
export const ours = (more: object = {}) => ({ metadata: { name: 'x', namespace: 'shop', labels: MANAGED_BY }, ...more });
export const foreign = (more: object = {}) => ({ metadata: { name: 'x', namespace: 'shop' }, ...more });
