/** What docs/proof.md says of control planes and grants. */
import { ControlPlaneReport } from './part';
import { GrantReport } from '../api-server/grants';

export function controlPlanes({ cases, kubeadm, refused, noticed }: ControlPlaneReport): string {
  const sum = (what: string) => cases.reduce((total, { tried }) => total + (tried[what] ?? 0), 0);
  const rows = cases.map(({ name, kinds, flags, tried }) => `| ${name} | ${kinds.join(', ')} | ${flags} | ${Object.values(tried).reduce((a, b) => a + b, 0)} |`);
  return `### Files of a control plane

A kube-apiserver is started with the files and the flags of each control plane below, as kubeadm's file states them, and behaves as they say.

| control plane | files | flags | tried |
| --- | --- | --- | --- |
${rows.join('\n')}

- ${sum('tokens')} tokens and names from a local issuer of the same name (RS256 and ES256): those in good order make the user and the groups they should; refused are those for another audience or
  none, of another issuer, in the name of another issuer of the same file, ended, not begun, without an end, unsigned, signed by a stranger or with the public key as a secret, and without
  what a rule asks for. No token makes a user or a group that begins with \`system:\`.
- ${sum('strangers')} requests without credentials: the stated paths answer, all others say 401.
- ${sum('permissions')} questions to the authorizers: roles decide, the node authorizer lets nodes do what is theirs, nobody else is allowed anything; a webhook is asked, but for those whom its conditions leave out.
- TLS 1.1 and CBC suites are turned away, 1.2 with forward secrecy is not; no profiles are served.
- ${sum('the audit log')} looks into the audit log: changes of policies and roles in full, \`exec\`, \`portforward\` and tokens recorded, Secrets and ConfigMaps without contents, no token, no probes.
- ${sum('what etcd holds')} looks into etcd: what is encrypted is unreadable there and comes back by the API; what is not encrypted is readable, so the look is at the right place.

Changed in a copy, because it is the world outside: issuers are found by \`discoveryURL\` at a server on this machine and vouched for by its \`certificateAuthority\` (\`url\`, audiences,
mappings and rules stay as they are); sockets of key services, the kubeconfig of a webhook, and the audit log lie in the run's folder. Keys are kept by a KMS v2 plugin of our own, in memory, in place of a key service.

\`kubeadm config validate\` takes the file of ${kubeadm.accepted.join(', ')}, with its own version stated, so that it asks nobody for the newest; it refuses ${kubeadm.refused.join(', ')}.
kube-apiserver does not start with an ${refused.join(', an ')}.

Seen to fail, in every run, with every file of the first opened a little (no rules and no prefixes, everybody allowed, plain text first, everything recorded with contents, TLS 1.0, profiles):

${noticed.map(what => `- ${what}`).join('\n')}`;
}

export function grantsSection({ asked, allowed, subjects, deeds, noticed }: GrantReport): string {
  return `### Grants

${asked} questions were put to the real authorizer as SubjectAccessReviews, ${allowed} answered yes, every one as meant. No ServiceAccount of an example may read secrets, make pods or tokens, or touch
the policies that hold it. Everybody who was granted something (${subjects.join(', ')}) was asked about every resource and verb that the grants, the promises of edge.md and the ways to
more know of: in the granted namespace, in another, in kube-system, and in all at once. What is expected is overheard from the program, \`grant\` by \`grant\`, and taken from no role.
${deeds} times somebody tried to make or bind a role: those who may, up to what they have; nobody more.

Seen to fail, in every run, with:

${noticed.map(what => `- ${what}`).join('\n')}`;
}
