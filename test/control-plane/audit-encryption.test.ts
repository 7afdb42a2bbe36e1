import { cluster, file, flag, kubeadm, openshift } from './support';
import { EncryptionProvider, KmsProps } from '../../src/control-plane/encryption';
import { AuditProfile, EtcdEncryption } from '../../src/control-plane/openshift';

interface Request { verb: string; group?: string; resource?: string; path?: string }

/** The level at which a request is recorded: that of the first rule that matches, none where no rule does. */
function levelOf({ verb, group = '', resource, path }: Request): string {
  const { rules } = file(kubeadm(), 'secure-network/audit.yaml');
  const matches = (rule: any) => {
    if (rule.verbs && !rule.verbs.includes(verb)) return false;
    if (rule.nonResourceURLs) return rule.nonResourceURLs.some((url: string) => (url.endsWith('*') ? path?.startsWith(url.slice(0, -1)) : path === url));
    if (rule.resources) return rule.resources.some((entry: any) => entry.group === group && resource !== undefined && entry.resources.includes(resource));
    return true;
  };
  return rules.find(matches)?.level ?? 'None';
}

describe('4. Audit: what is recorded', () => {
  test.each([
    ['networkpolicies', 'networking.k8s.io'], ['egressfirewalls', 'k8s.ovn.org'], ['egressips', 'k8s.ovn.org'], ['authorizationpolicies', 'security.istio.io'],
    ['virtualservices', 'networking.istio.io'], ['adminnetworkpolicies', 'policy.networking.k8s.io'], ['clusternetworkpolicies', 'policy.networking.k8s.io'],
    ['ciliumnetworkpolicies', 'cilium.io'], ['rolebindings', 'rbac.authorization.k8s.io'], ['clusterroles', 'rbac.authorization.k8s.io'],
    ['validatingadmissionpolicybindings', 'admissionregistration.k8s.io'], ['namespaces', ''], ['services', ''],
  ])('changes of %s in full, reads of it without contents', (resource, group) => {
    for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection']) expect(levelOf({ verb, group, resource })).toBe('RequestResponse');
    for (const verb of ['get', 'list', 'watch']) expect(levelOf({ verb, group, resource })).toBe('Metadata');
  });

  test.each(['secrets', 'configmaps', 'serviceaccounts/token'])('%s without contents, whatever is done with it', resource => {
    for (const verb of ['get', 'list', 'create', 'update', 'patch', 'delete']) expect(levelOf({ verb, resource })).toBe('Metadata');
  });

  test('ways into pods are recorded', () => {
    for (const resource of ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy', 'nodes/proxy']) {
      for (const verb of ['get', 'create']) expect(levelOf({ verb, resource })).toBe('Metadata');
    }
  });

  test('probes are not recorded, other paths and everything else are', () => {
    for (const path of ['/livez', '/readyz?verbose', '/healthz/etcd']) expect(levelOf({ verb: 'get', path })).toBe('None');
    expect(levelOf({ verb: 'get', path: '/metrics' })).toBe('Metadata');
    expect(levelOf({ verb: 'create', resource: 'pods' })).toBe('Metadata');
    expect(levelOf({ verb: 'patch', group: 'example.com', resource: 'widgets' })).toBe('Metadata');
  });

  test('where it is kept, and how long', () => {
    const edge = kubeadm();
    expect(flag(edge, 'audit-policy-file')).toEqual(['/etc/kubernetes/secure-network/audit.yaml']);
    expect(flag(edge, 'audit-log-path')).toEqual(['/var/log/kubernetes/audit/audit.log']);
    expect(['maxage', 'maxbackup', 'maxsize'].flatMap(name => flag(edge, `audit-log-${name}`))).toEqual(['30', '10', '100']);
    expect(flag(kubeadm({ audit: { maxAgeDays: 90 } }), 'audit-log-maxage')).toEqual(['90']);
    for (const maxFiles of [0, -1, 1.5]) expect(() => kubeadm({ audit: { maxFiles } })).toThrow(`maxFiles '${maxFiles}' of the audit log is not a whole number from 1 up`);
  });

  test('OpenShift records what is written; nothing at all cannot be stated', () => {
    expect(cluster(openshift(), 'APIServer').spec.audit).toEqual({ profile: 'WriteRequestBodies' });
    expect(cluster(openshift({ auditProfile: AuditProfile.ALL_REQUEST_BODIES }), 'APIServer').spec.audit).toEqual({ profile: 'AllRequestBodies' });
    expect(() => openshift({ auditProfile: 'None' as AuditProfile })).toThrow("auditProfile 'None' is refused: use one of AuditProfile.DEFAULT");
  });
});

