/**
 * OpenShift's EgressRouter object: pods that an operator makes, with an interface of their own on the network outside, redirect each port to one
 * destination.
 *
 * Never written: `fallbackIP`, which the operator takes and nobody obeys, and the interface's `mode` and `master`, which are the operator's own.
 */
import { EgressRouterSpec } from '../api/openshift-egress';
import { EgressAddressPlan, EgressRouterIntent } from '../intent/egress-addresses';

export function planEgressRouter({ name, address, gateway, destination, ports }: EgressRouterIntent): EgressAddressPlan {
  const spec: EgressRouterSpec = {
    mode: 'Redirect',
    networkInterface: { macvlan: { mode: 'Bridge' } },
    addresses: [{ ip: address, gateway }],
    redirect: { redirectRules: ports.map(port => ({ destinationIP: destination, port, protocol: 'TCP' })) },
  };
  return { apiVersion: 'network.operator.openshift.io/v1', kind: 'EgressRouter', name, spec };
}
