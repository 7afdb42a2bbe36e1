/**
 * The one mutable thing of a cluster: the list of statements, which only grows. Everything else is computed from it,
 * so that the order in which a program speaks never shows in the output.
 */
import { Endpoint, NamespaceEnd, Subject, WorkloadEnd, homeOf, keyOf, nameOf } from './endpoint';
import { Flow, Statement, describe, flowKey, mergeStatements, mixtureProblem, portProblem, portsOf } from './flow';
import { textOf as textOfRequests } from './http-match';
import { compareText } from './port';

/** What one subject may send and receive. */
export interface SubjectFlows {
  readonly egress: readonly Flow[];
  readonly ingress: readonly Flow[];
}

const NO_STATEMENTS: readonly Statement[] = [];

export class Ledger {
  private readonly byFlow = new Map<string, Statement[]>();
  private readonly outgoing = new Map<string, Set<string>>();
  private readonly incoming = new Map<string, Set<string>>();
  private readonly leaving = new Map<string, Set<string>>();
  private readonly subjects = new Map<string, Subject>();

  /**
   * Enters an end under its name before anything is stated about it. One name is one end: two would share their flows, and an end of
   * this App that is imported as somebody else's would never be asked whether it agrees. Throws where the name is another end's.
   */
  public introduce(end: Subject): void {
    const key = keyOf(end);
    const known = this.subjects.get(key);
    if (known && known.imported !== end.imported) {
      throw new Error(`[${end.path}] '${nameOf(end)}' is of this App, and is imported as well: ${remedyOf(known) ?? 'use the construct itself instead of importing it'}`);
    }
    if (known?.kind === 'workload' && end.kind === 'workload' && !sameWorkload(known, end)) {
      throw new Error(`[${end.path}] '${nameOf(end)}' is imported twice, with other labels or another ServiceAccount: give each workload a name of its own`);
    }
    this.subjects.set(key, end);
  }

  /** The end that is known by the name of this one, if any is. */
  public known(end: Subject): Subject | undefined {
    return this.subjects.get(keyOf(end));
  }

  public add(statement: Statement): void {
    const key = flowKey(statement);
    const known = this.byFlow.get(key);
    if (known) known.push(statement);
    else this.byFlow.set(key, [statement]);
    remember(this.outgoing, keyOf(statement.from), key);
    remember(this.incoming, keyOf(statement.to), key);
    const home = homeOf(statement.from);
    if (home && statement.to.kind === 'addresses') {
      remember(this.leaving, home.namespace, key);
      // A gateway of the mesh leads where its own routes say, to what they tell the registry.
      if (statement.from.kind !== 'workload' || !statement.from.gateway) home.leave?.(statement.to, statement.ports);
    }
  }

  /** Every flow, sorted. Throws where one has no port. */
  public flows(): Flow[] {
    return [...this.byFlow.keys()].sort(compareText).map(key => mergeStatements(this.byFlow.get(key)!));
  }

  /** Every end that a statement names, each once. */
  public ends(): Endpoint[] {
    const ends = new Map<string, Endpoint>();
    for (const [{ from, to }] of this.byFlow.values()) for (const end of [from, to]) ends.set(keyOf(end), end);
    return [...ends.values()];
  }

  /** What would be wrong with a statement beside those about the same two ends, if anything. */
  public mixture(statement: Statement): string | undefined {
    return mixtureProblem([...this.byFlow.get(flowKey(statement)) ?? NO_STATEMENTS, statement]);
  }

  /** The flows of one subject, sorted. */
  public flowsOf(subject: Subject): SubjectFlows {
    const key = keyOf(subject);
    return { egress: this.pick(this.outgoing.get(key)), ingress: this.pick(this.incoming.get(key)) };
  }

  /** The flows from a namespace, or from all, to addresses and names, sorted. */
  public leavingFlows(namespace?: string): readonly Flow[] {
    if (namespace !== undefined) return this.pick(this.leaving.get(namespace));
    return this.pick(new Set([...this.leaving.values()].flatMap(keys => [...keys])));
  }

  /** Flows on which the two tenants do not agree, as messages. */
  public disagreements(): string[] {
    return [...this.byFlow.keys()].sort(compareText).flatMap(key => disagreement(this.byFlow.get(key)!));
  }

  /** What is wrong with the ports that flows to this workload state, or leave to it. */
  public portProblems(to: WorkloadEnd): string[] {
    const statements = [...this.incoming.get(keyOf(to)) ?? []].flatMap(key => this.byFlow.get(key)!);
    const mixtures = [...this.incoming.get(keyOf(to)) ?? []].flatMap(key => mixtureProblem(this.byFlow.get(key)!) ?? []);
    return [...statements.flatMap(statement => portProblem(statement) ?? []), ...mixtures].sort(compareText);
  }

  private pick(keys: Set<string> | undefined): Flow[] {
    return keys ? [...keys].sort(compareText).map(key => mergeStatements(this.byFlow.get(key) ?? NO_STATEMENTS)) : [];
  }
}

/**
 * Across tenants both ends have to say so, on the same ports: what one side opens must not depend on the other side's
 * discretion. Inside a tenant, and with peers that others own or that are no pods, one statement is enough.
 */
function disagreement(statements: readonly Statement[]): string[] {
  const [{ from, to }] = statements;
  const source = homeOf(from);
  const destination = homeOf(to);
  if (!source || !destination || source.imported || destination.imported || source.tenant === destination.tenant) return [];
  const said = (by: 'source' | 'destination') => statements.filter(statement => statement.by === by);
  const path = (end: Endpoint) => (end.kind === 'addresses' ? '' : end.path);
  for (const [mine, theirs, silent, remedy] of [
    [said('source'), said('destination'), to, `allowFrom(${nameOf(from)}`],
    [said('destination'), said('source'), from, `allowTo(${nameOf(to)}`],
  ] as const) {
    const missing = portTexts(mine).filter(port => !portTexts(theirs).includes(port));
    if (mine.length && missing.length) {
      return [`the flow ${describe(mine[0])} crosses from tenant '${tenantOf(source)}' to tenant '${tenantOf(destination)}', `
        + `and '${path(silent)}' has not agreed to ${missing.join(', ')}: add ${remedy}, { ports: [...] }) with these ports to its connections`];
    }
  }
  return [];
}

function remedyOf(end: Subject): string | undefined {
  return end.kind === 'workload' ? end.remedy : undefined;
}

function sameWorkload(a: WorkloadEnd, b: WorkloadEnd): boolean {
  const textOf = ({ labels, serviceAccountName }: WorkloadEnd) => JSON.stringify([serviceAccountName, Object.entries(labels).sort()]);
  return textOf(a) === textOf(b);
}

function portTexts(statements: readonly Statement[]): string[] {
  return statements.flatMap(statement => portsOf(statement).flatMap(port => requestsOf(statement).map(requests => `${port}${requests}`)));
}

function requestsOf({ http }: Statement): string[] {
  return http?.map(condition => ` ${textOfRequests(condition)}`) ?? [''];
}

function remember(index: Map<string, Set<string>>, key: string, value: string): void {
  const known = index.get(key);
  if (known) known.add(value);
  else index.set(key, new Set([value]));
}

/** A namespace without a tenant is one of its own, and is called by its name. */
function tenantOf({ tenant, namespace }: NamespaceEnd): string {
  return tenant === `namespace ${namespace}` ? namespace : tenant;
}
