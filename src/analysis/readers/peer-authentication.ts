import { at, KindReader, listOf, ModelSink } from './_reader';
import { ConnectionSet } from '../../algebra/connection-set';
import { LabelSelector } from '../../algebra/label-selector';
import { SIDECAR } from '../mesh-identity';
import { Action, ObjectRef, Peers, PodMatch, PROXIED, Rule } from '../rules';

/**
 * security.istio.io PeerAuthentication: whether a proxy takes plaintext. What is said of a workload goes before what is said of its namespace,
 * and that before what is said of the whole mesh; of two that say it of the same, the older one. Ports are those of the pods.
 *
 * STRICT denies whoever has no identity. Gateways listen to what Gateway objects say, and not to this.
 */
export const PEER_AUTHENTICATION: KindReader = {
  kinds: ['security.istio.io/PeerAuthentication'],
  late: true,
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { selector, mtls, portLevelMtls } = object.spec ?? {};
    const pods = at('spec.selector', () => LabelSelector.of(selector));
    const everywhere = ref.namespace === sink.meshRoot();
    if (everywhere && !pods.isEverything) {
      sink.warn(ref, 'selects pods in the root namespace of the mesh, where a selector means nothing: it is left out');
      return;
    }
    if (portLevelMtls && pods.isEverything) sink.warn(ref, 'says portLevelMtls without a selector: only what is said of a workload has ports, so they mean nothing');
    const rules: Rule[] = [];
    const add = (mode: string | undefined, numbers: ConnectionSet) => {
      const action = actionOf(mode);
      if (mode === 'DISABLE') sink.warn(ref, 'takes plaintext only: callers have no identity there, so what is asked of one is never met');
      if (action) rules.push({ direction: 'ingress', action, index: rules.length, peers: action === 'deny' ? WITHOUT_IDENTITY : EVERYBODY, ports: { numbers, names: [] } });
    };
    let rest = PROXIED;
    if (!pods.isEverything) {
      for (const [port, { mode } = {} as any] of Object.entries<any>(portLevelMtls ?? {})) {
        const number = ConnectionSet.of('TCP', Number(port));
        if (actionOf(mode) === undefined) continue;
        add(mode, number);
        rest = rest.subtract(number);
      }
    }
    at('spec.mtls', () => add(mtls?.mode, rest));
    const age = Date.parse(object.metadata?.creationTimestamp ?? '') || 0;
    const subject: PodMatch = everywhere ? { pods, identity: SIDECAR } : { namespace: ref.namespace!, pods, identity: SIDECAR };
    sink.policy({ ref, layer: 'mutual-tls', order: (everywhere ? 2 : pods.isEverything ? 1 : 0) + age / 1e14, subject, directions: ['ingress'], rules });
  },
};

const WITHOUT_IDENTITY: Peers = { any: false, pods: listOf(undefined, ''), withoutIdentity: true };
const EVERYBODY: Peers = { any: true, pods: listOf(undefined, '') };
const MODES: Readonly<Record<string, Action | undefined>> = { STRICT: 'deny', PERMISSIVE: 'allow', DISABLE: 'allow', UNSET: undefined };

/** @returns undefined where the next one is asked */
function actionOf(mode: string | undefined): Action | undefined {
  if (mode !== undefined && !(mode in MODES)) throw new Error(`mode '${mode}' is unknown: use STRICT, PERMISSIVE, DISABLE or UNSET`);
  return mode === undefined ? undefined : MODES[mode];
}
