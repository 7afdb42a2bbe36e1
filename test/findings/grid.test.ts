/**
 * Every check on every case: each bad manifest has exactly the findings it is there for, each good one has none at all.
 *
 * A case that cannot help having a second finding names it in its first lines: `# Also: SN0302`.
 */
import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { Connectivity } from '../../src/analysis/connectivity';
import { CHECKS } from '../../src/analysis/findings/all';
import { Finding } from '../../src/analysis/findings/finding';
import { findingsOf } from '../../src/analysis/findings/findings';

const CASES = join(__dirname, 'cases');
const codes = readdirSync(CASES).sort();

describe('2. check: one file, one good and one bad manifest per finding', () => {
  test('every check has its case, and every case its check', () => {
    expect(CHECKS.map(({ code }) => code).sort()).toEqual(codes);
  });

  test.each(codes)('%s: the bad manifest has it, and nothing else', code => {
    const also = [...readFileSync(join(CASES, code, 'bad.yaml'), 'utf8').matchAll(/^# Also: (SN\d+)$/gm)].map(([, other]) => other);
    expect(codesOf(find(code, 'bad'))).toEqual([code, ...also].sort());
  });

  test.each(codes)('%s: the good manifest has nothing', code => {
    expect(find(code, 'good').map(({ code: found, path, message }) => `${found} ${path}: ${message}`)).toEqual([]);
  });

  test.each(codes)('%s: a finding names the object, the field, what is wrong and what to do', code => {
    for (const { object, path, message, remedy } of find(code, 'bad')) {
      expect(object.kind).not.toBe('');
      expect(object.name).not.toBe('');
      expect(path).not.toMatch(/^\./);
      expect(message).toMatch(/^[^A-Z].*[^.]$|^[A-Z]{2}/);
      expect(remedy).not.toMatch(/[{}]|\.$/);
    }
  });
});

function find(code: string, manifest: 'good' | 'bad'): Finding[] {
  return findingsOf(Connectivity.ofManifests([join(CASES, code, `${manifest}.yaml`)])._reachability);
}

function codesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ code }) => code))].sort();
}
