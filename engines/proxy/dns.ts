/**
 * A name server whose answers change while it runs: `dns.set('orders.db.example', '127.0.0.2')`. UDP, A and AAAA, no cache, time to live 0.
 */
import * as dgram from 'dgram';
import { isIPv6 } from 'net';

const TYPE_A = 1;
const TYPE_AAAA = 28;

export class TinyDns {
  static async start(): Promise<TinyDns> {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((done, fail) => socket.once('error', fail).bind(0, '127.0.0.1', done));
    return new TinyDns(socket);
  }

  readonly port: number;
  private readonly names = new Map<string, string[]>();

  private constructor(private readonly socket: dgram.Socket) {
    this.port = socket.address().port;
    socket.on('message', (query, from) => socket.send(this.answer(query), from.port, from.address));
  }

  /** Without addresses the name does not exist. */
  set(name: string, ...addresses: string[]): void {
    this.names.set(name, addresses);
  }

  stop(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let end = 12;
    for (; query[end] !== 0; end += query[end] + 1) labels.push(query.toString('latin1', end + 1, end + 1 + query[end]));
    const type = query.readUInt16BE(end + 1);
    const question = query.subarray(12, end + 5);
    const known = this.names.get(labels.join('.').toLowerCase()) ?? [];
    const records = known.filter(address => type === (isIPv6(address) ? TYPE_AAAA : TYPE_A)).map(address => {
      const data = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
      const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
      return Buffer.concat([head, data]);
    });
    const header = Buffer.from([query[0], query[1], 0x85, known.length > 0 ? 0x80 : 0x83, 0, 1, 0, records.length, 0, 0, 0, 0]);
    return Buffer.concat([header, question, ...records]);
  }
}

function ipv6Bytes(address: string): Buffer {
  const [head, tail] = address.split('::').map(half => half.split(':').filter(Boolean));
  const groups = tail === undefined ? head : [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.map(group => group.padStart(4, '0')).join(''), 'hex');
}
