/** Files that are broken on purpose: weakened, so that each trial has something to notice, or of a kind that the server refuses to read. */
import { ControlPlaneCase, ControlPlaneFile } from './files';
import { flagOf } from '../api-server/files';

/** Every file opened a little, each where one group of trials looks. */
export function weakened({ name, files }: ControlPlaneCase): ControlPlaneCase {
  return { name: `${name}, weakened`, files: files.map(({ path, json }) => ({ path, json: WEAKER[json.kind]?.(json) ?? json })) };
}

/** One case for each kind of file, with something in it that the server does not know. Unknown fields of an audit policy it only logs. */
export function brokenFiles({ files }: ControlPlaneCase): { what: string; files: ControlPlaneFile[] }[] {
  return files.filter(({ json }) => flagOf(json)).map(broken => {
    const [what, change] = broken.json.kind === 'Policy' ? ['an unknown level', { rules: [{ level: 'Everything' }] }] : ['an unknown field', { aFieldNobodyKnows: true }];
    return {
      what: `${broken.json.kind} with ${what}`,
      files: files.map(file => (file === broken ? { ...file, json: { ...file.json, ...change as object } } : file)),
    };
  });
}

const WEAKER: Record<string, (json: any) => any> = {
  AuthenticationConfiguration: json => ({
    ...json,
    anonymous: { enabled: true },
    jwt: json.jwt?.map((jwt: any) => ({
      ...jwt,
      claimValidationRules: undefined,
      userValidationRules: undefined,
      claimMappings: Object.fromEntries(Object.entries(jwt.claimMappings).map(([what, mapping]: [string, any]) => [what, mapping.claim ? { ...mapping, prefix: '' } : mapping])),
    })),
  }),
  AuthorizationConfiguration: json => ({ ...json, authorizers: [...json.authorizers, { type: 'AlwaysAllow', name: 'alwaysallow' }] }),
  EncryptionConfiguration: json => ({
    ...json,
    resources: json.resources.map((group: any) => ({ ...group, providers: [{ identity: {} }, ...group.providers.filter((one: any) => !one.identity)] })),
  }),
  Policy: json => ({ ...json, rules: [{ level: 'RequestResponse' }] }),
  ClusterConfiguration: json => ({
    ...json,
    apiServer: {
      ...json.apiServer,
      extraArgs: [
        ...json.apiServer.extraArgs.filter(({ name }: any) => !/^(tls-|profiling)/.test(name)), { name: 'tls-min-version', value: 'VersionTLS10' },
        { name: 'profiling', value: 'true' },
      ],
    },
  }),
};
