/** The OWASP Kubernetes Top Ten of 2022 and 2025: each risk, said as what stands against it. */
import {
  anonymousOnNamedPaths, apiServerFirewall, auditCoverage, authorizerIs, nobodyIsAlwaysAllowed, peopleSignIn, secretsEncrypted, strongCiphers, tlsFrom12, flag,
} from './api-server';
import { Check, Control, Framework, allOf, anyOf, except } from './control';
import { noWildcards, nobodyBecomesMore, nobodyIsClusterAdmin, nobodyMakesTokens, nobodyReachesKubelets, nobodyReadsSecrets } from './grants';
import { clusterTiers, defaultDeny, egressFirewalls } from './network';
import { admissionPolicies, baseline, restricted, tokensWhereNeeded } from './pods';

const control = (id: string, title: string, check?: Control['check']): Control => ({ id, title, check });

const workloads = allOf({ 'what pods may be': restricted, 'tokens in pods': tokensWhereNeeded });
const permissions = allOf({
  'roles': noWildcards, 'bindings': nobodyIsClusterAdmin, 'bind, impersonate and escalate': nobodyBecomesMore, 'tokens': nobodyMakesTokens, 'kubelets': nobodyReachesKubelets,
});
const enforcement = anyOf(baseline, admissionPolicies);
const recorded: Check = except(auditCoverage, 'who watches the records is not seen here');
const believed = allOf({ 'requests without credentials': anonymousOnNamedPaths, 'people': peopleSignIn });
const segmented = anyOf(defaultDeny, egressFirewalls, clusterTiers);
const secrets = allOf({ 'encryption at rest': secretsEncrypted, 'who reads Secrets': nobodyReadsSecrets });
const components = except(allOf({
  'who is asked': nobodyIsAlwaysAllowed, 'roles': authorizerIs('RBAC'), 'TLS': tlsFrom12, 'ciphers': strongCiphers, 'profiles': flag('profiling', value => value === 'false'),
}), 'kubelets, etcd, the scheduler and the controllers are not touched');
const exposed = allOf({ 'who reaches the API server': apiServerFirewall, 'requests without credentials': anonymousOnNamedPaths });

export const OWASP_2022: Framework = {
  name: 'OWASP Kubernetes Top Ten 2022',
  controls: [
    control('K01', 'workloads have no more rights than they need', workloads),
    control('K02', 'where software comes from is watched'),
    control('K03', 'permissions are narrow', permissions),
    control('K04', 'a policy decides what is admitted', enforcement),
    control('K05', 'what happens is recorded', recorded),
    control('K06', 'nobody gets around authentication', believed),
    control('K07', 'the network has borders, and what nobody stated is denied', segmented),
    control('K08', 'Secrets do not lie open', secrets),
    control('K09', 'components of the cluster are set up well', components),
    control('K10', 'no component has known faults'),
  ],
};

export const OWASP_2025: Framework = {
  name: 'OWASP Kubernetes Top Ten 2025',
  controls: [
    control('K01', 'workloads have no more rights than they need', workloads),
    control('K02', 'permissions are narrow', permissions),
    control('K03', 'Secrets do not lie open', secrets),
    control('K04', 'a policy decides what is admitted', enforcement),
    control('K05', 'the network has borders, and what nobody stated is denied', segmented),
    control('K06', 'few can reach the components of the cluster', exposed),
    control('K07', 'components of the cluster are set up well', components),
    control('K08', 'nothing leads from the cluster into its cloud'),
    control('K09', 'nobody gets around authentication', believed),
    control('K10', 'what happens is recorded', recorded),
  ],
};
