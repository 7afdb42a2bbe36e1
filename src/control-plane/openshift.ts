/**
 * The control plane of OpenShift: objects named `cluster` that exist before us and survive us. We state some of their fields; the
 * operators of OpenShift make files and keys of them.
 */
import { RESERVED } from './_reserved';
import { IdentityProvider } from './identity-provider';
import { JwtIssuer, checkIssuers } from './jwt-issuer';
import { CipherSuite, Tls, TlsVersion, resolveTls } from './tls';
import { checkDnsSubdomain } from '../admission/names';
import { ControlPlaneIntent, ControlPlaneObject, ControlPlanePlan, IControlPlane } from '../intent/control-plane';

/** A certificate that the API server shows to clients that dial one of its names. */
export interface ServingCertificateSecret {
  /** The names, `api.example.com`. Never the internal name `api-int...`: the cluster dials that itself. */
  readonly names: string[];
  /** The Secret of type `kubernetes.io/tls` in the namespace `openshift-config`. */
  readonly secretName: string;
}

/** How much of each request is recorded. Nothing at all cannot be stated. */
export enum AuditProfile {
  /** Who asked for what. */
  DEFAULT = 'Default',
  /** Also what was written and answered, where something was written. */
  WRITE_REQUEST_BODIES = 'WriteRequestBodies',
  /** Also what was read. */
  ALL_REQUEST_BODIES = 'AllRequestBodies',
}

/** What encrypts Secrets, ConfigMaps, Routes and OAuth tokens in etcd. OpenShift makes, keeps and rotates the keys. None cannot be stated. */
export enum EtcdEncryption {
  /** AES-GCM. */
  AES_GCM = 'aesgcm',
  /** AES-CBC. */
  AES_CBC = 'aescbc',
}

/** Properties of `ControlPlane.openshift`. All of it is closed by default; none of it holds a key. */
export interface OpenShiftControlPlaneProps {
  /**
   * The oldest TLS version that clients may use. OpenShift's API server knows TLS 1.2 only.
   *
   * @default TlsVersion.TLS_1_2
   */
  readonly tlsMinVersion?: TlsVersion;

  /**
   * The cipher suites.
   *
   * @default - OpenShift's profile `Intermediate`
   */
  readonly cipherSuites?: CipherSuite[];

  /**
   * Certificates of your own, by name.
   *
   * @default - those that OpenShift makes
   */
  readonly servingCertificates?: ServingCertificateSecret[];

  /**
   * The ConfigMap in `openshift-config` with more authorities (`ca-bundle.crt`) that may sign client certificates.
   *
   * @default - OpenShift's own alone
   */
  readonly clientCaConfigMap?: string;

  /**
   * Where users log in, through OpenShift's own OAuth server.
   *
   * @default - left as they are
   */
  readonly identityProviders?: IdentityProvider[];

  /**
   * How many seconds a login lasts.
   *
   * @default 28800
   */
  readonly accessTokenMaxAgeSeconds?: number;

  /**
   * The issuer whose tokens are taken instead of those of OpenShift's OAuth server. It needs a `prefix`.
   *
   * @default - OpenShift's OAuth server
   */
  readonly authentication?: JwtIssuer[];

  /**
   * How much of each request is recorded.
   *
   * @default AuditProfile.WRITE_REQUEST_BODIES
   */
  readonly auditProfile?: AuditProfile;

  /**
   * What encrypts in etcd.
   *
   * @default EtcdEncryption.AES_GCM
   */
  readonly encryption?: EtcdEncryption;
}

const CONFIG = { apiVersion: 'config.openshift.io/v1', name: 'cluster', preexisting: true };
const CA_CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', name: 'secure-network-oidc-ca', namespace: 'openshift-config' };

export class OpenShiftControlPlane implements IControlPlane {
  public readonly title = 'ControlPlane.openshift()';
  private readonly tls: Tls;

