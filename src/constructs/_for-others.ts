/**
 * What others have to allow: of a flow with a workload that others own, our half is rendered, and the other half is theirs. Without it
 * the flow is closed at their end wherever their namespace is.
 */
import { WorkloadEnd, NamespaceEnd, Endpoint, homeOf, nameOf } from '../intent/endpoint';
import { Flow } from '../intent/flow';

/** The file that says so. */
export const FOR_OTHERS = 'for-others.md';

/** One line for each flow with an imported end; nothing where there is none. */
export function forOthers(flows: readonly Flow[]): Map<string, string> {
  const lines = flows.flatMap(flow => [line(flow, flow.from, 'egress to', flow.to), line(flow, flow.to, 'ingress from', flow.from)].flat());
  if (lines.length === 0) return new Map();
  const text = [
    '# What others have to allow',
    '',
    'These flows were stated with workloads that others own. Our half of each is rendered; theirs is closed until they open it, if their',
    'namespace is closed at all.',
    '',
    ...lines.sort(),
  ];
  return new Map([[FOR_OTHERS, `${text.join('\n')}\n`]]);
}

function line({ ports, reasons }: Flow, theirs: Endpoint, direction: string, ours: Endpoint): string[] {
  if (!homeOf(theirs)?.imported) return [];
  const why = reasons.length ? ` (${reasons.join('; ')})` : '';
  return [`- \`${nameOf(theirs)}\`${podsOf(theirs as WorkloadEnd | NamespaceEnd)}: ${direction} \`${nameOf(ours)}\` on ${ports.join(', ')}${why}`];
}

function podsOf(end: WorkloadEnd | NamespaceEnd): string {
  if (end.kind === 'namespace') return '';
  return `, pods with ${Object.entries(end.labels).map(([key, value]) => `\`${key}=${value}\``).sort().join(' and ')}`;
}
