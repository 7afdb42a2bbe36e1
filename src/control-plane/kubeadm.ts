/**
 * A control plane made by kubeadm: one file for kubeadm, and those that kube-apiserver reads, for `/etc/kubernetes/secure-network` on each
 * control-plane node. They are no objects: none of them may be applied.
 */
import { checkExtraArgs } from './_extra-args';
import { renderHostFirewall } from './_host-firewall';
import { NODE_FOLDER, checkNodeFile } from './_node-files';
import { AnonymousAccess } from './anonymous-access';
import { AUDIT_FOLDER, AuditLogProps, auditFlags, renderAuditPolicy } from './audit';
import { Authorizer, renderAuthorization } from './authorizer';
import { EncryptionProvider, renderEncryption, socketFolders } from './encryption';
import { JwtIssuer, checkIssuers } from './jwt-issuer';
import { CipherSuite, Tls, TlsVersion, resolveTls } from './tls';
import { checkDnsSubdomain } from '../admission/names';
import { isAddress } from '../algebra/cidr';
import { AuthenticationConfiguration, ClusterConfiguration, HostPathMount } from '../api/control-plane';
import { writeYaml } from '../emit/yaml-writer';
import { ApiServerClients, ControlPlaneIntent, ControlPlanePlan, IControlPlane } from '../intent/control-plane';

/** A certificate that the API server shows to clients that dial one of its names. */
export interface ServingCertificateFiles {
  /** The names, `api.example.com` or `*.api.example.com`. */
  readonly names: string[];
  /** The certificate and those behind it, on each control-plane node. */
  readonly certificateFile: string;
  /** Its key, on each control-plane node. */
  readonly keyFile: string;
}

/** Properties of `ControlPlane.kubeadm`. All of it is closed by default; none of it holds a key. */
export interface KubeadmControlPlaneProps {
  /**
   * What clients dial, `api.example.com:6443`.
   *
   * @default - the address of the first control-plane node
   */
  readonly controlPlaneEndpoint?: string;

  /**
   * More names and addresses for the certificate that kubeadm makes.
   *
   * @default - those that kubeadm finds
   */
  readonly certSans?: string[];

  /**
   * Certificates of your own, by name.
   *
   * @default - the one that kubeadm makes
   */
  readonly servingCertificates?: ServingCertificateFiles[];

  /**
   * Who may sign client certificates: a bundle that must hold the cluster's own authority too, or its components are locked out.
   *
   * @default - the cluster's own authority
   */
  readonly clientCaFile?: string;

  /**
   * The oldest TLS version that clients may use.
   *
   * @default TlsVersion.TLS_1_2
   */
  readonly tlsMinVersion?: TlsVersion;

  /**
   * The cipher suites of TLS 1.2.
   *
   * @default - all of CipherSuite
   */
  readonly cipherSuites?: CipherSuite[];

  /**
   * Whose tokens are taken.
   *
   * @default - nobody's: users need client certificates
   */
  readonly authentication?: JwtIssuer[];

  /**
   * What is answered without credentials.
   *
   * @default AnonymousAccess.healthOnly()
   */
  readonly anonymous?: AnonymousAccess;

  /**
   * Who is asked whether a request is allowed, in this order.
   *
   * @default - Authorizer.node() and Authorizer.rbac()
   */
  readonly authorization?: Authorizer[];

  /**
   * How much of the audit log is kept.
   *
   * @default - 30 days, 10 files of 100 megabytes
   */
  readonly audit?: AuditLogProps;

  /**
   * What encrypts in etcd, first the one that encrypts.
   *
   * @default - nothing is encrypted at rest: no key can be made up here
   */
  readonly encryption?: EncryptionProvider[];

  /**
   * What is encrypted.
   *
   * @default - secrets and configmaps
   */
  readonly encryptedResources?: string[];

  /**
   * More flags of kube-apiserver, names without dashes in front. Those that another property states, or that undo one, are refused.
   *
   * @default - none
   */
  readonly extraArgs?: Record<string, string>;
}

const FOLDER = 'control-plane';
const ENCRYPTED = ['configmaps', 'secrets'];

export class KubeadmControlPlane implements IControlPlane {
  public readonly title = 'ControlPlane.kubeadm()';
  private readonly tls: Tls;
  private readonly auditFlags: [string, string][];
  private readonly extraArgs: [string, string][];

