import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';
import { IpSet } from '../../algebra/ip-set';
import { Labels } from '../../algebra/label-selector';
import { Decision, explain } from '../explain';
import { NAME_LABEL } from '../pods';
import { End, Endpoint, Reachability } from '../reachability';
import { Direction, isOfMesh, ObjectRef, placeOf, Policy, textOfRef } from '../rules';

/**
 * The smallest change that would allow a connection that is denied: at each end that denies it one rule, as narrow as the question.
 *
 * Laws: applied, the connection is allowed; nothing else is, but for pods that no label tells from the two ends. A policy that holds other
 * pods too is never widened: the rule then comes with a policy of its own. What no NetworkPolicy can change is said, and no rule made up.
 */
export interface Remedy {
  readonly direction: Direction;
  /** What to do, as a sentence. */
  readonly text: string;
  /** The policy that gets one more rule. @default - none has to be changed */
  readonly object?: ObjectRef;
  /** The rule to add to `object`'s list of that direction. */
  readonly rule?: any;
  /** A policy to add. */
  readonly manifest?: any;
}

export function remediesOf(reach: Reachability, src: End, dst: End, asked: ConnectionSet): Remedy[] {
  const decisions = explain(reach, src, dst, asked);
  return (['egress', 'ingress'] as const).flatMap(direction => {
    const here = decisions.filter(decision => decision.direction === direction);
    const denied = here.filter(({ effect }) => effect === 'deny' || effect === 'isolate');
    const [subject, peer] = direction === 'egress' ? [src, dst] : [dst, src];
    if (denied.length === 0 || subject instanceof IpSet) return [];
    const byProxy = denied.filter(({ layer }) => layer !== undefined && isOfMesh(layer.name));
    const others = denied.filter(decision => !byProxy.includes(decision));
    return [...others.length ? [remedy(reach, direction, subject, peer, others)] : [], ...byProxy.length ? [meshRemedy(subject, peer, byProxy)] : []];
  });
}

/** A proxy knows its callers by identity, so who has none has to get one first. */
function meshRemedy(subject: Endpoint, peer: End, denied: readonly Decision[]): Remedy {
  const conn = ConnectionSet.unionOf(denied.map(decision => decision.conn));
  const identity = peer instanceof IpSet ? undefined : peer.workload.variants[0].shape.identity;
  const ruled = denied.find(({ effect, layer }) => effect === 'deny' && layer!.name === 'authorization-deny');
  if (ruled) return { direction: 'ingress', text: `${placeOf(ruled.rule!, ruled.layer!.name)} of ${textOfRef(ruled.object!)} denies it, whatever else allows it: take it out` };
  if (!identity) {
    const who = peer instanceof IpSet ? peer.toString() : peer.text;
    return { direction: 'ingress', text: `${who} has no identity in the mesh: let it join, or take plaintext on the port (PeerAuthentication, portLevelMtls) and let it in by address` };
  }
  const principal = `cluster.local/ns/${identity.namespace}/sa/${identity.serviceAccount}`;
  const rule = { from: [{ source: { principals: [principal] } }], to: [{ operation: { ports: numbersOf(conn) } }] };
  return { direction: 'ingress', rule, text: `add this rule, with the trust domain of the mesh, to the list spec.rules of an AuthorizationPolicy that selects ${subject.text} only` };
}

function numbersOf(conn: ConnectionSet): string[] {
  return conn.portsOf('TCP').intervals().map(([from, end]) => end - from === 1 ? `${from}` : `${from}-${end - 1}`);
}

