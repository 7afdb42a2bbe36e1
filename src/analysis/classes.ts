import { Compilation } from './compile';
import { ClusterModel } from './model';
import { ContainerPort, keyOfPorts, PodShape } from './pods';
import { PeerView, Program } from './program';
import { IntervalSet } from '../algebra/interval-set';
import { IpSet } from '../algebra/ip-set';

/**
 * Pods that no rule of this cluster treats differently, whatever namespace they are in: the same programs, chosen by the same selectors,
 * the same numbers behind the port names that rules use, addresses that no rule separates.
 */
export interface PeerClass {
  readonly id: number;
  readonly shapes: readonly PodShape[];
  readonly egress: Program;
  readonly ingress: Program;
  readonly view: PeerView;
  /** The named ports that rules ask for. */
  readonly ports: readonly ContainerPort[];
  readonly portsKey: string;
  readonly addresses?: AddressSpace;
}

/** The addresses a pod may have, interned. */
export interface AddressSpace {
  readonly id: number;
  readonly set: IpSet;
}

export interface Classes {
  readonly all: readonly PeerClass[];
  /** For each shape, its class. */
  readonly ofShape: readonly PeerClass[];
  /** For each selection that occurs as a peer, the classes it chooses. */
  readonly chosenBy: ReadonlyMap<number, readonly number[]>;
}

export function classify(model: ClusterModel, compilation: Compilation): Classes {
  const selections = selectionsOfShapes(model, compilation);
  const portsOf = restrictPorts(compilation.portNames);
  const spaceOf = addressSpaces(model, compilation);
  const asksIdentity = compilation.programs.some(({ withoutIdentity }) => withoutIdentity);
  const bySignature = new Map<string, PeerClass>();
  const ofShape: PeerClass[] = [];
  const all: PeerClass[] = [];
  for (const shape of model.shapes) {
    const egress = compilation.programOf.egress[shape.id];
    const ingress = compilation.programOf.ingress[shape.id];
    const chosen = selections[shape.id];
    const { ports, key } = portsOf(shape);
    const addresses = spaceOf(shape);
    const anonymous = asksIdentity && shape.identity === undefined;
    const signature = `${anonymous ? 'n' : ''}${egress.id} ${ingress.id} ${shape.hostNetwork} ${chosen?.join(',') ?? ''} ${addresses?.id ?? ''} ${key}`;
    let found = bySignature.get(signature);
    if (!found) {
      const view = { selectable: !shape.hostNetwork, unplaced: addresses === undefined, anonymous, selections: chosen && new Set(chosen) };
      found = { id: all.length, shapes: [], egress, ingress, view, ports, portsKey: key, addresses };
      bySignature.set(signature, found);
      all.push(found);
    }
    (found.shapes as PodShape[]).push(shape);
    ofShape.push(found);
  }
  const chosenBy = new Map<number, number[]>();
  for (const { id, view } of all) {
    for (const selection of view.selections ?? []) {
      const list = chosenBy.get(selection);
      if (list) list.push(id); else chosenBy.set(selection, [id]);
    }
  }
  return { all, ofShape, chosenBy };
}

function selectionsOfShapes(model: ClusterModel, compilation: Compilation): (number[] | undefined)[] {
  const lists: (number[] | undefined)[] = new Array(model.shapes.length).fill(undefined);
  for (const { id, shapes } of compilation.peerSelections) {
    for (const shape of shapes) {
      const list = lists[shape];
      if (list) list.push(id); else lists[shape] = [id];
    }
  }
  return lists;
}

function restrictPorts(names: ReadonlySet<string>): (shape: PodShape) => { ports: readonly ContainerPort[]; key: string } {
  const known = new Map<string, { ports: readonly ContainerPort[]; key: string }>();
  return shape => {
    let found = known.get(shape.portsKey);
    if (!found) {
      const ports = shape.ports.filter(({ name }) => names.has(name!));
      known.set(shape.portsKey, found = { ports, key: keyOfPorts(ports) });
    }
    return found;
  };
}

/** Single addresses between the same two cuts of the rules are one space; ranges are kept as they are. */
function addressSpaces(model: ClusterModel, { programs }: Compilation): (shape: PodShape) => AddressSpace | undefined {
  if (!model.podsHaveAddresses) return () => undefined;
  const rules = [...new Set(programs.flatMap(program => program.addresses))];
  const cuts4 = [...new Set(rules.flatMap(set => set.v4.cuts))].sort((a, b) => a - b);
  const cuts6 = [...new Set(rules.flatMap(set => set.v6.cuts))].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const spaces = new Map<string, AddressSpace>();
  const known = new Map<IpSet, AddressSpace>();
  return ({ addresses }) => {
    if (!addresses) return undefined;
    let space = known.get(addresses);
    if (!space) {
      const key = `${atomsOf(addresses.v4, cuts4)}|${atomsOf(addresses.v6, cuts6)}`;
      space = spaces.get(key) ?? { id: spaces.size, set: addresses };
      spaces.set(key, space);
      known.set(addresses, space);
    }
    return space;
  };
}

/** The atoms that a set touches: what cuts lie between its ends. */
function atomsOf<T extends number | bigint>(set: IntervalSet<T>, cuts: readonly T[]): string {
  const atoms = new Set<number>();
  for (const [from, end] of set.intervals()) {
    for (let atom = rank(cuts, from); atom === 0 || cuts[atom - 1] < end; atom++) {
      atoms.add(atom);
      if (atom >= cuts.length) break;
    }
  }
  return [...atoms].join(',');
}

/** How many cuts are at or before a value. */
function rank<T extends number | bigint>(cuts: readonly T[], value: T): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (cuts[middle] <= value) low = middle + 1; else high = middle;
  }
  return low;
}
