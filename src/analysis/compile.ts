import { ClusterModel } from './model';
import { CompiledRule, Program, Tier } from './program';
import { Direction, DIRECTIONS, Layer, LayerName, LAYERS, Policy, Ports, Rule } from './rules';
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
  private readonly rules = new Map<string, CompiledRule>();
  private readonly compiled = new Map<Policy, Record<Direction, readonly CompiledRule[]>>();
  private readonly addressSets = new Map<string, IpSet>();
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
    const programOf = { egress: this.programsFor('egress', policiesOf), ingress: this.programsFor('ingress', policiesOf) };
    return {
      selector: this.selector,
      programs: [...this.programs.values()],
      programOf,
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
    const own = policies.filter(policy => policy.directions.includes(direction));
    const stages: Tier[][] = [];
    let text: string = direction;
    for (const layer of LAYERS) {
      const speaking = own.filter(policy => policy.layer === layer.name);
      if (speaking.length === 0) continue;
      const tier = { layer, rules: this.rulesOf(layer, direction, speaking) };
      text += ` ${layer.name}:${tier.rules.map(rule => rule.id).join(',')}`;
      const stage = stages.find(([first]) => first.layer.stage === layer.stage);
      if (stage) stage.push(tier); else stages.push([tier]);
    }
    let program = this.programs.get(text);
    if (!program) {
      const rules = stages.flatMap(stage => stage.flatMap(tier => tier.rules));
      program = {
        id: this.programs.size,
        direction,
        stages,
        selections: [...new Set(rules.flatMap(rule => rule.selections))],
        addresses: [...new Set(rules.flatMap(rule => rule.addresses ?? []))],
        hosts: [...new Set(rules.flatMap(rule => rule.hosts))].sort(),
        hasNames: rules.some(rule => rule.ports.names.length > 0),
      };
      this.programs.set(text, program);
    }
    return program;
  }

  /** In an isolating layer order and repetition mean nothing, so programs that differ in them only become one. */
  private rulesOf(layer: Layer, direction: Direction, policies: readonly Policy[]): readonly CompiledRule[] {
    const rules = policies.flatMap(policy => this.compilePolicy(policy)[direction]);
    return layer.decides === 'first-match' ? rules : [...new Set(rules)].sort((a, b) => a.id - b.id);
  }

  private compilePolicy(policy: Policy): Record<Direction, readonly CompiledRule[]> {
    let compiled = this.compiled.get(policy);
    if (!compiled) {
      const [egress, ingress] = DIRECTIONS.map(direction =>
        policy.rules.filter(rule => rule.direction === direction).map(rule => this.compileRule(rule)));
      this.compiled.set(policy, compiled = { egress, ingress });
    }
    return compiled;
  }

  private compileRule(rule: Rule): CompiledRule {
    const selections = rule.peers.pods.map(match => this.selector.select(match));
    const everyPod = selections.some(selection => selection.everyPod);
    const ids = everyPod ? [] : [...new Set(selections.filter(s => s.shapes.length > 0).map(s => s.id))].sort((a, b) => a - b);
    if (!everyPod) for (const selection of selections) this.peerSelections.set(selection.id, selection);
    const addresses = rule.peers.addresses && this.intern(rule.peers.addresses);
    const { action, ports, peers: { any, addressesOfPods, hosts = [] } } = rule;
    const unplaced = addressesOfPods === true && addresses !== undefined && addresses.contains(IpSet.all(4));
    const key = [action, any, everyPod, unplaced, ids.join(','), addresses?.key, hosts.join(','), keyOfPorts(ports)].join(' ');
    let compiled = this.rules.get(key);
    if (!compiled) {
      compiled = { id: this.rules.size, action, any, everyPod, unplaced, selections: ids, addresses, hosts, ports };
      this.rules.set(key, compiled);
      for (const { name } of rule.ports.names) this.portNames.add(name);
    }
    return compiled;
  }

  private intern(set: IpSet): IpSet {
    const known = this.addressSets.get(set.key);
    if (!known) this.addressSets.set(set.key, set);
    return known ?? set;
  }
}

function keyOfPorts({ numbers, names }: Ports): string {
  return numbers.key + names.map(({ name, protocol }) => `;${protocol ?? '*'}:${name}`).join('');
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
