import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { ANY_IDENTITY, everyIdentity, IdentityMatch, notIdentity, ofNamespaces, ofPrincipals, ofServiceAccounts } from '../mesh-identity';
import { Action, ObjectRef, Peers, PROXIED, Rule } from '../rules';

/**
 * security.istio.io AuthorizationPolicy: what a proxy lets in. Any DENY denies; where an ALLOW is about a pod, one of them has to match.
 *
 * An ALLOW without rules allows nothing, a DENY without rules denies nothing, and a rule without anything in it is about everybody.
 * What cannot be told from who calls and which port is a condition: an ALLOW with one allows what meets it, and a DENY with one denies
 * nothing for sure. CUSTOM is somebody else's word, AUDIT and a dry run never decide.
 *
 * On a port that a Service says is no HTTP there are no requests: an ALLOW that asks for some never matches there, and a DENY that does is
 * about all that is sent, because what it says of requests is passed over.
 */
export const AUTHORIZATION_POLICY: KindReader = {
  kinds: ['security.istio.io/AuthorizationPolicy'],
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { action = 'ALLOW', selector, targetRefs, targetRef } = object.spec ?? {};
    if (!ACTIONS.includes(action)) throw new Error(`spec.action: '${action}' is unknown: use ${ACTIONS.join(', ')}`);
    if (object.metadata?.annotations?.['istio.io/dry-run'] === 'true') return sink.warn(ref, 'is a dry run: it is not enforced, and not in the answer');
    if (action === 'AUDIT') return;
    if (action === 'CUSTOM') return sink.warn(ref, 'asks an authorizer outside of the mesh, which may deny what the answer allows');
    if (targetRefs || targetRef) return sink.warn(ref, 'is about what it names in targetRefs, which is not read: what it allows or denies is not in the answer');
    const pods = at('spec.selector', () => LabelSelector.of(selector));
    const opaque = opaquePorts(ref.namespace!, selector?.matchLabels ?? {}, sink);
    const into: Into = { action: action === 'DENY' ? 'deny' : 'allow', opaque, ref, sink };
    const rules = at('spec', () => each(object.spec?.rules, 'rules', (rule, index) => readRule(rule ?? {}, index, into)));
    sink.policy({
      ref,
      layer: action === 'DENY' ? 'authorization-deny' : 'authorization',
      order: 0,
      subject: ref.namespace === sink.meshRoot() ? { pods, identity: ANY_IDENTITY } : { namespace: ref.namespace!, pods, identity: ANY_IDENTITY },
      directions: ['ingress'],
      rules: rules.flat(),
    });
  },
};

const ACTIONS = ['ALLOW', 'DENY', 'CUSTOM', 'AUDIT'];

/** A part of a rule: whatever it names has to hold. */
interface Terms {
  readonly identities: IdentityMatch[];
  addresses?: IpSet;
  ports?: ConnectionSet;
  readonly conditions: string[];
  /** Whether it is about requests, of which there are none but in HTTP. */
  readonly http?: boolean;
}

/** Where a policy stands: what it may leave out is read from there. */
interface Home {
  readonly namespace: string;
  readonly trustDomain?: string;
}

interface Into {
  readonly action: Action;
  readonly opaque: ConnectionSet;
  readonly ref: ObjectRef;
  readonly sink: ModelSink;
}

/** The ports of pods with these labels that a Service in front of all of them says are no HTTP. What a gateway speaks its Gateway says. */
function opaquePorts(namespace: string, labels: Readonly<Record<string, string>>, sink: ModelSink): ConnectionSet {
  if (sink.isMeshGateway(labels)) return ConnectionSet.none();
  const inFront = sink.servicesIn(namespace).filter(({ selector }) => selector?.matches(labels));
  const opaque = inFront.flatMap(({ ports }) => ports).filter(({ appProtocol, name = '' }) => OPAQUE.test(appProtocol ?? name));
  return ConnectionSet.unionOf(opaque.flatMap(({ protocol, target }) => protocol === 'TCP' && typeof target === 'number' ? [ConnectionSet.of('TCP', target)] : []));
}

/** What the mesh takes for bytes, by the protocol of a port or the beginning of its name. */
const OPAQUE = /^(tcp|tls|https|mongo|mysql|redis)(-|$)/;
const OF_REQUESTS = /^(host|method|path|request\.)/;

/** Each way to meet a rule is one of its own: a source, with an operation, under all conditions. */
function readRule(rule: any, index: number, into: Into): Rule[] {
  const home: Home = { namespace: into.ref.namespace!, trustDomain: into.sink.trustDomain() };
  const when = each(rule.when, 'when', item => readTerms(item?.key, item?.values, item?.notValues, home));
  const sources = each(rule.from, 'from', ({ source } = {} as any) => termsOf(source, SOURCE, home));
  const operations = each(rule.to, 'to', ({ operation } = {} as any) => termsOf(operation, OPERATION, home));
  return (sources.length ? sources : [EVERYTHING]).flatMap(source => (operations.length ? operations : [EVERYTHING])
    .flatMap(operation => toRules([source, operation, ...when], index, into)));
}

const EVERYTHING: Terms = { identities: [], conditions: [] };