  public constructor(private readonly props: OpenShiftControlPlaneProps) {
    this.tls = resolveTls(props.tlsMinVersion, props.cipherSuites);
    const { authentication: issuers = [], identityProviders: providers = [], servingCertificates = [] } = props;
    const maxAge = props.accessTokenMaxAgeSeconds;
    if (this.tls.minVersion === TlsVersion.TLS_1_3) {
      throw new Error(`${this.title} cannot demand TLS 1.3: OpenShift's API server accepts VersionTLS12 at most: leave 'tlsMinVersion' out`);
    }
    if (issuers.length && providers.length) {
      throw new Error(`${this.title} takes tokens of '${issuers[0]._props.url}' or of OpenShift's OAuth server with its identityProviders, never both: keep one of them`);
    }
    if (issuers.length > 1) throw new Error(`${this.title} takes one issuer, and got ${issuers.length}: use identityProviders for several`);
    checkIssuers(issuers);
    issuers.forEach(issuer => this.refuseIssuer(issuer));
    if (maxAge !== undefined && (!Number.isInteger(maxAge) || maxAge < 300 || maxAge > 86400)) {
      throw new Error(`accessTokenMaxAgeSeconds '${maxAge}' is outside 300-86400: a login of five minutes to a day`);
    }
    const names = providers.map(({ _wire }) => _wire.name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice) throw new Error(`two identity providers are named '${twice}': one would speak for the users of the other; give each a name of its own`);
    for (const [what, value, known] of [['auditProfile', props.auditProfile, AuditProfile], ['encryption', props.encryption, EtcdEncryption]] as const) {
      if (value !== undefined && !(Object.values(known) as string[]).includes(value)) {
        throw new Error(`${what} '${value}' is refused: use one of ${Object.keys(known).map(key => `${what === 'encryption' ? 'EtcdEncryption' : 'AuditProfile'}.${key}`).join(', ')}`);
      }
    }
    for (const { names: dialled, secretName } of servingCertificates) checkServing(dialled, secretName);
    if (props.clientCaConfigMap !== undefined) checkDnsSubdomain('clientCaConfigMap', props.clientCaConfigMap);
  }

  public plan({ path, platform }: ControlPlaneIntent): ControlPlanePlan {
    const { authentication: [issuer] = [], identityProviders, accessTokenMaxAgeSeconds = 28800 } = this.props;
    if (platform.distribution !== 'openshift') {
      throw new Error(`[${path}] ${this.title} makes no control plane of ${platform.distribution}: use ControlPlane.kubeadm(...), or Platform.openshift(...) if that is what it is`);
    }
    if (issuer && platform._minor < 33) {
      throw new Error(`[${path}] ${this.title} cannot take tokens of '${issuer._props.url}' on ${platform.version}: `
        + 'OpenShift takes them from 4.20 (Kubernetes 1.33) on: upgrade, or use identityProviders');
    }
    const objects: ControlPlaneObject[] = [{ ...CONFIG, kind: 'APIServer', body: { spec: this.apiServer() } }];
    if (identityProviders) {
      const spec = { identityProviders: identityProviders.map(({ _wire }) => _wire), tokenConfig: { accessTokenMaxAgeSeconds } };
      objects.push({ ...CONFIG, kind: 'OAuth', body: { spec } });
    }
    if (issuer) objects.push(...oidc(issuer));
    return { objects, files: () => new Map() };
  }

  public refuseClients({ path }: ControlPlaneIntent): void {
    throw new Error(`[${path}] ${this.title} cannot limit who reaches the API server from outside: OpenShift manages its nodes, and no policy applies to their host network: `
      + 'limit it at the load balancer in front of api.<cluster>');
  }

