import { Chosen } from './_chosen';
import { keyOfRef, PodSource, podSources, PolicySource, Source } from './_sources';
import { ConnectionSet } from '../../algebra/connection-set';
import { Labels } from '../../algebra/label-selector';
import { NAME_LABEL, PodShape, textOfWorkload, Workload } from '../pods';
import { evaluate } from '../program';
import { Reachability } from '../reachability';
import { groupOf } from '../readers/_reader';
import { Direction, isOfMesh, ObjectRef } from '../rules';

/**
 * What the checks look at: the objects as they came, the policies in their normal form, and who is chosen and held by whom.
 *
 * Pods that others own are chosen like all others, but what holds them is not known, and so never judged.
 */
export class Evidence extends Chosen {
  /** Every object that is valid. */
  readonly objects: readonly Source[];
  /** All but those of a mesh. */
  readonly policies: readonly PolicySource[];
  /** What proxies of a mesh are told. */
  readonly meshPolicies: readonly PolicySource[];
  /** The policies of networking.k8s.io. */
  readonly networkPolicies: readonly PolicySource[];
  /** The pods and pod templates as they came; those of controllers that another object controls are left out. */
  readonly pods: readonly PodSource[];
  /** The workloads whose policies are all known, but for those on their node's network. */
  readonly held: ReadonlySet<Workload>;

  private readonly byKind = new Map<string, Source[]>();
  private readonly byKey = new Map<string, Source>();
  private readonly refs = new Map<string, ObjectRef>();
  private readonly known = new Map<unknown, unknown>();

  constructor(readonly reach: Reachability) {
    super(reach);
    const { model } = reach;
    const refused = new Set(model.problems.map(({ ref }) => keyOfRef(ref)));
    this.objects = [...model.sources()].filter(({ ref }) => !refused.has(keyOfRef(ref)));
    for (const source of this.objects) {
      const kind = `${groupOf(source.ref.apiVersion)}/${source.ref.kind}`;
      const list = this.byKind.get(kind);
      if (list) list.push(source); else this.byKind.set(kind, [source]);
      this.byKey.set(keyOfRef(source.ref), source);
      const { namespace = '', name, kind: plain } = source.ref;
      this.refs.set(textOfWorkload({ namespace, name, kind: plain }), source.ref);
    }
    const policies = model.policies.map(policy => ({ ref: policy.ref, json: this.byKey.get(keyOfRef(policy.ref))?.json ?? {}, policy }));
    this.policies = policies.filter(({ policy }) => !isOfMesh(policy.layer));
    this.meshPolicies = policies.filter(({ policy }) => isOfMesh(policy.layer));
    this.networkPolicies = this.policies.filter(({ policy, ref }) => policy.layer === 'network-policy' && ref.kind === 'NetworkPolicy');
    this.pods = podSources(this.objects, this.byKey);
    this.held = new Set(model.workloads.filter(workload => workload.real && !workload.foreign && !isOnHost(workload)));
  }

  /** The objects of some kinds, each as `group/Kind` with '' for the core group. */
  ofKind(...kinds: string[]): Source[] {
    return kinds.flatMap(kind => this.byKind.get(kind) ?? []);
  }

  /** What several checks ask for, computed once. */
  once<T>(compute: (evidence: Evidence) => T): T {
    if (!this.known.has(compute)) this.known.set(compute, compute(this));
    return this.known.get(compute) as T;
  }

  refOf(workload: Workload): ObjectRef {
    const { namespace, name, kind, origin } = workload;
    return this.refs.get(textOfWorkload(workload)) ?? { apiVersion: '', kind, namespace, name, origin };
  }

  /** Whether a NetworkPolicy closes the direction for these pods, but for what it allows. */
  isolates({ id }: PodShape, direction: Direction): boolean {
    return this.reach.compilation.policiesOf[id].some(policy => policy.layer === 'network-policy' && policy.directions.includes(direction));
  }

  /** Whether what no rule names is kept out, by whatever layer. */
  isClosed(shape: PodShape, direction: Direction): boolean {
    if (this.isolates(shape, direction)) return true;
    const program = this.reach.compilation.programOf[direction][shape.id];
    return evaluate(program, { selectable: true }, ({ ports }) => ports.names.length > 0 ? ConnectionSet.all() : ports.numbers).isEmpty;
  }

  labelsOf(namespace: string): Labels {
    return this.reach.model.namespaces.get(namespace) ?? { [NAME_LABEL]: namespace };
  }
}

/**
 * Namespaces of the cluster itself. Kubernetes reserves the prefix `kube-`, OpenShift `openshift-`: policies of their owners' making
 * are missing there by design.
 */
export function isSystem(namespace: string | undefined): boolean {
  return namespace !== undefined && /^(kube|openshift)-/.test(namespace);
}

export function isOnHost({ variants }: Workload): boolean {
  return variants.every(({ shape }) => shape.hostNetwork);
}

/** `shop/api[Deployment], shop/cart[StatefulSet] and 3 more` */
export function listed(items: readonly string[], most = 3): string {
  const sorted = [...new Set(items)].sort();
  const rest = sorted.length - most;
  return rest > 1 ? `${sorted.slice(0, most).join(', ')} and ${rest} more` : sorted.join(', ');
}

export function namesOf(workloads: readonly Workload[]): string {
  return listed(workloads.map(textOfWorkload));
}
