import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import * as ts from 'typescript';
import { Adopted, adopted } from './adopt-support';

/**
 * Manifests as others wrote them: adopted, the printed program compiled and run, and what it writes compared with what they allow by the
 * command that compares. The shared cases are read where they are (CONNECTIVITY_CASES).
 */
const ROOT = resolve(__dirname, '..', '..');
const CASES = process.env.CONNECTIVITY_CASES;
const RANGES = ['--pod-cidr', '10.244.0.0/16', '--service-cidr', '10.96.0.0/12', '--node-cidr', '192.0.2.0/24'];
/** Of every kind one: closed and open, named ports, ranges, host network, Ingress and Route, several policies of the whole cluster. */
const CHOSEN = ['onlineboutique_workloads', 'online_boutique_workloads_no_ns', 'new_online_boutique', 'acs-security-demos-with-netpol-list', 'k8s_ingress_test',
  'demo_app_with_routes_and_ingress', 'netpol-analysis-example-minimal', 'netpol_named_port_test_2', 'semanticDiff-different-topologies-policy-a-with-ipblock',
  'anp_demo', 'anp_banp_blog_demo', 'minikube_resources'];

jest.setTimeout(120_000);

const folders: string[] = [];
const programs: { name: string; text: string }[] = [];
afterAll(() => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }); });

async function tried(name: string, manifests: string, ...options: string[]): Promise<Adopted> {
  const folder = mkdtempSync(join(tmpdir(), 'adopt-case-'));
  folders.push(folder);
  const found = await adopted(manifests, folder, ...options);
  programs.push({ name, text: found.program });
  expect(found.named).toEqual(found.differing);
  expect(found.named.filter(line => line.startsWith('+'))).toEqual([]);
  return found;
}

describe('6. adopt: manifests of others', () => {
  test('the manifests of examples/adopt come back as they were', async () => {
    const { code, named, program } = await tried('examples/adopt', join(ROOT, 'examples', 'adopt', 'expected'));
    expect([code, named]).toEqual([0, []]);
    expect(program).toContain('web.connections.allowTo(sessionsValkey, {');
  });

  test('the shop loses what only its router can say, and no more', async () => {
    const { code, named } = await tried('examples/shop', join(ROOT, 'examples', 'shop', 'expected'), ...RANGES);
    expect([code, named]).toEqual([0, ['- egress/orders-db[Deployment] => orders.db.example : TCP 5432']]);
  });

  if (CASES && existsSync(CASES)) {
    const index: { manifests: string }[] = JSON.parse(readFileSync(join(CASES, 'index.json'), 'utf8'));
    test.each(CHOSEN)('%s: what the program writes differs by what adopt says, and opens nothing', async name => {
      expect(index.map(({ manifests }) => manifests)).toContain(`manifests/${name}`);
      const { code } = await tried(name, join(CASES, 'manifests', name), ...RANGES);
      expect(code).toBe(0);
    });

    test('a cluster whose policies close both directions comes back whole', async () => {
      expect((await tried('closed', join(CASES, 'manifests', 'new_online_boutique_synthesis'), ...RANGES)).named).toEqual([]);
    });
  } else {
    test.skip('the shared cases (set CONNECTIVITY_CASES to their folder)', () => {});
  }

  test('every program that was printed compiles', () => {
    expect(programs.length).toBeGreaterThanOrEqual(2);
    const { config } = ts.readConfigFile(join(ROOT, 'test', 'tsconfig.json'), file => readFileSync(file, 'utf8'));
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, join(ROOT, 'test'));
    const texts = new Map(programs.map(({ text }, i) => [join(ROOT, 'test', 'cli', `adopted-${i}.ts`), text]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = file => texts.has(file) || fileExists.call(host, file);
    host.readFile = file => texts.get(file) ?? readFile.call(host, file);
    host.getSourceFile = (file, target, ...rest) => {
      const text = texts.get(file);
      return text === undefined ? getSourceFile.call(host, file, target, ...rest) : ts.createSourceFile(file, text, target);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    const faults = [...texts.keys()].flatMap((file, i) => {
      const source = program.getSourceFile(file)!;
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ start, messageText }) =>
        `${programs[i].name}:${source.getLineAndCharacterOfPosition(start ?? 0).line + 1}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    });
    expect(faults).toEqual([]);
  });
});
