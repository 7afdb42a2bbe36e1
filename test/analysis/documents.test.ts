import { existsSync, readdirSync, readFileSync, statSync } from 'fs';
import { join } from 'path';
import * as fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { readDocuments } from '../../src/analysis/input/documents';
import { writeYaml } from '../../src/emit/yaml-writer';
import { TRIES } from '../support/tries';

const read = (text: string) => readDocuments(text).objects;

describe('1. input: what a word means', () => {
  /** Each as sigs.k8s.io/yaml 1.6, the reader of kubectl and of the API server, turns it into JSON. */
  test.each<[unknown, string]>([
    [true, 'yes Yes YES y Y on On ON true True TRUE'],
    [false, 'no No NO n N off Off OFF false False FALSE'],
    [null, '~ null Null NULL'],
    [15, '017 0o17 0O17 0b1111 0B1111 0xf 0XF 0x_f +15 1_5 15. 15.0 1.5e1'],
    [8, '08 0_8 8'],
    [-8, '-08 -0b1000 -010'],
    [0.5, '.5 +.5 0.5 5e-1'],
    [1000, '1e3 1E3 1_000 1__000'],
  ])('%s is written %s', (value, words) => {
    for (const word of words.split(' ')) expect([word, read(`kind: A\nof: ${word}`)[0].of]).toEqual([word, value]);
  });

  test.each('yEs oN tRUE nULL 12:30 1:2:3 2001-01-01 2001-01-01T00:00:00Z 10.0.0.1 1.2.3 0b2 0xfg 0x 1e400 _1 .e5 .7_ ._7 1-2 8080/TCP'.split(' '))('%s is a text', word => {
    expect(read(`kind: A\nof: ${word}`)[0].of).toBe(word);
  });

  test('what is quoted or tagged is what it says', () => {
    expect(read('kind: A\na: "yes"\nb: \'017\'\nc: !!str 80\nd: !!int "80"\ne: !Ref x')[0]).toEqual({ kind: 'A', a: 'yes', b: '017', c: '80', d: 80, e: 'x' });
  });

  test('a label that is not a text is refused, and one in quotes is not', () => {
    expect(read('kind: Pod\nmetadata: {labels: {on: yes}}')[0].metadata.labels).toEqual({ true: true });
    expect(read('kind: Pod\nmetadata: {labels: {"on": "yes"}}')[0].metadata.labels).toEqual({ on: 'yes' });
  });
});

describe('1. input: documents', () => {
  test.each<[string, string, string[], number]>([
    ['several', 'kind: A\n---\nkind: B\n', ['A', 'B'], 0],
    ['empty ones and comments', '# nothing\n---\n---\n# here\n---\nkind: A\n---\n', ['A'], 0],
    ['what stands behind the mark', '--- {kind: A}\n--- # said\nkind: B\n...\n---\nkind: C', ['A', 'B', 'C'], 0],
    ['a list of objects', '- kind: A\n- kind: B\n', ['A', 'B'], 0],
    ['something else', 'image: x\n---\nkind: A\n---\njust words\n', ['A'], 2],
    ['directives', '%YAML 1.1\n---\nkind: A\n...\n%YAML 1.1\n---\nkind: B\n', ['A', 'B'], 0],
    ['lines that end like on Windows, and a byte order mark', '\ufeffkind: A\r\n---\r\nkind: B\r\n', ['A', 'B'], 0],
    ['JSON', '{"kind": "A", "text": "\\ud83d\\ude00\\/", "__proto__": {"kind": "C"}}', ['A'], 0],
    ['a JSON array', ' [{"kind": "A"}, {"kind": "B"}]', ['A', 'B'], 0],
    ['JSON with a comment', '{"kind": "A"} # said', ['A'], 0],
    ['tags that nobody knows', 'kind: A\nb: !Sub {a: !GetAtt [1, 2]}\nc: !!set {x}', ['A'], 0],
    ['nothing', '', [], 0],
  ])('%s', (_, text, kinds, others) => {
    const documents = readDocuments(text);
    expect(documents.objects.map(({ kind }) => kind)).toEqual(kinds);
    expect(documents.others).toBe(others);
  });

  test('a mark inside an indented text is text', () => {
    expect(read('kind: A\nof: |\n  a\n  ---\n  b\n')[0].of).toBe('a\n---\nb\n');
  });

  test('anchors and merges are written out, what stands after a merge wins', () => {
    const [object] = read('kind: A\nbase: &base {a: 1, b: 2}\nof:\n  <<: *base\n  b: 3\nboth:\n  <<: [{a: 5}, *base]\n');
    expect(object.of).toEqual({ a: 1, b: 3 });
    expect(object.both).toEqual({ a: 5, b: 2 });
  });

  test('a text longer than a piece is read to its end, and its errors have its lines', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `kind: A\nnumber: ${i}\ntext: "*"\n`);
    expect(read(many.join('---\n')).map(({ number }) => number)).toEqual(many.map((_, i) => i));
    expect(() => read([...many, 'kind: [\n'].join('---\n'))).toThrow(/ at line 2000[12], column 1$/);
  });
});

