/** The one way an object enters the tree: wire shape in, ApiObject out. */
import { ApiObject, App, JsonPatch, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { hasStockResolvers, metadataOf, plain } from './_to-json';
import { SubjectFlows } from '../intent/ledger';
import { ManifestPlan } from '../intent/network-provider';

/** An object as it is written, without `status`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** @default - that of the chart it lands in */
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** What stands beside metadata: `spec`, or `data`, or a kind's own fields. */
  readonly body: Record<string, unknown>;
}

/** Adds an object under `scope`. Namespace and the library's labels come from the chart it lands in. */
export function emit(scope: Construct, id: string, manifest: Manifest): ApiObject {
  return new Emitted(scope, id, manifest);
}

/** What belongs to the cluster itself outlives us: GitOps controllers are told never to remove it when we stop stating it. */
const NEVER_PRUNED = {
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** Adds what we say of an object that exists before us and survives us. */
export function emitPreexisting(scope: Construct, id: string, manifest: Manifest): ApiObject {
  return emit(scope, id, { ...manifest, annotations: NEVER_PRUNED });
}

/** Adds a provider's objects: each exists now, closed, and shows the flows stated until synth. */
export function emitPlans(scope: Construct, plans: readonly ManifestPlan[], flows: () => SubjectFlows): void {
  for (const { apiVersion, kind, name, annotations, render } of plans) {
    emit(scope, scope.node.tryFindChild(name) ? `${kind}-${name}` : name, { apiVersion, kind, name, annotations, body: { spec: Lazy.any({ produce: () => render(flows()) }) } });
  }
}

/** An object whose body is known to be plain data: it is written in one walk, where cdk8s takes three to find out. */
class Emitted extends ApiObject {
  private readonly body: Record<string, unknown>;
  private patched = false;

  constructor(scope: Construct, id: string, { apiVersion, kind, name, namespace, labels, annotations, body }: Manifest) {
    super(scope, id, { apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...body });
    this.body = body;
  }

  public override addJsonPatch(...ops: JsonPatch[]): void {
    this.patched = true;
    super.addJsonPatch(...ops);
  }

  /** The same, byte for byte, as cdk8s makes of it; what it alone knows to do, such as patches, is left to it. */
  public override toJson(): any {
    if (this.patched || !hasStockResolvers(App.of(this))) return super.toJson();
    return { apiVersion: this.apiVersion, kind: this.kind, metadata: metadataOf(this.metadata), ...plain(this.body) };
  }
}
