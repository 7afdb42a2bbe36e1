import { Classes, PeerClass } from './classes';
import { evaluate, Program } from './program';
import { ConnectionSet } from '../algebra/connection-set';

/**
 * Which classes a program can have to do with at all, so that a closed cluster is analysed in the time its open flows take.
 *
 * A program that lets nothing pass for a peer that no rule names is narrow: its peers are those its rules name. Any other is wide.
 * Narrow is proven, wide is assumed.
 */
export class Reach {
  private readonly known = new Map<number, readonly number[]>();
  private readonly narrow = new Map<number, boolean>();
  private withAddresses?: readonly PeerClass[];

  constructor(private readonly classes: Classes) {}

  /** The classes that may pass. @returns undefined for a wide program */
  of(program: Program): readonly number[] | undefined {
    if (!this.isNarrow(program)) return undefined;
    let named = this.known.get(program.id);
    if (!named) this.known.set(program.id, named = this.named(program));
    return named;
  }

  /** Whether it is plain that nothing passes between a program and a class. */
  excludes(program: Program, peer: PeerClass): boolean {
    return this.isNarrow(program) && !names(program, peer);
  }

  private isNarrow(program: Program): boolean {
    let narrow = this.narrow.get(program.id);
    if (narrow === undefined) this.narrow.set(program.id, narrow = isNarrow(program));
    return narrow;
  }

  private named(program: Program): readonly number[] {
    const named = new Set<number>();
    if (!isClosed(program, false)) for (const { id, view } of this.classes.all) if (!view.selectable) named.add(id);
    for (const stage of program.stages) {
      for (const { rules } of stage) {
        for (const rule of rules) {
          if (rule.action === 'deny') continue;
          if (rule.withoutIdentity) for (const { id, view } of this.classes.all) if (view.anonymous) named.add(id);
          for (const selection of rule.selections) for (const id of this.classes.chosenBy.get(selection) ?? []) named.add(id);
          if (rule.addresses) for (const { id, addresses } of this.addressed()) if (addresses!.set.overlaps(rule.addresses)) named.add(id);
        }
      }
    }
    return [...named];
  }

  private addressed(): readonly PeerClass[] {
    return this.withAddresses ??= this.classes.all.filter(({ addresses }) => addresses !== undefined);
  }
}

/** Whether a narrow program has to do with a class at all: a quick look that saves most judgements. */
export function names(program: Program, { view, addresses }: PeerClass): boolean {
  if (!view.selectable || (addresses !== undefined && program.addresses.length > 0)) return true;
  if (program.withoutIdentity && view.anonymous) return true;
  const { selections } = view;
  if (selections === undefined) return false;
  for (const id of program.selections) if (selections.has(id)) return true;
  return false;
}

function isNarrow(program: Program): boolean {
  return !hasOrderedNames(program) && isClosed(program, true);
}

/** Where the first match decides, a port name may deny more or less, depending on the destination: nothing is proven there. */
function hasOrderedNames({ hasNames, stages }: Program): boolean {
  return hasNames && stages.some(stage => stage.some(({ layer, rules }) =>
    layer.decides === 'first-match' && rules.some(({ ports }) => ports.names.length > 0)));
}

/** Whether nothing passes for a peer that no rule names: a pod that selectors could choose, or one that they cannot. */
function isClosed(program: Program, selectable: boolean): boolean {
  return [true, false].every(unplaced =>
    evaluate(program, { selectable, unplaced }, ({ ports }) => ports.names.length > 0 ? ConnectionSet.all() : ports.numbers).isEmpty);
}
