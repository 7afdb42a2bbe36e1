/** `shop.addEgressAddresses('partners', { addresses: ['192.0.2.60'], workloads: [orders] })`: who looks from outside knows these pods by it. */
import { ISecureNamespace } from './secure-namespace-like';
import { SecureWorkload } from './secure-workload';
import { checkDnsLabel } from '../admission/names';

/** Properties of `SecureNamespace.addEgressAddresses`. */
export interface EgressAddressesProps {
  /** Addresses of a pool of the edge; with several, each connection has any of them. */
  readonly addresses: string[];

  /** The workloads of the namespace that leave under them, at least one. */
  readonly workloads: SecureWorkload[];
}

export function assignEgressAddresses({ _home: home, edge }: ISecureNamespace, id: string, { addresses, workloads }: EgressAddressesProps): void {
  const path = `${home.path}/${id}`;
  checkDnsLabel(`[${path}] name of a set of workloads`, id);
  if (workloads.length === 0) throw new Error(`[${path}] names no workload: name one, or use the namespace's 'egressAddresses' for all its pods`);
  const foreign = workloads.find(({ _end }) => _end.home.namespace !== home.namespace || _end.home.ledger !== home.ledger);
  if (foreign) throw new Error(`[${path}] '${foreign._end.path}' is of another namespace: give it its addresses there`);
  edge._egress.assign({ path, home, addresses, part: { name: id, workloads: [...new Set(workloads)].map(({ _end }) => _end) } });
}
