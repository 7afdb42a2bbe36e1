/** What a guardrail is: requests it is about, whom it lets pass, and what it asks of the rest. */
import { Identities, SystemPrograms } from './_guardrail-identities';
import { ResourceRule, ValidatingAdmissionPolicySpec } from '../api/admission';
import { RbacSubject } from '../api/rbac';
import { WorkloadEnd } from '../intent/endpoint';

/** What guardrails are made from. */
export interface GuardrailContext {
  readonly subjects: readonly RbacSubject[];
  readonly system: SystemPrograms;
  readonly openshift: boolean;
  /** The namespaces of this program. */
  readonly namespaces: readonly string[];
  /** Those of them whose pods may be privileged. */
  readonly privileged: readonly string[];
  /** Workloads whose pods have annotations that others may not have: gateways of the mesh, and what stays out of it. */
  readonly annotated: readonly WorkloadEnd[];
}

/** One guardrail, without what all of them have. */
export interface Guardrail {
  readonly rules: readonly ResourceRule[];
  /** The cluster's own programs that have work to do here. */
  readonly passing?: Identities;
  /** Only objects with our label. */
  readonly ours?: boolean;
  /** @default - all namespaces of this program */
  readonly namespaces?: readonly string[];
  readonly variables?: ValidatingAdmissionPolicySpec['variables'];
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

export type Operations = ResourceRule['operations'];

export const EVERY_CHANGE: Operations = ['CREATE', 'UPDATE', 'DELETE'];

/** Requests about these resources, in each of these groups. */
export function on(apiGroups: string | readonly string[], resources: readonly string[], operations: Operations): ResourceRule {
  return { apiGroups: typeof apiGroups === 'string' ? [apiGroups] : apiGroups, apiVersions: ['*'], operations, resources };
}
