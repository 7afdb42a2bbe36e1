import { at, KindReader, ModelSink } from './_reader';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef } from '../rules';

/**
 * networking.istio.io Gateway, for one thing: the pods that it selects are gateways, which listen as its servers say. Istio looks for them
 * in the Gateway's own namespace and, unless it is told not to, in every other; here they are looked for everywhere.
 */
export const MESH_GATEWAY: KindReader = {
  kinds: ['networking.istio.io/Gateway'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    sink.meshGateway({ ref, pods: at('spec.selector', () => LabelSelector.of({ matchLabels: object.spec?.selector ?? {} })) });
  },
};