function remedy(reach: Reachability, direction: Direction, subject: Endpoint, peer: End, denied: readonly Decision[]): Remedy {
  const ruled = denied.find(({ effect }) => effect === 'deny');
  if (ruled) {
    const { object, rule, layer } = ruled;
    const where = `rule ${direction}[${rule!.index}] of ${textOfRef(object!)}`;
    if (layer!.name === 'egress-firewall') {
      return { direction, text: `${where} denies it: put an Allow rule for ${peer instanceof IpSet ? peer : peer.text} before it, which opens it for the whole namespace as far as its policies allow it` };
    }
    return layer!.name === 'baseline'
      ? { direction, text: `${where} denies it as a baseline: a NetworkPolicy that selects ${subject.text} decides instead of it, and closes all else` }
      : { direction, text: `${where} denies it for the whole cluster: only who owns that object can put an Allow or Pass rule before it` };
  }
  const missing = ConnectionSet.unionOf(denied.map(({ conn }) => conn));
  const chosen = peerOf(peer, subject.namespace);
  if (typeof chosen === 'string') return { direction, text: chosen };
  const rule = { [direction === 'egress' ? 'to' : 'from']: chosen, ...portsOf(missing) };
  const own = ownPolicy(reach, subject, denied.flatMap(({ object }) => object ?? []));
  if (own) return { direction, object: own, rule, text: `add this rule to the list spec.${direction} of ${textOfRef(own)}` };
  const labels = commonLabels(subject);
  if (Object.keys(labels).length === 0) {
    return { direction, text: `give the pods of ${subject.text} a label: without one a rule for them is a rule for the whole namespace` };
  }
  const name = `${subject.workload.name}-allow-${direction}`;
  const manifest = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: subject.namespace },
    spec: { podSelector: { matchLabels: labels }, policyTypes: [direction === 'egress' ? 'Egress' : 'Ingress'], [direction]: [rule] },
  };
  return { direction, manifest, text: `add a NetworkPolicy that selects ${subject.text} only` };
}

/** Among the policies that close the pod, one that holds no other workload, by name. */
function ownPolicy({ compilation, model }: Reachability, { workload }: Endpoint, closing: readonly ObjectRef[]): ObjectRef | undefined {
  const mine = new Set(workload.variants.map(({ shape }) => shape.id));
  const holdsOthers = new Set<Policy>();
  for (const other of model.workloads) {
    if (other === workload || !other.real) continue;
    for (const { shape } of other.variants) for (const policy of compilation.policiesOf[shape.id]) holdsOthers.add(policy);
  }
  const own = model.policies.filter(policy => closing.includes(policy.ref) && !holdsOthers.has(policy) && policy.subject.pods.key !== '')
    .filter(policy => [...mine].every(id => compilation.policiesOf[id].includes(policy)));
  return own.map(({ ref }) => ref).sort((a, b) => (a.name < b.name ? -1 : 1))[0];
}

function peerOf(peer: End, namespace: string): any[] | string {
  if (peer instanceof IpSet) return peer.toCidrs().map(cidr => ({ ipBlock: { cidr } }));
  if (peer.hostNetwork) return `${peer.text} is on its node's network, where no selector finds it: allow the addresses of its node as an ipBlock`;
  const labels = commonLabels(peer);
  if (Object.keys(labels).length === 0) return `give the pods of ${peer.text} a label: without one a rule for them is a rule for their whole namespace`;
  const pods = { podSelector: { matchLabels: labels } };
  return [peer.namespace === namespace ? pods : { namespaceSelector: { matchLabels: { [NAME_LABEL]: peer.namespace } }, ...pods }];
}

/** Labels that a controller gives each generation of its pods anew. */
const PASSING = ['pod-template-hash', 'controller-revision-hash', 'pod-template-generation', 'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index', 'batch.kubernetes.io/controller-uid', 'controller-uid'];

function commonLabels({ workload, name, kind }: Endpoint): Labels {
  const variants = name === workload.name && kind === workload.kind ? workload.variants : workload.variants.filter(({ pods }) => pods.includes(name));
  const [first, ...others] = variants.map(({ shape }) => shape.labels);
  return Object.fromEntries(Object.entries(first).filter(([key, value]) => others.every(labels => labels[key] === value)
    && (variants.length === 1 && kind === 'Pod' || !PASSING.includes(key))));
}

function portsOf(conn: ConnectionSet): { ports?: any[] } {
  if (conn.isAll) return {};
  return {
    ports: PROTOCOLS.flatMap(protocol => conn.portsOf(protocol).intervals().map(([from, end]) =>
      (from === 1 && end === 65536 ? { protocol } : end - from === 1 ? { protocol, port: from } : { protocol, port: from, endPort: end - 1 }))),
  };
}
