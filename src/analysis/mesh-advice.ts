/**
 * What a mesh says about a connection without deciding who may open it: whether the caller's proxy knows a way, what becomes of tokens, and
 * where a gateway leads what it takes.
 *
 * Laws: advice never changes a verdict. A Sidecar in particular enforces nothing: a process can go past its proxy.
 */
import { MeshGatewayPods, MeshRoutes } from './mesh-routes';
import type { ClusterModel } from './model';
import type { End, Endpoint } from './reachability';
import { ObjectRef, PodMatch, textOfRef } from './rules';
import { ConnectionSet } from '../algebra/connection-set';
import { IpSet } from '../algebra/ip-set';
import { LabelSelector } from '../algebra/label-selector';

/** What the proxies of some pods know of: networking.istio.io Sidecar. */
export interface MeshScope {
  readonly ref: ObjectRef;
  /** @default - all pods of the namespace that no other scope selects */
  readonly pods?: LabelSelector;
  /** `namespace/host`, either of which may be `*`; a namespace of `.` is its own. Undefined where everything is known. */
  readonly hosts?: readonly string[];
  /** Whether what is not known is not led anywhere. */
  readonly strict: boolean;
}

/** Whose tokens are checked at some pods: security.istio.io RequestAuthentication. */
export interface TokenCheck {
  readonly ref: ObjectRef;
  readonly subject: PodMatch;
  readonly issuers: readonly string[];
}

export interface Advice {
  readonly layer: 'sidecar' | 'request-authentication' | 'gateway';
  readonly object: ObjectRef;
  readonly text: string;
}

/** What there is to say about a connection that passes, in this order: at the caller, at the destination, beyond it. */
export function adviceOf(model: ClusterModel, src: End, dst: End, conn: ConnectionSet): Advice[] {
  const tcp = conn.intersect(ConnectionSet.ofProtocol('TCP'));
  if (tcp.isEmpty || dst instanceof IpSet) return [];
  return [...src instanceof IpSet ? [] : scopeAdvice(model, src, dst), ...tokenAdvice(model, dst), ...gatewayAdvice(model, src, dst)];
}

function shapeOf({ workload }: Endpoint) {
  return workload.variants[0].shape;
}

function scopeAdvice(model: ClusterModel, src: Endpoint, dst: Endpoint): Advice[] {
  const { identity, namespace, labels } = shapeOf(src);
  if (!identity || identity.gateway) return [];
  const { scopes } = model.mesh;
  const here = scopes.filter(({ ref }) => ref.namespace === namespace);
  const root = scopes.filter(({ ref, pods }) => ref.namespace === model.meshRoot && !pods);
  const [scope] = [...here.filter(({ pods }) => pods?.matches(labels)), ...here.filter(({ pods }) => !pods), ...root];
  if (!scope?.strict || !scope.hosts) return [];
  const services = [...model.services.values()].filter(({ namespace: home, selector }) => home === dst.namespace && selector?.matches(dst.labels));
  if (services.some(({ ref }) => scope.hosts!.some(host => isListed(host, scope.ref.namespace!, dst.namespace, ref.name)))) return [];
  const text = `${textOfRef(scope.ref)} does not list a Service of ${dst.text}, so the proxy of ${src.text} does not lead there: a mistake is seen, and nothing is enforced`;
  return [{ layer: 'sidecar', object: scope.ref, text }];
}

/** As `shop/api.shop.svc.cluster.local` or `shop/*`, whichever domain the cluster has. */
function isListed(pattern: string, home: string, namespace: string, service: string): boolean {
  const [where, host = '*'] = pattern.includes('/') ? pattern.split('/') : ['*', pattern];
  if (where !== '*' && (where === '.' ? home : where) !== namespace) return false;
  const name = `${service}.${namespace}.svc`;
  const is = (text: string, full: string) => text === full || text.startsWith(`${full}.`);
  return host === '*' || is(host, name) || (host.startsWith('*.') && is(host.slice(2), `${namespace}.svc`));
}

function tokenAdvice(model: ClusterModel, dst: Endpoint): Advice[] {
  const shape = shapeOf(dst);
  if (!shape.identity) return [];
  const isAbout = ({ subject: { namespace, pods } }: TokenCheck) => (namespace === undefined || namespace === shape.namespace) && pods.matches(shape.labels);
  return model.mesh.tokens.filter(isAbout).map(({ ref, issuers }) => ({
    layer: 'request-authentication',
    object: ref,
    text: `${textOfRef(ref)} has tokens of ${issuers.join(' or ') || 'nobody'} checked, and refuses one that is no good; who brings none passes it`,
  }));
}

/** External -> gateway -> destination: what a gateway listens for, and whereto it leads. */
function gatewayAdvice(model: ClusterModel, src: End, dst: Endpoint): Advice[] {
  const { identity, labels } = shapeOf(dst);
  if (!identity?.gateway || !(src instanceof IpSet)) return [];
  const { gateways, routes } = model.mesh;
  const own = gateways.filter(({ pods }) => !pods.isEverything && pods.matches(labels));
  const bound = routes.filter(each => each.gateways.some(name => own.some(({ ref }) => name === `${ref.namespace}/${ref.name}`)));
  return [...own.map(listening), ...bound.filter(({ destinations }) => destinations.length > 0).map(leading)];
}

function listening({ ref, servers }: MeshGatewayPods): Advice {
  const texts = servers.map(({ port, protocol, hosts }) => `${protocol} ${port} for ${hosts.map(host => host.replace(/^.*\//, '')).join(', ')}`);
  return { layer: 'gateway', object: ref, text: `${textOfRef(ref)} listens on its Service's ${[...new Set(texts)].join('; ') || 'nothing'}` };
}

function leading({ ref, hosts, destinations }: MeshRoutes): Advice {
  const targets = destinations.map(({ host, port }) => `${host}${port === undefined ? '' : `:${port}`}`);
  return { layer: 'gateway', object: ref, text: `${textOfRef(ref)} leads on from there, for ${hosts.join(', ')}, to ${[...new Set(targets)].join(', ')}` };
}
