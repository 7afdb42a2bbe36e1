/** Every pitfall names the test that holds it, and that test is there. */
import { existsSync, readFileSync } from 'fs';
import { join } from 'path';

const DOCS = join(__dirname, '..', '..', 'docs');
const page = readFileSync(join(DOCS, 'pitfalls.md'), 'utf8');
const rows = page.split('\n').filter(line => /^\| (?!it looks secure)/.test(line));
const links = (text: string) => [...text.matchAll(/\]\((\.\.\/test\/[^ )]+)(?: "([^"]*)")?\)/g)].map(([, file, name]) => ({ file, name }));

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What is wrong with the tests that a line names. */
function faults(text: string): string[] {
  const named = links(text);
  if (named.length === 0) return ['names no test'];
  return named.flatMap(({ file, name }) => {
    const path = join(DOCS, file);
    if (!existsSync(path)) return [`${file} is not there`];
    if (name === undefined) return [`${file} is named without one of its tests`];
    const source = readFileSync(path, 'utf8').replace(/\\'/g, "'");
    return new RegExp(`^\\s*(?:describe|test|\\]\\))[^\\n]*\\(['"\`][^\\n]*${escaped(name)}`, 'm').test(source) ? [] : [`${file} has no test '${name}'`];
  });
}

describe('pitfalls of the edge', () => {
  test.each(rows.map(row => [row.split('|')[1].trim().slice(0, 70), row]))('%s', (_, row) => expect(faults(row)).toEqual([]));

  test('a line without a test, or with one that is not there, is found', () => {
    expect(faults('| a | b | c |')).toEqual(['names no test']);
    expect(faults('| a | b | [x](../test/docs/errors.test.ts "no such test") |')).toEqual(["../test/docs/errors.test.ts has no test 'no such test'"]);
    expect(faults('| a | b | [x](../test/docs/gone.test.ts "pitfalls") |')).toEqual(['../test/docs/gone.test.ts is not there']);
    expect(rows.length).toBeGreaterThan(25);
  });
});
