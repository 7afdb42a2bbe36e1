import { textOfRef } from '../../rules';
import { Finding, Level, LEVELS } from '../finding';
import { ReportContext } from './_context';

/**
 *   error SN0104 empty-peers: NetworkPolicy shop/api, spec.ingress[0].from
 *     dist/shop.yaml:12
 *     the empty list lets everybody in: every pod of every namespace, and every address outside
 *     remedy: name the peers, or remove the rule to let nobody pass
 */
export function txt(findings: readonly Finding[], context: Pick<ReportContext, 'paint' | 'lineOf'>): string {
  const { paint } = context;
  const colour: Record<Level, (text: string) => string> = { error: paint.red, warning: paint.yellow, note: paint.cyan };
  const open = findings.filter(({ accepted }) => accepted === undefined);
  const blocks = open.map(finding => {
    const { code, name, level, object, path, message, remedy } = finding;
    const place = placeOf(finding, context);
    return [
      `${colour[level](level)} ${paint.bold(code)} ${name}: ${paint.bold(textOfRef(object))}${path ? `, ${path}` : ''}`,
      ...place ? [`  ${paint.dim(place)}`] : [],
      `  ${message}`,
      `  ${paint.dim('remedy:')} ${remedy}`,
    ].join('\n') + '\n';
  });
  return [...blocks, `${summaryOf(findings)}\n`].join('\n');
}

/** `2 errors, 1 warning, 4 accepted`, or `no findings`. */
export function summaryOf(findings: readonly Finding[]): string {
  const counts = LEVELS.map(level => ({ word: level, count: findings.filter(each => each.level === level && each.accepted === undefined).length }))
    .filter(({ count }) => count > 0).map(({ word, count }) => `${count} ${word}${count === 1 ? '' : 's'}`);
  const accepted = findings.filter(each => each.accepted !== undefined).length;
  return [...counts.length > 0 ? counts : ['no findings'], ...accepted > 0 ? [`${accepted} accepted`] : []].join(', ');
}

function placeOf(finding: Finding, { lineOf }: Pick<ReportContext, 'lineOf'>): string | undefined {
  const { origin } = finding.object;
  const line = lineOf(finding);
  return origin && (line === undefined ? origin : `${origin}:${line}`);
}
