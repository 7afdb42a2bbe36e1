import { EncryptionConfiguration, WireEncryptionProvider } from '../api/control-plane';

/** Properties of `EncryptionProvider.kms`. */
export interface KmsProps {
  /** The socket of the KMS plugin on each control-plane node, `unix:///var/run/kmsplugin/socket.sock`. */
  readonly endpoint: string;

  /**
   * How many seconds the plugin has to answer.
   *
   * @default 3
   */
  readonly timeoutSeconds?: number;
}

/**
 * What keeps Secrets unreadable in etcd. Keys are named, never written: they stay in the key management service behind the plugin.
 * The first provider of a list encrypts; all of them can read what is there.
 */
export class EncryptionProvider {
  /** A key management service, through its plugin (KMS v2). */
  public static kms(name: string, props: KmsProps): EncryptionProvider {
    const { endpoint, timeoutSeconds = 3 } = props;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Error(`KMS '${name}' is not named in letters, digits, '.', '_' and '-': such as 'vault'`);
    if (!/^unix:\/\/\/[^\s@]+\/[^\s/]+$/.test(endpoint) || endpoint.includes('/../')) {
      throw new Error(`endpoint '${endpoint}' of KMS '${name}' is no socket in a folder of its own: write unix:///var/run/kmsplugin/socket.sock`);
    }
    if (!(timeoutSeconds > 0 && timeoutSeconds <= 30)) throw new Error(`timeoutSeconds '${timeoutSeconds}' of KMS '${name}' is outside 0-30: every Secret waits for it`);
    return new EncryptionProvider({ kms: { apiVersion: 'v2', name, endpoint, timeout: `${timeoutSeconds * 1000}ms` } });
  }

  /** No encryption: last in the list, it reads what was stored before there was any. First, it would encrypt nothing, and is refused. */
  public static plain(): EncryptionProvider {
    return new EncryptionProvider({ identity: {} });
  }

  /** @internal */
  public readonly _wire: WireEncryptionProvider;

  private constructor(wire: WireEncryptionProvider) {
    this._wire = wire;
  }
}

/** Throws where something would be stored in the clear. */
export function renderEncryption(providers: readonly EncryptionProvider[], resources: readonly string[]): EncryptionConfiguration {
  const wires = providers.map(({ _wire }) => _wire);
  if (!wires[0]?.kms) {
    throw new Error(wires.length ? 'encryption begins with EncryptionProvider.plain(), so everything would be stored unencrypted: put EncryptionProvider.kms(...) first'
      : "encryption is an empty list, so everything would be stored unencrypted: name EncryptionProvider.kms(...), or leave 'encryption' out");
  }
  const names = wires.map(({ kms }) => kms?.name ?? 'plain()');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`encryption names '${twice}' twice: name each provider once`);
  if (!resources.includes('secrets')) throw new Error(`encryptedResources [${resources.join(', ')}] leave Secrets unencrypted: add 'secrets'`);
  for (const resource of resources) {
    if (!/^[a-z]+(\.[a-z0-9.-]+)?$/.test(resource)) throw new Error(`encrypted resource '${resource}' is not written as resource or resource.group: such as 'secrets' or 'routes.route.openshift.io'`);
  }
  return {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: [...new Set(resources)].sort(), providers: wires }],
  };
}

/** The folders of the plugins' sockets, each once. */
export function socketFolders(providers: readonly EncryptionProvider[]): string[] {
  const endpoints = providers.flatMap(({ _wire: { kms } }) => (kms ? [kms.endpoint.slice('unix://'.length)] : []));
  return [...new Set(endpoints.map(socket => socket.slice(0, socket.lastIndexOf('/'))))].sort();
}
