import * as ipaddr from 'ipaddr.js';
import { proxyAllows } from './mesh-evaluator';

/**
 * The slow, obvious second implementation: may this one packet pass? It reads the manifests as they stand, each time anew, and follows the
 * documentation sentence by sentence. It shares no code with the engine.
 */
export interface Packet {
  /** A Pod object, or undefined for somebody outside. */
  readonly srcPod?: any;
  readonly srcIp?: string;
  readonly dstPod?: any;
  readonly dstIp?: string;
  readonly protocol: string;
  readonly port: number;
}

interface Side {
  readonly pod?: any;
  readonly ip?: string;
}

export function mayPass(objects: readonly any[], packet: Packet): boolean {
  const src = { pod: packet.srcPod, ip: packet.srcIp };
  const dst = { pod: packet.dstPod, ip: packet.dstIp };
  return sideAllows(objects, 'egress', src, dst, packet) && sideAllows(objects, 'ingress', dst, src, packet)
    && (!dst.pod || proxyAllows(objects, src, dst.pod, packet.protocol, packet.port));
}

function sideAllows(objects: readonly any[], direction: 'ingress' | 'egress', subject: Side, peer: Side, packet: Packet): boolean {
  // Policies are about pods on the pod network only.
  if (!subject.pod || subject.pod.spec.hostNetwork) return true;

  if (direction === 'egress' && firewallDenies(objects, subject, peer, packet)) return false;

  const admin = firstMatch(objects, adminPolicies(objects), direction, subject, peer, packet);
  if (admin === 'Deny') return false;
  if (admin === 'Allow' || admin === 'Accept') return true;

  const policies = ofKind(objects, 'NetworkPolicy').filter(policy => policy.metadata.namespace === subject.pod.metadata.namespace
    && selects(policy.spec.podSelector, subject.pod.metadata.labels ?? {}) && typesOf(policy).includes(direction));
  if (policies.length > 0) {
    return policies.some(policy => (policy.spec[direction] ?? []).some((rule: any) => ruleAllows(objects, policy, rule, direction, peer, packet)));
  }

  const baseline = firstMatch(objects, baselinePolicies(objects), direction, subject, peer, packet);
  return baseline !== 'Deny';
}

/** The firewall of the namespace: the first rule that fits decides. It never sees pods of the cluster's own network. */
function firewallDenies(objects: readonly any[], subject: Side, peer: Side, packet: Packet): boolean {
  if (peer.pod && !peer.pod.spec.hostNetwork) return false;
  const firewall = ofKind(objects, 'EgressFirewall').find(each => each.metadata.namespace === subject.pod.metadata.namespace);
  const rule = (firewall?.spec.egress ?? []).find(({ to, ports }: any) => {
    if (ports && !ports.some((port: any) => port.protocol === packet.protocol && port.port === packet.port)) return false;
    if (to.cidrSelector) return inBlock(to.cidrSelector, peer.ip);
    return ofKind(objects, 'Node').filter(node => selects(to.nodeSelector, node.metadata.labels))
      .some(node => node.status.addresses.some((each: any) => each.address === peer.ip));
  });
  return rule?.type === 'Deny';
}

function typesOf(policy: any): string[] {
  const types: string[] | undefined = policy.spec.policyTypes;
  if (types) return types.map(type => type.toLowerCase());
  return (policy.spec.egress ?? []).length > 0 ? ['ingress', 'egress'] : ['ingress'];
}

function ruleAllows(objects: readonly any[], policy: any, rule: any, direction: string, peer: Side, packet: Packet): boolean {
  const peers: any[] = (direction === 'ingress' ? rule.from : rule.to) ?? [];
  const ports: any[] = rule.ports ?? [];
  const peerFits = peers.length === 0 || peers.some(each => {
    if (each.ipBlock) return inBlock(each.ipBlock.cidr, peer.ip) && !(each.ipBlock.except ?? []).some((hole: string) => inBlock(hole, peer.ip));
    if (!peer.pod || peer.pod.spec.hostNetwork) return false;
    const inNamespace = each.namespaceSelector
      ? selects(each.namespaceSelector, namespaceLabels(objects, peer.pod.metadata.namespace))
      : peer.pod.metadata.namespace === policy.metadata.namespace;
    return inNamespace && selects(each.podSelector ?? {}, peer.pod.metadata.labels ?? {});
  });
  const portFits = ports.length === 0 || ports.some(port => {
    if ((port.protocol ?? 'TCP') !== packet.protocol) return false;
    if (port.port === undefined) return true;
    if (typeof port.port === 'string') return hasNamedPort(packet.dstPod, port.port, packet.protocol, packet.port);
    return port.port <= packet.port && packet.port <= (port.endPort ?? port.port);
  });
  return peerFits && portFits;
}

