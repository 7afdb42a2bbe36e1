/** docs/performance.md: each bench writes its own section, and says on what machine. */
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const PAGE = path.join(__dirname, '..', 'docs', 'performance.md');

export function machine(): string {
  const [{ model }] = os.cpus();
  return `${os.cpus().length} cores (${model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}, ${os.type()}`;
}

/** Replaces what stands between the marks of one section, or adds the section at the end. */
export function replaceSection(section: string, text: string): void {
  const [from, to] = [`<!-- bench:${section} -->`, `<!-- /bench:${section} -->`];
  const known = fs.existsSync(PAGE) ? fs.readFileSync(PAGE, 'utf8') : '# What it costs\n\nWritten by `npm run bench -- --write`.\n';
  const page = known.includes(from) ? known : `${known}\n${from}\n${to}\n`;
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (end < start) throw new Error(`'${PAGE}' has no end of the section '${from}': add the line '${to}'`);
  fs.mkdirSync(path.dirname(PAGE), { recursive: true });
  fs.writeFileSync(PAGE, `${page.slice(0, start + from.length)}\n${text}\n${page.slice(end)}`);
}

/** A table whose cells stand right, so that numbers can be compared in the source too. */
export function markdown([head, ...body]: readonly string[][]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map(row => row[column].length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padStart(widths[column])).join(' | ')} |`;
  return [line(head), `|${widths.map(width => `${'-'.repeat(width + 1)}:`).join('|')}|`, ...body.map(line)];
}
