/**
 * The program of an adoption, as a person would have written it.
 *
 * Law: run, it builds the tree that `buildApp` builds from the same plan.
 */
import { isAbsolute } from 'path';
import { ACKNOWLEDGED, ALL_PORTS, edgeId, importedNamespaces, needsBoth, othersId } from './build';
import { identifiers } from './identifiers';
import { AdoptionPlan, keyOfEnd, PlannedEnd, PlannedNamespace, PlannedPort, PlannedStatement, PlannedWorkload } from './plan';
import { includeText, readingText } from './program-text';
import { groupBy } from '../algebra/group';

export interface PrintOptions {
  /** What was asked for, for the program's first lines. */
  readonly paths: readonly string[];
  /** The path of a file of manifests as the program, wherever it stands, has to name it. */
  readonly pathOf: (file: string) => string;
}

const MOST = 160;

export function printProgram(plan: AdoptionPlan, options: PrintOptions): string {
  return new Printer(plan, options).print();
}

class Printer {
  private readonly names: Map<string, string>;
  private readonly cluster: readonly PlannedNamespace[];
  private readonly others: boolean;
  /** The ends that something is stated about. */
  private readonly stated: ReadonlySet<string>;

  constructor(private readonly plan: AdoptionPlan, private readonly options: PrintOptions) {
    const { namespaces, workloads, imported, kept } = plan;
    this.cluster = namespaces;
    this.stated = new Set(plan.statements.flatMap(({ from, to }) => [keyOfEnd(from), keyOfEnd(to)]));
    this.others = kept.some(({ namespace }) => namespace === undefined);
    this.names = identifiers([
      ...[...namespaces.map(({ name }) => name), ...importedNamespaces(plan), ...this.others ? [OTHERS] : []].map(namespace => ({ key: `${namespace}/*`, namespace })),
      ...[...workloads, ...imported].map(({ namespace, name }) => ({ key: `${namespace}/${name}`, namespace, name })),
    ]);
  }

  print(): string {
    const body = [...this.edge(), ...this.cluster.flatMap(namespace => this.namespace(namespace)), ...this.importedParts(), ...this.flows(), ...this.last()].join('\n');
    return `${this.head(body)}\n${body}\n`;
  }

  private head(body: string): string {
    const { paths } = this.options;
    const used = (names: readonly string[]) => names.filter(name => new RegExp(`\\b${name}\\b`).test(body));
    const helped = this.plan.kept.length > 0;
    const own = used(['ClusterApp', 'ClusterEdge', 'Isolation', 'NetworkProvider', 'Peer', 'Platform', 'PodSecurityLevel', 'Port', 'SecureNamespace', 'SecureWorkload']);
    return [
      '/**',
      ' * A cluster with its network stated, as `secure-network adopt` found it in',
      ...paths.map(path => ` * - ${this.options.pathOf(path).replace(/\*\//g, '* /')}`),
      ' *',
      ' * What these hold beside policies is applied as it is; their policies are replaced by the statements below, each with the policies that',
      ' * it comes from as its reason. From here on the program is yours: narrow what is too wide, say who answers for which namespace, and',
      ' * replace the reasons by real ones.',
      ' */',
      ...helped ? [...used(['join']).length > 0 ? ['import { join } from \'path\';'] : [], `import { ${used(['ApiObject', 'Chart', 'JsonPatch', 'Yaml']).join(', ')} } from 'cdk8s';`] : [],
      ...helped && this.renames ? ['import { ServiceAccount } from \'cdk8s-plus-28\';'] : [],
      `import { ${own.join(', ')} } from 'cdk8s-secure-network';`,
      ...helped ? ['import { Construct } from \'constructs\';'] : [],
      '',
    ].join('\n');
  }

