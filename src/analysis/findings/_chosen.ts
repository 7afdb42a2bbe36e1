import { PodShape, Workload } from '../pods';
import { Reachability } from '../reachability';
import { PodMatch } from '../rules';

/** Which pods of the manifests a selector chooses. Imagined pods are left out; pods on their node's network are never chosen. */
export class Chosen {
  /** The namespaces that manifests show pods of. */
  readonly populated: ReadonlySet<string>;
  private readonly workloadsOf = new Map<number, Workload[]>();

  constructor(private readonly reachability: Reachability) {
    const real = reachability.model.workloads.filter(workload => workload.real);
    for (const workload of real) {
      for (const { shape } of workload.variants) {
        const list = this.workloadsOf.get(shape.id);
        if (list) list.push(workload); else this.workloadsOf.set(shape.id, [workload]);
      }
    }
    this.populated = new Set(real.filter(({ foreign }) => !foreign).map(({ namespace }) => namespace));
  }

  shapes(match: PodMatch): PodShape[] {
    const { compilation, model } = this.reachability;
    return compilation.selector.select(match).shapes.filter(id => this.workloadsOf.has(id)).map(id => model.shapes[id]);
  }

  workloads(match: PodMatch): Workload[] {
    return this.workloadsAs(this.shapes(match));
  }

  workloadsAs(shapes: readonly PodShape[]): Workload[] {
    return [...new Set(shapes.flatMap(({ id }) => this.workloadsOf.get(id) ?? []))];
  }

  /** The namespaces that a match looks into, as far as manifests show them. */
  namespaces({ namespace, namespaces }: PodMatch): string[] {
    if (namespace !== undefined) return [namespace];
    return [...this.reachability.model.namespaces].filter(([, labels]) => namespaces?.matches(labels) ?? true).map(([name]) => name);
  }
}
