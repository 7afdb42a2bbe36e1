/**
 * Every port of the mesh that takes plaintext, for those who review it: whose it is, who may use it so, and why.
 *
 * Laws: made of the flows that the exceptions are made of; what is not listed, gateways aside, takes mutual TLS and nothing else.
 */
import { nameOf } from '../intent/endpoint';
import { Flow } from '../intent/flow';
import { hasIdentity } from '../intent/mesh-provider';
import { compareText } from '../intent/port';

/** The file, or nothing where no port takes plaintext. */
export function plaintextReport(flows: readonly Flow[]): string | undefined {
  const lines = flows.filter(isPlaintext).flatMap(({ from, to, ports, reasons }) =>
    ports.filter(({ _transport }) => _transport === 'TCP').map(port => row([nameOf(to), port.toString(), nameOf(from), reasons.join('; ')])));
  if (lines.length === 0) return undefined;
  return [
    '# Ports that take plaintext',
    '',
    'Who has no identity in the mesh was let in to these ports. They take mutual TLS as well; every other port takes nothing else. Who sends',
    'plaintext is known by address only, and what is said can be read on the way.',
    '',
    row(['Workload', 'Port', 'From', 'Reason']),
    row(['---', '---', '---', '---']),
    ...[...new Set(lines)].sort(compareText),
    '',
  ].join('\n');
}

/** A gateway says itself what its listeners take. */
function isPlaintext({ from, to }: Flow): boolean {
  return to.kind === 'workload' && hasIdentity(to) && !to.gateway && !hasIdentity(from);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replace(/\s+/g, ' ').replace(/[\\|]/g, '\\$&')).join(' | ')} |`;
}
