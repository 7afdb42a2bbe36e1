/** The labels the library puts on what it owns. */

export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'cdk8s-secure-network' };
/** Who answers for a namespace; informative, never selected on: a label can be given to any namespace. */
export const TENANT_LABEL = 'secure-network/tenant';
/** What kind of proxy a pod runs, so that a reader knows which configuration to read. */
export const PROXY_LABEL = 'secure-network/proxy';
/** Changes with a pod's configuration, so that a new configuration rolls out. */
export const CONFIG_HASH = 'secure-network/config-hash';
