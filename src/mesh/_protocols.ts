/**
 * What is spoken on the ports of a workload: what a proxy has to be told, because guessing from the first bytes fails where the server
 * speaks first, and holds up a connection where nobody does.
 *
 * Laws: where requests are stated a port speaks what has requests; a port that is known not to is refused requests.
 */
import { WorkloadEnd } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { Port } from '../intent/port';

/** Ports that are by custom of protocols without requests a proxy can read. */
const OPAQUE: Readonly<Record<number, string>> = {
  22: 'SSH',
  25: 'SMTP',
  389: 'LDAP',
  636: 'LDAP',
  1433: 'SQL Server',
  1521: 'Oracle',
  2379: 'etcd',
  3306: 'MySQL',
  5432: 'PostgreSQL',
  5672: 'AMQP',
  6379: 'Redis',
  9042: 'Cassandra',
  9092: 'Kafka',
  27017: 'MongoDB',
};

/** What the name of a port begins with, where it says that no request can be read from it. */
const OPAQUE_NAMES = ['https', 'mongo', 'mysql', 'redis', 'tcp', 'tls'];
/** And where it says what requests are like. */
const REQUEST_NAMES = ['grpc', 'http', 'http2'];

/** `appProtocol` by the number of the pods' port, as far as there is something to say. */
export function protocolsOf(end: WorkloadEnd, ingress: readonly Flow[]): Map<number, string> {
  const limited = new Set(ingress.flatMap(flow => flow.limited.flatMap(({ ports }) => ports.flatMap(port => numbersAt(end, port)))));
  const declared = end.ports().filter(({ port }) => port._transport === 'TCP').map(({ port, name }) => ({ number: port._first, said: saidBy(name) }));
  const all = new Map<number, string>();
  for (const number of [...limited].sort((a, b) => a - b)) {
    all.set(number, declared.map(({ number: own, said }) => (own === number && said && REQUEST_NAMES.includes(said) ? said : '')).find(Boolean) ?? 'http');
  }
  for (const { number, said } of declared) {
    if (!all.has(number) && (said === 'tcp' || (said === undefined && number in OPAQUE))) all.set(number, 'tcp');
  }
  return all;
}

/** Why requests on these ports could never be told apart, if so. */
export function opaqueFault(end: WorkloadEnd, ports: readonly Port[]): string | undefined {
  for (const port of ports) {
    for (const number of numbersAt(end, port)) {
      const name = end.ports().find(({ port: own }) => own._transport === 'TCP' && own._first === number)?.name;
      const said = saidBy(name);
      if (said && OPAQUE_NAMES.includes(said)) return `its port ${number} is named '${name}', which says that a proxy reads no requests there: name it 'http', or leave 'http' out`;
      if (said === undefined && number in OPAQUE) {
        return `port ${number} is by custom that of ${OPAQUE[number]}, of which a proxy reads no requests: leave 'http' out, or name the container's port 'http' if it does speak HTTP`;
      }
    }
  }
  return undefined;
}

/** What a port's name begins with, up to its first hyphen, where that means something. */
function saidBy(name: string | undefined): string | undefined {
  const [first] = name?.split('-') ?? [];
  return [...OPAQUE_NAMES, ...REQUEST_NAMES].find(known => known === first);
}

function numbersAt(end: WorkloadEnd, port: Port): number[] {
  if (port._transport !== 'TCP') return [];
  if (port._name) return end.ports().filter(({ name }) => name === port._name).map(({ port: own }) => own._first);
  return port._last - port._first > 64 ? [] : Array.from({ length: port._last - port._first + 1 }, (_, i) => port._first + i);
}