describe('9. errors: what no reader should guess at', () => {
  test.each<[string, string, string]>([
    ['a key twice', 'kind: A\nspec:\n  a: 1\n  a: 2\n', 'duplicated mapping key at line 4, column 3'],
    ['a key twice in JSON', '{"kind": "A",\n "kind": "B"}', 'duplicated mapping key at line 2, column 3'],
    ['JSON without end', '{"kind": "A"', 'unexpected end of the stream within a flow collection at line 1'],
    ['a bracket without end', 'kind: A\n---\nkind: [B\n', ' at line 4, column 1'],
    ['a tab', 'kind: A\nspec:\n\ta: 1', 'tab characters must not be used in indentation at line 3'],
    ['an alias without anchor', 'kind: A\nof: *base', 'unidentified alias "base" at line 2'],
    ['an alias inside itself', 'kind: A\nof: &of [*of]', 'stand for more than a manifest can hold'],
    ['a merge after other keys', 'kind: A\nbase: &base {a: 2}\nof:\n  a: 1\n  <<: *base\n', "'<<' stands after other keys at line 5, column 3"],
    ['no kind', 'apiVersion: v1\n', 'an object has an apiVersion and no kind'],
  ])('%s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('a few lines may not stand for billions of values, and may stand for many', () => {
    const levels = (count: number) => ['kind: A', 'a0: &a0 [x, x]', ...Array.from({ length: count }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`)}]`)].join('\n');
    expect(() => read(levels(12))).toThrow('stand for more than a manifest can hold: write out what they mean');
    expect(read(levels(3))[0].a3).toHaveLength(10);
  });

  test('a merge after other keys says the same to everybody outside of manifests', () => {
    expect(readDocuments('base: &base {a: 2}\nof:\n  b: 1\n  <<: *base\n')).toEqual({ objects: [], others: 1 });
  });
});

/** Numbers in Go that are a text in YAML 1.1: `yaml`, which writes for cdk8s and for us, leaves them without quotes. */
const ONLY_IN_GO = /^[-+]?0(o[0-7_]+|[OXB])/;
/** Blanks and ends of lines alone: `yaml` forgets to say how deep they stand, so that its own parser reads them without the blanks. */
const BLANK = /^\s* \s*\n$/;

describe('1. input: what is written', () => {
  const word = fc.oneof(
    fc.constantFrom('yes', 'on', 'y', 'N', 'Off', '~', 'null', '', '017', '0x1f', '08', '1_000', '.5', '1e3', '12:30', '2001-01-01', '---', '...', '- a', 'a: b', '#', '*a', '&a', '!a', '%a'),
    fc.string({ unit: fc.constantFrom(...'aeynoxb018_.:+-~ #\n\t"\'{}[],&*!|>%@`\u00e9\u{1f600}') }),
  ).filter(text => !ONLY_IN_GO.test(text) && !BLANK.test(text));
  const { value } = fc.letrec(tie => ({
    value: fc.oneof({ maxDepth: 3 }, word, fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(word, tie('value'), { maxKeys: 3 })),
  }));
  const objects = fc.array(fc.record({ kind: fc.constant('A'), of: value }), { minLength: 1, maxLength: 3 })
    // A number that is nothing below zero has no YAML of its own.
    .map(each => JSON.parse(JSON.stringify(each)));

  test('by this library is read as it was meant, whatever its words look like', () => {
    fc.assert(fc.property(objects, each => { expect(read(writeYaml(each))).toEqual(each); }), TRIES);
  });

  test('by others for YAML 1.1, or as JSON, is read as it was meant', () => {
    fc.assert(fc.property(objects, each => {
      expect(read(each.map((object: any) => stringify(object, { version: '1.1' })).join('---\n'))).toEqual(each);
      expect(read(JSON.stringify(each, undefined, 2))).toEqual(each);
    }), TRIES);
  });
});

describe('1. input: a second reader', () => {
  const folders = [join(__dirname, '..', '..', 'examples'), join(__dirname, '..', 'findings', 'cases'), process.env.CONNECTIVITY_CASES].filter(folder => folder && existsSync(folder));
  const files = folders.flatMap(folder => (readdirSync(folder!, { recursive: true }) as string[]).map(name => join(folder!, name)))
    .filter(file => /\.(ya?ml|json)$/.test(file) && !file.includes('node_modules') && statSync(file).isFile() && statSync(file).size < 500_000);

  test('finds the same in every manifest of the examples and of the shared cases', () => {
    expect(files.length).toBeGreaterThan(100);
    const differing = files.filter(file => {
      const text = readFileSync(file, 'utf8');
      const [ours, theirs] = [attempt(() => valuesOf(readDocuments(text))), attempt(() => valuesOf(bySecondReader(text)))];
      return ours !== theirs;
    });
    expect(differing).toEqual([]);
  });
});

/** The `yaml` package, which shares no code with the reader. */
function bySecondReader(text: string): { objects: any[]; others: number } {
  const values = parseAllDocuments(text, { merge: true, version: '1.1', logLevel: 'silent' }).flatMap(document => {
    if ('empty' in document) return [];
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() ?? [];
  });
  const isManifest = (value: any) => typeof value === 'object' && value !== null && (value.kind !== undefined || value.apiVersion !== undefined);
  if (values.some(value => isManifest(value) && typeof value.kind !== 'string')) throw new Error('no kind');
  return { objects: values.filter(isManifest), others: values.filter(value => !isManifest(value)).length };
}

const valuesOf = (documents: { objects: any[]; others: number }) => JSON.stringify(documents);

function attempt(run: () => string): string {
  try {
    return run();
  } catch {
    return 'refused';
  }
}
