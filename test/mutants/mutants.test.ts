import * as fs from 'fs';
import * as path from 'path';
import { MUTANTS } from './all';
import { misfit } from './mutant';

const ROOT = path.resolve(__dirname, '../..');

describe('mutants fit the sources they break', () => {
  const all = Object.entries(MUTANTS).flatMap(([item, mutants]) => mutants.map(mutant => ({ item, ...mutant })));

  test.each(all)('$item. $title', mutant => {
    expect(misfit(mutant, fs.readFileSync(path.join(ROOT, mutant.file), 'utf8'))).toBeUndefined();
    expect(fs.existsSync(path.join(ROOT, mutant.test))).toBe(true);
    expect(mutant.name).toMatch(/^\d+\. /);
  });

  test('a text that stands nowhere, or twice, or a change that is none, is found', () => {
    const [mutant] = MUTANTS[1];
    expect(misfit({ ...mutant, find: 'a' }, 'abc')).toBeUndefined();
    expect(misfit({ ...mutant, find: 'x' }, 'abc')).toContain('0 times');
    expect(misfit({ ...mutant, find: 'a' }, 'abca')).toContain('2 times');
    expect(misfit({ ...mutant, find: 'a', replace: 'a' }, 'abc')).toBe('it changes nothing');
  });
});
