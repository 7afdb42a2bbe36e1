import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { Connectivity } from '../src/analysis/connectivity';
import { readPaths } from '../src/analysis/input/paths';

/**
 * Clusters whose connectivity another analyzer has computed; the folder is named by CONNECTIVITY_CASES, and its README says what these
 * cases take for granted: IPv4 only, hostNetwork is ignored, external ranges may be cut anywhere.
 */
const folder = process.env.CONNECTIVITY_CASES;
const UNDERSTOOD = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'Ingress', 'Route'];

interface Case {
  readonly id: string;
  readonly manifests: string;
  readonly expected: string;
  readonly needs: string[];
}

if (folder && existsSync(folder)) {
  const all: Case[] = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
  const cases = all.filter(({ needs }) => needs.every(kind => UNDERSTOOD.includes(kind)));

  describe('7. read-back: the shared connectivity cases', () => {
    test('are there', () => {
      expect(all).toHaveLength(104);
      expect(cases.length).toBe(104);
    });

    test.each(cases.map(each => [each.id, each] as const))('%s', (_, { manifests, expected }) => {
      const objects = readPaths([join(folder, manifests)]).read.map(({ object }) => withoutHostNetwork(object));
      const rows = Connectivity.ofObjects(objects).rows().map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`);
      expect(canonical(rows)).toEqual(canonical(readFileSync(join(folder, expected), 'utf8').split('\n')));
    });

    test('a lost row would be seen', () => {
      const { expected } = cases.find(({ id }) => id === 'onlineboutique_connlist_output')!;
      const lines = readFileSync(join(folder, expected), 'utf8').split('\n');
      expect(canonical(lines.slice(1))).not.toEqual(canonical(lines));
    });
  });
} else if (process.env.CI === 'true') {
  test('the shared connectivity cases are there', () => {
    throw new Error(`CONNECTIVITY_CASES is ${folder ? `'${folder}', which does not exist` : 'not set'}: set it to the folder of the shared cases`);
  });
} else {
  test.skip('the shared connectivity cases agree (set CONNECTIVITY_CASES to their folder)', () => {});
}

/** Sorted lines; IPv6 is left out, and neighbouring ranges of one peer with the same connections are joined. */
function canonical(lines: readonly string[]): string[] {
  const plain: string[] = [];
  const ranges = new Map<string, [number, number][]>();
  for (const line of lines.map(each => each.trim()).filter(each => each.includes(' => '))) {
    const range = /(\d+\.\d+\.\d+\.\d+)-(\d+\.\d+\.\d+\.\d+)\[External\]/.exec(line);
    if (range) {
      const key = line.replace(range[0], '[External]');
      ranges.set(key, [...ranges.get(key) ?? [], [toNumber(range[1]), toNumber(range[2])]]);
    } else if (!line.includes('[External]')) {
      plain.push(line);
    }
  }
  for (const [key, list] of ranges) {
    const joined: [number, number][] = [];
    for (const [first, last] of list.sort(([a], [b]) => a - b)) {
      const previous = joined[joined.length - 1];
      if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last); else joined.push([first, last]);
    }
    plain.push(...joined.map(([first, last]) => `${key} ${first}-${last}`));
  }
  return plain.sort();
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function withoutHostNetwork(json: any): any {
  if (Array.isArray(json)) return json.map(withoutHostNetwork);
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(Object.entries(json).filter(([key]) => key !== 'hostNetwork').map(([key, value]) => [key, withoutHostNetwork(value)]));
}
