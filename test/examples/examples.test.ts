/**
 * Each example is a program with the files it writes and the text that says who reaches whom, committed beside it and reviewed like code.
 * Here each program runs as it stands, but for its output folder, and what it writes must be what is committed.
 *
 * `npx projen test:update` writes the committed files anew; `npm test` never does.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

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
  rmSync(folder, { recursive: true });
  const actual = new Map([...written].filter(([file]) => !file.startsWith('.')));
  if (run.connectivity !== undefined) actual.set('connectivity.txt', run.connectivity);
  if (UPDATE) rewrite(expected, actual);
  const committed = readFolder(expected);

  test('writes the committed files and no others', () => {
    expect([...actual.keys()].sort()).toEqual([...committed.keys()].sort());
  });

  test.each([...actual.keys()])('%s', file => {
    expect(actual.get(file)).toBe(committed.get(file));
  });

  test('ends by showing what it wrote', () => {
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

function rewrite(folder: string, files: Map<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
}
