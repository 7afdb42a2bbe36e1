/** docs/findings.md is what the checks say of themselves. `npx projen test:update` writes it anew; `npm test` never does. */
import { readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { CHECKS } from '../../src/analysis/findings/all';
import { pageOfChecks } from '../../src/analysis/findings/page';
import { pageOf } from '../../src/analysis/findings/report/_page';

const ROOT = join(__dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'findings.md');
const SOURCES = join(ROOT, 'src', 'analysis', 'findings');

describe('2. check: the catalogue', () => {
  if (process.env.UPDATE_EXPECTED === '1') writeFileSync(PAGE, pageOfChecks());

  test('is docs/findings.md', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(pageOfChecks());
  });

  test('has a section for the page of every code', () => {
    for (const { code } of CHECKS) expect(readFileSync(PAGE, 'utf8')).toContain(`\n### ${new URL(pageOf(code)).hash.slice(1).toUpperCase()}\n`);
  });

  test('lists every check of the folder, in the order of names', () => {
    const files = readdirSync(SOURCES).filter(file => file.endsWith('.ts') && readFileSync(join(SOURCES, file), 'utf8').includes(': Check = {'));
    expect(CHECKS.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
  });

  test('gives a code to one check only', () => {
    expect(new Set(CHECKS.map(({ code }) => code)).size).toBe(CHECKS.length);
    expect(CHECKS.map(({ code }) => code).filter(code => !/^SN\d{4}$/.test(code))).toEqual([]);
  });

  test('says what and why in sentences, names a page, and begins a remedy with a verb', () => {
    for (const { description, why, source, remedy } of CHECKS) {
      expect(description).toMatch(/^[A-Z].*[^.]$/);
      expect(why).toMatch(/^[A-Z`].*\.$/s);
      expect(new URL(source).protocol).toBe('https:');
      expect(remedy).toMatch(/^([a-z]|\{)[^]*[^.]$/);
    }
  });
});
