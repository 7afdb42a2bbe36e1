/**
 * The files of a control plane: found beside the manifests of examples, and made for a few control planes more. What refers to the world
 * outside is led to this machine, in a copy: each other line of theirs is judged as it is.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'fs';
import { basename, join } from 'path';
import { App } from 'cdk8s';
import { AnonymousAccess, Authorizer, ClaimRule, ClusterEdge, ControlPlane, EncryptionProvider, JwtIssuer, NetworkProvider, Platform } from 'cdk8s-secure-network';
import { parseAllDocuments } from 'yaml';
import { flagOf } from '../api-server/files';
import { Case } from '../cases';

/** A file of a control plane, read. */
export interface ControlPlaneFile {
  /** Its path below the folder that is not applied. */
  readonly path: string;
  readonly json: any;
}

export interface ControlPlaneCase {
  readonly name: string;
  readonly files: readonly ControlPlaneFile[];
}

/** What the world outside is here. */
export interface Surroundings {
  /** Where the copies are, and where sockets and logs may be. */
  readonly folder: string;
  /** The address of the issuer that stands for this one. */
  readonly discoveryUrl: (issuerUrl: string) => string;
  /** PEM of the authority behind it. */
  readonly authority: string;
  /** What stands for a webhook that is asked for authorization. */
  readonly webhookUrl: string;
  readonly askedAbout: readonly string[];
}

export interface MovedFiles {
  readonly flags: readonly string[];
  readonly authentication?: any;
  readonly authorization?: any;
  readonly encryption?: any;
  /** Path of the audit log. */
  readonly log?: string;
  readonly sockets: readonly string[];
  /** Whom a webhook was asked about, as it grows. */
  readonly askedAbout: readonly string[];
}

/** Of every case that has such files beside its manifests. */
export function controlPlaneCases(cases: readonly Case[]): ControlPlaneCase[] {
  const beside = cases.flatMap(({ name, folder }) => (folder && existsSync(`${folder}-files`) ? [{ name, files: readFiles(`${folder}-files`) }] : []));
  return [...beside, ...madeHere()].filter(({ files }) => files.some(({ json }) => flagOf(json) !== undefined));
}

/** kubeadm's file of a case, if it has one. */
export function clusterConfiguration({ files }: ControlPlaneCase): ControlPlaneFile | undefined {
  return files.find(({ json }) => json.kind === 'ClusterConfiguration');
}

/** Writes the copies, and gives the flags of kubeadm's file with the paths of the copies in them. */
export function moved(one: ControlPlaneCase, surroundings: Surroundings): MovedFiles {
  const { folder } = surroundings;
  mkdirSync(folder, { recursive: true });
  const sockets: string[] = [];
  const copies = new Map(one.files.filter(({ json }) => flagOf(json)).map(({ path, json }) => {
    const copy = led(json, surroundings, endpoint => {
      const socket = join(folder, basename(endpoint));
      if (!sockets.includes(socket)) sockets.push(socket);
      return `unix://${socket}`;
    });
    const to = join(folder, basename(path));
    writeFileSync(to, JSON.stringify(copy));
    return [basename(path), { to, flag: flagOf(json)!, json: copy }] as const;
  }));
  const log = join(folder, 'audit.log');
  const stated: { name: string; value: string }[] = clusterConfiguration(one)?.json.apiServer.extraArgs
    ?? [...copies].map(([name, { flag }]) => ({ name: flag.slice(2), value: name }));
  const flags = stated.map(({ name, value }) => `--${name}=${name === 'audit-log-path' ? log : copies.get(basename(value))?.to ?? value}`);
  const of = (kind: string) => [...copies.values()].find(({ json }) => json.kind === kind)?.json;
  return {
    flags,
    sockets,
    authentication: of('AuthenticationConfiguration'),
    authorization: of('AuthorizationConfiguration'),
    encryption: of('EncryptionConfiguration'),
    log: stated.some(({ name }) => name === 'audit-log-path') ? log : undefined,
    askedAbout: surroundings.askedAbout,
  };
}

