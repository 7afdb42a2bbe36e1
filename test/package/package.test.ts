/** The library as its users get it: packed, installed into an empty project, used from TypeScript and from plain JavaScript. */
import { spawnSync } from 'child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { MODULES, ROOT, bundled, compile, install, node, output, pack } from './build';

const MINIMAL = join(ROOT, 'examples', 'minimal');

let built: string;
let consumer: string;
let installed: string;
let packed: string[];

beforeAll(() => {
  built = compile();
  const { tarball, files } = pack(built);
  packed = files;
  consumer = install(tarball);
  installed = join(consumer, 'node_modules', 'cdk8s-secure-network');
}, 600_000);

afterAll(() => {
  for (const folder of [built, consumer]) if (folder) rmSync(folder, { recursive: true, force: true });
});

describe('the documentation of the API', () => {
  test('API.md is what the sources say (npx projen compile && npx projen docgen writes it)', () => {
    expect(readFileSync(join(built, 'API.md'), 'utf8') === readFileSync(join(ROOT, 'API.md'), 'utf8')).toBe(true);
  });
});

describe('what the tarball holds', () => {
  test('the compiled library, its types, its assembly for other languages, its documents', () => {
    expect(packed).toEqual(expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', '.jsii', 'API.md', 'README.md', 'LICENSE', 'package.json']));
  });

  test.each(bundled())('%s is bundled', name => {
    expect(packed).toContain(`node_modules/${name}/package.json`);
  });

  test('nothing besides', () => {
    const own = packed.filter(file => !file.startsWith('node_modules/') && !/^lib\/.*\.(js|d\.ts)$/.test(file));
    expect(own.sort()).toEqual(['.jsii', 'API.md', 'LICENSE', 'README.md', 'package.json']);
  });

  test('no test, no bench, no engine', () => {
    expect(packed.filter(file => /(^|\/)(test|tests|bench|engines|examples)\/|\.test\./.test(file) && !file.startsWith('node_modules/'))).toEqual([]);
  });

  test('no path of the machine that built it, not even in a source map', () => {
    const own = filesOf(installed).filter(file => !file.startsWith('node_modules/'));
    expect(own.length).toBeGreaterThan(50);
    const telling = own.filter(file => {
      const text = readFileSync(join(installed, file), 'utf8');
      const maps = [...text.matchAll(/sourceMappingURL=data:application\/json;base64,(\S+)/g)].map(([, map]) => Buffer.from(map, 'base64').toString());
      return [text, ...maps].some(each => [ROOT, built, `${homedir()}/`].some(path => each.includes(path)));
    });
    expect(telling).toEqual([]);
  });
});

describe('an empty project', () => {
  test('synthesizes the minimal example from TypeScript, against types that hold', () => {
    const folder = join(consumer, 'typescript');
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.ts'), readFileSync(join(MINIMAL, 'main.ts')));
    writeFileSync(join(folder, 'wrong.ts'), 'import { Port } from \'cdk8s-secure-network\';\nPort.tcp(\'5432\');\n');
    const compilerOptions = { strict: true, module: 'node16', target: 'es2022', types: ['node'], typeRoots: [join(MODULES, '@types')] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { stdout } = spawnSync(process.execPath, [join(MODULES, 'typescript', 'bin', 'tsc'), '-p', '.', '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([expect.stringContaining('wrong.ts(2,10): error')]);
    expect(node(folder, 'main.js')).toContain('shop.k8s.yaml');
    expect(filesIn(join(folder, 'dist'))).toEqual(expectedFiles());
  }, 300_000);

  test('synthesizes the same from plain JavaScript', () => {
    const folder = join(consumer, 'javascript');
    mkdirSync(folder);
    writeFileSync(join(folder, 'main.js'), `
      const { ClusterApp, ClusterEdge, NetworkProvider, Platform, SecureNamespace } = require('cdk8s-secure-network');
      const app = new ClusterApp({ outdir: __dirname + '/dist' });
      const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes({ version: '1.31' }), network: NetworkProvider.upstream() });
      const shop = new SecureNamespace(app, 'shop', { edge });
      const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/frontend:1.4.2', portNumber: 8080 }] });
      const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/api:2.0.1', portNumber: 9090 }] });
      frontend.connections.allowTo(api);
      app.synth();
    `);
    node(folder, 'main.js');
    expect(filesIn(join(folder, 'dist'))).toEqual(expectedFiles());
  }, 60_000);

  test('finds the matchers for jest', () => {
    const program = 'const seen = []; globalThis.expect = { extend: all => seen.push(...Object.keys(all)) };'
      + 'require(\'cdk8s-secure-network/lib/jest\'); console.log(seen.sort().join());';
    expect(node(consumer, '-e', program).trim()).toMatch(/toAllow.*toDeny.*toOnlyAllow/);
  });

  test('has the command', () => {
    expect(output(join(consumer, 'node_modules', '.bin', 'secure-network'), ['--help'], consumer)).toContain('Usage');
  });

  test('answers with every command', () => {
    const command = join(consumer, 'node_modules', '.bin', 'secure-network');
    const folder = join(consumer, 'asked');
    cpSync(join(MINIMAL, 'expected'), join(folder, 'dist'), { recursive: true });
    rmSync(join(folder, 'dist', 'connectivity.txt'));
    const told = (...args: string[]) => output(command, args, folder);
    expect(told('list', 'dist')).toContain('shop/frontend[Deployment] => shop/api[Deployment] : TCP 9090\n');
    expect(JSON.parse(told('list', 'dist', '-o', 'json'))).toContainEqual({ src: 'shop/frontend[Deployment]', dst: 'shop/api[Deployment]', conn: 'TCP 9090' });
    const begins = { csv: 'src,dst,conn', md: '|', dot: 'digraph', svg: '<svg', html: '<!doctype html>' };
    for (const [format, start] of Object.entries(begins)) expect(told('list', 'dist', '-o', format).slice(0, start.length)).toBe(start);
    expect(told('explain', 'dist', '--src', 'shop/api', '--dst', 'shop/frontend', '--port', '8080')).toMatch(/denied[^]*the smallest change that would allow it/);
    expect(JSON.parse(told('diff', '--from', 'dist', '--to', 'dist', '-o', 'json'))).toEqual([]);
    expect(JSON.parse(told('check', 'dist', '-o', 'sarif')).version).toBe('2.1.0');
  }, 60_000);

  test('adopts manifests: the program that it prints writes what passed before', () => {
    const folder = join(consumer, 'adopted');
    mkdirSync(folder);
    const command = join(consumer, 'node_modules', '.bin', 'secure-network');
    const manifests = join(folder, 'manifests');
    cpSync(join(MINIMAL, 'expected'), manifests, { recursive: true });
    output(command, ['adopt', 'manifests', '-o', 'main.ts'], folder);
    const compilerOptions = { strict: true, module: 'node16', target: 'es2022', types: ['node'], typeRoots: [join(MODULES, '@types')] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    node(folder, join(MODULES, 'typescript', 'bin', 'tsc'), '-p', '.');
    node(folder, 'main.js');
    expect(output(command, ['diff', '--from', 'manifests', '--to', 'dist', '--fail-on', 'any'], folder)).toBe('');
  }, 300_000);
});

function expectedFiles(): Record<string, string> {
  const { 'connectivity.txt': _, ...files } = filesIn(join(MINIMAL, 'expected'));
  return files;
}

function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).filter(file => !file.startsWith('.')).sort().map(file => [file, readFileSync(join(folder, file), 'utf8')]));
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => statSync(join(folder, file)).isFile());
}
