import { at, each, KindReader, ModelSink } from './_reader';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef } from '../rules';

/**
 * networking.istio.io Gateway: the pods that it selects are gateways, which listen as its servers say. Istio looks for them
 * in the Gateway's own namespace and, unless it is told not to, in every other; here they are looked for everywhere.
 */
export const MESH_GATEWAY: KindReader = {
  kinds: ['networking.istio.io/Gateway'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const pods = at('spec.selector', () => LabelSelector.of({ matchLabels: object.spec?.selector ?? {} }));
    const servers = at('spec', () => each(object.spec?.servers, 'servers', server => {
      const { number, protocol = 'HTTP' } = server?.port ?? {};
      if (!Number.isInteger(number) || number < 1 || number > 65535) throw new Error(`port.number: '${number}' is no port: use 1 to 65535`);
      return { port: number, protocol: String(protocol), hosts: at('', () => each(server?.hosts, 'hosts', String)) };
    }));
    sink.meshGateway({ ref, pods, servers });
  },
};
