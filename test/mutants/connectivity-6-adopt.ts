import { Mutant } from './mutant';

const TEST = 'test/cli/adopt.test.ts';

export const CONNECTIVITY_ADOPT: Mutant[] = [
  {
    title: 'what one pod of a namespace may, all its pods may',
    file: 'src/adopt/statements.ts',
    find: '        conn = conn.intersect(this.grants.open(src, dst));',
    replace: '        if (this.grants.open(src, dst).isEmpty && src.real && dst.real) return;',
    test: TEST,
    name: '6. adopt: a program that states what the manifests allow what one pod of a namespace may is not said of all',
  },
  {
    title: 'a namespace that is open inside on some ports becomes a project',
    file: 'src/adopt/statements.ts',
    find: 'if (inside && conn.isAll && !from.foreign) {',
    replace: 'if (inside && !from.foreign) {',
    test: TEST,
    name: '6. adopt: a program that states what the manifests allow a namespace that is open inside on some ports',
  },
  {
    title: 'ranges lose their exceptions',
    file: 'src/adopt/addresses.ts',
    find: 'const excepted = { cidr, except: holes.toCidrs() };',
    replace: 'const excepted = { cidr, except: [] };',
    test: TEST,
    name: '6. adopt: a program that states what the manifests allow ranges with their exceptions',
  },
  {
    title: 'a workload is selected by labels that other pods have too',
    file: 'src/adopt/units.ts',
    find: '  return free(full, false) ? full : undefined;',
    replace: '  return full;',
    test: TEST,
    name: '6. adopt: what is closed is said pods on the host network, pods that no label tells apart',
  },
  {
    title: 'the policies that the program replaces stay',
    file: 'src/adopt/manifests.ts',
    find: 'return (kind === \'NetworkPolicy\' || (kind',
    replace: 'return ((kind',
    test: TEST,
    name: '6. adopt: a program that states what the manifests allow one line for a pair',
  },
  {
    title: 'a line of the difference is not said',
    file: 'src/adopt/adopt.ts',
    find: 'remarks: remarksOf(changes, ',
    replace: 'remarks: remarksOf(changes.slice(1), ',
    test: TEST,
    name: '6. adopt: what is closed is said what a policy says is stated',
  },
  {
    title: 'a program that opens something exits with 0',
    file: 'src/cli/adopt.ts',
    find: 'return adoption.opens ? FOUND : FINE;',
    replace: 'return FINE;',
    test: TEST,
    name: '6. adopt: what is closed is said DNS that was closed',
  },
];
