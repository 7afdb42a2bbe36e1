/**
 * The hardening report: every control of every guide, judged by what was written, as rows, as a page for people and as JSON for programs.
 *
 * Laws: satisfied means evidence and no gap; the same objects in any order give the same bytes.
 */
import { CIS } from './cis';
import { HardenedCluster } from './cluster';
import { Control, Framework, NOTHING } from './control';
import { NSA } from './nsa';
import { OWASP_2022, OWASP_2025 } from './owasp';
import { HardeningRow, HardeningStatus } from './row';

const FRAMEWORKS: readonly Framework[] = [CIS, NSA, OWASP_2022, OWASP_2025];
const { SATISFIED, PARTLY, VIOLATED, NOT_TOUCHED } = HardeningStatus;

/** Every control of every guide. `files` are those beside the manifests, by path. */
export function hardeningRows(manifests: readonly any[], files: ReadonlyMap<string, string>): HardeningRow[] {
  const cluster = HardenedCluster.of(manifests, files);
  return FRAMEWORKS.flatMap(({ name, controls }) => controls.map(control => rowOf(name, control, cluster)));
}

export function hardeningFiles(rows: readonly HardeningRow[]): Map<string, string> {
  const json = `[\n${rows.map(row => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`;
  return new Map([['hardening.json', json], ['hardening.md', page(rows)]]);
}

function rowOf(framework: string, { id, title, check }: Control, cluster: HardenedCluster): HardeningRow {
  const { by, gaps } = check ? cluster.once(check) : NOTHING;
  const status = by.length ? (gaps.length ? PARTLY : SATISFIED) : gaps.length ? VIOLATED : NOT_TOUCHED;
  return { framework, control: id, title, status, evidence: [...sorted(by)], gaps: [...sorted(gaps)] };
}

/** Several controls have one answer: it is put into order once. */
function sorted(texts: readonly string[]): string[] {
  const known = inOrder.get(texts) ?? [...texts].sort();
  inOrder.set(texts, known);
  return known;
}

const inOrder = new WeakMap<readonly string[], string[]>();

function page(rows: readonly HardeningRow[]): string {
  const guides = [...new Set(rows.map(({ framework }) => framework))];
  const statuses = [SATISFIED, PARTLY, VIOLATED, NOT_TOUCHED];
  const counts = guides.map(guide => [`[${guide}](#${anchor(guide)})`, ...statuses.map(status => `${rows.filter(row => row.framework === guide && row.status === status).length}`)]);
  return [
    '# Hardening',
    'What this program holds of four hardening guides, read from the manifests and files as they are written. A control is satisfied by what is named\n'
      + 'beside it and by nothing else, once that is applied, or in its place on the control-plane nodes. What others installed, other namespaces, nodes,\n'
      + 'and what an installer does of its own accord are not seen, and not counted.',
    table(['', ...statuses], counts),
    ...guides.map(guide => section(guide, rows.filter(({ framework }) => framework === guide))),
  ].join('\n\n') + '\n';
}

function section(guide: string, rows: readonly HardeningRow[]): string {
  const of = (status: HardeningStatus) => rows.filter(row => row.status === status);
  const [satisfied, left, untouched] = [of(SATISFIED), [...of(VIOLATED), ...of(PARTLY)], of(NOT_TOUCHED)];
  return [
    `## ${guide}`,
    ...(satisfied.length ? [table(['satisfied', '', 'by'], unrepeated(satisfied.map(({ control, title, evidence }) => [control, title, some(evidence)])))] : []),
    ...(left.length ? [table(['partly, or not', '', 'by', 'left'], left.map(({ control, title, evidence, gaps }) => [control, title, some(evidence) || 'nothing', some(gaps)]))] : []),
    ...(untouched.length ? [`Not touched: ${untouched.map(({ control, title }) => `${control} ${title}`).join('; ')}.`] : []),
  ].join('\n\n');
}

/** What stands in the last cell of a row is not said again in the next: a change of it is one line of a review. */
function unrepeated(rows: readonly (readonly string[])[]): string[][] {
  return rows.map((row, index) => [...row.slice(0, -1), row.at(-1) === rows[index - 1]?.at(-1) ? 'the same' : row.at(-1)!]);
}

/** The first few, those of one kind together, files without their folder; the JSON has all. */
function some(texts: readonly string[]): string {
  const kinds = new Map<string, string[]>();
  for (const text of texts.slice(0, SHOWN)) {
    const [, kind, name] = /^([A-Z]\w+) (\S+)$/.exec(text) ?? [];
    const known = kinds.get(kind ?? text) ?? [];
    kinds.set(kind ?? text, [...known, ...(name ? [name] : [])]);
  }
  const shown = [...kinds].map(([kind, names]) => [kind.replace(/^\S*\//, ''), names.join(', ')].join(' ').trim()).join('; ').replaceAll('|', '\\|');
  return texts.length > SHOWN ? `${shown} and ${texts.length - SHOWN} more` : shown;
}

const SHOWN = 4;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const anchor = (text: string) => text.toLowerCase().replace(/[^a-z0-9 -]/g, '').replaceAll(' ', '-');
