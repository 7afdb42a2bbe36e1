import { cluster, file, flag, kubeadm, openshift } from './support';
import { CipherSuite, TlsVersion } from '../../src/control-plane/tls';

const PKI = '/etc/kubernetes/pki';

describe('1. TLS of the API server: kubeadm', () => {
  test('from TLS 1.2 on, and strong suites only, where nothing is stated', () => {
    const edge = kubeadm();
    expect(flag(edge, 'tls-min-version')).toEqual(['VersionTLS12']);
    const suites = flag(edge, 'tls-cipher-suites')[0].split(',');
    expect(suites).toHaveLength(6);
    for (const suite of suites) expect(suite).toMatch(/^TLS_ECDHE_(RSA|ECDSA)_WITH_(AES_\d+_GCM|CHACHA20_POLY1305)_SHA\d+$/);
  });

  test('a weak version is refused, TLS 1.3 is taken', () => {
    for (const weak of ['VersionTLS10', 'VersionTLS11', '']) {
      expect(() => kubeadm({ tlsMinVersion: weak as TlsVersion })).toThrow(`tlsMinVersion '${weak}' is weak or unknown: use TlsVersion.TLS_1_2 or TlsVersion.TLS_1_3`);
    }
    const edge = kubeadm({ tlsMinVersion: TlsVersion.TLS_1_3 });
    expect(flag(edge, 'tls-min-version')).toEqual(['VersionTLS13']);
    expect(flag(edge, 'tls-cipher-suites')).toEqual([]);
  });

  test.each([
    ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'it has no forward secrecy'],
    ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'CBC mode has been read without the key'],
    ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'its cipher is broken'],
    ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', 'its cipher is broken'],
    ['TLS_ECDHE_RSA_WITH_NOTHING', 'it is not known to be strong'],
  ])('the suite %s is refused, beside a strong one too', (suite, why) => {
    const both = [CipherSuite.ECDHE_RSA_AES_128_GCM, suite as CipherSuite];
    expect(() => kubeadm({ cipherSuites: both })).toThrow(`cipher suite '${suite}' is weak or unknown: ${why}`);
    expect(flag(kubeadm({ cipherSuites: both.slice(0, 1) }), 'tls-cipher-suites')).toEqual([both[0]]);
  });

  test('suites without which HTTP/2 does not start are asked for', () => {
    expect(() => kubeadm({ cipherSuites: [CipherSuite.ECDHE_RSA_AES_256_GCM] })).toThrow('hold none that HTTP/2 demands, and the API server would not start');
    const edge = kubeadm({ cipherSuites: [CipherSuite.ECDHE_RSA_AES_256_GCM, CipherSuite.ECDHE_ECDSA_AES_128_GCM] });
    expect(flag(edge, 'tls-cipher-suites')).toEqual(['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384']);
  });

  test('suites that TLS 1.3 would pass over are refused', () => {
    expect(() => kubeadm({ tlsMinVersion: TlsVersion.TLS_1_3, cipherSuites: [CipherSuite.ECDHE_RSA_AES_128_GCM] })).toThrow('have no effect');
  });

  test('certificates by name, and a client authority, as files that the pod of the API server sees', () => {
    const edge = kubeadm({
      certSans: ['api.example', '192.0.2.1'],
      clientCaFile: `${PKI}/clients.crt`,
      servingCertificates: [
        { names: ['b.example', '*.a.example'], certificateFile: `${PKI}/a.crt`, keyFile: `${PKI}/a.key` },
        { names: ['c.example'], certificateFile: `${PKI}/c.crt`, keyFile: `${PKI}/c.key` },
      ],
    });
    expect(flag(edge, 'tls-sni-cert-key')).toEqual([`${PKI}/a.crt,${PKI}/a.key:*.a.example,b.example`, `${PKI}/c.crt,${PKI}/c.key:c.example`]);
    expect(flag(edge, 'client-ca-file')).toEqual([`${PKI}/clients.crt`]);
    expect(flag(kubeadm(), 'client-ca-file')).toEqual([]);
    expect(file(edge, 'cluster-configuration.yaml').apiServer.certSANs).toEqual(['192.0.2.1', 'api.example']);
  });

  test.each(['/root/a.crt', '/etc/kubernetes/pki/../admin.conf', 'a.crt', '/etc/kubernetes/pki/a.crt:b'])('the file %s is refused', unseen => {
    const certificate = { names: ['a.example'], certificateFile: `${PKI}/a.crt`, keyFile: `${PKI}/a.key` };
    expect(() => kubeadm({ servingCertificates: [{ ...certificate, keyFile: unseen }] })).toThrow(`keyFile '${unseen}' is no file that the API server's pod sees`);
    expect(() => kubeadm({ clientCaFile: unseen })).toThrow(`clientCaFile '${unseen}' is no file that the API server's pod sees`);
    expect(() => kubeadm({ servingCertificates: [certificate], clientCaFile: `${PKI}/a.crt` })).not.toThrow();
  });

  test('a certificate without a name is refused', () => {
    expect(() => kubeadm({ servingCertificates: [{ names: [], certificateFile: `${PKI}/a.crt`, keyFile: `${PKI}/a.key` }] })).toThrow('names nothing');
  });

  test('every file that a flag names lies in a folder that is mounted', () => {
    const { apiServer } = file(kubeadm(), 'cluster-configuration.yaml');
    const mounted: string[] = [PKI, ...apiServer.extraVolumes.map(({ mountPath }: any) => mountPath)];
    const paths = apiServer.extraArgs.map(({ value }: any) => value).filter((value: string) => value.startsWith('/'));
    expect(paths.length).toBeGreaterThan(3);
    for (const path of paths) expect(mounted.some(folder => path.startsWith(`${folder}/`))).toBe(true);
    expect(apiServer.extraVolumes.find(({ name }: any) => name === 'secure-network').readOnly).toBe(true);
  });

  test('the facts of the platform are those of kubeadm, where they are known', () => {
    expect(file(kubeadm(), 'cluster-configuration.yaml').networking).toEqual({ podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12' });
    expect(file(kubeadm({}, { podCidrs: undefined, serviceCidrs: undefined }), 'cluster-configuration.yaml').networking).toBeUndefined();
  });

  test('flags of users are taken, those that undo the rest are refused', () => {
    expect(flag(kubeadm({ extraArgs: { 'event-ttl': '2h' } }), 'event-ttl')).toEqual(['2h']);
    expect(() => kubeadm({ extraArgs: { '--event-ttl': '2h' } })).toThrow("extraArgs '--event-ttl' is not the name of a flag");
    expect(() => kubeadm({ extraArgs: { 'tls-min-version': 'VersionTLS10' } })).toThrow("extraArgs 'tls-min-version' is stated by the property 'tlsMinVersion'");
    for (const [name, value] of [['insecure-port', '8080'], ['enable-admission-plugins', 'AlwaysAdmit'], ['disable-admission-plugins', 'NodeRestriction'], ['profiling', 'true']]) {
      expect(() => kubeadm({ extraArgs: { [name]: value } })).toThrow(`extraArgs '${name}=${value}' is refused`);
    }
    expect(flag(kubeadm({ extraArgs: { 'enable-admission-plugins': 'NodeRestriction' } }), 'enable-admission-plugins')).toEqual(['NodeRestriction']);
  });

  test('a platform that kubeadm cannot make, or not from this file, is refused', () => {
    expect(() => kubeadm({}, { version: '1.30' })).toThrow('[edge] ControlPlane.kubeadm() writes kubeadm.k8s.io/v1beta4, which kubeadm of 1.30 does not read');
    expect(() => kubeadm({}, { version: '1.32' })).not.toThrow();
  });
});

