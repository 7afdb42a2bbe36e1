import { readFileSync } from 'fs';
import { join } from 'path';
import { Connectivity } from '../../src/analysis/connectivity';
import { CHECKS } from '../../src/analysis/findings/all';
import { findingsOf, openFindings } from '../../src/analysis/findings/findings';
import { Locator } from '../../src/analysis/findings/locate';
import { FINDING_REPORTS } from '../../src/analysis/findings/report';
import { PLAIN, ReportContext } from '../../src/analysis/findings/report/_context';

const FILE = join('test', 'findings', 'cases', 'SN0104', 'bad.yaml');
const LINE = readFileSync(FILE, 'utf8').split('\n').findIndex(line => line.includes('from: []')) + 1;
const locator = new Locator(readFileSync(FILE, 'utf8'));
const context: ReportContext = { paint: PLAIN, version: '1.2.3', lineOf: ({ object, path }) => locator.lineOf(object, path) };
const findings = findingsOf(Connectivity.ofManifests([FILE])._reachability);
const write = (format: string, of = findings) => FINDING_REPORTS.get(format)!(of, context);

const POLICY = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'api', namespace: 'shop' } };
const SPEC = { podSelector: { matchLabels: { app: 'api' } }, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 8080 }] }] };
const accepting = (annotations: object) =>
  findingsOf(Connectivity.ofObjects([{ ...POLICY, metadata: { ...POLICY.metadata, annotations }, spec: SPEC }])._reachability);

describe('2. check: -o txt', () => {
  test('says level, code, object, field, line, what is wrong and what to do', () => {
    expect(write('txt')).toBe([
      'error SN0104 empty-peers: NetworkPolicy shop/api, spec.ingress[0].from',
      `  ${FILE}:${LINE}`,
      '  the empty list lets everybody in: every pod of every namespace, and every address outside',
      '  remedy: name the peers, or remove the rule to let nobody pass',
      '',
      '1 error',
      '',
    ].join('\n'));
    expect(write('txt', [])).toBe('no findings\n');
  });
});

describe('2. check: -o json', () => {
  test('is an array, empty where nothing is found', () => {
    expect(JSON.parse(write('json'))).toEqual([expect.objectContaining({
      code: 'SN0104', level: 'error', object: 'NetworkPolicy shop/api', path: 'spec.ingress[0].from', file: FILE, line: LINE, remedy: expect.any(String),
    })]);
    expect(JSON.parse(write('json', []))).toEqual([]);
  });
});

describe('2. check: -o sarif', () => {
  const log = JSON.parse(write('sarif', [...findings, ...accepting({ 'secure-network/accept-SN0306': 'the gateway is public' })]));
  const [run] = log.runs;

  test('has what SARIF 2.1.0 demands', () => {
    expect(log).toMatchObject({ $schema: expect.stringContaining('sarif-2.1.0'), version: '2.1.0', runs: [{ tool: { driver: { name: 'secure-network' } } }] });
    const { rules } = run.tool.driver;
    expect(new Set(rules.map(({ id }: any) => id)).size).toBe(CHECKS.length);
    for (const rule of rules) {
      expect(rule).toMatchObject({ shortDescription: { text: expect.any(String) }, fullDescription: { text: expect.any(String) } });
      expect(new URL(rule.helpUri).hash).toBe(`#${rule.id.toLowerCase()}`);
      expect(['error', 'warning', 'note']).toContain(rule.defaultConfiguration.level);
    }
    expect(run.results.length).toBe(findings.length + 1);
    for (const result of run.results) {
      expect(rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      expect(result.message.text).not.toBe('');
      expect(result.locations).toHaveLength(1);
    }
  });

  test('leads to the line, by an address relative to where it ran', () => {
    expect(run.results[0].locations[0].physicalLocation).toEqual({ artifactLocation: { uri: FILE.replace(/\\/g, '/') }, region: { startLine: LINE } });
  });

  test('shows what was accepted as suppressed, with the reason; an object without file has a name only', () => {
    expect(run.results[1].suppressions).toEqual([{ kind: 'inSource', status: 'accepted', justification: 'the gateway is public' }]);
    expect(run.results[0].suppressions).toBeUndefined();
    expect(run.results[1].locations[0].physicalLocation).toBeUndefined();
  });
});

describe('2. check: what is accepted', () => {
  test('is kept with its reason, and does not count', () => {
    const found = accepting({ 'secure-network/accept-SN0306': 'the gateway is public' });
    expect(found.map(({ code, accepted }) => [code, accepted])).toEqual([['SN0306', 'the gateway is public']]);
    expect(openFindings(found)).toEqual([]);
    expect(write('txt', found)).toBe('no findings, 1 accepted\n');
  });

  test.each([['without a reason', { 'secure-network/accept-SN0306': ' ' }], ['of another code', { 'secure-network/accept-SN0305': 'meant' }]])('%s counts', (_, annotations) => {
    expect(openFindings(accepting(annotations)).map(({ code }) => code)).toEqual(['SN0306']);
  });

  test('a level counts with the graver ones', () => {
    const found = accepting({});
    expect(openFindings(found, 'error')).toEqual([]);
    expect(openFindings(found, 'warning')).toHaveLength(1);
    expect(openFindings(found, 'note')).toHaveLength(1);
  });
});

describe('the line of a finding', () => {
  const text = [
    '# a comment', '---', 'kind: List', 'apiVersion: v1', 'items:', '- kind: Service', '  metadata:', '    name: a', '    namespace: x', '    labels:', '      a/b: c', '  spec:',
    '    ports:', '    - port: 1', '    - port: 2', '---', '{"kind": "Service", "metadata": {"name": "a", "namespace": "y"}}',
  ].join('\n');
  const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'x', name: 'a' };

  test.each([
    ['', 6], ['spec', 12], ['spec.ports[1]', 15], ['spec.ports[1].port', 15], ["metadata.labels['a/b']", 11], ['spec.type', 12], ['nothing.at.all', 6],
  ])("'%s' is in line %i", (path, line) => {
    expect(new Locator(text).lineOf(ref, path)).toBe(line);
  });

  test('is of the object with that name and namespace, in JSON too', () => {
    expect(new Locator(text).lineOf({ ...ref, namespace: 'y' }, '')).toBe(17);
    expect(new Locator(text).lineOf({ ...ref, namespace: 'z' }, '')).toBeUndefined();
  });
});
