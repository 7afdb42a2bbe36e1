/**
 * The one thing about clients of the API server that a cluster cannot hold: its API servers are on the host network, where no policy of
 * the cluster applies. A table of nftables on each control-plane node holds it instead, and says so.
 *
 * Laws: what the cluster needs to run is open (its nodes, its pods, the node itself); beside them the stated ranges and nobody else; no
 * other port and no other table is touched; loading it again changes nothing.
 */
import { IpSet } from '../algebra/ip-set';
import { ApiServerClients } from '../intent/control-plane';

const TABLE = 'secure_network_api_server';

/** The text of the file, to be loaded with `nft -f`. `own` are the ranges of the cluster's nodes and pods. */
export function renderHostFirewall(ports: readonly number[], own: IpSet, clients: ApiServerClients): string {
  const open = own.union(IpSet.ofCidrs([...clients.cidrs])).toCidrs();
  const dports = `{ ${[...new Set(ports)].sort((a, b) => a - b).join(', ')} }`;
  const set = (name: string, type: string, cidrs: readonly string[]) => [
    `  set ${name} {`, `    type ${type}`, '    flags interval', ...(cidrs.length ? [`    elements = { ${cidrs.join(', ')} }`] : []), '  }',
  ];
  return [
    '#!/usr/sbin/nft -f',
    '# Written at synth: who may open connections to the API server.',
    '# NOT enforced by the cluster: load it on every control-plane node, and at every boot of it.',
    ...clients.reasons.map(reason => `# ${reason.replace(/\s+/g, ' ')}`),
    '',
    `table inet ${TABLE}`,
    `delete table inet ${TABLE}`,
    `table inet ${TABLE} {`,
    ...set('clients4', 'ipv4_addr', open.filter(cidr => !cidr.includes(':'))),
    ...set('clients6', 'ipv6_addr', open.filter(cidr => cidr.includes(':'))),
    '  chain input {',
    '    type filter hook input priority filter - 1; policy accept;',
    `    tcp dport ${dports} jump api_server`,
    '  }',
    '  chain api_server {',
    '    iif "lo" accept',
    '    ct state established,related accept',
    '    ip saddr @clients4 accept',
    '    ip6 saddr @clients6 accept',
    '    counter drop',
    '  }',
    '}',
    '',
  ].join('\n');
}
