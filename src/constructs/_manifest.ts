/** The one way an object enters the tree: wire shape in, ApiObject out. */
import { ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { SubjectFlows } from '../intent/ledger';
import { ManifestPlan } from '../intent/network-provider';

/** An object as it is written, without `status`. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  /** What stands beside metadata: `spec`, or `data`, or a kind's own fields. */
  readonly body: Record<string, unknown>;
}

/** Adds an object under `scope`. Namespace and the library's labels come from the chart it lands in. */
export function emit(scope: Construct, id: string, manifest: Manifest): ApiObject {
  const { apiVersion, kind, name, labels, annotations, body } = manifest;
  return new ApiObject(scope, id, { apiVersion, kind, metadata: { name, labels, annotations }, ...body });
}

/** Adds a provider's objects: each exists now, closed, and shows the flows stated until synth. */
export function emitPlans(scope: Construct, plans: readonly ManifestPlan[], flows: () => SubjectFlows): void {
  for (const { apiVersion, kind, name, render } of plans) {
    emit(scope, name, { apiVersion, kind, name, body: { spec: Lazy.any({ produce: () => render(flows()) }) } });
  }
}
