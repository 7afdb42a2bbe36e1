/**
 * Part 4: np-guard's netpol-analyzer reads the same manifests and has to come to the same connectivity, for the kinds and the addresses it
 * knows: NetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy; IPv4; pods are never matched by an address.
 */
import { spawnSync } from 'child_process';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { Connectivity } from 'cdk8s-secure-network';
import { IpSet } from '../../src/algebra/ip-set';
import { ENGINES, built } from '../lib/build';
import { Manifest } from '../lib/manifests';
import { Run } from '../lib/run';

export interface PeerReport {
  readonly cases: { readonly name: string; readonly rows: number; readonly seconds: number }[];
  readonly mutations: { readonly name: string; readonly differing: number }[];
  readonly failures: string[];
}

export const noPeer = (): PeerReport => ({ cases: [], mutations: [], failures: [] });

interface Row {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
}

/** What decides here and is passed over there. */
const UNKNOWN = new Set([
  'AuthorizationPolicy', 'ClusterNetworkPolicy', 'ClusterUserDefinedNetwork', 'ConfigMap', 'EgressFirewall', 'EgressRouter', 'PeerAuthentication', 'UserDefinedNetwork',
]);

export async function judgePeer(run: Run, cases: readonly { name: string; manifests: readonly Manifest[] }[], into: PeerReport): Promise<void> {
  for (const { name, manifests } of cases) {
    const known = manifests.filter(m => !UNKNOWN.has(m.kind)).map(withoutIPv6);
    const { rows, seconds } = await theirRows(run, known);
    const ours = canonical(ourRows(known));
    const theirs = canonical(rows);
    into.cases.push({ name, rows: ours.length, seconds });
    into.failures.push(...differences(ours, theirs).map(difference => `${name}: ${difference}`));
    const { policy, rest } = withoutOnePolicy(known);
    if (!policy || into.mutations.length >= 3) continue;
    const differing = differences(ours, canonical((await theirRows(run, rest)).rows)).length;
    if (differing > 0) into.mutations.push({ name: `${name} without NetworkPolicy/${policy}`, differing });
  }
  if (into.cases.length > 0 && into.mutations.length === 0) into.failures.push('no policy that was taken away made the two differ');
}

/** Runs the analyzer over manifests; the time is that of the whole command. */
export async function theirRows(run: Run, manifests: readonly Manifest[]): Promise<{ rows: Row[]; seconds: number }> {
  const folder = run.folder('peer');
  writeFileSync(join(folder, 'manifests.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }));
  const analyzer = await built(ENGINES.netpolAnalyzer);
  const started = process.hrtime.bigint();
  const ran = spawnSync(analyzer, ['list', '--dirpath', folder, '-q', '-o', 'json'], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (ran.status !== 0) throw new Error(`netpol-analyzer failed: ${ran.stderr}`);
  return { rows: ran.stdout.trim() === '' ? [] : JSON.parse(ran.stdout) ?? [], seconds };
}

export function ourRows(manifests: readonly Manifest[]): Row[] {
  return Connectivity.ofObjects([...manifests]).rows();
}

/** Rows between the same two ends with the same connections are one: ranges outside are joined, IPv6 is left out. */
function canonical(rows: readonly Row[]): string[] {
  const inside = new Set<string>();
  const outside = new Map<string, IpSet>();
  for (const { src, dst, conn } of rows) {
    const [from, to] = [src, dst].map(text => text.replace(/\[External\]$/, ''));
    const range = rangeOf(from) ?? rangeOf(to);
    if (!range) {
      inside.add(`${from} => ${to} : ${conn}`);
    } else if (!range[0].includes(':')) {
      const key = rangeOf(from) ? `(outside) => ${to} : ${conn}` : `${from} => (outside) : ${conn}`;
      outside.set(key, (outside.get(key) ?? IpSet.none()).union(IpSet.ofRange(range[0], range[1])));
    }
  }
  return [...inside, ...[...outside].map(([key, set]) => `${key} at ${set}`)].sort();
}

function rangeOf(text: string): [string, string] | undefined {
  const match = /^([0-9a-f.:]+)-([0-9a-f.:]+)$/.exec(text);
  return match && /[.:]/.test(match[1]) ? [match[1], match[2]] : undefined;
}

function differences(ours: readonly string[], theirs: readonly string[]): string[] {
  const [mine, yours] = [new Set(ours), new Set(theirs)];
  return [...ours.filter(row => !yours.has(row)).map(row => `only here: ${row}`), ...theirs.filter(row => !mine.has(row)).map(row => `only there: ${row}`)];
}

/** The analyzer takes 2600::/16 for 38.0.0.0/16, so ranges of IPv6 are left out; a rule that has no other peer goes with them. */
function withoutIPv6(manifest: Manifest): Manifest {
  if (manifest.kind !== 'NetworkPolicy') return manifest;
  const rules = (side: 'from' | 'to', list: any[] = []) => list.flatMap(rule => {
    const peers = rule[side]?.filter((peer: any) => !peer.ipBlock?.cidr.includes(':'));
    return peers?.length === 0 && rule[side].length > 0 ? [] : [{ ...rule, ...peers ? { [side]: peers } : {} }];
  });
  const { ingress, egress } = manifest.spec;
  return { ...manifest, spec: { ...manifest.spec, ...ingress ? { ingress: rules('from', ingress) } : {}, ...egress ? { egress: rules('to', egress) } : {} } };
}

function withoutOnePolicy(manifests: readonly Manifest[]): { policy?: string; rest: Manifest[] } {
  const policies = manifests.filter(m => m.kind === 'NetworkPolicy' && m.spec.ingress?.length > 0);
  const gone = policies[policies.length - 1];
  return { policy: gone && `${gone.metadata.namespace}/${gone.metadata.name}`, rest: manifests.filter(m => m !== gone) };
}