describe('1. TLS of the API server: OpenShift', () => {
  test('its profile Intermediate, on an object that is never pruned', () => {
    const { metadata, spec } = cluster(openshift(), 'APIServer');
    expect(metadata).toMatchObject({
      name: 'cluster', annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' },
    });
    expect(metadata.namespace).toBeUndefined();
    expect(spec.tlsSecurityProfile).toEqual({ type: 'Intermediate', intermediate: {} });
    expect(Object.keys(openshift().files()).filter(name => name.startsWith('control-plane/'))).toEqual([]);
  });

  test('suites of the user by the names that OpenShift has for them; weak ones are refused', () => {
    const { spec } = cluster(openshift({ cipherSuites: [CipherSuite.ECDHE_RSA_AES_128_GCM, CipherSuite.ECDHE_ECDSA_CHACHA20_POLY1305] }), 'APIServer');
    expect(spec.tlsSecurityProfile).toEqual({
      type: 'Custom', custom: { ciphers: ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-AES128-GCM-SHA256'], minTLSVersion: 'VersionTLS12' },
    });
    expect(() => openshift({ cipherSuites: ['TLS_RSA_WITH_AES_128_CBC_SHA' as CipherSuite] })).toThrow('is weak or unknown');
  });

  test('TLS 1.3 alone, which its API server cannot hold, is refused', () => {
    expect(() => openshift({ tlsMinVersion: TlsVersion.TLS_1_3 })).toThrow('ControlPlane.openshift() cannot demand TLS 1.3');
    expect(() => openshift({ tlsMinVersion: TlsVersion.TLS_1_2 })).not.toThrow();
  });

  test('certificates and a client authority by reference; never for the name that the cluster dials itself', () => {
    const { spec } = cluster(openshift({ clientCaConfigMap: 'clients', servingCertificates: [{ names: ['api.example'], secretName: 'api-tls' }] }), 'APIServer');
    expect(spec.clientCA).toEqual({ name: 'clients' });
    expect(spec.servingCerts).toEqual({ namedCertificates: [{ names: ['api.example'], servingCertificate: { name: 'api-tls' } }] });
    expect(() => openshift({ servingCertificates: [{ names: ['api-int.prod.example'], secretName: 'api-tls' }] })).toThrow("names 'api-int.prod.example', which the cluster dials itself");
  });

  test('each control plane on its own platform only', () => {
    expect(() => kubeadm({}, {})).not.toThrow();
    const { ControlPlane } = jest.requireActual('../../src/control-plane/control-plane');
    const { KubeadmControlPlane } = jest.requireActual('../../src/control-plane/kubeadm');
    const { Platform } = jest.requireActual('../../src/intent/platform');
    expect(() => new KubeadmControlPlane({}).plan({ path: 'edge', platform: Platform.openshift({ version: '1.33' }) }))
      .toThrow('[edge] ControlPlane.kubeadm() makes no control plane of openshift: use ControlPlane.openshift(...)');
    expect(() => ControlPlane.openshift()._plane.plan({ path: 'edge', platform: Platform.kubernetes({ version: '1.33' }) }))
      .toThrow('[edge] ControlPlane.openshift() makes no control plane of kubernetes: use ControlPlane.kubeadm(...)');
  });
});
