/**
 * Label selectors as Kubernetes reads them: `matchLabels` and `matchExpressions` all have to hold; `NotIn` and
 * `DoesNotExist` hold for an absent key; the empty selector holds for everything.
 *
 * Laws: selectors that say the same in another order have the same key; every witness satisfies its selector;
 * a selector without witness is satisfied by nothing.
 */
export type Labels = Readonly<Record<string, string>>;
export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

const OPERATORS: readonly SelectorOperator[] = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export class LabelSelector {
  static readonly EVERYTHING = new LabelSelector([]);

  /** Reads a selector as it stands in a manifest; throws where the API server would refuse it. */
  static of(json: any): LabelSelector {
    if (json === undefined || json === null) return LabelSelector.EVERYTHING;
    if (typeof json !== 'object' || Array.isArray(json)) throw new Error(`label selector '${json}' is not a mapping: use matchLabels and matchExpressions`);
    for (const field of Object.keys(json)) {
      if (field !== 'matchLabels' && field !== 'matchExpressions') {
        throw new Error(`label selector has the unknown field '${field}': use matchLabels and matchExpressions`);
      }
    }
    const only = soleLabel(json);
    if (only !== undefined) return ofSoleLabel(only, json.matchLabels[only]);
    const equalities = Object.entries(json.matchLabels ?? {}).map(([key, value]): Requirement => ({ key, operator: 'In', values: [checkValue(key, value)] }));
    const expressions = (json.matchExpressions ?? []).map(readExpression);
    return equalities.length + expressions.length === 0 ? LabelSelector.EVERYTHING : new LabelSelector([...equalities, ...expressions]);
  }

  static ofLabels(labels: Labels): LabelSelector {
    return LabelSelector.of({ matchLabels: labels });
  }

  /** Sorted, without repetition. */
  readonly requirements: readonly Requirement[];
  /** One text per meaning-preserving order: equal keys mean equal selectors. */
  readonly key: string;

  constructor(requirements: readonly Requirement[]) {
    if (requirements.length < 2) {
      this.requirements = requirements;
      this.key = requirements.length === 0 ? '' : textOf(requirements[0]);
      return;
    }
    const byText = new Map(requirements.map(requirement => [textOf(requirement), requirement]));
    const sorted = [...byText.keys()].sort();
    this.requirements = sorted.map(text => byText.get(text)!);
    this.key = sorted.join(' & ');
  }

  get isEverything(): boolean {
    return this.requirements.length === 0;
  }

  matches(labels: Labels): boolean {
    for (const requirement of this.requirements) if (!holds(requirement, labels)) return false;
    return true;
  }

  /** A smallest set of labels that satisfies the selector. @returns undefined when nothing can */
  witness(): Labels | undefined {
    return this.witnesses()[0];
  }

  /**
   * Small sets of labels that satisfy the selector and together use every value it lets in, so that
   * `app in (api, stray)` gives one witness with `api` and one with `stray`.
   */
  witnesses(): Labels[] {
    const choices = this.choices();
    if (!choices) return [];
    const first: Record<string, string> = {};
    for (const [key, values] of choices) first[key] = values[0];
    return [first, ...choices.flatMap(([key, values]) => values.slice(1).map(value => ({ ...first, [key]: value })))];
  }

  toString(): string {
    return this.isEverything ? '{}' : this.requirements.map(textOf).join(', ');
  }

  /** For each key that has to be there, the values it may have. @returns undefined when nothing satisfies the selector */
  private choices(): [string, string[]][] | undefined {
    const choices: [string, string[]][] = [];
    for (const key of new Set(this.requirements.map(requirement => requirement.key))) {
      const own = this.requirements.filter(requirement => requirement.key === key);
      if (!own.some(({ operator }) => operator === 'In' || operator === 'Exists')) continue;
      const listed = own.filter(({ operator }) => operator === 'In').map(({ values }) => values);
      const candidates = listed.length > 0 ? [...listed[0]] : [unusedValue(own)];
      const values = candidates.filter(value => own.every(requirement => holds(requirement, { [key]: value })));
      if (values.length === 0) return undefined;
      choices.push([key, values.sort()]);
    }
    return choices;
  }
}

// Most selectors are one label, and many rules say the same one: those are kept. The cache is bounded; emptying it costs time only.
const LIMIT = 200_000;
const soles = new Map<string, LabelSelector>();

function soleLabel({ matchLabels, matchExpressions }: any): string | undefined {
  if (!matchLabels || (matchExpressions?.length ?? 0) > 0) return undefined;
  let only: string | undefined;
  for (const key in matchLabels) {
    if (only !== undefined) return undefined;
    only = key;
  }
  return only;
}

function ofSoleLabel(key: string, value: any): LabelSelector {
  const text = `${key}=${value}`;
  let selector = typeof value === 'string' ? soles.get(text) : undefined;
  if (!selector) {
    selector = new LabelSelector([{ key, operator: 'In', values: [checkValue(key, value)] }]);
    if (soles.size >= LIMIT) soles.clear();
    soles.set(text, selector);
  }
  return selector;
}

function readExpression(json: any): Requirement {
  const { key, operator } = json ?? {};
  const values: any[] = json?.values ?? [];
  if (typeof key !== 'string' || key === '') throw new Error('a match expression has no key: name the label');
  if (!OPERATORS.includes(operator)) throw new Error(`operator '${operator}' of label '${key}' is unknown: use In, NotIn, Exists or DoesNotExist`);
  const needsValues = operator === 'In' || operator === 'NotIn';
  if (needsValues && values.length === 0) throw new Error(`operator ${operator} of label '${key}' needs at least one value`);
  if (!needsValues && values.length > 0) throw new Error(`operator ${operator} of label '${key}' takes no values: remove them`);
  return { key, operator, values: [...new Set(values.map(value => checkValue(key, value)))].sort() };
}

function checkValue(key: string, value: unknown): string {
  if (typeof value !== 'string') throw new Error(`value '${value}' of label '${key}' is a ${typeof value}, not a string: quote it`);
  if (value !== '' && !/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(value)) {
    throw new Error(`value '${value}' of label '${key}' is not a label value: use up to 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends`);
  }
  return value;
}

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
  }
}

function unusedValue(requirements: readonly Requirement[]): string {
  const used = new Set(requirements.flatMap(({ values }) => values));
  for (let i = 0; ; i++) {
    const value = i === 0 ? 'any' : `any-${i}`;
    if (!used.has(value)) return value;
  }
}

function textOf({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In': return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`;
    case 'NotIn': return `${key} notin (${values.join(',')})`;
    case 'Exists': return key;
    case 'DoesNotExist': return `!${key}`;
  }
}
