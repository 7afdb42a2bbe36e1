/**
 * Which kinds live outside every namespace, by API group and kind (the version does not change the scope).
 *
 * A kind that is not listed is taken as namespaced or unknown and left alone: only a sure answer may change an object.
 */

const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['ClusterCIDR', 'IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'policy': ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],

  'cert-manager.io': ['ClusterIssuer'],
  'cilium.io': [
    'CiliumBGPAdvertisement', 'CiliumBGPClusterConfig', 'CiliumBGPNodeConfig', 'CiliumBGPNodeConfigOverride', 'CiliumBGPPeerConfig',
    'CiliumBGPPeeringPolicy', 'CiliumCIDRGroup', 'CiliumClusterwideEnvoyConfig', 'CiliumClusterwideNetworkPolicy', 'CiliumEgressGatewayPolicy',
    'CiliumEndpointSlice', 'CiliumExternalWorkload', 'CiliumIdentity', 'CiliumL2AnnouncementPolicy', 'CiliumLoadBalancerIPPool', 'CiliumNode', 'CiliumPodIPPool',
  ],
  'config.openshift.io': [
    'APIServer', 'Authentication', 'Build', 'ClusterOperator', 'ClusterVersion', 'Console', 'DNS', 'FeatureGate', 'Image', 'ImageContentPolicy',
    'ImageDigestMirrorSet', 'ImageTagMirrorSet', 'Infrastructure', 'Ingress', 'Network', 'Node', 'OAuth', 'OperatorHub', 'Project', 'Proxy', 'Scheduler',
  ],
  'crd.antrea.io': ['ClusterGroup', 'ClusterNetworkPolicy', 'Egress', 'ExternalIPPool', 'IPPool', 'Tier', 'TrafficControl'],
  'gateway.networking.k8s.io': ['GatewayClass'],
  'k8s.ovn.org': ['AdminPolicyBasedExternalRoute', 'ClusterUserDefinedNetwork', 'EgressIP', 'RouteAdvertisements'],
  'machineconfiguration.openshift.io': ['ContainerRuntimeConfig', 'ControllerConfig', 'KubeletConfig', 'MachineConfig', 'MachineConfigPool'],
  'network.openshift.io': ['ClusterNetwork', 'HostSubnet', 'NetNamespace'],
  'oauth.openshift.io': ['OAuthAccessToken', 'OAuthAuthorizeToken', 'OAuthClient', 'OAuthClientAuthorization'],
  'operator.openshift.io': [
    'Authentication', 'CloudCredential', 'ClusterCSIDriver', 'Config', 'Console', 'CSISnapshotController', 'DNS', 'Etcd', 'InsightsOperator', 'KubeAPIServer',
    'KubeControllerManager', 'KubeScheduler', 'KubeStorageVersionMigrator', 'Network', 'OpenShiftAPIServer', 'OpenShiftControllerManager', 'ServiceCA',
    'Storage',
  ],
  'policy.networking.k8s.io': ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  'project.openshift.io': ['Project', 'ProjectRequest'],
  'projectcalico.org': [
    'BGPConfiguration', 'BGPFilter', 'BGPPeer', 'BlockAffinity', 'CalicoNodeStatus', 'ClusterInformation', 'FelixConfiguration', 'GlobalNetworkPolicy',
    'GlobalNetworkSet', 'HostEndpoint', 'IPAMConfiguration', 'IPPool', 'IPReservation', 'KubeControllersConfiguration', 'Profile',
    'StagedGlobalNetworkPolicy', 'Tier',
  ],
  'quota.openshift.io': ['ClusterResourceQuota'],
  'security.openshift.io': ['RangeAllocation', 'SecurityContextConstraints'],
  'snapshot.storage.k8s.io': ['VolumeSnapshotClass', 'VolumeSnapshotContent'],
  'user.openshift.io': ['Group', 'Identity', 'User', 'UserIdentityMapping'],
};

const known = new Set(Object.entries(CLUSTER_SCOPED).flatMap(([group, kinds]) => kinds.map(kind => `${group}/${kind}`)));

/** Whether objects of this kind carry no `metadata.namespace`. Kinds nobody told us about: no. */
export function isClusterScoped(apiVersion: string, kind: string): boolean {
  return known.has(`${groupOf(apiVersion)}/${kind}`);
}

/** `networking.k8s.io` of `networking.k8s.io/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
