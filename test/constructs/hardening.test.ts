/** The hardening report is true of what was written: whatever is weakened or taken away is no longer satisfied. */
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ApiObject, App } from 'cdk8s';
import {
  Access, ClusterApp, ClusterEdge, ControlPlane, EncryptionProvider, HardeningRow, HardeningStatus, IdentityProvider, JwtIssuer, NetworkProvider, Peer,
  Platform, SecureNamespace, Subject,
} from 'cdk8s-secure-network';
import { hardeningRows } from 'cdk8s-secure-network/lib/proof/hardening/report';
import { parse, stringify } from 'yaml';
import { FACTS, deployment, objects } from '../support/app';

const { SATISFIED, PARTLY, VIOLATED, NOT_TOUCHED } = HardeningStatus;
const CIS = 'CIS Kubernetes Benchmark 1.12';
const NSA = 'NSA/CISA Kubernetes Hardening Guidance 1.0';
const OWASP = 'OWASP Kubernetes Top Ten 2025';

interface Written {
  manifests: any[];
  files: Map<string, string>;
}

function kubeadm(app = new App()): { app: App; edge: ClusterEdge } {
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ ...FACTS, version: '1.34' }),
    network: NetworkProvider.upstream(),
    controlPlane: ControlPlane.kubeadm({
      authentication: [JwtIssuer.of({ url: 'https://login.example', audiences: ['prod'], prefix: 'corp:' })],
      encryption: [EncryptionProvider.kms('vault', { endpoint: 'unix:///var/run/kmsplugin/socket.sock' }), EncryptionProvider.plain()],
    }),
  });
  edge.apiServer.connections.allowFrom(Peer.cidr('198.51.100.0/24'));
  edge.grant(Subject.group('corp:platform'), Access.VIEW);
  const shop = new SecureNamespace(app, 'shop', { edge });
  shop.grant(Subject.group('corp:developers'), Access.EDIT);
  deployment(shop, 'frontend', 8080).connections.allowTo(deployment(shop, 'api', 9090));
  return { app, edge };
}

function openshift(): { app: App; edge: ClusterEdge } {
  const app = new App();
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.openshift({ ...FACTS, version: '1.33' }),
    network: NetworkProvider.upstream(),
    controlPlane: ControlPlane.openshift({
      identityProviders: [IdentityProvider.openId('corp', { issuer: 'https://login.example', clientId: 'openshift', clientSecretName: 'corp-oidc' })],
      servingCertificates: [{ names: ['api.prod.example'], secretName: 'api-tls' }],
    }),
  });
  return { app, edge };
}

const writtenOf = ({ app, edge }: { app: App; edge: ClusterEdge }): Written => ({ manifests: objects(app), files: new Map(Object.entries(edge.files())) });

function row(rows: readonly HardeningRow[], framework: string, control: string): HardeningRow {
  const found = rows.filter(one => one.framework === framework && one.control === control);
  expect(found).toHaveLength(1);
  return found[0];
}

/** The object of this kind and name, to be weakened. */
const find = ({ manifests }: Written, kind: string, name: string): any => manifests.find(one => one.kind === kind && one.metadata.name === name);

const remove = (kind: string, name: string) => (written: Written) => void written.manifests.splice(written.manifests.indexOf(find(written, kind, name)), 1);

const change = (kind: string, name: string, weaken: (json: any) => void) => (written: Written) => weaken(find(written, kind, name));

const changeFile = (name: string, weaken: (json: any) => void) => ({ files }: Written) => {
  const json = parse(files.get(`control-plane/${name}`)!);
  weaken(json);
  files.set(`control-plane/${name}`, stringify(json));
};

const setFlag = (name: string, value: string | undefined) => changeFile('cluster-configuration.yaml', ({ apiServer }) => {
  apiServer.extraArgs = [...apiServer.extraArgs.filter((arg: any) => arg.name !== name), ...(value === undefined ? [] : [{ name, value }])];
});

const allowing = (rule: object) => change('Role', 'secure-network-edit', json => json.rules.push(rule));

