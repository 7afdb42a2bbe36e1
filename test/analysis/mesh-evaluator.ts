import * as ipaddr from 'ipaddr.js';

/**
 * The slow, obvious second implementation of what the proxy of one pod lets in: the manifests as they stand, sentence by sentence. It shares
 * no code with the engine.
 */
export interface Caller {
  readonly pod?: any;
  readonly ip?: string;
}

export function proxyAllows(objects: readonly any[], caller: Caller, pod: any, protocol: string, port: number): boolean {
  if (protocol !== 'TCP' || !hasProxy(objects, pod)) return true;
  const identity = caller.pod && hasProxy(objects, caller.pod)
    ? { namespace: caller.pod.metadata.namespace, account: caller.pod.spec.serviceAccountName ?? 'default' } : undefined;
  if (!identity && modeOf(objects, pod, port) === 'STRICT') return false;
  const policies = about(objects, 'AuthorizationPolicy', pod);
  const matching = (action: string) => policies.filter(policy => (policy.spec.action ?? 'ALLOW') === action);
  const fits = (policy: any) => (policy.spec.rules ?? []).some((rule: any) => ruleFits(rule, identity, caller, port));
  if (matching('DENY').some(fits)) return false;
  return matching('ALLOW').length === 0 || matching('ALLOW').some(fits);
}

function hasProxy(objects: readonly any[], pod: any): boolean {
  if (pod.spec.hostNetwork) return false;
  const home = objects.find(object => object.kind === 'Namespace' && object.metadata.name === pod.metadata.namespace)?.metadata.labels?.['istio-injection'];
  const own = pod.metadata.labels['sidecar.istio.io/inject'];
  if (home === 'disabled' || own === 'false') return false;
  return own === 'true' || home === 'enabled';
}

/** Policies of the pod's namespace and of the mesh's own. */
function about(objects: readonly any[], kind: string, pod: any): any[] {
  return objects.filter(object => object.kind === kind && ['istio-system', pod.metadata.namespace].includes(object.metadata.namespace)
    && Object.entries(object.spec.selector?.matchLabels ?? {}).every(([key, value]) => pod.metadata.labels[key] === value));
}

/** The workload's word, then its namespace's, then the mesh's; the oldest where several say it of the same. */
function modeOf(objects: readonly any[], pod: any, port: number): string {
  const all = about(objects, 'PeerAuthentication', pod).sort((a, b) => a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1);
  const selects = (each: any) => Object.keys(each.spec.selector?.matchLabels ?? {}).length > 0;
  const isRoot = (each: any) => each.metadata.namespace === 'istio-system';
  const levels = [
    all.filter(each => selects(each) && !isRoot(each)),
    all.filter(each => !selects(each) && !isRoot(each)),
    all.filter(each => !selects(each) && isRoot(each)),
  ];
  for (const [i, level] of levels.entries()) {
    for (const { spec } of level) {
      const mode = (i === 0 ? spec.portLevelMtls?.[port]?.mode : undefined) ?? 'UNSET';
      if (mode !== 'UNSET') return mode;
      if ((spec.mtls?.mode ?? 'UNSET') !== 'UNSET') return spec.mtls.mode;
    }
  }
  return 'PERMISSIVE';
}

interface Identity {
  readonly namespace: string;
  readonly account: string;
}

function ruleFits({ from, to, when = [] }: any, identity: Identity | undefined, caller: Caller, port: number): boolean {
  return (!from?.length || from.some(({ source }: any) => sourceFits(source, identity, caller)))
    && (!to?.length || to.some(({ operation }: any) => portsFit(operation, port)))
    && when.every(({ key, values, notValues }: any) => key === 'destination.port'
      ? portsFit({ ports: values, notPorts: notValues }, port)
      : sourceFits({ namespaces: values, notNamespaces: notValues }, identity, caller));
}

function portsFit({ ports, notPorts }: any, port: number): boolean {
  return (!ports?.length || ports.includes(String(port))) && !notPorts?.includes(String(port));
}

function sourceFits(source: any, identity: Identity | undefined, { pod, ip }: Caller): boolean {
  const principal = identity && `cluster.local/ns/${identity.namespace}/sa/${identity.account}`;
  const isIn = (cidr: string) => ip === undefined ? pod !== undefined && cidr === '0.0.0.0/0' : inBlock(cidr, ip);
  const any = (patterns: string[] | undefined, text: string | undefined) => text !== undefined && patterns!.some(pattern => isText(text, pattern));
  return (!source.principals || any(source.principals, principal)) && (!source.notPrincipals || !any(source.notPrincipals, principal))
    && (!source.namespaces || any(source.namespaces, identity?.namespace)) && (!source.notNamespaces || !any(source.notNamespaces, identity?.namespace))
    && (!source.ipBlocks || source.ipBlocks.some(isIn)) && !source.notIpBlocks?.some(isIn);
}

function isText(text: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern;
}

function inBlock(cidr: string, ip: string): boolean {
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  const address = ipaddr.parse(ip);
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, prefix);
}
