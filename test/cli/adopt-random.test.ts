import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import * as fc from 'fast-check';
import { adopt, Adoption, printProgram } from '../../src/adopt/adopt';
import { buildApp } from '../../src/adopt/build';
import { identifiers } from '../../src/adopt/identifiers';
import { keyOfObject } from '../../src/adopt/manifests';
import { diff, opens } from '../../src/analysis/diff';
import { ClusterFacts } from '../../src/analysis/facts';
import { readDocuments } from '../../src/analysis/input/documents';
import { ClusterModel } from '../../src/analysis/model';
import { Reachability } from '../../src/analysis/reachability';
import { clusters, Kinds } from '../analysis/random-clusters';
import { runSnippet } from '../docs/run';

/** `FC_RUNS=1000 SEED=7 npx jest test/cli/adopt-random` repeats or lengthens a run. */
const RUNS = Number(process.env.FC_RUNS ?? 60);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** Ranges that cut through what the random policies speak about. */
const FACTS: ClusterFacts = { podCidrs: ['10.0.0.0/30'], serviceCidrs: ['10.255.0.0/16'], nodeCidrs: ['192.0.2.0/25'] };

jest.setTimeout(600_000);
let statements = 0;
let closed = 0;
afterAll(() => { process.stdout.write(`adopt: ${RUNS} random clusters each, seed ${SEED}: ${statements} flows stated, ${closed} pairs closed\n`); });

describe('6. adopt: random clusters', () => {
  const kinds: [string, Kinds, ClusterFacts][] = [
    ['network policies', {}, {}],
    ['network policies, where the cluster\'s ranges are known', {}, FACTS],
    ['admin policies', { admin: true }, {}],
    ['cluster policies, where the cluster\'s ranges are known', { cluster: true }, FACTS],
  ];

  test.each(kinds)('%s: nothing is opened, and whatever is closed is in a remark', (_, which, facts) => {
    const before = statements;
    fc.assert(fc.property(clusters(which), cluster => {
      const reach = read(plain(cluster.objects), facts);
      fc.pre(reach.model.problems.length === 0);
      const { plan, remarks, opens: wider } = adoptionOf(reach, facts);
      const changes = diff(reach, read(written(plan), facts));
      expect(changes.filter(opens)).toEqual([]);
      expect(wider).toBe(false);
      const pairs = (all: typeof changes) => all.map(({ src, dst }) => `${src} ${dst}`).sort();
      expect(pairs(remarks.flatMap(remark => remark.changes))).toEqual(pairs(changes));
      statements += plan.statements.length;
      closed += changes.length;
    }), { numRuns: RUNS, seed: SEED });
    // The law means little where nothing is stated.
    expect(statements - before).toBeGreaterThan(RUNS / 10);
  });

  test('what passes between two pods because both ends name each other is stated, and so nothing of it is closed', () => {
    let kept = 0;
    fc.assert(fc.property(clusters(), cluster => {
      const reach = read([...plain(cluster.objects), ...MUTUAL], {});
      fc.pre(reach.model.problems.length === 0);
      const after = read(written(adoptionOf(reach, {}).plan), {});
      const [before, now] = [reach, after].map(each => each.between(each.find('own', 'a')[0], each.find('own', 'b')[0]));
      expect(now.equals(before)).toBe(true);
      if (!before.isEmpty) kept += 1;
    }), { numRuns: Math.ceil(RUNS / 3), seed: SEED });
    expect(kept).toBeGreaterThan(0);
  });

  test('the printed program, run, writes what was held against the manifests', () => {
    fc.assert(fc.property(clusters(), cluster => {
      const objects = plain(cluster.objects);
      const folder = mkdtempSync(join(tmpdir(), 'adopt-random-'));
      const outdir = process.env.CDK8S_OUTDIR;
      try {
        const file = join(folder, 'all.json');
        writeFileSync(file, objects.map((object: any) => JSON.stringify(object)).join('\n---\n'));
        const { plan } = adoptionOf(read(objects, {}, file), {});
        process.env.CDK8S_OUTDIR = join(folder, 'dist');
        runSnippet(printProgram(plan, { paths: [file], pathOf: () => 'all.json' }), { __dirname: folder });
        const ran = readdirSync(join(folder, 'dist')).filter(name => name.endsWith('.yaml'))
          .flatMap(name => readDocuments(readFileSync(join(folder, 'dist', name), 'utf8')).objects);
        expect(byKey(ran)).toEqual(byKey(written(plan)));
      } finally {
        if (outdir === undefined) delete process.env.CDK8S_OUTDIR; else process.env.CDK8S_OUTDIR = outdir;
        rmSync(folder, { recursive: true });
      }
    }), { numRuns: Math.ceil(RUNS / 10), seed: SEED });
  });
});

describe('6. adopt: names', () => {
  const word = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,8}[a-z0-9])?$/);
  const things = fc.uniqueArray(fc.record({ namespace: fc.constantFrom('shop', 'class', 'my-ns', '3scale', 'app'), name: fc.oneof(word, fc.constantFrom('shop', 'new', 'a-b', 'a.b', 'app')) }),
    { selector: ({ namespace, name }) => `${namespace}/${name}` })
    .map(workloads => [
      ...[...new Set(workloads.map(({ namespace }) => namespace))].map(namespace => ({ key: `${namespace}/*`, namespace })),
      ...workloads.map(({ namespace, name }) => ({ key: `${namespace}/${name}`, namespace, name })),
    ]);

  test('are valid identifiers, each once, whatever the order', () => {
    fc.assert(fc.property(things, fc.nat(), (all, turn) => {
      const names = identifiers(all);
      expect(new Set(names.values()).size).toBe(all.length);
      for (const name of names.values()) {
        expect(name).toMatch(/^[A-Za-z_]\w*$/);
        // A word of the language, or a name the program has already, would not compile.
        expect(new Function(`'use strict'; const ${name} = 1, app = 2, edge = 3, objects = 4, include = 5; return ${name};`)()).toBe(1);
      }
      const turned = [...all.slice(turn % (all.length || 1)), ...all.slice(0, turn % (all.length || 1))];
      expect([...identifiers(turned)].sort()).toEqual([...names].sort());
    }), { seed: SEED });
  });
});

const mutual = (name: string, list: string, other: string) => [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'own', labels: { own: name } }, spec: { containers: [{ name: 'main' }] } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'own' },
    spec: {
      podSelector: { matchLabels: { own: name } },
      policyTypes: ['Ingress', 'Egress'],
      [list === 'to' ? 'egress' : 'ingress']: [{ [list]: [{ podSelector: { matchLabels: { own: other } } }], ports: [{ port: 8080 }] }],
    },
  },
];
/** A pair that names each other, among whatever else there is. */
const MUTUAL = [...mutual('a', 'to', 'b'), ...mutual('b', 'from', 'a')];

function adoptionOf(reach: Reachability, facts: ClusterFacts): Adoption {
  return adopt(reach, { platform: { distribution: 'kubernetes', version: '1.31', ...facts }, tenant: 'all', leave: [] });
}

function written(plan: Adoption['plan']): any[] {
  return readDocuments(buildApp(plan).synthYaml()).objects;
}

function read(objects: any[], facts: ClusterFacts, origin = ''): Reachability {
  return Reachability.of(ClusterModel.of(objects, { facts, origin: () => origin }));
}

function byKey(objects: readonly any[]): any[] {
  return [...objects].sort((a, b) => (keyOfObject(a) < keyOfObject(b) ? -1 : 1));
}

/** As they would be read from a file. */
function plain(objects: any[]): any[] {
  return JSON.parse(JSON.stringify(objects));
}