  public constructor(private readonly props: KubeadmControlPlaneProps) {
    this.tls = resolveTls(props.tlsMinVersion, props.cipherSuites);
    this.auditFlags = auditFlags(props.audit ?? {});
    this.extraArgs = checkExtraArgs(props.extraArgs ?? {});
    checkIssuers(props.authentication ?? []);
    // Said where it is stated, and not only where the control plane is used.
    renderAuthorization(props.authorization ?? [Authorizer.node(), Authorizer.rbac()], 32);
    if (props.encryption) renderEncryption(props.encryption, props.encryptedResources ?? ENCRYPTED);
    for (const name of props.certSans ?? []) checkCertificateName('certSans', name);
    if (props.clientCaFile !== undefined) checkNodeFile('clientCaFile', props.clientCaFile);
    for (const { names, certificateFile, keyFile } of props.servingCertificates ?? []) {
      if (names.length === 0) throw new Error(`the serving certificate '${certificateFile}' names nothing: give the names that clients dial`);
      for (const name of names) checkCertificateName(`serving certificate '${certificateFile}'`, name);
      checkNodeFile('certificateFile', certificateFile);
      checkNodeFile('keyFile', keyFile);
    }
    if (props.encryptedResources && !props.encryption) {
      throw new Error(`encryptedResources [${props.encryptedResources.join(', ')}] without 'encryption' are not encrypted: name EncryptionProvider.kms(...)`);
    }
  }

  public plan(intent: ControlPlaneIntent): ControlPlanePlan {
    this.refusePlatform(intent);
    const files = this.apiServerFiles(intent);
    const configuration = this.clusterConfiguration(intent, [...files.keys()]);
    return {
      objects: [],
      files: clients => new Map([
        [`${FOLDER}/README.md`, readme(files, clients !== undefined)],
        [`${FOLDER}/cluster-configuration.yaml`, yamlOf(configuration)],
        ...(clients ? [[`${FOLDER}/host-firewall.nft`, this.hostFirewall(intent, clients)] as const] : []),
        ...[...files].map(([name, { file }]) => [`${FOLDER}/secure-network/${name}`, yamlOf(file)] as const),
      ]),
    };
  }

  public refuseClients({ path, platform }: ControlPlaneIntent): void {
    const facts = platform._addressFacts(path);
    for (const range of ['nodes', 'pods'] as const) facts.clusterRange(range, 'the host firewall in front of the API server');
    facts.apiServer('the host firewall in front of the API server');
  }

  private hostFirewall({ path, platform }: ControlPlaneIntent, clients: ApiServerClients): string {
    const facts = platform._addressFacts(path);
    const reason = 'the host firewall in front of the API server';
    const own = facts.clusterRange('nodes', reason).union(facts.clusterRange('pods', reason));
    return renderHostFirewall(platform._apiServerPorts, own, clients);
  }

  private refusePlatform({ path, platform: { distribution, _minor: minor, version } }: ControlPlaneIntent): void {
    const { anonymous = AnonymousAccess.healthOnly() } = this.props;
    if (distribution !== 'kubernetes') throw new Error(`[${path}] ${this.title} makes no control plane of ${distribution}: use ControlPlane.${distribution}(...)`);
    if (minor < 31) {
      throw new Error(`[${path}] ${this.title} writes kubeadm.k8s.io/v1beta4, which kubeadm of ${version} does not read: it needs 1.31 or later`);
    }
    if (anonymous._paths && minor < 32) {
      throw new Error(`[${path}] ${this.title} cannot keep anonymous requests to health paths on ${version}, which knows paths from 1.32 on: `
        + "upgrade, or state anonymous: AnonymousAccess.unrestricted('...') and rely on RBAC alone");
    }
  }

