/**
 * The API server's admission, as far as guardrails need it: which policies a request meets, and what their expressions say of it. The
 * expressions are run by another engine of the same language than the API server's; what that one says is tried by the engines.
 */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { LabelSelector } from '../../src/algebra/label-selector';

/** A request as admission sees it. */
export interface AdmissionTry {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly group?: string;
  /** `pods`, or `pods/status` */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly object?: any;
  readonly oldObject?: any;
}

const env = celEnv();
const programs = new Map<string, (variables: any) => unknown>();

function evaluate(expression: string, variables: object): unknown {
  const program = programs.get(expression) ?? plan(env, parse(expression));
  programs.set(expression, program as any);
  const result = (program as any)(variables);
  if (isCelError(result)) throw new Error(`${expression}: ${result.message}`);
  return result;
}

/** What the guardrails among some manifests say against a request, by policy; empty where it is admitted. */
export function refusals(manifests: readonly any[], tried: AdmissionTry): string[] {
  const bindings = manifests.filter(({ kind, spec }) => kind === 'ValidatingAdmissionPolicyBinding' && spec.validationActions.includes('Deny'));
  const bound = new Set(bindings.map(({ spec }) => spec.policyName));
  return manifests.filter(({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && bound.has(metadata.name)).flatMap(({ metadata, spec }) =>
    judge(spec, tried).map(message => `${metadata.name}: ${message}`));
}

function judge(spec: any, tried: AdmissionTry): string[] {
  const { operation, group = '', resource, namespace, name, user, groups, object = null, oldObject = null } = tried;
  const { resourceRules, namespaceSelector, objectSelector } = spec.matchConstraints;
  const matches = resourceRules.some((rule: any) => rule.operations.includes(operation) && rule.apiGroups.includes(group)
    && (rule.resources.includes(resource) || (rule.resources.includes('*') && !resource.includes('/'))));
  const isNamespace = group === '' && resource.startsWith('namespaces');
  const named = namespace && { 'kubernetes.io/metadata.name': namespace };
  const home = isNamespace ? { 'kubernetes.io/metadata.name': name!, ...(object ?? oldObject)?.metadata?.labels } : named;
  const selects = (selector: any, labels: any) => !selector || LabelSelector.of(selector).matches(labels ?? {});
  if (!matches || (home && !selects(namespaceSelector, home))) return [];
  if (![object, oldObject].some(one => one && selects(objectSelector, one.metadata?.labels)) && objectSelector) return [];
  const [main, subResource] = resource.split('/');
  const request = {
    operation,
    resource: { group, resource: main },
    ...(subResource ? { subResource } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    userInfo: { username: user, ...(groups ? { groups } : {}) },
  };
  const known = { object, oldObject, request, namespaceObject: null };
  for (const { expression } of spec.matchConditions) {
    if (outcome(() => evaluate(expression, known)) === false) return [];
  }
  // A variable that cannot be computed is missing, and an expression that needs it then fails: which refuses, as `failurePolicy: Fail` does.
  const variables: Record<string, unknown> = {};
  for (const { name: variable, expression } of spec.variables ?? []) {
    const value = outcome(() => evaluate(expression, { ...known, variables }));
    if (value !== undefined) variables[variable] = value;
  }
  const passes = (expression: string) => outcome(() => evaluate(expression, { ...known, variables })) === true;
  return spec.validations.filter(({ expression }: any) => !passes(expression)).map(({ message }: any) => message);
}

function outcome(compute: () => unknown): unknown {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
