/**
 * AuthorizationPolicy as a pure function of flows: who may ask a workload for what, by identity.
 *
 * Laws: what is emitted allows the flows and nothing else; a policy without rules allows nothing, and no rule is ever empty, because an
 * empty one would allow everything; a peer with an identity is named by it, and a peer without one is let in as such, so that no identity
 * comes in by the same rule; ports are numbers of the pods; the same flows in any order give the same object.
 */
import { AuthorizationOperation, AuthorizationPolicySpec, AuthorizationRule, AuthorizationSource, PeerAuthenticationSpec } from '../api/istio';
import { AddressEnd, AddressFacts, Endpoint, NamespaceEnd, Subject, WorkloadEnd, nameOf } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { HttpCondition } from '../intent/http-match';
import { hasIdentity } from '../intent/mesh-provider';
import { Port, compareText } from '../intent/port';

/** A range of ports is written port by port, up to this many. */
const MOST_PORTS = 64;

/** The policy of one subject: what others may ask it for. */
export function renderAuthorization(subject: Subject, ingress: readonly Flow[], facts: AddressFacts, trustDomain: string): AuthorizationPolicySpec {
  const rules = ingress.flatMap(flow => rulesOf(flow, subject, facts, trustDomain));
  return {
    ...(subject.kind === 'workload' ? { selector: { matchLabels: subject.labels } } : {}),
    action: 'ALLOW',
    ...(rules.length ? { rules: unique(rules) } : {}),
  };
}

/** Everything between the namespaces of one project, and nothing across. */
export function joinAuthorization(namespaces: readonly string[]): AuthorizationPolicySpec {
  return { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: [...namespaces].sort(compareText) } }] }] };
}

/** Plaintext is taken on the ports that peers without identity may reach, and on no other. */
export function renderPlaintext(workload: WorkloadEnd, ingress: readonly Flow[]): PeerAuthenticationSpec {
  const ports = ingress.filter(({ from }) => !hasIdentity(from)).flatMap(flow => tcpNumbers(flow.ports, workload));
  return {
    selector: { matchLabels: workload.labels },
    mtls: { mode: 'STRICT' },
    ...(ports.length ? { portLevelMtls: Object.fromEntries([...new Set(ports)].sort((a, b) => a - b).map(port => [String(port), { mode: 'PERMISSIVE' as const }])) } : {}),
  };
}

/** What the mesh cannot say of a flow, if anything. Ports of other protocols than TCP never meet a proxy: policies of the network hold them. */
export function portFault(ports: readonly Port[], to: Endpoint): string | undefined {
  for (const port of ports.filter(({ _transport }) => _transport === 'TCP')) {
    if (port._last - port._first >= MOST_PORTS) return `'${port}' has more than ${MOST_PORTS} ports, and an AuthorizationPolicy lists each: state fewer, or leave the destination out of the mesh`;
    if (port._name && to.kind !== 'workload') return `'${port}' is a name, and an AuthorizationPolicy knows numbers only: state the number`;
  }
  return undefined;
}

function rulesOf({ from, ports, limited }: Flow, subject: Subject, facts: AddressFacts, trustDomain: string): AuthorizationRule[] {
  const sources = sourcesOf(from, facts, trustDomain).map(source => ({ source }));
  const told = limited.map(limit => ({ numbers: tcpNumbers(limit.ports, subject), http: limit.http }));
  const limitedNumbers = new Set(told.flatMap(({ numbers }) => numbers));
  const open = tcpNumbers(ports, subject).filter(number => !limitedNumbers.has(number));
  return [
    ...(open.length ? [{ from: sources, to: [{ operation: { ports: textsOf(open) } }] }] : []),
    ...told.flatMap(({ numbers, http }) => http.map(condition => limitedRule(sources, numbers, condition))),
  ];
}

function limitedRule(from: AuthorizationRule['from'], numbers: readonly number[], { methods, paths, hosts, headers }: HttpCondition): AuthorizationRule {
  const operation: AuthorizationOperation = {
    ports: textsOf(numbers),
    ...(methods.length ? { methods } : {}),
    paths,
    ...(hosts.length ? { hosts } : {}),
  };
  const when = headers.map(({ name, value }) => ({ key: `request.headers[${name}]`, values: [value] }));
  return { from, to: [{ operation }], ...(when.length ? { when } : {}) };
}

/** Who has no identity is let in as such: a peer with one does not match what it lacks. */
function sourcesOf(from: Endpoint, facts: AddressFacts, trustDomain: string): AuthorizationSource[] {
  if (from.kind === 'workload' && hasIdentity(from)) return [{ principals: [`${trustDomain}/ns/${from.home.namespace}/sa/${from.serviceAccountName}`] }];
  if (from.kind === 'namespace' && hasIdentity(from)) return [{ namespaces: [from.namespace] }];
  const nobody = { notPrincipals: ['*'] };
  return from.kind === 'addresses' ? blocksOf(from, facts).map(block => ({ ...nobody, ...block })) : [nobody];
}

function blocksOf(from: AddressEnd, facts: AddressFacts): Pick<AuthorizationSource, 'ipBlocks' | 'notIpBlocks'>[] {
  const blocks = from.resolve(facts).flatMap(target => target.blocks);
  return blocks.map(({ cidr, except }) => ({ ipBlocks: [cidr], ...(except.length ? { notIpBlocks: [...except] } : {}) }));
}

/** The numbers of TCP ports at a destination; a name is what its containers call it. */
function tcpNumbers(ports: readonly Port[], subject: WorkloadEnd | NamespaceEnd): number[] {
  return ports.filter(({ _transport }) => _transport === 'TCP').flatMap(port => {
    if (!port._name) return Array.from({ length: port._last - port._first + 1 }, (_, i) => port._first + i);
    const declared = subject.kind === 'workload' ? subject.ports().filter(({ name, port: own }) => name === port._name && own._transport === 'TCP') : [];
    if (declared.length === 0) throw new Error(`[${subject.path}] the port '${port}' has no number at '${nameOf(subject)}', and an AuthorizationPolicy knows numbers only: state the number`);
    return declared.map(({ port: own }) => own._first);
  });
}

function textsOf(numbers: readonly number[]): string[] {
  return [...new Set(numbers)].sort((a, b) => a - b).map(String);
}

function unique(rules: readonly AuthorizationRule[]): AuthorizationRule[] {
  const byText = new Map(rules.map(rule => [JSON.stringify(rule), rule]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule);
}