  private edge(): string[] {
    const { platform: { distribution, ...facts }, acknowledged, statements } = this.plan;
    const wide = statements.some(({ ports, declared }) => ports === 'all' && !declared);
    return [
      ...this.files.length > 0 ? readingText({ files: this.files }) : [],
      ...wide ? ['/** What stands for "every port" until somebody says which. */', `const EVERY_PORT = ${this.ports(ALL_PORTS)};`, ''] : [],
      'const app = new ClusterApp();',
      `const edge = new ClusterEdge(app, ${quoted(edgeId(this.plan))}, {`,
      `  platform: Platform.${distribution}(${literal(facts)}),`,
      '  network: NetworkProvider.upstream(),',
      '});',
      ...acknowledged.map(object => `edge.acknowledge(${quoted(object)}, { reason: ${quoted(ACKNOWLEDGED)} });`),
      '',
    ];
  }

  private namespace({ name, tenant, project, podSecurity, rejected, labels }: PlannedNamespace): string[] {
    const id = this.names.get(`${name}/*`)!;
    const props = [
      'edge',
      ...tenant === undefined ? [] : [`tenant: ${quoted(tenant)}`],
      ...project ? ['isolation: Isolation.PROJECT'] : [],
      ...podSecurity === 'restricted' ? [] : [`podSecurity: PodSecurityLevel.${podSecurity.toUpperCase()}`],
      ...Object.keys(labels).length > 0 ? [`labels: ${literal(labels)}`] : [],
    ];
    const selected = this.plan.workloads.filter(({ namespace }) => namespace === name);
    const includes = this.plan.kept.some(({ namespace }) => namespace === name);
    return [
      ...rejected === undefined ? [] : [`// ${rejected}.`],
      ...call(`const ${id} = new SecureNamespace(app, ${quoted(name)}, `, '{', props, '}', ');'),
      ...includes ? [`include(${id}, ${quoted(name)});`] : [],
      ...selected.flatMap(workload => this.workload(workload, props2 => call(`${this.declared(`${name}/${workload.name}`)}${id}.select(${quoted(workload.name)}, `, '{', props2, '}', ');'))),
      '',
    ];
  }

  private workload({ labels, serviceAccountName, ports, guessed }: PlannedWorkload, say: (props: string[]) => string[]): string[] {
    const props = [`labels: ${literal(labels)}`, `serviceAccountName: ${quoted(serviceAccountName)}`, ...ports.length > 0 ? [`ports: ${this.ports(ports)}`] : []];
    return [...guessed ? ['// No manifest shows these pods: their ServiceAccount is a guess.'] : [], ...say(props)];
  }

  /** Workloads that nothing is stated about are closed, and need no name. */
  private declared(key: string): string {
    return this.stated.has(key) ? `const ${this.names.get(key)} = ` : '';
  }

