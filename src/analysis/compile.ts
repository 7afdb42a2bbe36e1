import { ClusterModel } from './model';
import { CompiledRule, Program, Tier } from './program';
import { Direction, Layer, LayerName, LAYERS, Policy, Ports, Rule } from './rules';
import { Selection, Selector } from './selection';
import { IpSet } from '../algebra/ip-set';

/** Every pod shape with its two programs, and what the programs refer to. */
export interface Compilation {
  readonly selector: Selector;
  readonly programs: readonly Program[];
  /** For each shape, its program in each direction. */
  readonly programOf: Readonly<Record<Direction, readonly Program[]>>;
  /** For each shape, the policies that have it as subject, in the order in which they decide. */
  readonly policiesOf: readonly (readonly Policy[])[];
  /** The selections that occur as peers in some rule. */
  readonly peerSelections: readonly Selection[];
  /** The port names that occur in some rule. */
  readonly portNames: ReadonlySet<string>;
}

export function compile(model: ClusterModel, layers?: ReadonlySet<LayerName>): Compilation {
  return new Compiler(model, layers).run();
}

const UNRESTRICTED: readonly Policy[] = [];

class Compiler {
  private readonly selector: Selector;
  private readonly policies: readonly Policy[];
  private readonly layers: ReadonlyMap<LayerName, Layer> = new Map(LAYERS.map(layer => [layer.name, layer]));
  private readonly rules = new Map<string, CompiledRule>();
  private readonly compiled = new Map<Policy, Record<Direction, readonly CompiledRule[]>>();
  private readonly addressSets = new Map<string, { readonly id: number; readonly set: IpSet }>();
  private readonly programs = new Map<string, Program>();
  private readonly peerSelections = new Map<number, Selection>();
  private readonly portNames = new Set<string>();

  constructor(private readonly model: ClusterModel, layers?: ReadonlySet<LayerName>) {
    this.selector = new Selector(model.shapes, model.namespaces);
    const rank = new Map(LAYERS.map((layer, i) => [layer.name, i]));
    this.policies = model.policies.filter(policy => layers === undefined || layers.has(policy.layer))
      .sort((a, b) => rank.get(a.layer)! - rank.get(b.layer)! || a.order - b.order || compareText(a.ref.name, b.ref.name));
  }

  run(): Compilation {
    const policiesOf: (readonly Policy[])[] = new Array(this.model.shapes.length).fill(UNRESTRICTED);
    for (const policy of this.policies) {
      for (const shape of this.selector.select(policy.subject).shapes) {
        if (policiesOf[shape] === UNRESTRICTED) policiesOf[shape] = [policy];
        else (policiesOf[shape] as Policy[]).push(policy);
      }
    }
    return {
      selector: this.selector,
      programOf: { egress: this.programsFor('egress', policiesOf), ingress: this.programsFor('ingress', policiesOf) },
      programs: [...this.programs.values()],
      policiesOf,
      peerSelections: [...this.peerSelections.values()],
      portNames: this.portNames,
    };
  }

  private programsFor(direction: Direction, policiesOf: readonly (readonly Policy[])[]): Program[] {
    const free = this.program(direction, UNRESTRICTED);
    return policiesOf.map(policies => policies === UNRESTRICTED ? free : this.program(direction, policies));
  }

  private program(direction: Direction, policies: readonly Policy[]): Program {
    const tiers: { layer: Layer; rules: CompiledRule[] }[] = [];
    for (const policy of policies) {
      if (!policy.directions.includes(direction)) continue;
      const layer = this.layers.get(policy.layer)!;
      let tier = tiers[tiers.length - 1];
      if (tier?.layer !== layer) tiers.push(tier = { layer, rules: [] });
      for (const rule of this.compilePolicy(policy)[direction]) tier.rules.push(rule);
    }
    let text: string = direction;
    for (const tier of tiers) {
      if (tier.layer.decides === 'isolating' && tier.rules.length > 1) tier.rules = withoutOrder(tier.rules);
      text += ` ${tier.layer.name}`;
      for (const { id } of tier.rules) text += `,${id}`;
    }
    let program = this.programs.get(text);
    if (!program) this.programs.set(text, program = programOf(this.programs.size, direction, tiers));
    return program;
  }

