/** Every ts block of README.md and docs/ compiles against the library as it is, and every whole program among them synthesizes. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as ts from 'typescript';
import { runSnippet } from './run';
import { PageModule, Snippet, exportedNames, moduleOf, snippetsOf } from './snippets';

const ROOT = join(__dirname, '..', '..');
const LIBRARY = exportedNames(join(ROOT, 'src', 'index.ts'));

const docs = existsSync(join(ROOT, 'docs')) ? readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).sort() : [];
const pages = ['README.md', ...docs.filter(file => file.endsWith('.md')).map(file => `docs/${file}`)];
const snippets = pages.flatMap(page => snippetsOf(page, readFileSync(join(ROOT, page), 'utf8')));

describe('code in the documentation', () => {
  const pagesWithCode = [...new Set(snippets.map(({ page }) => page))];
  let complaints: string[];

  beforeAll(() => {
    const planted = snippetsOf('planted.md', 'A page.\n```ts\nfrontend.connections.allowTo(api);\nfrontend.connections.allowTo(8080);\n```\n');
    const good = snippetsOf('good.md', '```ts\nconst peer = Peer.host(\'a.example\');\n```\nand\n```ts\nconst also = peer;\nfrontend.connections.allowTo(api);\n```\n');
    complaints = compile([...snippets, ...planted, ...good]);
  }, 120_000);

  test('a block that does not compile is found, with its line; its neighbour that does is not', () => {
    expect(complaints.filter(text => text.startsWith('planted.md'))).toEqual([expect.stringMatching(/^planted\.md:4: .*IPeer/)]);
    expect(complaints.filter(text => text.startsWith('good.md'))).toEqual([]);
  });

  test.each(pagesWithCode)('%s compiles', page => {
    expect(complaints.filter(text => text.startsWith(`${page}:`))).toEqual([]);
  });

  test('the README shows code', () => {
    expect(pagesWithCode).toContain('README.md');
  });

  const programs = snippets.filter(({ code }) => /^import /m.test(code) && /\bnew (ClusterApp|App)\(/.test(code) && /\.synth\(\)/.test(code));
  test.each(programs.map(program => [`${program.page}:${program.line}`, program] as const))('the program at %s synthesizes', (_, program) => {
    expect(run(program)).toEqual(expect.arrayContaining([expect.stringMatching(/\.k8s\.yaml$/)]));
  });
});

/** What the compiler says against the blocks, each complaint at its line of the page. */
function compile(all: readonly Snippet[]): string[] {
  const modules = new Map<string, { page: string; module: PageModule }>();
  for (const page of new Set(all.map(snippet => snippet.page))) {
    const file = join(__dirname, `${page.replace(/[^a-z0-9]+/gi, '-')}.page.ts`);
    modules.set(file, { page, module: moduleOf(all.filter(snippet => snippet.page === page), LIBRARY) });
  }
  const config = ts.readConfigFile(join(ROOT, 'test', 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(ROOT, 'test'), { noUnusedLocals: false, noUnusedParameters: false });
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = file => modules.has(file) || fileExists.call(host, file);
  host.readFile = file => modules.get(file)?.module.text ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = modules.get(file)?.module.text;
    return text === undefined ? getSourceFile.call(host, file, target, ...rest) : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  return [...modules].flatMap(([file, { page, module }]) => {
    const source = program.getSourceFile(file)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ start, messageText }) => {
      const line = module.lines[source.getLineAndCharacterOfPosition(start ?? 0).line];
      return `${page}:${line ?? 'imports'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

/** Runs a program as a script of its own would run, in a folder of its own. Returns the files it wrote. */
function run({ code }: Snippet): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'snippet-'));
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = join(folder, 'dist');
  try {
    runSnippet(code, { __dirname: folder });
    return readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
  } finally {
    if (before === undefined) delete process.env.CDK8S_OUTDIR;
    else process.env.CDK8S_OUTDIR = before;
    rmSync(folder, { recursive: true });
  }
}