  private apiServer(): object {
    const { servingCertificates, clientCaConfigMap, auditProfile, encryption } = this.props;
    const { chosenHere, cipherSuites = [], minVersion } = this.tls;
    return {
      audit: { profile: auditProfile ?? AuditProfile.WRITE_REQUEST_BODIES },
      clientCA: clientCaConfigMap ? { name: clientCaConfigMap } : undefined,
      encryption: { type: encryption ?? EtcdEncryption.AES_GCM },
      servingCerts: servingCertificates && {
        namedCertificates: servingCertificates.map(({ names, secretName: name }) => ({ names: [...new Set(names)].sort(), servingCertificate: { name } })),
      },
      tlsSecurityProfile: chosenHere
        ? { type: 'Intermediate', intermediate: {} }
        : { type: 'Custom', custom: { ciphers: cipherSuites.map(openSslName), minTLSVersion: minVersion } },
    };
  }

  /** OpenShift holds no rule about users, so only a prefix keeps its names apart from those of Kubernetes. */
  private refuseIssuer({ _prefix: prefix, _props }: JwtIssuer): void {
    const { url, discoveryUrl, usernameExpression, groupsExpression, userValidationRules, claimValidationRules = [] } = _props;
    if (!prefix) {
      throw new Error(`${this.title} cannot keep '${url}' from making names that begin with '${RESERVED}', because OpenShift holds no rules about users: `
        + "give the issuer a 'prefix' such as 'corp:'");
    }
    const unfit = Object.entries({ discoveryUrl, usernameExpression, groupsExpression, userValidationRules }).find(([, value]) => value !== undefined);
    if (unfit) throw new Error(`${this.title} cannot hold ${unfit[0]} of '${url}': OpenShift knows claims and a prefix: leave it out, or use ControlPlane.kubeadm(...)`);
    const expression = claimValidationRules.find(({ _wire }) => _wire.expression);
    if (expression) {
      throw new Error(`${this.title} cannot hold the claim rule '${expression._wire.expression}' of '${url}': OpenShift knows values only: use ClaimRule.requires(...)`);
    }
  }
}

function oidc(issuer: JwtIssuer): ControlPlaneObject[] {
  const { url, audiences, certificateAuthority, groupsClaim, claimValidationRules = [] } = issuer._props;
  const provider = {
    name: new URL(url).hostname,
    issuer: {
      issuerURL: url,
      audiences: [...audiences].sort(),
      issuerCertificateAuthority: certificateAuthority ? { name: CA_CONFIG_MAP.name } : undefined,
    },
    claimMappings: {
      username: { claim: issuer._usernameClaim, prefixPolicy: 'Prefix', prefix: { prefixString: issuer._prefix } },
      groups: groupsClaim ? { claim: groupsClaim, prefix: issuer._prefix } : undefined,
    },
    claimValidationRules: claimValidationRules.length
      ? claimValidationRules.map(({ _wire: { claim, requiredValue } }) => ({ type: 'RequiredClaim', requiredClaim: { claim, requiredValue } }))
      : undefined,
  };
  return [
    { ...CONFIG, kind: 'Authentication', body: { spec: { type: 'OIDC', oidcProviders: [provider] } } },
    ...(certificateAuthority ? [{ ...CA_CONFIG_MAP, body: { data: { 'ca-bundle.crt': certificateAuthority } } }] : []),
  ];
}

/** `ECDHE-RSA-AES128-GCM-SHA256` of `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. */
function openSslName(suite: string): string {
  const name = suite.replace(/^TLS_/, '').replace('_WITH_', '_').replace(/AES_(\d+)/, 'AES$1').replace('POLY1305_SHA256', 'POLY1305');
  return name.replace(/_/g, '-');
}

function checkServing(names: readonly string[], secretName: string): void {
  checkDnsSubdomain('serving certificate', secretName);
  if (names.length === 0 || names.length > 64) throw new Error(`the serving certificate '${secretName}' has ${names.length} names: give 1 to 64 that clients dial`);
  for (const name of names) {
    checkDnsSubdomain(`name of serving certificate '${secretName}'`, name.replace(/^\*\./, ''));
    if (name.startsWith('api-int.')) {
      throw new Error(`the serving certificate '${secretName}' names '${name}', which the cluster dials itself and verifies by its own authority: leave it out`);
    }
  }
}