  private compilePolicy(policy: Policy): Record<Direction, readonly CompiledRule[]> {
    let compiled = this.compiled.get(policy);
    if (!compiled) {
      compiled = { egress: [], ingress: [] };
      for (const rule of policy.rules) (compiled[rule.direction] as CompiledRule[]).push(this.compileRule(rule));
      this.compiled.set(policy, compiled);
    }
    return compiled;
  }

  private compileRule(rule: Rule): CompiledRule {
    const { action, ports, peers: { any, pods, addressesOfPods, hosts = NO_HOSTS, withoutIdentity = false } } = rule;
    let ids: number[] = [];
    let everyPod = false;
    for (const match of pods) {
      const selection = this.selector.select(match);
      everyPod ||= selection.everyPod;
      if (selection.shapes.length > 0 && !ids.includes(selection.id)) ids.push(selection.id);
    }
    if (everyPod) ids = [];
    else if (ids.length > 1) ids.sort((a, b) => a - b);
    const interned = rule.peers.addresses && this.intern(rule.peers.addresses);
    const addresses = interned?.set;
    const unplaced = addressesOfPods === true && addresses !== undefined && addresses.contains(IpSet.all(4));
    const who = `${any ? '*' : ''}${everyPod ? 'p' : ''}${unplaced ? 'u' : ''}${withoutIdentity ? 'n' : ''}${ids.join(',')}`;
    const key = `${action} ${who} ${interned?.id ?? ''} ${hosts.join(',')} ${keyOfPorts(ports)}`;
    let compiled = this.rules.get(key);
    if (!compiled) {
      compiled = { id: this.rules.size, action, any, everyPod, unplaced, selections: ids, addresses, hosts, withoutIdentity, ports };
      this.rules.set(key, compiled);
      for (const id of ids) this.peerSelections.set(id, this.selector.selections[id]);
      for (const { name } of ports.names) this.portNames.add(name);
    }
    return compiled;
  }

  private intern(set: IpSet): { readonly id: number; readonly set: IpSet } {
    const { key } = set;
    let known = this.addressSets.get(key);
    if (!known) this.addressSets.set(key, known = { id: this.addressSets.size, set });
    return known;
  }
}

const NO_HOSTS: readonly string[] = [];

/** In an isolating layer order and repetition mean nothing, so programs that differ in them only become one. */
function withoutOrder(rules: CompiledRule[]): CompiledRule[] {
  return rules.sort((a, b) => a.id - b.id).filter((rule, i) => i === 0 || rule !== rules[i - 1]);
}

function programOf(id: number, direction: Direction, tiers: readonly Tier[]): Program {
  const stages: Tier[][] = [];
  const [selections, addresses, hosts] = [new Set<number>(), new Set<IpSet>(), new Set<string>()];
  let hasNames = false;
  let withoutIdentity = false;
  for (const tier of tiers) {
    const stage = stages.find(([first]) => first.layer.stage === tier.layer.stage);
    if (stage) stage.push(tier); else stages.push([tier]);
    for (const rule of tier.rules) {
      for (const selection of rule.selections) selections.add(selection);
      for (const host of rule.hosts) hosts.add(host);
      if (rule.addresses) addresses.add(rule.addresses);
      hasNames ||= rule.ports.names.length > 0;
      withoutIdentity ||= rule.withoutIdentity;
    }
  }
  return { id, direction, stages, selections: [...selections], addresses: [...addresses], hosts: [...hosts].sort(), hasNames, withoutIdentity };
}

function keyOfPorts({ numbers, names }: Ports): string {
  if (names.length === 0) return `${numbers.id}`;
  return numbers.id + names.map(({ name, protocol }) => `;${protocol ?? '*'}:${name}`).join('');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
