/**
 * A flow is one intended connection: from an end, to an end, on ports of the destination, for a reason.
 * It is made of the statements that users wrote, which may come from either end and more than once.
 */
import { CallSite } from './call-site';
import { Endpoint, WorkloadEnd, keyOf, nameOf } from './endpoint';
import { HttpCondition } from './http-match';
import { Port, compareText, uniquePorts } from './port';

/** One call of `allowTo`, `allowFrom` or `allowInternally`. */
export interface Statement {
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Ports as stated; undefined means those the destination declares. */
  readonly ports?: readonly Port[];
  /** The requests that are meant; undefined means whatever is sent to the ports. */
  readonly http?: readonly HttpCondition[];
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
  /** Those of the ports on which only some requests are meant. */
  readonly limited: readonly LimitedPorts[];
  readonly reasons: readonly string[];
  readonly statements: readonly Statement[];
}

/** Ports on which only these requests are meant. */
export interface LimitedPorts {
  readonly ports: readonly Port[];
  readonly http: readonly HttpCondition[];
}

/** All statements between the same two ends become one flow. Throws where no port is known. */
export function mergeStatements(statements: readonly Statement[]): Flow {
  const [first] = statements;
  const mixture = mixtureProblem(statements);
  if (mixture) throw new Error(`[${first.to.kind === 'addresses' ? '' : first.to.path}] ${mixture}`);
  const limited = statements.flatMap(statement => (statement.http ? [{ ports: portsOf(statement), http: statement.http }] : []));
  const ports = uniquePorts(statements.flatMap(statement => portsOf(statement)));
  const reasons = [...new Set(statements.map(statement => statement.reason ?? '').filter(reason => reason))].sort(compareText);
  return { from: first.from, to: first.to, ports, limited, reasons, statements };
}

/** The ports a statement opens, by what it says or else by what its destination declares. Throws what `portProblem` says. */
export function portsOf(statement: Statement): readonly Port[] {
  const problem = portProblem(statement);
  if (problem) {
    const { from, to } = statement;
    throw new Error(`[${to.kind !== 'addresses' ? to.path : from.kind !== 'addresses' ? from.path : ''}] ${problem}`);
  }
  return portsIfKnown(statement);
}

/**
 * What is wrong with the ports of a statement, if anything: none is known, or they match nothing, so that the flow would look open and
 * be closed. Of a workload of ours this is known at synth only, because containers may be added until then.
 */
export function portProblem(statement: Statement): string | undefined {
  const { to, ports } = statement;
  if (to.kind === 'addresses' && to.ownPorts) {
    return ports && `the flow ${describe(statement)} states ports, and ${to.ownPorts}: leave 'ports' out`;
  }
  if (!ports) {
    if (to.kind === 'workload' && to.ports().length) return undefined;
    const silent = to.kind === 'workload' ? `'${nameOf(to)}'` : to.kind === 'namespace' ? 'a whole namespace' : 'an address';
    const remedy = to.kind === 'workload' && !to.imported ? 'declare a containerPort on it, or state' : 'state';
    return `the flow ${describe(statement)} has no port: ${silent} declares none, and none is stated: ${remedy} ports: [Port.tcp(...)]; "all ports" is never assumed`;
  }
  const named = ports.find(({ _name }) => _name);
  if (to.kind === 'addresses' && named) return `the flow ${describe(statement)} names the port '${named}', and addresses have no port names: state its number`;
  if (to.kind === 'workload' && !to.imported) return ports.map(port => unreachable(statement, to, port)).find(Boolean);
  return undefined;
}

/**
 * What is wrong with statements about the same two ends together: on one port one means some requests and the other whatever is sent, which
 * adds up to whatever is sent.
 */
export function mixtureProblem(statements: readonly Statement[]): string | undefined {
  const limits = statements.filter(({ http }) => http);
  if (limits.length === 0) return undefined;
  for (const open of statements.filter(({ http }) => !http)) {
    for (const limit of limits) {
      const port = portsIfKnown(open).find(one => portsIfKnown(limit).some(other => meet(one, other, open.to)));
      if (port) {
        return `the flow ${describe(open)} opens ${port} for whatever is sent, and ${describe(limit)} means some requests on it only: `
          + 'both together would allow everything; state http in both, or in neither';
      }
    }
  }
  return undefined;
}

function portsIfKnown(statement: Statement): readonly Port[] {
  return statement.ports ?? (statement.to.kind === 'workload' ? statement.to.ports().map(({ port }) => port) : []);
}

/** Whether two ports, by number or by name, are one at a destination. */
function meet(a: Port, b: Port, to: Endpoint): boolean {
  if (a._transport !== b._transport) return false;
  const [one, other] = [a, b].map(port => numbersOf(port, to));
  return (a._name !== '' && a._name === b._name) || one.some(({ first, last }) => other.some(range => first <= range.last && range.first <= last));
}

function numbersOf(port: Port, to: Endpoint): { first: number; last: number }[] {
  if (!port._name) return [{ first: port._first, last: port._last }];
  const declared = to.kind === 'workload' ? to.ports().filter(({ name, port: own }) => name === port._name && own._first > 0) : [];
  return declared.map(({ port: { _first: first, _last: last } }) => ({ first, last }));
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

/** A name that no container declares matches nothing, and neither does the number of a Service in front of pods that listen on another. */
function unreachable(statement: Statement, to: WorkloadEnd, port: Port): string | undefined {
  const declared = to.ports();
  if (port._name) {
    const known = declared.some(({ name, port: own }) => (name === port._name || own._name === port._name) && own._transport === port._transport);
    if (known) return undefined;
    return `the flow ${describe(statement)} names the port '${port}', which '${nameOf(to)}' does not declare: `
      + `it declares ${declared.map(({ name, port: own }) => (name && !own._name ? `${own} (${name})` : `${own}`)).join(', ') || 'none'}`;
  }
  const text = port.toString();
  const serviced = to.servicePorts?.().find(service => service.port.toString() === text && service.target.toString() !== text);
  if (!serviced || declared.some(({ port: own }) => own.toString() === text)) return undefined;
  return `the flow ${describe(statement)} states '${port}', the port of the Service, and the pods behind it listen on '${serviced.target}', which is what policies see: `
    + `state '${serviced.target}', or leave 'ports' out`;
}
