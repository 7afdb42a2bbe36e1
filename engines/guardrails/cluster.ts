/** A cluster with guardrails, as the library makes it, and the people of it. */
import {
  Access, ClusterApp, ClusterEdge, ContainerLimits, Guardrails, NetworkProvider, Platform, PodSecurityLevel, SecureNamespace, Subject,
} from 'cdk8s-secure-network';
import { Identity } from '../api-server/client';
import { Manifest, parseManifests } from '../lib/manifests';

/** Both may do everything by their roles: what stops one of them is no role. */
export const TENANT: Identity = { user: 'engines-tenant', groups: ['engines-tenants'] };
export const PLATFORM: Identity = { user: 'engines-platform', groups: ['engines-platform-admins'] };

export const controller = (name: string): Identity =>
  ({ user: `system:serviceaccount:kube-system:${name}`, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'] });

export interface GuardedCluster {
  readonly guardrails: readonly Manifest[];
  readonly rest: readonly Manifest[];
}

const LIMITS: ContainerLimits = { defaultRequests: { cpu: '10m' } };

export function guardedCluster(): GuardedCluster {
  const app = new ClusterApp();
  const edge = new ClusterEdge(app, 'guarded', {
    platform: Platform.kubernetes({ version: '1.34' }),
    network: NetworkProvider.upstream(),
    guardrails: Guardrails.of({ platformSubjects: [Subject.group(PLATFORM.groups![0])] }),
  });
  edge.grant(Subject.group('engines-readers'), Access.VIEW);
  const shop = new SecureNamespace(app, 'guarded-shop', { edge, podSecurity: PodSecurityLevel.BASELINE, quota: { pods: '50' }, limits: LIMITS });
  shop.addDeployment('web', { containers: [{ image: 'registry.example/web:1.0.0', portNumber: 8080 }] });
  shop.grant(Subject.group('engines-editors'), Access.EDIT);
  new SecureNamespace(app, 'guarded-legacy', { edge, podSecurity: PodSecurityLevel.PRIVILEGED });
  const all = parseManifests(app.synthYaml(), 'the cluster with guardrails');
  const isGuardrail = ({ apiVersion }: Manifest) => apiVersion.startsWith('admissionregistration.k8s.io/');
  return { guardrails: all.filter(isGuardrail), rest: all.filter(m => !isGuardrail(m)) };
}

/** What others have in the cluster: a namespace beside, roles that allow everything, and what a tenant made for himself. */
export function surroundings(): Manifest[] {
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' };
  const everything = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  const bound = (name: string, subject: object): Manifest => ({ ...rbac, metadata: { name }, roleRef: everything, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', ...subject }] });
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guarded-elsewhere' } },
    bound('engines-tenants', { kind: 'Group', name: TENANT.groups![0] }),
    bound('engines-platform', { kind: 'Group', name: PLATFORM.groups![0] }),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'own', namespace: 'guarded-shop' }, spec: { selector: { app: 'own' }, ports: [{ port: 80 }] } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'own', namespace: 'guarded-shop' }, spec: podSpec() },
  ];
}

/** A pod that the guardrails let pass, or one with something more. */
export function podSpec(container: object = {}, more: object = {}): object {
  const dropped = { securityContext: { capabilities: { drop: ['ALL'] } } };
  return { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'registry.example/a:1', ...dropped, ...container }], ...more };
}
