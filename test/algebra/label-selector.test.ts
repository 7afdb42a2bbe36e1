import * as fc from 'fast-check';
import { LabelSelector } from '../../src/algebra/label-selector';
import { sayTries, TRIES } from '../support/tries';

const keys = fc.constantFrom('app', 'tier', 'env');
const values = fc.constantFrom('a', 'b', 'c', '');
const labels = fc.dictionary(keys, values);
const expression = fc.oneof(
  fc.record({ key: keys, operator: fc.constantFrom('In', 'NotIn'), values: fc.uniqueArray(values, { minLength: 1 }) }),
  fc.record({ key: keys, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selectors = fc.record({ matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 3 }) }, { requiredKeys: [] });

/** What the Kubernetes documentation says, word by word. */
function documented(selector: any, pod: Record<string, string>): boolean {
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => pod[key] === value)
    && (selector.matchExpressions ?? []).every((e: any) => ({
      In: key(pod, e.key) && e.values?.includes(pod[e.key]),
      NotIn: !key(pod, e.key) || !e.values?.includes(pod[e.key]),
      Exists: key(pod, e.key),
      DoesNotExist: !key(pod, e.key),
    } as any)[e.operator]);
}
const key = (pod: Record<string, string>, name: string) => Object.keys(pod).includes(name);

sayTries('label selectors');

describe('label selectors', () => {
  test('match as documented', () => {
    fc.assert(fc.property(selectors, labels, (selector, pod) => {
      expect(LabelSelector.of(selector).matches(pod)).toBe(documented(selector, pod));
    }), TRIES);
  });

  test('the key does not depend on order', () => {
    fc.assert(fc.property(selectors, selector => {
      const turned = {
        matchExpressions: [...selector.matchExpressions ?? []].reverse().map((e: any) => e.values ? { ...e, values: [...e.values].reverse() } : e),
        matchLabels: Object.fromEntries(Object.entries(selector.matchLabels ?? {}).reverse()),
      };
      expect(LabelSelector.of(turned).key).toBe(LabelSelector.of(selector).key);
    }), TRIES);
  });

  test('every witness satisfies its selector; without a witness nothing does', () => {
    fc.assert(fc.property(selectors, labels, (json, pod) => {
      const selector = LabelSelector.of(json);
      selector.witnesses().forEach(witness => expect(selector.matches(witness)).toBe(true));
      if (!selector.witness()) expect(selector.matches(pod)).toBe(false);
    }), TRIES);
  });

  test('a witness is minimal, and each value that is let in has one', () => {
    expect(LabelSelector.of({}).witnesses()).toEqual([{}]);
    expect(LabelSelector.of({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }).witness()).toEqual({});
    expect(LabelSelector.of({ matchLabels: { tier: 'x' }, matchExpressions: [{ key: 'app', operator: 'In', values: ['api', 'stray'] }] }).witnesses())
      .toEqual([{ app: 'api', tier: 'x' }, { app: 'stray', tier: 'x' }]);
    expect(LabelSelector.of({ matchLabels: { app: 'a' }, matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }).witness()).toBeUndefined();
  });

  test('NotIn and DoesNotExist hold for an absent key, In does not', () => {
    const selector = (operator: string) => LabelSelector.of({ matchExpressions: [{ key: 'app', operator, ...(operator.endsWith('n') ? { values: ['a'] } : {}) }] });
    expect(selector('NotIn').matches({})).toBe(true);
    expect(selector('DoesNotExist').matches({})).toBe(true);
    expect(selector('In').matches({})).toBe(false);
    expect(selector('In').matches({ app: 'a' })).toBe(true);
  });

  test.each([
    [{ matchExpressions: [{ key: 'a', operator: 'Equals', values: ['x'] }] }, /operator 'Equals' of label 'a' is unknown/],
    [{ matchExpressions: [{ key: 'a', operator: 'In' }] }, /needs at least one value/],
    [{ matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] }, /takes no values/],
    [{ matchExpressions: [{ operator: 'Exists' }] }, /has no key/],
    [{ matchLabels: { a: 1 } }, /value '1' of label 'a' is a number, not a string: quote it/],
    [{ matchLabels: { a: 'x y' } }, /'x y' of label 'a' is not a label value/],
    [{ app: 'x' }, /unknown field 'app'/],
  ])('9. errors: %j is refused', (json, message) => {
    expect(() => LabelSelector.of(json)).toThrow(message);
  });
});
