import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import { writeDocument, writeYaml } from '../../src/emit/yaml-writer';

/** Strings that YAML 1.1 reads as something else, and those that break a plain scalar. */
const NASTY = [
  '', ' ', '  ', '~', 'null', 'Null', 'NULL', 'y', 'Y', 'n', 'N', 'yes', 'No', 'on', 'OFF', 'true', 'FALSE', 'tRUE', 'nul', 'nulls',
  '0', '-1', '+1', '007', '0o17', '0x1F', '0b101', '1_000', '1e3', 'e5', 'E10', 'e123456', 'e-7', 'e+77777', '.5', '.', '..', '...', '....', '1.', '1.5e-3',
  '.inf', '-.Inf', '.NaN', '12:30', '12:30:45', '190:20:30.15', '2024-01-02', '2024-1-2', '2024-01-02T03:04:05Z', '2024-01-02 03:04:05.6 +5',
  '<<', '<', '=', '-', '--', '---', '--- x', '---x', '?', '? x', '?x', '- x', '-x', ':', 'a:', 'a: b', 'a:b', ':a', ': a', 'a #b', 'a#b', '#a', ' #',
  '@a', '`a`', '%a', '&a', '*a', '!a', '!!str a', '|', '>', '|-', '[a]', '{a}', ',a', 'a,b', '[', ']', '{', '}',
  '\'', '"', '\'a\'', '"a"', 'it\'s', 'say "x"', '\'"', 'a \'b\' "c"', 'a\\nb', 'a \\nb', '\\', 'C:\\dir', 'a "b\\n"',
  'a\nb', 'a\nb\n', 'a\nb\n\n', '\na', '\n', '\n\n', ' a\nb', 'a\n b', 'a \nb', 'a\n\nb\n', 'a\n  \nb', 'a\n ', 'a\n\t', 'a\tb', '\ta', 'a\t', 'a\t\nb', 'a: \n', 'a:\nb: c\n',
  '#a\nb', '---\na', 'a\n---\nb', 'a\n...\n', '%a\nb', 'key: "x"\n- y', 'a\r\nb', 'a\rb', '\u0000', '\u0007', '\u001b[0m', '\u007f', '\u0085', '\u00a0', 'a\u00a0b', '\u2028', 'a\u2029b', '\ufeff', '\ud800', '\udc00x', 'é', '日本語', '🙂', 'Ω: x',
  '10.0.0.0/8', 'fd00::/8', '::', '::1', '0.0.0.0/0', '1:2', '8080', '50%', '100m', '1Gi', '250Mi', 'system:serviceaccount:a:b', 'https://x.example/a?b=c#d', '*.example', 'a/b', '/a/*', '$(VAR)', '{{ .Values.x }}',
  'x'.repeat(90), 'word '.repeat(40), 'word '.repeat(40).trim(), `${'long '.repeat(30)}\n${'line '.repeat(30)}`, 'k'.repeat(199), 'k'.repeat(201), 'k'.repeat(1025), '"'.repeat(600),
  '__proto__', 'constructor', 'toString', '0123', '1.2.3', '1.2.3.4', 'v1', '1.31', '31',
];
const nasty = fc.constantFrom(...NASTY);
const text = fc.oneof(
  { weight: 4, arbitrary: nasty },
  { weight: 2, arbitrary: fc.array(fc.oneof(nasty, fc.constantFrom('\n', ' ', ': ', '\n\n', '#', '-', 'a', '0')), { maxLength: 5 }).map(parts => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789_.:-+eExXobTZ ~yYnN'), maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'ab \n\t:#-\'"[]{}!&*%?,|>@'), maxLength: 10 }) },
);
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.integer(), fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e21, 1e-7, 0.1, 2 ** 53),
  fc.boolean(), fc.constant(null), fc.constant(undefined),
);
const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('apiVersion', 'kind', 'metadata', 'app.kubernetes.io/name', 'spec') }, text);
const { value } = fc.letrec<{ value: any }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.constantFrom({}, []).map(empty => (Array.isArray(empty) ? [] : {})),
  ),
}));

/** What the library answers, a thrown error included: the writer is held to that too. */
function outcome(write: () => string): string {
  try {
    return write();
  } catch (error) {
    return `throws ${(error as Error).message}`;
  }
}

describe('6. the YAML writer is byte-equal to Yaml.stringify', () => {
  test.each(NASTY)('for the string %j as a value, an item and a key', (nastyText) => {
    const places = [{ a: nastyText }, { [nastyText]: 1 }, { a: { [nastyText]: nastyText } }, [[nastyText]], { a: [{ b: nastyText, c: 1 }] }];
    for (const doc of [nastyText, [nastyText], ...places]) {
      expect(outcome(() => writeDocument(doc))).toBe(outcome(() => Yaml.stringify(doc)));
    }
  });

  test('for arbitrary documents', () => {
    fc.assert(fc.property(fc.array(value, { maxLength: 3 }), docs => {
      expect(outcome(() => writeYaml(docs))).toBe(outcome(() => Yaml.stringify(...docs)));
    }), { numRuns: 4000 });
  });

  test('and writes what manifests usually hold without asking the library', () => {
    const stringify = jest.spyOn(Yaml, 'stringify');
    const docs = [
      { kind: 'NetworkPolicy', spec: { podSelector: {}, ingress: [], egress: [{ ports: [{ port: 53, protocol: 'UDP' }], to: [{ ipBlock: { cidr: 'fd00::/8' } }] }] } },
      { kind: 'ConfigMap', data: { 'haproxy.cfg': 'global\n  maxconn 100\n\nfrontend a\n  bind :5432\n', 'version': '1.31', 'on': 'yes', '#': '"quoted" \'twice\'' } },
      { kind: 'Deployment', spec: { replicas: 2, paused: false, template: { spec: { containers: [{ args: ['--level=info', '-v', '*'], image: 'a/b:1@sha256:0f' }] } } } },
    ];
    const written = writeYaml(docs);
    expect(stringify).not.toHaveBeenCalled();
    stringify.mockRestore();
    expect(written).toBe(Yaml.stringify(...docs));
  });

  test('for no document, and for undefined and null ones', () => {
    for (const docs of [[], [undefined], [null], [{ a: 1 }, undefined, { b: 2 }], [{}], [[]]]) expect(writeYaml(docs)).toBe(Yaml.stringify(...docs));
  });

  test('for an object that appears twice, which becomes an anchor', () => {
    const shared = { app: 'api' };
    const list: any[] = [];
    for (const doc of [{ a: shared, b: shared }, { a: list, b: [list] }]) {
      expect(writeDocument(doc)).toBe(Yaml.stringify(doc));
      expect(writeDocument(doc)).toContain('&a1');
    }
    expect(writeYaml([shared, shared])).not.toContain('&');
  });

  test('for values that are not plain data', () => {
    class Point {
      readonly x = 1;
    }
    const docs = [{ d: new Date(0) }, { m: new Map([['a', 1]]) }, { s: new Set([1]) }, { p: new Point() }, { b: 10n }, { u: new Uint8Array([1, 2]) },
      { j: { toJSON: () => 'x' } }, { o: new String('x') }, { n: Object.assign(Object.create(null), { a: 1 }) }, { s: [1, , 2] }]; // eslint-disable-line no-sparse-arrays
    for (const doc of docs) expect(outcome(() => writeDocument(doc))).toBe(outcome(() => Yaml.stringify(doc)));
  });
});