/** Of issuers only where they are found and who vouches for it changes, of key services only the socket, of webhooks only the kubeconfig. */
function led(json: any, { folder, discoveryUrl, authority, webhookUrl }: Surroundings, socket: (endpoint: string) => string): any {
  if (json.kind === 'AuthenticationConfiguration') {
    return {
      ...json,
      ...json.jwt && {
        jwt: json.jwt.map((jwt: any) => ({ ...jwt, issuer: { ...jwt.issuer, discoveryURL: discoveryUrl(jwt.issuer.url), certificateAuthority: authority } })),
      },
    };
  }
  if (json.kind === 'AuthorizationConfiguration') {
    const kubeConfigFile = join(folder, 'webhook.kubeconfig');
    writeFileSync(kubeConfigFile, JSON.stringify(kubeconfigOf(webhookUrl, authority)));
    const at = (one: any) => (one.webhook ? { ...one, webhook: { ...one.webhook, connectionInfo: { ...one.webhook.connectionInfo, kubeConfigFile } } } : one);
    return { ...json, authorizers: json.authorizers.map(at) };
  }
  if (json.kind !== 'EncryptionConfiguration') return json;
  const provider = (one: any) => (one.kms ? { kms: { ...one.kms, endpoint: socket(one.kms.endpoint) } } : one);
  return { ...json, resources: json.resources.map((group: any) => ({ ...group, providers: group.providers.map(provider) })) };
}

function kubeconfigOf(server: string, authority: string): unknown {
  return {
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'webhook', cluster: { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') } }],
    'users': [{ name: 'api-server', user: {} }],
    'contexts': [{ name: 'webhook', context: { cluster: 'webhook', user: 'api-server' } }],
    'current-context': 'webhook',
  };
}

function readFiles(folder: string): ControlPlaneFile[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => /\.ya?ml$/.test(path)).sort();
  return paths.flatMap(path => readText(path, readFileSync(join(folder, path), 'utf8')));
}

function readText(path: string, text: string): ControlPlaneFile[] {
  return parseAllDocuments(text).map(document => ({ path, json: document.toJS() ?? {} }));
}

/** What no example shows: older versions, names without a prefix, expressions, several audiences, plain text that is read and not written. */
function madeHere(): ControlPlaneCase[] {
  const kms = (...names: string[]) => names.map(name => EncryptionProvider.kms(name, { endpoint: `unix:///var/run/${name}/socket.sock` }));
  const planes: [string, string, ControlPlane][] = [
    ['without a prefix, with several audiences', '1.33', ControlPlane.kubeadm({
      authentication: [JwtIssuer.of({ url: 'https://sole.example', audiences: ['prod', 'staging'], groupsClaim: 'groups' })],
      encryption: kms('first', 'second'),
      encryptedResources: ['secrets', 'serviceaccounts'],
    })],
    ['with names by expression', '1.34', ControlPlane.kubeadm({
      anonymous: AnonymousAccess.healthAndJoin(),
      authentication: [JwtIssuer.of({
        url: 'https://verified.example',
        audiences: ['prod'],
        usernameExpression: 'claims.email',
        groupsExpression: "has(claims.teams) ? claims.teams : ''",
        claimValidationRules: [ClaimRule.satisfies('claims.email_verified == true', 'the address is not verified')],
      })],
    })],
    ['with nobody to sign in, and a webhook that is asked', '1.32', ControlPlane.kubeadm({
      authorization: [
        Authorizer.node(),
        Authorizer.webhook('policy-service', {
          kubeConfigFile: '/etc/kubernetes/secure-network/webhook.kubeconfig', matchConditions: ["!request.user.startsWith('system:')"],
        }),
        Authorizer.rbac(),
      ],
    })],
  ];
  return planes.map(([name, version, controlPlane]) => {
    const edge = new ClusterEdge(new App(), 'edge', { platform: Platform.kubernetes({ version }), network: NetworkProvider.upstream(), controlPlane });
    const files = Object.entries(edge.files()).filter(([path]) => /\.ya?ml$/.test(path)).flatMap(([path, text]) => readText(path, text));
    return { name: `a control plane of ${version} ${name}`, files };
  });
}
