import { LabelSelector } from '../../algebra/label-selector';
import { NAME_LABEL, PodShape, Workload } from '../pods';
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

  /** The namespaces that a match looks into. @returns undefined where they may be others than the manifests show pods of */
  shownNamespaces({ namespace, namespaces }: PodMatch): readonly string[] | undefined {
    const names = namespace !== undefined ? [namespace] : namespaces && namesIn(namespaces);
    return names?.every(name => this.populated.has(name)) ? names : undefined;
  }
}

function namesIn(selector: LabelSelector): readonly string[] | undefined {
  return selector.requirements.find(({ key, operator }) => key === NAME_LABEL && operator === 'In')?.values;
}