/** AdminNetworkPolicy v1alpha1 and ClusterNetworkPolicy v1alpha2 of the admin tier, the lowest priority number first. */
function adminPolicies(objects: readonly any[]): any[] {
  return [...ofKind(objects, 'AdminNetworkPolicy'), ...ofKind(objects, 'ClusterNetworkPolicy').filter(policy => policy.spec.tier === 'Admin')]
    .sort((a, b) => a.spec.priority - b.spec.priority);
}

function baselinePolicies(objects: readonly any[]): any[] {
  return [...ofKind(objects, 'BaselineAdminNetworkPolicy'), ...ofKind(objects, 'ClusterNetworkPolicy').filter(policy => policy.spec.tier === 'Baseline')]
    .sort((a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0));
}

function firstMatch(objects: readonly any[], policies: any[], direction: 'ingress' | 'egress', subject: Side, peer: Side, packet: Packet): string | undefined {
  for (const policy of policies) {
    if (!scopeFits(objects, policy.spec.subject, subject.pod)) continue;
    for (const rule of policy.spec[direction] ?? []) {
      const peers: any[] = direction === 'ingress' ? rule.from : rule.to;
      const peerFits = peers.some(each => {
        if (each.networks) return each.networks.some((cidr: string) => inBlock(cidr, peer.ip) || isEverywhere(policy, cidr, peer));
        return peer.pod !== undefined && !peer.pod.spec.hostNetwork && scopeFits(objects, each, peer.pod);
      });
      if (peerFits && adminPortsFit(rule, packet)) return rule.action;
    }
  }
  return undefined;
}

/** A ClusterNetworkPolicy's networks hold pods too; where a pod's address is not known, only all of IPv4 holds it for sure. */
function isEverywhere(policy: any, cidr: string, peer: Side): boolean {
  return policy.kind === 'ClusterNetworkPolicy' && cidr === '0.0.0.0/0' && peer.pod !== undefined && peer.ip === undefined;
}

function scopeFits(objects: readonly any[], scope: any, pod: any): boolean {
  const labels = namespaceLabels(objects, pod.metadata.namespace);
  if (scope.namespaces) return selects(scope.namespaces, labels);
  return scope.pods !== undefined && selects(scope.pods.namespaceSelector, labels) && selects(scope.pods.podSelector, pod.metadata.labels ?? {});
}

function adminPortsFit(rule: any, packet: Packet): boolean {
  if (!rule.ports && !rule.protocols) return true;
  return (rule.ports ?? []).some((port: any) => {
    if (port.portNumber) return port.portNumber.protocol === packet.protocol && port.portNumber.port === packet.port;
    if (port.portRange) {
      return port.portRange.protocol === packet.protocol && port.portRange.start <= packet.port && packet.port <= port.portRange.end;
    }
    return ['TCP', 'UDP', 'SCTP'].includes(packet.protocol) && hasNamedPort(packet.dstPod, port.namedPort, packet.protocol, packet.port);
  }) || (rule.protocols ?? []).some((protocol: any) => {
    if (protocol.destinationNamedPort) return hasNamedPort(packet.dstPod, protocol.destinationNamedPort, packet.protocol, packet.port);
    const port = protocol[packet.protocol.toLowerCase()]?.destinationPort;
    return port !== undefined && (port.number === packet.port || (port.range && port.range.start <= packet.port && packet.port <= port.range.end));
  });
}

function hasNamedPort(pod: any, name: string, protocol: string, number: number): boolean {
  return (pod?.spec.containers ?? []).some((container: any) => (container.ports ?? []).some((port: any) =>
    port.name === name && (port.protocol ?? 'TCP') === protocol && port.containerPort === number));
}

function selects(selector: any, labels: Record<string, string>): boolean {
  const equal = Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return equal && (selector?.matchExpressions ?? []).every((expression: any) => {
    const value = labels[expression.key];
    if (expression.operator === 'In') return value !== undefined && expression.values.includes(value);
    if (expression.operator === 'NotIn') return value === undefined || !expression.values.includes(value);
    return expression.operator === 'Exists' ? value !== undefined : value === undefined;
  });
}

function namespaceLabels(objects: readonly any[], name: string): Record<string, string> {
  const namespace = ofKind(objects, 'Namespace').find(each => each.metadata.name === name);
  return { ...namespace?.metadata.labels, 'kubernetes.io/metadata.name': name };
}

function ofKind(objects: readonly any[], kind: string): any[] {
  return objects.filter(object => object.kind === kind);
}

const known = new Map<string, boolean>();
function inBlock(cidr: string, ip: string | undefined): boolean {
  if (ip === undefined) return false;
  const key = `${ip} in ${cidr}`;
  if (!known.has(key)) known.set(key, isInBlock(cidr, ip));
  return known.get(key)!;
}

function isInBlock(cidr: string, ip: string): boolean {
  const [network, prefix] = ipaddr.parseCIDR(cidr);
  const address = ipaddr.parse(ip);
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network as ipaddr.IPv4, prefix);
}
