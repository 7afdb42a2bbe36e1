import { at, each, KindReader, ModelSink } from './_reader';
import { ConnectionSet, PROTOCOLS } from '../../algebra/connection-set';
import { IpSet, isAddress } from '../../algebra/ip-set';
import { OutsideRow } from '../outside';
import { ObjectRef } from '../rules';

/** Pods with an interface outside: what reaches them on a port leaves there, whatever policies say, and nothing else does. */
export interface Redirects {
  readonly ref: ObjectRef;
  readonly rows: readonly OutsideRow[];
}

/** The labels and the name that the operator gives its pods, in every namespace the same. */
const APP = 'egress-router-cni';
export const ROUTER_PODS = 'egress-router-cni-deployment';

/**
 * network.operator.openshift.io/v1 EgressRouter. The operator makes a Deployment of one pod with a second interface, and no Service; two such
 * objects in a namespace are one Deployment, so the second is refused here.
 */
export const EGRESS_ROUTER: KindReader = {
  kinds: ['network.operator.openshift.io/EgressRouter'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    const rows = at('spec', () => readSpec(spec));
    sink.redirects({ ref, rows });
    sink.pods({
      namespace: ref.namespace!,
      name: ROUTER_PODS,
      kind: 'Deployment',
      labels: { app: APP },
      ports: [],
      hostNetwork: false,
      serviceAccount: 'default',
      addresses: [],
      configMaps: [],
      ref,
    });
    sink.warn(ref, 'what reaches its interface outside the cluster passes no policy: let the network there hold it');
    if (spec.redirect?.fallbackIP !== undefined) sink.warn(ref, 'spec.redirect.fallbackIP has no effect: what is not redirected goes nowhere');
  },
};

function readSpec(spec: any): OutsideRow[] {
  if ((spec.mode ?? 'Redirect') !== 'Redirect') throw new Error(`mode '${spec.mode}' is unknown: use Redirect`);
  if (!spec.redirect) throw new Error('redirect is missing: name where each port leads');
  const [own] = each(spec.addresses, 'addresses', address => address);
  if (own?.ip === undefined || !isAddress(own?.gateway ?? '')) throw new Error('addresses[0] needs an ip and a gateway, or the operator makes no pod');
  return each(spec.redirect.redirectRules, 'redirect.redirectRules', ({ destinationIP, port, protocol, targetPort } = {} as any) => {
    if (!PROTOCOLS.includes(protocol)) throw new Error(`protocol '${protocol}' is unknown: use TCP, UDP or SCTP`);
    return { addresses: IpSet.ofAddress(destinationIP), conn: ConnectionSet.of(protocol, targetPort ?? port) };
  });
}
