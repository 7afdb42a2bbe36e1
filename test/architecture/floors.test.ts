/**
 * The floors of the house are kept by eslint. Here the rules are tried on code that breaks them: an import upward, an import sideways and
 * a circle must be caught in a copy of the sources, and the sources themselves must be clean.
 */
import { spawnSync } from 'child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
const RULES = ['import/no-cycle', 'import/no-restricted-paths'];

interface Message { readonly ruleId: string; readonly message: string }

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'floors-'));
  for (const name of ['src', 'package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(house, name), { recursive: true });
  writeFileSync(join(house, '.eslintrc.json'), JSON.stringify(floorsOnly()));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

describe('imports go down only', () => {
  // What each line would import is a file that exists, so that nothing but its place is wrong with it.
  const upward: Record<string, string> = {
    'src/algebra/planted.ts': '../api/core',
    'src/api/planted.ts': '../intent/port',
    'src/emit/planted.ts': '../algebra/ip-set',
    'src/admission/planted.ts': '../intent/port',
    'src/intent/planted.ts': '../analysis/facts',
    'src/analysis/planted.ts': '../intent/port',
    'src/providers/planted.ts': '../constructs/cluster-app',
    'src/mesh/planted.ts': '../providers/upstream',
    'src/control-plane/planted.ts': '../providers/upstream',
    'src/proof/planted.ts': '../providers/upstream',
    'src/constructs/planted.ts': '../index',
    'src/adopt/planted.ts': '../cli/index',
    'src/cli/planted.ts': '../constructs/cluster-app',
  };
  const downward: Record<string, string> = {
    'src/intent/allowed.ts': '../algebra/ip-set',
    'src/analysis/allowed.ts': '../algebra/ip-set',
    'src/providers/allowed.ts': '../intent/port',
    'src/mesh/allowed.ts': '../intent/port',
    'src/control-plane/allowed.ts': '../intent/port',
    'src/proof/allowed.ts': '../analysis/facts',
    'src/constructs/allowed.ts': '../proof/intent-check',
    'src/adopt/allowed.ts': '../constructs/cluster-app',
    'src/cli/allowed.ts': '../adopt/adopt',
  };
  const circle: Record<string, string> = { 'src/intent/circle-a.ts': './circle-b', 'src/intent/circle-b.ts': './circle-a' };
  let found: Map<string, Message[]>;

  beforeAll(() => {
    const all = { ...upward, ...downward, ...circle };
    for (const [file, target] of Object.entries(all)) writeFileSync(join(house, file), `import * as other from '${target}';\nexport const use = other;\n`);
    found = lint(house, 'src');
    for (const file of Object.keys(all)) rmSync(join(house, file));
  });

  test.each(Object.entries(upward))('%s may not import %s', file => {
    expect(rulesAt(file)).toContain('import/no-restricted-paths');
  });

  test.each(Object.entries(downward))('%s may import %s', file => {
    expect(rulesAt(file)).toEqual([]);
  });

  test.each(Object.keys(circle))('%s stands in a circle', file => {
    expect(rulesAt(file)).toContain('import/no-cycle');
  });

  test('nothing but what was planted is at fault', () => {
    const planted = [...Object.keys(upward), ...Object.keys(circle)];
    const others = [...found].filter(([file]) => !planted.includes(file));
    expect(others.flatMap(([file, messages]) => messages.map(({ message }) => `${file}: ${message}`))).toEqual([]);
  });

  function rulesAt(file: string): string[] {
    const messages = found.get(file);
    if (!messages) throw new Error(`eslint did not look at ${file}`);
    return messages.map(({ ruleId }) => ruleId);
  }
});

describe('one idea a file', () => {
  test('no file of src has 350 lines', () => {
    const lines = (file: string) => readFileSync(join(ROOT, 'src', file), 'utf8').trimEnd().split('\n').length;
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.map(file => `${file}: ${lines(file)}`).filter(text => Number(text.split(': ')[1]) >= 350)).toEqual([]);
  });

  test('every folder of src is a floor with a rule of its own', () => {
    const { zones } = eslintConfig().rules['import/no-restricted-paths'][1];
    const ruled = zones.map(({ target }: { target: string }) => target.replace('./src/', ''));
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => name);
    expect(folders.filter(name => !ruled.includes(name))).toEqual([]);
  });
});

/** What the two rules say, by file. A process of its own, because eslint looks for its configuration from where it runs. */
function lint(cwd: string, folder: string): Map<string, Message[]> {
  const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules/eslint/bin/eslint.js'), '--ext', '.ts', '--format', 'json', folder], {
    cwd, encoding: 'utf8', env: { ...process.env, ESLINT_USE_FLAT_CONFIG: 'false' }, maxBuffer: 64e6,
  });
  if (!stdout) throw new Error(`eslint said nothing: ${stderr}`);
  const results: { filePath: string; messages: Message[] }[] = JSON.parse(stdout);
  return new Map(results.map(({ filePath, messages }) =>
    [filePath.slice(filePath.indexOf('/src/') + 1), messages.filter(({ ruleId }) => RULES.includes(ruleId))]));
}

/** The project's own configuration. */
function eslintConfig(): any {
  return JSON.parse(readFileSync(join(ROOT, '.eslintrc.json'), 'utf8').replace(/^\s*\/\/.*$/gm, ''));
}

/** The project's own configuration, but for the rules that need types, which take most of the time. */
function floorsOnly(): any {
  const { plugins, parser, settings, rules } = eslintConfig();
  return { root: true, plugins, parser, settings, rules: Object.fromEntries(RULES.map(rule => [rule, rules[rule]])) };
}
