import { Evidence, isSystem } from './_evidence';
import { groupBy } from '../../algebra/group';
import { Workload } from '../pods';
import { Direction, ObjectRef } from '../rules';

/** How far the pods of each namespace are closed. */
export interface Coverage {
  readonly namespace: string;
  /** The Namespace where it is declared. */
  readonly ref: ObjectRef;
  readonly workloads: readonly Workload[];
  /** The workloads of which some pod is open to what no rule names. */
  readonly open: Readonly<Record<Direction, readonly Workload[]>>;
}

/** The namespaces with pods that somebody's policies should hold. */
export function coverageOf(evidence: Evidence): readonly Coverage[] {
  return evidence.once(readCoverage);
}

function readCoverage(evidence: Evidence): Coverage[] {
  const byNamespace = groupBy([...evidence.held].filter(({ namespace }) => !isSystem(namespace)), ({ namespace }) => namespace);
  const declared = new Map(evidence.ofKind('/Namespace', 'project.openshift.io/Project').map(({ ref }) => [ref.name, ref]));
  return [...byNamespace].map(([namespace, workloads]) => ({
    namespace,
    ref: declared.get(namespace) ?? { apiVersion: 'v1', kind: 'Namespace', name: namespace, origin: workloads[0].origin },
    workloads,
    open: { ingress: openIn(evidence, workloads, 'ingress'), egress: openIn(evidence, workloads, 'egress') },
  }));
}

export function isBare({ workloads, open }: Coverage): boolean {
  return open.ingress.length === workloads.length && open.egress.length === workloads.length;
}

export function openIn(evidence: Evidence, workloads: readonly Workload[], direction: Direction): Workload[] {
  return workloads.filter(({ variants }) => variants.some(({ shape }) => !shape.hostNetwork && !evidence.isClosed(shape, direction)));
}
