import { at, each, KindReader, ModelSink } from './_reader';
import { isAddress } from '../../algebra/ip-set';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef, PodMatch } from '../rules';

/** Addresses under which pods appear outside. They change no verdict: who is let in there is decided there. */
export interface SourceAddresses {
  readonly ref: ObjectRef;
  readonly addresses: readonly string[];
  readonly subject: PodMatch;
}

/** k8s.ovn.org/v1 EgressIP. An empty selector of namespaces means all of them, a missing one of pods all of theirs. */
export const EGRESS_IP: KindReader = {
  kinds: ['k8s.ovn.org/EgressIP'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { spec = {} } = object;
    const addresses = each(spec.egressIPs, 'spec.egressIPs', address => {
      if (typeof address !== 'string' || !isAddress(address)) throw new Error(`'${address}' is no IP address`);
      return address;
    });
    if (addresses.length === 0) throw new Error('spec.egressIPs: is empty: name at least one address');
    if (!spec.namespaceSelector) throw new Error('spec.namespaceSelector: is missing: write {} where all namespaces are meant');
    sink.sourceAddresses({
      ref,
      addresses,
      subject: {
        namespaces: at('spec.namespaceSelector', () => LabelSelector.of(spec.namespaceSelector)),
        pods: at('spec.podSelector', () => LabelSelector.of(spec.podSelector)),
      },
    });
  },
};
