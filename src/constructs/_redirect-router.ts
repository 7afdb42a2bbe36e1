/**
 * A router that OpenShift's operator runs: it has an interface of its own on the network outside, so its destination sees one address, and no
 * policy of the cluster holds what leaves there. What holds it is its list of redirects, which names one destination.
 */
import { Construct } from 'constructs';
import { emit } from './_manifest';
import { MacvlanProps } from './macvlan';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { isAddress, parseCidr } from '../algebra/cidr';
import { IpSet } from '../algebra/ip-set';
import { AddressEnd } from '../intent/endpoint';
import { Port } from '../intent/port';

/** What the operator calls its pods, in whichever namespace. */
const OPERATED = { app: 'egress-router-cni' };
const TAKEN = new WeakSet<SecureNamespace>();

export interface RedirectRouter {
  readonly id: string;
  readonly target: AddressEnd;
  readonly ports: readonly number[];
  readonly macvlan: MacvlanProps;
}

/** Adds the object, the Service it lacks, and its pods with policies of their own. */
export function addRedirectRouter(scope: Construct, namespace: SecureNamespace, { id, target, ports, macvlan }: RedirectRouter): SecureWorkload {
  const { path } = scope.node;
  const { network: { _provider: provider }, platform } = namespace.edge;
  if (platform.distribution !== 'openshift' || !provider.planEgressRouter) {
    throw new Error(`[${path}] 'macvlan' needs the operator of OpenShift on OVN-Kubernetes, and this is ${platform.distribution} with ${provider.title}: leave it out, and proxies stand in`);
  }
  if (target.address === undefined) {
    throw new Error(`[${path}] 'macvlan' redirects to addresses alone, and '${target.host}' is a name: use Peer.address(...), or leave 'macvlan' out, and a proxy resolves it`);
  }
  checkInterface(path, macvlan, target.address);
  if (TAKEN.has(namespace)) {
    throw new Error(`[${path}] is the second router with 'macvlan' in '${namespace.namespaceName}', and the operator gives both the same names: give it a namespace of its own`);
  }
  TAKEN.add(namespace);
  const { spec, ...plan } = provider.planEgressRouter({ name: id, destination: target.address, ports, ...macvlan });
  emit(scope, 'router', { ...plan, body: { spec } });
  const service = { selector: OPERATED, ports: ports.map(port => ({ name: `tcp-${port}`, protocol: 'TCP', port, targetPort: port })) };
  emit(scope, 'service', { apiVersion: 'v1', kind: 'Service', name: id, body: { spec: service } });
  return SecureWorkload._operated(namespace, id, { labels: OPERATED, serviceAccountName: 'default', ports: ports.map(port => Port.tcp(port)) });
}

function checkInterface(path: string, macvlan: MacvlanProps, destination: string): void {
  const { address, gateway } = macvlan;
  const strange = Object.keys(macvlan).find(key => !['address', 'gateway'].includes(key));
  if (strange) {
    throw new Error(`[${path}] macvlan.${strange} is not taken: ${/^fallback/i.test(strange) ? 'nobody obeys it, and what is not redirected is to go nowhere' : 'the operator decides it'}; leave it out`);
  }
  if (!/\/\d+$/.test(address)) throw new Error(`[${path}] macvlan.address '${address}' has no prefix length: write it like 192.168.12.99/24`);
  const { family } = parseCidr(address, { hostBits: 'mask' });
  if (!isAddress(gateway)) throw new Error(`[${path}] macvlan.gateway '${gateway}' is no address: write the one of the router of that network, like 192.168.12.1`);
  const own = IpSet.ofAddress(address.split('/')[0]);
  if (!IpSet.ofCidr(address, { hostBits: 'mask' }).contains(IpSet.ofAddress(gateway)) || own.equals(IpSet.ofAddress(gateway))) {
    throw new Error(`[${path}] macvlan.gateway '${gateway}' is no other address of the network of '${address}': correct one of them`);
  }
  if (destination.includes(':') !== (family === 6)) {
    throw new Error(`[${path}] macvlan.address '${address}' and the destination '${destination}' are of different families: the router could never reach it`);
  }
}

/** What a router with `macvlan` cannot be told, because the operator decides it. */
export function refuseProxyProps(path: string, props: Readonly<Record<string, unknown>>): void {
  const given = ['replicas', 'image', 'clusterIp', 'sourceAddresses', 'through'].find(name => props[name] !== undefined);
  if (given) throw new Error(`[${path}] '${given}' is of no effect beside 'macvlan', where the operator runs the router under macvlan.address: leave one of them out`);
}