  /** By name, with the flag that hands it to kube-apiserver. */
  private apiServerFiles({ platform: { _minor: minor } }: ControlPlaneIntent): Map<string, { flag: string; file: object }> {
    const { encryption, encryptedResources = ENCRYPTED } = this.props;
    const files = new Map<string, { flag: string; file: object }>([
      ['audit.yaml', { flag: 'audit-policy-file', file: renderAuditPolicy() }],
      ['authorization.yaml', { flag: 'authorization-config', file: renderAuthorization(this.props.authorization ?? [Authorizer.node(), Authorizer.rbac()], minor) }],
    ]);
    const authentication = this.authentication(minor);
    if (authentication) files.set('authentication.yaml', { flag: 'authentication-config', file: authentication });
    if (encryption) files.set('encryption.yaml', { flag: 'encryption-provider-config', file: renderEncryption(encryption, encryptedResources) });
    return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private authentication(minor: number): AuthenticationConfiguration | undefined {
    const { authentication: issuers = [], anonymous = AnonymousAccess.healthOnly() } = this.props;
    if (!issuers.length && !anonymous._paths) return undefined;
    return {
      apiVersion: `apiserver.config.k8s.io/${minor >= 34 ? 'v1' : 'v1beta1'}`,
      kind: 'AuthenticationConfiguration',
      anonymous: anonymous._paths && { enabled: true, conditions: anonymous._paths.map(path => ({ path })) },
      jwt: issuers.length ? issuers.map(issuer => issuer._wire()) : undefined,
    };
  }

  private clusterConfiguration({ platform }: ControlPlaneIntent, names: readonly string[]): ClusterConfiguration {
    const { certSans, clientCaFile, servingCertificates = [], encryption = [], controlPlaneEndpoint } = this.props;
    const { podCidrs, serviceCidrs } = platform._facts;
    const flags = new Map([...this.apiServerFiles({ path: '', platform })].map(([name, { flag }]) => [name, flag]));
    const args: [string, string][] = [
      ...names.map((name): [string, string] => [flags.get(name)!, `${NODE_FOLDER}/${name}`]),
      ...this.auditFlags,
      ...this.extraArgs,
      ['profiling', 'false'],
      ['tls-min-version', this.tls.minVersion],
      ...(this.tls.cipherSuites ? [['tls-cipher-suites', this.tls.cipherSuites.join(',')] as [string, string]] : []),
      ...(clientCaFile ? [['client-ca-file', clientCaFile] as [string, string]] : []),
      ...servingCertificates.map(({ names: dialled, certificateFile, keyFile }): [string, string] =>
        ['tls-sni-cert-key', `${certificateFile},${keyFile}:${[...new Set(dialled)].sort().join(',')}`]),
    ];
    const mount = (name: string, folder: string, readOnly: boolean): HostPathMount =>
      ({ name, hostPath: folder, mountPath: folder, readOnly, pathType: 'DirectoryOrCreate' });
    return {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'ClusterConfiguration',
      controlPlaneEndpoint,
      networking: podCidrs || serviceCidrs ? { podSubnet: podCidrs?.join(','), serviceSubnet: serviceCidrs?.join(',') } : undefined,
      apiServer: {
        certSANs: certSans && [...new Set(certSans)].sort(),
        extraArgs: args.map(([name, value]) => ({ name, value })).sort((a, b) => (`${a.name} ${a.value}` < `${b.name} ${b.value}` ? -1 : 1)),
        extraVolumes: [
          mount('secure-network', NODE_FOLDER, true),
          mount('audit-log', AUDIT_FOLDER, false),
          ...socketFolders(encryption).map((folder, index) => mount(`kms-${index + 1}`, folder, false)),
        ],
      },
    };
  }
}

/** Without what is not stated: `null` would be a value. */
function yamlOf(file: object): string {
  return writeYaml([JSON.parse(JSON.stringify(file))]);
}

function checkCertificateName(what: string, name: string): void {
  if (!isAddress(name)) checkDnsSubdomain(`name of ${what}`, name.replace(/^\*\./, ''));
}

function readme(files: ReadonlyMap<string, { flag: string }>, firewall: boolean): string {
  return [
    '# Files of the control plane',
    '',
    'Nothing here is applied with kubectl: these files are read on the control-plane nodes.',
    '',
    `1. Copy \`secure-network/\` to \`${NODE_FOLDER}/\` on every control-plane node, readable by root only:`,
    '',
    ...[...files].map(([name, { flag }]) => `   - \`${name}\`, which kube-apiserver reads by \`--${flag}\``),
    '',
    '2. Hand `cluster-configuration.yaml` to kubeadm: `kubeadm config validate --config cluster-configuration.yaml`, then `kubeadm init --config` for a new',
    '   cluster, or `kubeadm init phase control-plane apiserver --config` on every control-plane node of one that runs, one after the other.',
    ...(firewall ? [
      '3. Load `host-firewall.nft` on every control-plane node and at every boot: `nft -c -f` tries it, `nft -f` loads it. The cluster does not enforce it.',
    ] : []),
    '',
  ].join('\n');
}
