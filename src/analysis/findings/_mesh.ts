import { Evidence } from './_evidence';
import { listIn, Source } from './_sources';

/** The policies of a mesh as they came, with the rules that stand in them. */
export interface MeshRule {
  readonly source: Source;
  readonly json: any;
  /** `spec.rules[0]` */
  readonly field: string;
}

export const AUTHORIZATIONS = 'security.istio.io/AuthorizationPolicy';
export const TOKENS = 'security.istio.io/RequestAuthentication';

export function isDryRun({ json }: Source): boolean {
  return json.metadata?.annotations?.['istio.io/dry-run'] === 'true';
}

/** Every rule of the policies that allow, but for those that are only tried. */
export function allowances(evidence: Evidence): MeshRule[] {
  return evidence.ofKind(AUTHORIZATIONS).filter(source => (source.json.spec?.action ?? 'ALLOW') === 'ALLOW' && !isDryRun(source))
    .flatMap(source => listIn(source.json.spec?.rules).map((json, i) => ({ source, json: json ?? {}, field: `spec.rules[${i}]` })));
}
