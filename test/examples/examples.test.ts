/**
 * Each example is a program with the files it writes (`expected`, and `expected-files` for what is not applied) and the text that says who
 * reaches whom, committed beside it and reviewed like code. Here each program runs as it stands, but for its output folder, and what it
 * writes must be what is committed.
 *
 * `npx projen test:update` writes the committed files anew; `npm test` never does.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const UPDATE = process.env.UPDATE_EXPECTED === '1';

const names = readdirSync(EXAMPLES).filter(name => existsSync(join(EXAMPLES, name, 'main.ts'))).sort();

test('the examples of the README are among them', () => {
  expect(names).toEqual(expect.arrayContaining(['adopt', 'minimal', 'shop']));
});

describe.each(names)('example %s', name => {
  const expected = join(EXAMPLES, name, 'expected');
  const folder = mkdtempSync(join(tmpdir(), `example-${name}-`));
  const run = runExample(name, join(folder, 'dist'));
  const written = readFolder(join(folder, 'dist'));
  // Who reaches whom is compared as text, above, and the hardening report as a page: the rest would only repeat it.
  const beside = new Map([...visible(readFolder(join(folder, 'dist-files')))].filter(([file]) => !/^(connectivity\..*|hardening\.json)$/.test(file)));
  rmSync(folder, { recursive: true });
  const actual = visible(written);
  if (run.connectivity !== undefined) actual.set('connectivity.txt', run.connectivity);
  const expectedBeside = join(EXAMPLES, name, 'expected-files');
  if (UPDATE) {
    rewrite(expected, actual);
    rewrite(expectedBeside, beside);
  }
  const committed = readFolder(expected);
  const committedBeside = readFolder(expectedBeside);

  test('writes the committed files and no others', () => {
    expect([...actual.keys()].sort()).toEqual([...committed.keys()].sort());
  });

  test.each([...actual.keys()])('%s', file => {
    expect(actual.get(file)).toBe(committed.get(file));
  });

  test('writes the committed files that are not applied, and no others', () => {
    expect([...beside.keys()].sort()).toEqual([...committedBeside.keys()].sort());
    for (const [file, text] of beside) expect(text).toBe(committedBeside.get(file));
  });

  test('ends by showing what it wrote', () => {
    for (const file of beside.keys()) expect(run.printed).toContain(file);
    for (const file of actual.keys()) if (file.endsWith('.yaml')) expect(run.printed).toContain(file);
  });
});

/** Runs the program with the library and cdk8s loaded anew, as a process of its own would, and its output led to `outdir`. */
function runExample(name: string, outdir: string): { printed: string; connectivity?: string } {
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((...words) => void lines.push(words.join(' ')));
  let connectivity: string | undefined;
  try {
    jest.isolateModules(() => {
      const { ClusterApp } = jest.requireActual('cdk8s-secure-network');
      const { Connectivity } = jest.requireActual('cdk8s-secure-network/lib/analysis/connectivity');
      const synth = ClusterApp.prototype.synth;
      ClusterApp.prototype.synth = function () {
        this.outdir = outdir;
        synth.call(this);
        connectivity = Connectivity.ofApp(this).toText();
      };
      jest.requireActual(join(EXAMPLES, name, 'main.ts'));
    });
  } finally {
    log.mockRestore();
  }
  return { printed: lines.join('\n'), connectivity };
}

function readFolder(folder: string): Map<string, string> {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : [];
  return new Map(files.filter(file => statSync(join(folder, file)).isFile()).map(file => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** Without our own list of what was written. */
function visible(files: Map<string, string>): Map<string, string> {
  return new Map([...files].filter(([file]) => !file.startsWith('.')));
}

function rewrite(folder: string, files: Map<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}