  private importedParts(): string[] {
    const namespaces = importedNamespaces(this.plan);
    if (namespaces.length === 0) return [];
    return [
      '// What others own: our half of a flow is rendered, theirs is theirs to allow.',
      ...namespaces.flatMap(namespace => [
        `const ${this.names.get(`${namespace}/*`)} = SecureNamespace.imported(edge, ${quoted(namespace)});`,
        ...this.plan.imported.filter(workload => workload.namespace === namespace).flatMap(workload => this.workload(workload, props =>
          call(`${this.declared(`${namespace}/${workload.name}`)}SecureWorkload.imported(${this.names.get(`${namespace}/*`)}, ${quoted(workload.name)}, `, '{', props, '}', ');'))),
      ]),
      '',
    ];
  }

  private flows(): string[] {
    return [...groupBy(this.plan.statements, ({ from, to }) => homeOf(from) ?? homeOf(to) ?? '')]
      .flatMap(([, statements]) => [...statements.flatMap(statement => this.statement(statement)), '']);
  }

  private statement({ from, to, ports, declared, reason }: PlannedStatement): string[] {
    const options = [...declared ? [] : [`ports: ${ports === 'all' ? 'EVERY_PORT' : this.ports(ports)}`], `reason: ${quoted(reason)}`];
    const ours = (end: PlannedEnd) => 'namespace' in end && this.cluster.some(({ name }) => name === end.namespace);
    const say = (self: PlannedEnd, verb: string, other?: PlannedEnd) =>
      call(`${this.names.get(keyOfEnd(self))}.connections.${verb}(${other ? `${this.peer(other)}, ` : ''}`, '{', options, '}', ');');
    if (ours(from) && keyOfEnd(from) === keyOfEnd(to)) return say(from, 'allowInternally');
    return [...ours(from) ? say(from, 'allowTo', to) : [], ...ours(to) && (!ours(from) || needsBoth(this.plan, from, to)) ? say(to, 'allowFrom', from) : []];
  }

  private peer(end: PlannedEnd): string {
    switch (end.kind) {
      case 'cidr': return `Peer.cidr(${quoted(end.cidr)}${end.except.length > 0 ? `, { except: [${end.except.map(quoted).join(', ')}] }` : ''})`;
      case 'internet': return 'Peer.internet()';
      default: return this.names.get(keyOfEnd(end))!;
    }
  }

  private ports(ports: readonly PlannedPort[]): string {
    return `[${ports.map(({ transport, first, last }) => (first === last
      ? `Port.${transport.toLowerCase()}(${first})` : `Port.${transport.toLowerCase()}Range(${first}, ${last})`)).join(', ')}]`;
  }

  private last(): string[] {
    const { kept } = this.plan;
    const others = this.others ? ['// What lives in no namespace of this program, as it is.',
      `const ${this.names.get(`${OTHERS}/*`)} = new Chart(app, ${quoted(othersId(this.plan))});`, `include(${this.names.get(`${OTHERS}/*`)});`, ''] : [];
    return [...others, 'app.synth();', 'console.log(app.summary());', ...kept.length > 0 ? ['', this.helper()] : []];
  }

  private helper(): string {
    const { kept, leftOut, namespaces } = this.plan;
    const accounts = kept.filter(({ account }) => account !== undefined).map(({ json, namespace, account }) =>
      [`${json.kind} ${namespace}/${json.metadata?.name ?? json.metadata?.generateName}`, account!] as const).sort();
    const homeless = kept.filter(({ json, namespace }) => namespace === undefined && json.metadata?.namespace === undefined).map(({ json }) => json.kind);
    const nodes = leftOut.some(key => key.startsWith('Node ')) ? ['Node'] : [];
    return includeText({
      namespaces: namespaces.map(({ name }) => quoted(name)),
      leftOut: leftOut.map(quoted),
      accounts: accounts.map(([object, account]) => `${quoted(object)}: ${quoted(account)}`),
      kinds: [...new Set(kept.filter(({ account }) => account !== undefined).map(({ json }) => json.kind))],
      clusterKinds: [...new Set([...homeless, ...nodes])].sort().map(quoted),
      others: this.others,
    });
  }

  private get files(): string[] {
    const files = [...new Set(this.plan.kept.map(({ file }) => this.options.pathOf(file)))].sort();
    return files.map(file => (isAbsolute(file) ? quoted(file) : `join(__dirname, ${quoted(file)})`));
  }

  private get renames(): boolean {
    return this.plan.kept.some(({ account }) => account !== undefined);
  }
}

/** No namespace has a space in its name. */
const OTHERS = 'cluster objects';

function homeOf(end: PlannedEnd): string | undefined {
  return 'namespace' in end ? end.namespace : undefined;
}

/** A call on one line if it fits, else with one property a line. */
function call(before: string, open: string, props: readonly string[], close: string, after: string): string[] {
  const line = `${before}${open} ${props.join(', ')} ${close}${after}`;
  return line.length <= MOST ? [line] : [`${before}${open}`, ...props.map(prop => `  ${prop},`), `${close}${after}`];
}

export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'')}'`;
}

/** Plain data as it is written by hand. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const simple = fields.every(([key]) => /^[A-Za-z_]\w*$/.test(key));
  return fields.length === 0 ? '{}' : `{ ${fields.map(([key, field]) => `${simple ? key : quoted(key)}: ${literal(field)}`).join(', ')} }`;
}
