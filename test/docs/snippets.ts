/**
 * The ts blocks of a page as one module that the compiler understands.
 *
 * Laws:
 * - A block goes on where the one before it stopped: it stands in a scope of its own inside the scope of the blocks above, so it sees
 *   what they declare and may declare it anew.
 * - A block may leave out the imports of this library; all other modules are imported by the block itself or one above.
 * - Every line of the module knows the line of the page that it came from.
 */
import { readFileSync } from 'fs';
import * as ts from 'typescript';

export interface Snippet {
  readonly page: string;
  /** The line of the page on which the code begins, from 1. */
  readonly line: number;
  readonly code: string;
}

export interface PageModule {
  readonly text: string;
  /** The line of the page for each line of the module; undefined for what this file adds. */
  readonly lines: readonly (number | undefined)[];
}

/** What pages speak of without declaring it. */
const PRELUDE = [
  'declare const app: ClusterApp;',
  'declare const edge: ClusterEdge;',
  'declare const shop: SecureNamespace;',
  'declare const egress: SecureNamespace;',
  'declare const frontend: SecureWorkload;',
  'declare const api: SecureWorkload;',
  'declare const cart: SecureWorkload;',
];

/** The blocks fenced as ts or typescript, also where a list indents them. */
export function snippetsOf(page: string, markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const open = /^(\s*)(`{3,}|~{3,})(?:ts|typescript)\b/.exec(lines[at]);
    if (!open) continue;
    const [, indent, fence] = open;
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
    if (end < 0) throw new Error(`${page}:${at + 1}: the block is never closed`);
    const code = lines.slice(at + 1, end).map(line => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n');
    snippets.push({ page, line: at + 2, code });
    at = end;
  }
  return snippets;
}

/** The blocks of one page, in order, as one module. `library` are the names that may be used without an import. */
export function moduleOf(snippets: readonly Snippet[], library: readonly string[]): PageModule {
  const imports: string[] = [];
  const imported = new Set<string>();
  const body: [string, number | undefined][] = [];
  for (const { code, line } of snippets) {
    const file = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.ES2022, true);
    const chars = [...code];
    for (const statement of file.statements) {
      if (ts.isImportDeclaration(statement)) {
        imports.push(...importLines(statement, imported));
        blank(chars, statement.getStart(), statement.getEnd());
      } else {
        const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
        if (exported) blank(chars, exported.getStart(), exported.getEnd());
      }
    }
    body.push(['{', undefined], ...chars.join('').split('\n').map((text, index): [string, number] => [text, line + index]));
  }
  body.push(['}'.repeat(snippets.length), undefined]);
  const rest = library.filter(name => !imported.has(name));
  const head = [...imports, `import { ${rest.join(', ')} } from 'cdk8s-secure-network';`, ...PRELUDE, 'export {};'];
  return {
    text: [...head, ...body.map(([text]) => text)].join('\n'),
    lines: [...head.map(() => undefined), ...body.map(([, line]) => line)],
  };
}

/** The names that a file of re-exports exports. */
export function exportedNames(index: string): string[] {
  const file = ts.createSourceFile(index, readFileSync(index, 'utf8'), ts.ScriptTarget.ES2022, true);
  return file.statements.flatMap(statement => (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
    ? statement.exportClause.elements.map(({ name }) => name.text)
    : []));
}

/** One import of each name, however many blocks import it. */
function importLines(statement: ts.ImportDeclaration, imported: Set<string>): string[] {
  const from = statement.moduleSpecifier.getText();
  const clause = statement.importClause;
  if (!clause) return once(`import ${from};`, from, imported);
  const bindings = clause.namedBindings;
  const lines = clause.name ? once(`import ${clause.name.text} from ${from};`, clause.name.text, imported) : [];
  if (bindings && ts.isNamespaceImport(bindings)) {
    return [...lines, ...once(`import * as ${bindings.name.text} from ${from};`, bindings.name.text, imported)];
  }
  const names = bindings?.elements ?? [];
  return [...lines, ...names.flatMap(element => once(`import { ${element.getText()} } from ${from};`, element.name.text, imported))];
}

function once(line: string, name: string, imported: Set<string>): string[] {
  if (imported.has(name)) return [];
  imported.add(name);
  return [line];
}

function blank(chars: string[], start: number, end: number): void {
  for (let at = start; at < end; at += 1) if (chars[at] !== '\n') chars[at] = ' ';
}
