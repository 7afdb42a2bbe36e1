import { defineMappingTag, defineScalarTag, defineSequenceTag, mapTag, mergeTag, NOT_RESOLVED, nullCoreTag, Schema, seqTag, strTag } from 'js-yaml';

/**
 * What a plain word of a manifest means: what Kubernetes makes of it, which reads YAML 1.1 in the dialect of Go and not 1.2.
 *
 * `yes` and `on` are true, `017` is fifteen, `12:30` and dates are text, `08` is eight. So a label `enabled: yes` is refused here as it is there, and
 * is not taken for a text.
 */
export const KUBERNETES_SCHEMA: Schema = new Schema([
  strTag, nullCoreTag,
  defineScalarTag('tag:yaml.org,2002:bool', {
    implicit: true,
    implicitFirstChars: [...'yYnNtTfFoO'],
    resolve: word => TRUE.has(word) ? true : FALSE.has(word) ? false : NOT_RESOLVED,
    identify: value => typeof value === 'boolean',
  }),
  defineScalarTag('tag:yaml.org,2002:int', {
    implicit: true,
    implicitFirstChars: [...'+-0123456789'],
    resolve: word => integerOf(word) ?? NOT_RESOLVED,
    identify: value => Number.isInteger(value),
  }),
  defineScalarTag('tag:yaml.org,2002:float', {
    implicit: true,
    implicitFirstChars: [...'+-.0123456789'],
    resolve: word => floatOf(word) ?? NOT_RESOLVED,
    identify: value => typeof value === 'number',
  }),
  mergeTag, seqTag, mapTag,
  // A tag that nobody knows changes nothing, so files of others that lie in the same folder can be read.
  ...['!', 'tag:'].flatMap(prefix => [
    defineScalarTag(prefix, { matchByTagPrefix: true, resolve: word => word, identify: () => false }),
    defineSequenceTag(prefix, { ...seqTag, matchByTagPrefix: true, finalize: undefined }),
    defineMappingTag(prefix, { ...mapTag, matchByTagPrefix: true, finalize: undefined }),
  ]),
]);

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);

/** A leading zero means octal; underscores mean nothing. */
function integerOf(word: string): number | undefined {
  const plain = word.includes('_') ? word.replaceAll('_', '') : word;
  const [, sign, digits] = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/.exec(plain) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(/^0[0-7]/.test(digits) ? `0o${digits}` : digits);
  return sign === '-' ? -value : value;
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const NO_NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(['inf', 'Inf', 'INF'].flatMap(word =>
  [[`.${word}`, Infinity], [`+.${word}`, Infinity], [`-.${word}`, -Infinity]]).concat(['nan', 'NaN', 'NAN'].map(word => [`.${word}`, NaN])));

function floatOf(word: string): number | undefined {
  const plain = word.includes('_') ? word.replace(word.startsWith('.') ? /(?<=[0-9])_(?=[0-9])/g : /_/g, '') : word;
  const value = FLOAT.test(plain) ? Number(plain) : NO_NUMBERS[plain];
  return FLOAT.test(plain) && !Number.isFinite(value) ? undefined : value;
}
