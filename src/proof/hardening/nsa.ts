/** The hardening guidance of NSA and CISA, which has no numbers of its own: those of Trivy's specification, and words where it has none. */
import { anonymousOnNamedPaths, apiServerFirewall, atLeast, auditCoverage, authorizerIs, flag, secretsEncrypted, tlsFrom12 } from './api-server';
import { Control, Framework, allOf, anyOf } from './control';
import { clusterTiers, defaultDeny, egressFirewalls, flowsBySelector, mutualTls } from './network';
import { baseline, inEveryNamespace, ownNamespaces, restricted, tokensWhereNeeded } from './pods';

const control = (id: string, title: string, check?: Control['check']): Control => ({ id, title, check });

export const NSA: Framework = {
  name: 'NSA/CISA Kubernetes Hardening Guidance 1.0',
  controls: [
    control('1.0', 'containers do not run as root', restricted),
    control('1.2', 'no privileged containers', baseline),
    control('1.4', 'no pods among the processes of their node', baseline),
    control('1.5', 'no pods on the network of their node', baseline),
    control('1.7', 'containers gain no privileges', restricted),
    control('1.10', 'containers run with a seccomp profile', restricted),
    control('1.11', 'tokens are in no pod that needs none', tokensWhereNeeded),
    control('1.12', 'nothing of ours stands in kube-system', ownNamespaces('kube-system')),
    control('2.0', 'policies name pods and namespaces by selectors', flowsBySelector),
    control('3.0', 'the network enforces policies'),
    control('4.0', 'a quota in every namespace', inEveryNamespace('', 'ResourceQuota', ({ spec }) => Object.keys(spec?.hard ?? {}).length > 0)),
    control('4.1', 'limits for containers in every namespace', inEveryNamespace('', 'LimitRange', ({ spec }) => spec?.limits?.length > 0)),
    control('5.0', 'the control plane has no port without TLS'),
    control('5.1', 'what is said to etcd is encrypted', allOf({ certificate: flag('etcd-certfile', value => value !== ''), authority: flag('etcd-cafile', value => value !== '') })),
    control('6.1', 'there is encryption at rest', secretsEncrypted),
    control('6.2', 'what encrypts is strong', secretsEncrypted),
    control('7.0', 'requests without credentials are refused, or answered on named paths only', anonymousOnNamedPaths),
    control('7.1', 'roles decide', authorizerIs('RBAC')),
    control('8.0', 'there is an audit policy, and it covers what matters', auditCoverage),
    control('8.1', 'requests are recorded', flag('audit-log-path', value => value !== '')),
    control('8.2', 'records are kept for 30 days', flag('audit-log-maxage', atLeast(30))),
    control('separation', 'the network is divided, and what nobody stated is denied', anyOf(defaultDeny, egressFirewalls, clusterTiers)),
    control('firewall', 'a firewall stands before the control plane', apiServerFirewall),
    control('tls', 'clients of the API server speak TLS 1.2 or later', tlsFrom12),
    control('in transit', 'workloads speak to each other encrypted', mutualTls),
  ],
};