describe('13. Hardening report: on kubeadm', () => {
  const satisfied = hardeningRows(writtenOf(kubeadm()).manifests, writtenOf(kubeadm()).files);

  test.each<[string, string, string, (written: Written) => void, HardeningStatus]>([
    [CIS, '1.2.1', 'every path answers strangers', changeFile('secure-network/authentication.yaml', json => { delete json.anonymous.conditions; }), VIOLATED],
    [CIS, '1.2.1', 'no flag names the file', setFlag('authentication-config', undefined), NOT_TOUCHED],
    [CIS, '1.2.6', 'AlwaysAllow is asked too', changeFile('secure-network/authorization.yaml', json => json.authorizers.push({ type: 'AlwaysAllow' })), VIOLATED],
    [CIS, '1.2.7', 'nodes may do what any role says', changeFile('secure-network/authorization.yaml', json => { json.authorizers.shift(); }), VIOLATED],
    [CIS, '1.2.8', 'the file is not there', ({ files }) => void files.delete('control-plane/secure-network/authorization.yaml'), NOT_TOUCHED],
    [CIS, '1.2.15', 'profiles are served', setFlag('profiling', 'true'), VIOLATED],
    [CIS, '1.2.17', 'records are kept for a week', setFlag('audit-log-maxage', '7'), VIOLATED],
    [CIS, '1.2.18', 'nothing is said of how many', setFlag('audit-log-maxbackup', undefined), NOT_TOUCHED],
    [CIS, '1.2.27', 'plain text is written first', changeFile('secure-network/encryption.yaml', json => json.resources[0].providers.reverse()), VIOLATED],
    [CIS, '1.2.28', 'Secrets are left out', changeFile('secure-network/encryption.yaml', json => { json.resources[0].resources = ['configmaps']; }), VIOLATED],
    [CIS, '1.2.29', 'a suite without forward secrecy', setFlag('tls-cipher-suites', 'TLS_RSA_WITH_AES_128_GCM_SHA256'), VIOLATED],
    [CIS, '3.2.1', 'the policy records nothing', changeFile('secure-network/audit.yaml', json => { json.rules = [{ level: 'None' }]; }), VIOLATED],
    [CIS, '3.2.2', 'Secrets are recorded with contents', changeFile('secure-network/audit.yaml', json => json.rules.unshift({ level: 'RequestResponse' })), PARTLY],
    [CIS, '3.2.2', 'exec is not recorded', changeFile('secure-network/audit.yaml', json => json.rules.unshift({ level: 'None', resources: [{ group: '', resources: ['pods/exec'] }] })), PARTLY],
    [CIS, '5.1.1', 'somebody is cluster-admin', change('RoleBinding', 'secure-network-edit', json => { json.roleRef.name = 'cluster-admin'; }), PARTLY],
    [CIS, '5.1.2', 'a role reads Secrets', allowing({ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }), PARTLY],
    [CIS, '5.1.3', 'a role holds a wildcard', allowing({ apiGroups: ['*'], resources: ['deployments'], verbs: ['get'] }), PARTLY],
    [CIS, '5.1.5', 'a default account has a token', change('ServiceAccount', 'default', json => { json.automountServiceAccountToken = true; }), VIOLATED],
    [CIS, '5.1.5', 'a pod uses the default account', change('Deployment', 'api', json => { delete json.spec.template.spec.serviceAccountName; }), PARTLY],
    [CIS, '5.1.6', 'a pod mounts a token for nothing', change('Deployment', 'api', json => { json.spec.template.spec.automountServiceAccountToken = true; }), PARTLY],
    [CIS, '5.1.7', 'somebody is a master', change('RoleBinding', 'secure-network-edit', json => json.subjects.push({ kind: 'Group', name: 'system:masters' })), PARTLY],
    [CIS, '5.1.8', 'a role escalates', allowing({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] }), PARTLY],
    [CIS, '5.1.10', 'a role reaches kubelets', allowing({ apiGroups: [''], resources: ['*/proxy'], verbs: ['get'] }), PARTLY],
    [CIS, '5.1.13', 'a role makes tokens', allowing({ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['*'] }), PARTLY],
    [CIS, '5.2.5', 'the namespace enforces nothing', change('Namespace', 'shop', json => { delete json.metadata.labels['pod-security.kubernetes.io/enforce']; }), VIOLATED],
    [CIS, '5.2.8', 'baseline lets NET_RAW through', change('Namespace', 'shop', json => { json.metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline'; }), VIOLATED],
    [CIS, '5.3.2', 'the policy is gone', remove('NetworkPolicy', 'default-deny'), PARTLY],
    [CIS, '5.3.2', 'it denies one way only', change('NetworkPolicy', 'default-deny', json => { json.spec.policyTypes = ['Ingress']; }), PARTLY],
    [CIS, '5.3.2', 'it is about some pods only', change('NetworkPolicy', 'default-deny', json => { json.spec.podSelector = { matchLabels: { app: 'api' } }; }), PARTLY],
    [CIS, '5.3.2', 'it lets everybody in', change('NetworkPolicy', 'default-deny', json => { json.spec.ingress = [{}]; }), PARTLY],
    [CIS, '5.6.4', 'something is in default', ({ manifests }) => void manifests.push({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'stray', namespace: 'default' } }), PARTLY],
    [NSA, 'firewall', 'it drops nobody', ({ files }) => void files.set('control-plane/host-firewall.nft', files.get('control-plane/host-firewall.nft')!.replace('counter drop', 'accept')), VIOLATED],
    [NSA, 'separation', 'another policy opens everything', ({ manifests }) => void manifests.push({
      apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'open', namespace: 'shop' }, spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
    }), PARTLY],
    [NSA, 'tls', 'old versions are spoken', setFlag('tls-min-version', 'VersionTLS10'), VIOLATED],
    [OWASP, 'K05', 'the policy is gone', remove('NetworkPolicy', 'default-deny'), PARTLY],
    [OWASP, 'K09', 'nobody is believed', changeFile('secure-network/authentication.yaml', json => { delete json.jwt; }), PARTLY],
  ])('%s %s is satisfied, and not where %s', (framework, control, _, weaken, status) => {
    const before = row(satisfied, framework, control);
    expect([before.status, before.gaps]).toEqual([SATISFIED, []]);
    expect(before.evidence.length).toBeGreaterThan(0);
    const written = writtenOf(kubeadm());
    weaken(written);
    expect(row(hardeningRows(written.manifests, written.files), framework, control).status).toBe(status);
  });

  test('what is satisfied names an object or a file that was written', () => {
    const { manifests, files } = writtenOf(kubeadm());
    const known = new Set([...files.keys(), ...manifests.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`)]);
    const named = satisfied.filter(({ status }) => status === SATISFIED).flatMap(({ evidence }) => evidence.map(text => text.replace(/ \(.*\)$/, '')));
    expect(named.filter(name => !known.has(name))).toEqual([]);
    expect(satisfied.filter(({ status, evidence }) => status === SATISFIED && evidence.length === 0)).toEqual([]);
  });

  test('what nothing here can hold is not touched, and no installer is counted', () => {
    expect(['1.2.4', '1.2.14', '1.2.26', '5.3.1'].map(control => row(satisfied, CIS, control).status)).toEqual(Array(4).fill(NOT_TOUCHED));
  });

  test('a list of admission plugins replaces that of kubeadm, so it has to name NodeRestriction', () => {
    const written = writtenOf(kubeadm());
    setFlag('enable-admission-plugins', 'NodeRestriction,DenyServiceExternalIPs')(written);
    const rows = hardeningRows(written.manifests, written.files);
    expect(['1.2.3', '1.2.10', '1.2.14'].map(control => row(rows, CIS, control).status)).toEqual([SATISFIED, SATISFIED, SATISFIED]);
    setFlag('enable-admission-plugins', 'AlwaysPullImages')(written);
    expect(row(hardeningRows(written.manifests, written.files), CIS, '1.2.14').status).toBe(VIOLATED);
  });
});

describe('13. Hardening report: on OpenShift', () => {
  const written = writtenOf(openshift());
  const weakened = (weaken: (json: any) => void, kind = 'APIServer') => {
    const one = writtenOf(openshift());
    weaken(find(one, kind, 'cluster'));
    return hardeningRows(one.manifests, one.files);
  };

  test.each<[string, string, (json: any) => void, string?]>([
    ['1.2.24', 'servingCerts', json => { delete json.spec.servingCerts; }],
    ['1.2.27', 'encryption', json => { json.spec.encryption.type = 'identity'; }],
    ['1.2.29', 'tlsSecurityProfile', json => { json.spec.tlsSecurityProfile = { type: 'Old', old: {} }; }],
    ['3.2.2', 'audit', json => { json.spec.audit.profile = 'None'; }],
  ])('%s is satisfied by the value, and not where %s is weak or gone', (control, value, weaken) => {
    const before = row(hardeningRows(written.manifests, written.files), CIS, control);
    expect([before.status, before.evidence.join()]).toEqual([SATISFIED, expect.stringContaining(`APIServer cluster (${value}`)]);
    expect([VIOLATED, NOT_TOUCHED]).toContain(row(weakened(weaken), CIS, control).status);
  });

  test('people sign in by an identity provider, or nothing is said of it', () => {
    expect(row(hardeningRows(written.manifests, written.files), CIS, '3.1.1').evidence).toEqual(['OAuth cluster']);
    expect(row(weakened(json => { json.spec.identityProviders = []; }, 'OAuth'), CIS, '3.1.1').status).not.toBe(PARTLY);
  });
});

describe('13. Hardening report: other kinds', () => {
  const rowsOf = (...manifests: any[]) => hardeningRows(manifests, new Map());
  const guardrail = (validationActions: string[]) => [
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'guard' }, spec: { failurePolicy: 'Fail' } },
    { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'guard' }, spec: { policyName: 'guard', validationActions } },
  ];

  test('a policy of admission counts where it denies, and not where it only warns', () => {
    expect(row(rowsOf(...guardrail(['Deny', 'Audit'])), CIS, '5.2.1').evidence).toEqual(['ValidatingAdmissionPolicy guard']);
    expect(row(rowsOf(...guardrail(['Warn'])), CIS, '5.2.1').status).toBe(VIOLATED);
  });

  test('an egress firewall counts where it ends with a denial, in both families', () => {
    const firewall = (egress: object[]) => ({ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', metadata: { name: 'default', namespace: 'shop' }, spec: { egress } });
    const [four, six] = ['0.0.0.0/0', '::/0'].map(cidrSelector => ({ type: 'Deny', to: { cidrSelector } }));
    expect(row(rowsOf(firewall([four, six])), NSA, 'separation').status).toBe(SATISFIED);
    expect(row(rowsOf(firewall([four])), NSA, 'separation').status).toBe(VIOLATED);
    expect(row(rowsOf(firewall([{ type: 'Allow', to: { cidrSelector: '0.0.0.0/0' } }])), NSA, 'separation').status).toBe(VIOLATED);
  });

  test('a mesh counts where it is strict', () => {
    const mtls = (mode: string) => ({ apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'default', namespace: 'shop' }, spec: { mtls: { mode } } });
    expect(row(rowsOf(mtls('STRICT')), NSA, 'in transit').status).toBe(SATISFIED);
    expect(row(rowsOf(mtls('PERMISSIVE')), NSA, 'in transit').status).toBe(VIOLATED);
  });

  test('a namespace without policies is violated, beside one that has them', () => {
    const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    expect(row(rowsOf(namespace('open')), CIS, '5.3.2')).toMatchObject({
      status: VIOLATED, gaps: ['Namespace open has no policy that denies all egress', 'Namespace open has no policy that denies all ingress'],
    });
    const denial = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny', namespace: 'shut' }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };
    expect(row(rowsOf(namespace('open'), namespace('shut'), denial), CIS, '5.3.2').status).toBe(PARTLY);
    expect(row(rowsOf(namespace('shut'), denial), CIS, '5.3.2').status).toBe(SATISFIED);
  });

  test('nothing written, nothing claimed', () => {
    expect(rowsOf().filter(({ status }) => status !== NOT_TOUCHED)).toEqual([]);
  });
});

describe('13. Hardening report: where it is', () => {
  test('the edge hands it out, and files() has it as a page and as JSON', () => {
    const { edge } = kubeadm();
    expect(row(edge.hardeningReport(), CIS, '5.3.2').evidence).toEqual(['NetworkPolicy shop/default-deny']);
    expect(JSON.parse(edge.files()['hardening.json'])).toEqual(edge.hardeningReport());
    expect(edge.files()['hardening.md']).toContain('| 5.3.2 | every namespace has policies: here, one that denies both ways | NetworkPolicy shop/default-deny |');
  });

  test('it sees objects of others, and says what they break', () => {
    const { app, edge } = kubeadm();
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    new ApiObject(edge, 'theirs', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'theirs' }, ...{ rules } });
    expect(row(edge.hardeningReport(), CIS, '5.1.3').gaps).toEqual(["ClusterRole theirs holds '*'"]);
    expect(app.node.children).toHaveLength(2);
  });

  test('a ClusterApp writes it beside its output folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hardening-'));
    try {
      const { edge } = kubeadm(new ClusterApp({ outdir: join(folder, 'dist') }));
      (edge.node.root as ClusterApp).synth();
      expect(readFileSync(join(folder, 'dist-files', 'hardening.md'), 'utf8')).toBe(edge.files()['hardening.md']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