describe('4. Encryption at rest', () => {
  const kms = (name = 'vault', more: Partial<KmsProps> = {}) => EncryptionProvider.kms(name, { endpoint: 'unix:///var/run/kmsplugin/socket.sock', ...more });
  const encrypted = (...encryption: EncryptionProvider[]) => file(kubeadm({ encryption }), 'secure-network/encryption.yaml');

  test('by a key that is named and never written, for Secrets and ConfigMaps', () => {
    expect(encrypted(kms(), EncryptionProvider.plain()).resources).toEqual([{
      resources: ['configmaps', 'secrets'],
      providers: [{ kms: { apiVersion: 'v2', name: 'vault', endpoint: 'unix:///var/run/kmsplugin/socket.sock', timeout: '3000ms' } }, { identity: {} }],
    }]);
  });

  test('the socket of the plugin is mounted', () => {
    const edge = kubeadm({ encryption: [kms()] });
    expect(flag(edge, 'encryption-provider-config')).toEqual(['/etc/kubernetes/secure-network/encryption.yaml']);
    expect(file(edge, 'cluster-configuration.yaml').apiServer.extraVolumes).toContainEqual(expect.objectContaining({ hostPath: '/var/run/kmsplugin' }));
    expect(flag(kubeadm(), 'encryption-provider-config')).toEqual([]);
    expect(file(kubeadm(), 'secure-network/encryption.yaml')).toBeUndefined();
  });

  test('no encryption first is refused, last it reads what was stored before', () => {
    expect(() => kubeadm({ encryption: [EncryptionProvider.plain(), kms()] })).toThrow('encryption begins with EncryptionProvider.plain(), so everything would be stored unencrypted');
    expect(() => kubeadm({ encryption: [EncryptionProvider.plain()] })).toThrow('everything would be stored unencrypted');
    expect(() => kubeadm({ encryption: [] })).toThrow('encryption is an empty list, so everything would be stored unencrypted');
    expect(encrypted(kms('new'), kms('old'), EncryptionProvider.plain()).resources[0].providers.map((entry: any) => entry.kms?.name)).toEqual(['new', 'old', undefined]);
  });

  test('Secrets cannot be left out', () => {
    expect(() => kubeadm({ encryption: [kms()], encryptedResources: ['configmaps'] })).toThrow("encryptedResources [configmaps] leave Secrets unencrypted: add 'secrets'");
    expect(() => kubeadm({ encryptedResources: ['secrets'] })).toThrow("without 'encryption' are not encrypted");
    expect(() => kubeadm({ encryption: [kms()], encryptedResources: ['secrets', 'routes.route.openshift.io'] })).not.toThrow();
  });

  test('what would keep the API server from starting is refused', () => {
    expect(() => kms('a:b')).toThrow("KMS 'a:b' is not named");
    for (const endpoint of ['http://127.0.0.1:1', 'unix://@abstract', 'unix:///socket.sock']) expect(() => kms('vault', { endpoint })).toThrow(`endpoint '${endpoint}' of KMS 'vault' is no socket`);
    expect(() => kubeadm({ encryption: [kms(), kms()] })).toThrow("encryption names 'vault' twice");
  });

  test('no file of a control plane holds a key', () => {
    const text = Object.values(kubeadm({ encryption: [kms()] }).files()).join('\n');
    expect(text).not.toMatch(/secret:|PRIVATE KEY|aescbc|aesgcm|secretbox/);
  });

  test('OpenShift encrypts with keys of its own; none cannot be stated', () => {
    expect(cluster(openshift(), 'APIServer').spec.encryption).toEqual({ type: 'aesgcm' });
    expect(cluster(openshift({ encryption: EtcdEncryption.AES_CBC }), 'APIServer').spec.encryption).toEqual({ type: 'aescbc' });
    expect(() => openshift({ encryption: 'identity' as EtcdEncryption })).toThrow("encryption 'identity' is refused: use one of EtcdEncryption.AES_GCM");
  });
});
