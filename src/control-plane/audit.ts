/**
 * What the API server writes down: who changed what decides over the network, in full; who ran something in a pod or opened a tunnel to
 * one; who touched secrets, without their contents.
 *
 * Law: the first rule that matches decides, so whatever may hold a secret comes before all that is recorded with its contents.
 */
import { AuditPolicyFile, AuditRule } from '../api/control-plane';

/** How long and how much is kept on each control-plane node. */
export interface AuditLogProps {
  /**
   * Days that a file is kept.
   *
   * @default 30
   */
  readonly maxAgeDays?: number;

  /**
   * Full files that are kept.
   *
   * @default 10
   */
  readonly maxFiles?: number;

  /**
   * The size of a full file in megabytes.
   *
   * @default 100
   */
  readonly maxFileMegabytes?: number;
}

/** Where the log is on each control-plane node. */
export const AUDIT_FOLDER = '/var/log/kubernetes/audit';

const CHANGES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Their contents are secret, or stand for a secret. */
const SECRET: [string, string[]][] = [
  ['', ['configmaps', 'secrets', 'serviceaccounts/token']],
  ['authentication.k8s.io', ['tokenreviews']],
  ['oauth.openshift.io', ['oauthaccesstokens', 'oauthauthorizetokens', 'oauthclients']],
];

/** Ways into a pod that no policy sees. */
const TUNNELS: [string, string[]][] = [
  ['', ['nodes/proxy', 'pods/attach', 'pods/ephemeralcontainers', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy']],
];

/** What decides over who reaches whom, and over who may decide. Kinds that controllers write all the time are left out. */
const DECIDING: [string, string[]][] = [
  ['', ['namespaces', 'serviceaccounts', 'services']],
  ['admissionregistration.k8s.io', [
    'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings', 'mutatingwebhookconfigurations', 'validatingadmissionpolicies',
    'validatingadmissionpolicybindings', 'validatingwebhookconfigurations',
  ]],
  ['authorization.openshift.io', ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles']],
  ['cilium.io', ['ciliumclusterwidenetworkpolicies', 'ciliumegressgatewaypolicies', 'ciliumnetworkpolicies']],
  ['config.openshift.io', ['apiservers', 'authentications', 'ingresses', 'networks', 'oauths', 'projects']],
  ['crd.antrea.io', ['clusternetworkpolicies', 'egresses', 'externalippools', 'networkpolicies', 'tiers']],
  ['crd.projectcalico.org', ['globalnetworkpolicies', 'globalnetworksets', 'networkpolicies', 'networksets', 'tiers']],
  ['gateway.networking.k8s.io', ['backendtlspolicies', 'gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'referencegrants', 'tcproutes', 'tlsroutes', 'udproutes']],
  ['k8s.ovn.org', ['adminpolicybasedexternalroutes', 'clusteruserdefinednetworks', 'egressfirewalls', 'egressips', 'egressqoses', 'egressservices', 'userdefinednetworks']],
  ['network.openshift.io', ['egressnetworkpolicies', 'hostsubnets', 'netnamespaces']],
  ['network.operator.openshift.io', ['egressrouters']],
  ['networking.istio.io', ['destinationrules', 'envoyfilters', 'gateways', 'proxyconfigs', 'serviceentries', 'sidecars', 'virtualservices', 'workloadentries', 'workloadgroups']],
  ['networking.k8s.io', ['ingressclasses', 'ingresses', 'networkpolicies']],
  ['operator.openshift.io', ['networks']],
  ['policy.networking.k8s.io', ['adminnetworkpolicies', 'baselineadminnetworkpolicies', 'clusternetworkpolicies']],
  ['projectcalico.org', ['globalnetworkpolicies', 'globalnetworksets', 'networkpolicies', 'networksets', 'tiers']],
  ['rbac.authorization.k8s.io', ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles']],
  ['route.openshift.io', ['routes']],
  ['security.istio.io', ['authorizationpolicies', 'peerauthentications', 'requestauthentications']],
  ['telemetry.istio.io', ['telemetries']],
];

/** Changes are recorded without what happened before they were decided, and probes not at all. */
export function renderAuditPolicy(): AuditPolicyFile {
  const of = (kinds: [string, string[]][]): AuditRule['resources'] => kinds.map(([group, resources]) => ({ group, resources }));
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*'] },
      { level: 'Metadata', resources: of(SECRET) },
      { level: 'Metadata', resources: of(TUNNELS) },
      { level: 'RequestResponse', verbs: CHANGES, resources: of(DECIDING) },
      { level: 'Metadata' },
    ],
  };
}

/** The flags that go with the policy. */
export function auditFlags({ maxAgeDays = 30, maxFiles = 10, maxFileMegabytes = 100 }: AuditLogProps): [string, string][] {
  for (const [what, value] of Object.entries({ maxAgeDays, maxFiles, maxFileMegabytes })) {
    if (!Number.isInteger(value) || value < 1) throw new Error(`${what} '${value}' of the audit log is not a whole number from 1 up: 0 keeps everything until the disk is full`);
  }
  return [
    ['audit-log-path', `${AUDIT_FOLDER}/audit.log`],
    ['audit-log-maxage', `${maxAgeDays}`],
    ['audit-log-maxbackup', `${maxFiles}`],
    ['audit-log-maxsize', `${maxFileMegabytes}`],
  ];
}
