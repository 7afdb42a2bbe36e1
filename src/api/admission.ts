/** The wire shapes of admissionregistration.k8s.io/v1, as far as they are emitted. */
import { LabelSelector } from './core';

/** Requests by what they are about. `resources: ['pods']` does not mean `pods/status`, and `['*']` means no subresource. */
export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[];
  readonly resources: readonly string[];
}

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/ */
export interface ValidatingAdmissionPolicySpec {
  readonly failurePolicy: 'Fail';
  readonly matchConstraints: {
    readonly resourceRules: readonly ResourceRule[];
    /** Objects outside namespaces are never skipped by it; a Namespace is judged by its own labels. */
    readonly namespaceSelector: LabelSelector;
    /** Holds where the object has the labels before or after the request, so that taking them away is seen. */
    readonly objectSelector?: LabelSelector;
  };
  /** All have to be true, or the policy does not apply. */
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  /** Seen by validations, and not by conditions. */
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  /** One that is not true refuses the request. */
  readonly validations: readonly { readonly expression: string; readonly message: string; readonly reason: 'Forbidden' }[];
}

/** Without one a policy does nothing. */
export interface ValidatingAdmissionPolicyBindingSpec {
  readonly policyName: string;
  readonly validationActions: readonly ('Deny')[];
}
