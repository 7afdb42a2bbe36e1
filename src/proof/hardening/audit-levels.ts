/**
 * What an audit policy records of a request.
 *
 * Law: the first rule that matches decides; a request that none matches is not recorded.
 */

/** A request as audit rules tell them apart. */
export interface AuditedRequest {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, `pods/exec`. */
  readonly resource: string;
}

export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse';

export function auditLevel(policy: any, request: AuditedRequest): AuditLevel {
  return (policy.rules ?? []).find((rule: any) => matches(rule, request))?.level ?? 'None';
}

function matches(rule: any, { verb, group, resource }: AuditedRequest): boolean {
  // Rules for some people or some namespaces only say nothing of all the others.
  if (rule.users?.length || rule.userGroups?.length || rule.namespaces?.length) return false;
  if (rule.verbs?.length && !rule.verbs.includes(verb)) return false;
  if (rule.resources?.length) {
    return rule.resources.some((one: any) => (one.group ?? '') === group && !one.resourceNames?.length && (!one.resources?.length || one.resources.some((name: string) => names(name, resource))));
  }
  return !rule.nonResourceURLs?.length;
}

// 'pods' is not 'pods/exec'; 'pods/*', '*/exec' and '*' are what they look like.
function names(pattern: string, resource: string): boolean {
  if (pattern === '*' || pattern === resource) return true;
  const [name, sub] = resource.split('/');
  return sub !== undefined && (pattern === `${name}/*` || pattern === `*/${sub}`);
}
