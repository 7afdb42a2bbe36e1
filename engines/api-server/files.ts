/**
 * Files that kube-apiserver reads from disk. Each kind of file is known by the flag that takes it, whatever its version, so whoever makes
 * such files only adds them.
 */
export const FLAG_OF: Record<string, string> = {
  'apiserver.config.k8s.io AuthenticationConfiguration': '--authentication-config',
  'apiserver.config.k8s.io AuthorizationConfiguration': '--authorization-config',
  'apiserver.config.k8s.io EncryptionConfiguration': '--encryption-provider-config',
  'apiserver.config.k8s.io AdmissionConfiguration': '--admission-control-config-file',
  'audit.k8s.io Policy': '--audit-policy-file',
};

/** The flag that hands a file to kube-apiserver; none for what it does not read. */
export function flagOf({ apiVersion, kind }: { readonly apiVersion?: string; readonly kind?: string }): string | undefined {
  return FLAG_OF[`${String(apiVersion).split('/')[0]} ${kind}`];
}
