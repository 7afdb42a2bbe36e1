import { PodShape } from './pods';
import { PodMatch } from './rules';
import { Labels, LabelSelector } from '../algebra/label-selector';

/** The pods that a match chooses: its shapes in rising order, chosen once for all rules that say the same. */
export interface Selection {
  readonly id: number;
  readonly match: PodMatch;
  readonly shapes: readonly number[];
  /** Whether it chooses every pod that a selector can choose. */
  readonly everyPod: boolean;
}

/**
 * Answers selectors from an index of labels: the rarest label of a selector gives the candidates, so a selector costs about as much as
 * it chooses, in a cluster of any size. Pods on their node's network are never chosen.
 */
export class Selector {
  readonly selections: Selection[] = [];
  /** By where (`=name` or the key of a namespace selector), then by the key of the pods' selector. */
  private readonly known = new Map<string, Map<string, Selection>>();
  private readonly pods: PodShape[];
  private readonly inNamespace = new Map<string, LabelIndex>();
  private readonly everywhere: LabelIndex;
  private readonly namespaces: NamespaceIndex;

  constructor(private readonly shapes: readonly PodShape[], namespaces: ReadonlyMap<string, Labels>) {
    this.pods = shapes.filter(shape => !shape.hostNetwork);
    const lists = new Map<string, PodShape[]>();
    for (const pod of this.pods) {
      const list = lists.get(pod.namespace);
      if (list) list.push(pod); else lists.set(pod.namespace, [pod]);
    }
    for (const [namespace, list] of lists) this.inNamespace.set(namespace, new LabelIndex(list));
    this.everywhere = new LabelIndex(this.pods);
    this.namespaces = new NamespaceIndex(namespaces);
  }

  select(match: PodMatch): Selection {
    const where = match.namespace !== undefined ? `=${match.namespace}` : match.namespaces?.key ?? '';
    let here = this.known.get(where);
    if (!here) this.known.set(where, here = new Map());
    const key = match.identity ? `${match.pods.key} / ${match.identity.key}` : match.pods.key;
    let selection = here.get(key);
    if (!selection) {
      const { identity } = match;
      const isKnown = (id: number) => this.shapes[id].identity !== undefined && identity!.matches(this.shapes[id].identity);
      const shapes = identity ? this.near(match).filter(isKnown) : this.choose(match);
      selection = { id: this.selections.length, match, shapes, everyPod: identity === undefined && shapes.length === this.pods.length };
      this.selections.push(selection);
      here.set(key, selection);
    }
    return selection;
  }

  /** Whom a match with an identity may choose: of whoever has it, those in its namespaces, where it names them. */
  private near(match: PodMatch): number[] {
    const homes = match.namespace === undefined && match.namespaces === undefined ? match.identity!.namespaces : undefined;
    return homes ? homes.flatMap(name => this.inNamespace.get(name)?.matching(match.pods) ?? []).sort((a, b) => a - b) : this.choose(match);
  }

  private choose(match: PodMatch): number[] {
    if (match.namespace !== undefined) return this.inNamespace.get(match.namespace)?.matching(match.pods) ?? [];
    const namespaces = match.namespaces ?? LabelSelector.EVERYTHING;
    if (namespaces.isEverything) return this.everywhere.matching(match.pods);
    const chosen = this.namespaces.chosenBy(namespaces);
    const wide = chosen.length > 8 && !match.pods.isEverything;
    if (wide) {
      const inside = new Set(chosen);
      return this.everywhere.matching(match.pods, pod => inside.has(pod.namespace!));
    }
    const shapes: number[] = [];
    for (const name of chosen) for (const id of this.inNamespace.get(name)?.matching(match.pods) ?? []) shapes.push(id);
    return shapes.sort((a, b) => a - b);
  }
}

/** Answers which namespaces a selector chooses, from an index of their labels. */
export class NamespaceIndex {
  private readonly names: readonly string[];
  private readonly index: LabelIndex;

  constructor(namespaces: ReadonlyMap<string, Labels>) {
    this.names = [...namespaces.keys()];
    this.index = new LabelIndex(this.names.map((name, id) => ({ id, labels: namespaces.get(name)! })));
  }

  chosenBy(selector: LabelSelector): string[] {
    return this.index.matching(selector).map(id => this.names[id]);
  }
}

interface Labelled {
  readonly id: number;
  readonly labels: Labels;
  readonly namespace?: string;
}

class LabelIndex {
  private readonly postings = new Map<string, Map<string, Labelled[]>>();

  constructor(private readonly items: readonly Labelled[]) {}

  matching(selector: LabelSelector, also: (item: Labelled) => boolean = () => true): number[] {
    const candidates = this.items.length <= 8 || selector.isEverything ? this.items : this.candidates(selector);
    const ids: number[] = [];
    for (const item of candidates) if (selector.matches(item.labels) && also(item)) ids.push(item.id);
    return candidates === this.items ? ids : ids.sort((a, b) => a - b);
  }

  /** The items that hold the rarest of the labels that the selector demands by value. */
  private candidates(selector: LabelSelector): readonly Labelled[] {
    let best: readonly Labelled[] = this.items;
    for (const { key, operator, values } of selector.requirements) {
      if (operator !== 'In') continue;
      const byValue = this.index(key);
      const found = values.map(value => byValue.get(value) ?? NOBODY);
      if (found.reduce((sum, list) => sum + list.length, 0) < best.length) best = found.length === 1 ? found[0] : found.flat();
    }
    return best;
  }

  /** For one label, the items by its value; made when a selector first asks for that label. */
  private index(key: string): Map<string, Labelled[]> {
    let byValue = this.postings.get(key);
    if (!byValue) {
      this.postings.set(key, byValue = new Map());
      for (const item of this.items) {
        const value = item.labels[key];
        if (value === undefined) continue;
        const list = byValue.get(value);
        if (list) list.push(item); else byValue.set(value, [item]);
      }
    }
    return byValue;
  }
}

const NOBODY: readonly Labelled[] = [];