/** The fields of a source and an operation, and the key under which `when` knows them. */
const SOURCE: Readonly<Record<string, string>> = {
  principals: 'source.principal',
  namespaces: 'source.namespace',
  serviceAccounts: 'source.serviceAccount',
  ipBlocks: 'source.ip',
  requestPrincipals: 'request.auth.principal',
  remoteIpBlocks: 'remote.ip',
};
const OPERATION: Readonly<Record<string, string>> = { ports: 'destination.port', hosts: 'host', methods: 'method', paths: 'path' };

function termsOf(json: any, fields: Readonly<Record<string, string>>, home: Home): Terms {
  const known = Object.entries(json ?? {});
  return all(known.map(([field, values]) => {
    const negative = /^not[A-Z]/.test(field);
    const name = negative ? field[3].toLowerCase() + field.slice(4) : field;
    const key = fields[name];
    if (key === undefined) throw new Error(`'${field}' is unknown: use ${Object.keys(fields).join(', ')}, each also as not...`);
    return at(field, () => readTerms(key, negative ? undefined : values, negative ? values : undefined, home));
  }));
}

function readTerms(key: string, values: any, notValues: any, home: Home): Terms {
  const yes = each(values, 'values', String);
  const no = each(notValues, 'notValues', String);
  const reader = IDENTITIES[key];
  if (reader) return { ...EVERYTHING, identities: [...yes.length ? [reader(yes, home)] : [], ...no.length ? [notIdentity(reader(no, home))] : []] };
  if (key === 'source.ip') return { ...EVERYTHING, addresses: (yes.length ? blocks(yes) : IpSet.all()).subtract(blocks(no)) };
  if (key === 'destination.port') return { ...EVERYTHING, ports: (yes.length ? numbers(yes) : PROXIED).subtract(numbers(no)) };
  const text = [...yes.length ? [`${key} ${yes.join('|')}`] : [], ...no.length ? [`not ${key} ${no.join('|')}`] : []];
  return { ...EVERYTHING, conditions: text, http: OF_REQUESTS.test(key) };
}

const IDENTITIES: Readonly<Record<string, (values: readonly string[], home: Home) => IdentityMatch>> = {
  'source.principal': (values, { trustDomain }) => ofPrincipals(values, trustDomain),
  'source.namespace': ofNamespaces,
  'source.serviceAccount': (values, { namespace }) => ofServiceAccounts(values, namespace),
};

const blocks = (texts: readonly string[]) => IpSet.unionOf(texts.map(text => text.includes('/') ? IpSet.ofCidr(text, { hostBits: 'mask' }) : IpSet.ofAddress(text)));
const numbers = (texts: readonly string[]) => ConnectionSet.unionOf(texts.map(text => ConnectionSet.of('TCP', Number(text))));

function all(terms: readonly Terms[]): Terms {
  return {
    identities: terms.flatMap(({ identities }) => identities),
    addresses: terms.reduce<IpSet | undefined>((set, { addresses }) => addresses && set ? set.intersect(addresses) : addresses ?? set, undefined),
    ports: terms.reduce<ConnectionSet | undefined>((set, { ports }) => ports && set ? set.intersect(ports) : ports ?? set, undefined),
    conditions: terms.flatMap(({ conditions }) => conditions),
    http: terms.some(({ http }) => http),
  };
}

function toRules(terms: readonly Terms[], index: number, into: Into): Rule[] {
  const { action, opaque, ref, sink } = into;
  const { identities, addresses, ports: asked = PROXIED, conditions, http } = all(terms);
  if (http && action === 'deny' && terms.every(part => part.conditions.length === 0 || part.http)) {
    const bytes = asked.intersect(opaque);
    const plain: Terms = { identities, addresses, ports: bytes, conditions: [] };
    const rest = asked.subtract(bytes);
    if (!bytes.isEmpty) return [...toRules([plain], index, into), ...rest.isEmpty ? [] : toRules([...terms, { ...EVERYTHING, ports: rest }], index, into)];
  }
  const ports = http && action === 'allow' ? asked.subtract(opaque) : asked;
  if (ports.isEmpty) return [];
  if (conditions.length && action === 'deny') {
    sink.warn(ref, `rule rules[${index}] denies under a condition (${conditions.join(', ')}): nothing is denied by it for sure`);
    return [];
  }
  const rule = (peers: Peers, more: readonly string[] = []): Rule => {
    const told = [...conditions, ...more];
    return { direction: 'ingress', action, index, peers, ports: { numbers: ports, names: [] }, ...(told.length ? { condition: told.join(', ') } : {}) };
  };
  if (identities.length === 0) return [rule(addresses ? { any: false, pods: [], addresses, addressesOfPods: true } : { any: true, pods: [] })];
  const identity = everyIdentity(identities);
  const known = { any: false, pods: [{ pods: LabelSelector.EVERYTHING, identity }] };
  const unknown = identity.matches(undefined) ? [rule({ any: false, pods: [], withoutIdentity: true, addresses, addressesOfPods: addresses && true })] : [];
  if (!addresses) return [rule(known), ...unknown];
  // Where an identity and an address are asked for together, which pods of that identity have such an address is not known.
  if (action === 'deny') sink.warn(ref, `rule rules[${index}] denies identities at some addresses only: of pods in the mesh nothing is denied by it for sure`);
  return [...action === 'allow' ? [rule(known, [`source.ip ${addresses}`])] : [], ...unknown];
}
