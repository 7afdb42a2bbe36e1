/**
 * A flow is one intended connection: from an end, to an end, on ports of the destination, for a reason.
 * It is made of the statements that users wrote, which may come from either end and more than once.
 */
import { CallSite } from './call-site';
import { Endpoint, WorkloadEnd, homeOf, keyOf, nameOf } from './endpoint';
import { Port, compareText, uniquePorts } from './port';

/** One call of `allowTo`, `allowFrom` or `allowInternally`. */
export interface Statement {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Ports as stated; undefined means those the destination declares. */
  readonly ports?: readonly Port[];
  readonly reason?: string;
  /** Which end said so. */
  readonly by: 'source' | 'destination';
  readonly site: CallSite;
}

export interface Flow {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Ports of the destination, sorted, never empty (address targets with ports of their own excepted). */
  readonly ports: readonly Port[];
  readonly reasons: readonly string[];
  readonly statements: readonly Statement[];
}

/** All statements between the same two ends become one flow. Throws where no port is known. */
export function mergeStatements(statements: readonly Statement[]): Flow {
  const [first] = statements;
  const ports = uniquePorts(statements.flatMap(statement => portsOf(statement)));
  const reasons = [...new Set(statements.map(statement => statement.reason ?? '').filter(reason => reason))].sort(compareText);
  return { from: first.from, to: first.to, ports, reasons, statements };
}

/** The ports a statement opens, by what it says or else by what its destination declares. */
export function portsOf(statement: Statement): readonly Port[] {
  const { to } = statement;
  if (statement.ports) {
    if (to.kind === 'workload' && !to.imported) refuseUnknownNames(statement, to, statement.ports);
    return statement.ports;
  }
  if (to.kind === 'workload') {
    const declared = to.ports().map(({ port }) => port);
    if (declared.length) return declared;
    throw new Error(`[${to.path}] the flow ${describe(statement)} has no port: '${nameOf(to)}' declares none, and none is stated. `
      + 'declare a containerPort on it, or state ports: [Port.tcp(...)]; "all ports" is never assumed');
  }
  if (to.kind === 'addresses' && to.text === 'API server') return [];
  const path = homeOf(to)?.path ?? homeOf(statement.from)?.path ?? '';
  throw new Error(`[${path}] the flow ${describe(statement)} has no port: ${to.kind === 'namespace' ? 'a whole namespace' : 'an address'} declares none. `
    + 'state ports: [Port.tcp(...)]; "all ports" is never assumed');
}

/** `shop/frontend -> shop/api (main.ts:31:22)`. */
export function describe(statement: Statement): string {
  const site = statement.site.toString();
  return `${nameOf(statement.from)} -> ${nameOf(statement.to)}${site ? ` (${site})` : ''}`;
}

/** The key under which statements of the same flow meet. */
export function flowKey(flow: { from: Endpoint; to: Endpoint }): string {
  return `${keyOf(flow.from)} > ${keyOf(flow.to)}`;
}

/** A name that no container declares matches nothing: the flow would look open and be closed. */
function refuseUnknownNames(statement: Statement, to: WorkloadEnd, ports: readonly Port[]): void {
  for (const port of ports.filter(({ _name }) => _name)) {
    const declared = to.ports();
    if (declared.some(({ name, port: { _transport } }) => name === port._name && _transport === port._transport)) continue;
    throw new Error(`[${to.path}] the flow ${describe(statement)} names the port '${port}', which '${nameOf(to)}' does not declare: `
      + `it declares ${declared.map(({ name, port: own }) => (name ? `${own} (${name})` : `${own}`)).join(', ') || 'none'}`);
  }
}
