import { createHash } from 'crypto';
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONFIG_HASH, PROXY_LABEL } from './_labels';
import { emit } from './_manifest';
import { addMeshRouter } from './_mesh-router';
import { addRedirectRouter, refuseProxyProps } from './_redirect-router';
import { addWorkload } from './_workloads';
import { EgressProxy } from './egress-proxy';
import { MacvlanProps } from './macvlan';
import { SecureNamespace } from './secure-namespace';
import { SecureWorkload } from './secure-workload';
import { checkServiceName } from '../admission/names';
import { isAddress } from '../algebra/cidr';
import { IpSet } from '../algebra/ip-set';
import { callSite } from '../intent/call-site';
import { Connections } from '../intent/connections';
import { AddressEnd, AddressFacts, WorkloadEnd } from '../intent/endpoint';
import { IPeer } from '../intent/peer';
import { hostCidr } from '../intent/platform';
import { Port } from '../intent/port';
import {
  HAPROXY_CONFIG_KEY, HAPROXY_HEALTH_PORT, HAPROXY_LIVE_PATH, HAPROXY_READY_PATH, haproxyPorts, renderHaproxyConfig,
} from '../providers/_haproxy';

/** Properties of `EgressRouter`. */
export interface EgressRouterProps {
  /** The external system: `Peer.host('orders.db.example')` or `Peer.address('203.0.113.10')`. A range is refused: a proxy needs one destination. */
  readonly destination: IPeer;

  /** The TCP ports of the destination, at least one. Clients dial the router on the same numbers. */
  readonly ports: Port[];

  /**
   * How many proxies run, spread over nodes; at least one. A node that is drained takes one of them at a time.
   *
   * @default 2
   */
  readonly replicas?: number;

  /**
   * The HAProxy image (3.0 or later), with a fixed version or digest.
   *
   * @default - the official image at the version this library was tested with
   */
  readonly image?: string;

  /**
   * The static addresses, of a pool of the edge, under which the destination sees the router: what its own firewall can be told to let in.
   * The proxies then run on the nodes that hold such addresses.
   *
   * @default - those of its namespace, if it has any, or the address of the node that a proxy runs on
   */
  readonly sourceAddresses?: string[];

  /**
   * The interface that the router has on the network outside, where the operator of OpenShift runs it instead of proxies: its destination sees
   * that address. For networks that let a node's port have a second MAC address, which those of most clouds do not.
   *
   * @default - proxies, on the cluster's own network
   */
  readonly macvlan?: MacvlanProps;

  /**
   * What leads callers to the destination. A gateway of the mesh knows each by its identity and takes nobody else; it needs its namespace,
   * and those of its callers, to be in the mesh.
   *
   * @default EgressProxy.HAPROXY
   */
  readonly through?: EgressProxy;

  /**
   * A cluster IP to keep, inside the cluster's service range, so that clients can map the destination's own name to the router with
   * `hostAlias()` and still verify its certificate.
   *
   * @default - the cluster assigns one, and clients use `host`
   */
  readonly clusterIp?: string;
}

const IMAGE = 'docker.io/library/haproxy:3.2.26-alpine';
/** Long enough for the pause before the end and for connections to drain. */
const GRACE = Duration.seconds(40);
/** The user of the official image. */
const HAPROXY_USER = 99;

/**
 * The one way out to an external system: a proxy that knows a single destination, reached only by workloads that said so, and the only
 * pods that may reach the destination. Its clients dial `host` and `port`.
 *
 * Where policies know no names, the proxies' own policy opens the destination's ports to the world outside the cluster, and the
 * proxy's configuration is what holds the name.
 */
export class EgressRouter extends Construct implements IPeer {
  /** Who may use the router: nobody, until stated. */
  public readonly connections: Connections;
  /** The proxies, or the operator's pods, as a workload like any other. */
  public readonly proxy: SecureWorkload;
  /** The external system as it was given, `orders.db.example`. */
  public readonly destination: string;
  /** The name clients dial, `orders-db.egress.svc`. */
  public readonly host: string;
  /** The first port of the destination, the number clients dial. */
  public readonly port: number;
  /** @internal */
  public readonly _end: WorkloadEnd;

  private readonly clusterIp?: string;

  /** Throws where the destination is not one host, where a port is not one TCP port, and where the platform facts about addresses are missing. */
  constructor(namespace: SecureNamespace, id: string, props: EgressRouterProps) {
    super(namespace, `router-${id}`);
    checkServiceName(`[${this.node.path}] router id`, id);
    const target = singleDestination(this.node.path, props.destination);
    const numbers = tcpNumbers(this.node.path, props.ports);
    this.destination = target.host ?? target.address!;
    this.clusterIp = props.clusterIp;
    const facts = namespace.edge.platform._addressFacts(this.node.path);
    target.resolve(facts);
    if (props.macvlan) {
      refuseProxyProps(this.node.path, { ...props });
      this.proxy = addRedirectRouter(this, namespace, { id, target, ports: numbers, macvlan: props.macvlan });
    } else {
      const replicas = this.checkProxies(facts, props);
      this.proxy = props.through === EgressProxy.MESH_GATEWAY
        ? addMeshRouter(this, namespace, { id, target, ports: numbers, replicas, clusterIp: imageless(this.node.path, props).clusterIp })
        : this.runProxies(namespace, id, numbers, replicas, props);
      if (props.sourceAddresses) this.leaveFrom(namespace, id, props.sourceAddresses);
    }
    this.host = `${id}.${namespace.namespaceName}.svc`;
    this.port = numbers[0];

    this._end = this.proxy._end;
    this.connections = this.proxy.connections;
    namespace.edge._ledger.add({
      from: this._end,
      to: { ...target, proxied: true, ...(props.macvlan ? { apart: true } : {}) },
      ports: numbers.map(number => Port.tcp(number)),
      reason: `router to ${this.destination}`,
      by: 'source',
      site: callSite(EgressRouter),
    });
  }

  /**
   * Lets a client that verifies the destination's certificate go on using the destination's own name: an entry for its pods' hosts
   * file that leads the name to the router. Throws without a `clusterIp`, because an address that changes cannot stand in a file,
   * and where the destination is an address, which has no name to map.
   */
  public hostAlias(): kplus.HostAlias {
    if (!this.clusterIp) {
      throw new Error(`[${this.node.path}] hostAlias() needs a clusterIp that stays: set 'clusterIp' to a free address of the service range, `
        + `or let the client name '${this.destination}' as TLS server name while it dials ${this.host}`);
    }
    if (/^[0-9.]+$|:/.test(this.destination)) {
      throw new Error(`[${this.node.path}] hostAlias() needs a destination with a name, and '${this.destination}' is an address: use Peer.host(...)`);
    }
    return { ip: this.clusterIp, hostnames: [this.destination] };
  }

  /** How many there are, where what they are told can work. */
  private checkProxies(facts: AddressFacts, props: EgressRouterProps): number {
    const replicas = props.replicas ?? 2;
    if (!Number.isInteger(replicas) || replicas < 1) throw new Error(`[${this.node.path}] replicas '${replicas}' is not a whole number from 1 up: without a proxy nothing gets out`);
    if (props.clusterIp !== undefined) checkClusterIp(props.clusterIp, facts);
    const families = this.families(facts);
    const family = this.destination.includes(':') ? 'IPv6' : 'IPv4';
    if (isAddress(this.destination) && !families.includes(family)) {
      throw new Error(`[${this.node.path}] no pod has an ${family} address, so no proxy can reach '${this.destination}': name an address of ${families.join(' or ')}, or correct podCidrs`);
    }
    return replicas;
  }

  private families(facts: AddressFacts): ('IPv4' | 'IPv6')[] {
    return facts.everywhere(`the router to ${this.destination}`).map(cidr => (cidr.includes(':') ? 'IPv6' as const : 'IPv4' as const));
  }

  /** Proxies of our own, which lead nowhere else. */
  private runProxies(namespace: SecureNamespace, id: string, numbers: readonly number[], replicas: number, props: EgressRouterProps): SecureWorkload {
    const families = this.families(namespace.edge.platform._addressFacts(this.node.path));
    const inside = haproxyPorts(numbers);
    const config = renderHaproxyConfig({
      families,
      listeners: numbers.map(number => ({ port: inside.get(number)!, destination: { host: this.destination, port: number } })),
    });
    const configName = `${id}-haproxy`;
    emit(this, 'config', { apiVersion: 'v1', kind: 'ConfigMap', name: configName, body: { data: { [HAPROXY_CONFIG_KEY]: config } } });

    const proxy = addWorkload(namespace, id, {
      replicas,
      podMetadata: {
        labels: { [PROXY_LABEL]: 'haproxy' },
        annotations: { [CONFIG_HASH]: createHash('sha256').update(config).digest('hex').slice(0, 16) },
      },
      securityContext: { user: HAPROXY_USER, group: HAPROXY_USER, ensureNonRoot: true },
      containers: [proxyContainer(this, configName, props.image ?? IMAGE, [...inside.values()])],
      servicePorts: numbers.map(number => ({ name: `tcp-${number}`, port: number, targetPort: inside.get(number)! })),
      clusterIP: props.clusterIp,
      terminationGracePeriod: GRACE,
    }, (scope, complete: kplus.DeploymentProps, child) => new kplus.Deployment(scope, child, complete), true);
    (proxy.pods as kplus.Deployment).scheduling.spread({ topology: kplus.Topology.HOSTNAME, weight: 100 });
    emit(this, 'disruption-budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      name: id,
      body: { spec: { maxUnavailable: 1, selector: { matchLabels: proxy._end.labels }, ...evictUnready(namespace.edge.platform._minor) } },
    });
    return proxy;
  }

  /** Both the addresses and the proxies are on the same few nodes, so a connection takes no way through others. */
  private leaveFrom(namespace: SecureNamespace, id: string, addresses: readonly string[]): void {
    const { edge, _home: home } = namespace;
    edge._egress.assign({ path: this.node.path, home, addresses, part: { name: id, workloads: [this.proxy._end] } });
    const label = kplus.NodeLabelQuery.exists(edge.network._provider.egressAddresses!.nodeLabel);
    (this.proxy.pods as kplus.Deployment).scheduling.attract(kplus.Node.labeled(label));
  }
}

function singleDestination(path: string, destination: IPeer): AddressEnd {
  const end = destination._end;
  if (end.kind !== 'addresses' || !(end.host || end.address)) {
    const what = end.kind === 'addresses' ? `'${end.text}' is not one host` : 'pods of this cluster need no router';
    throw new Error(`[${path}] a router leads to one external system, and ${what}: use Peer.host('orders.db.example') or Peer.address('203.0.113.10')`);
  }
  if (end.host?.startsWith('*.') || (end.host && !end.host.includes('.'))) {
    throw new Error(`[${path}] a router leads to one external system, and '${end.host}' ${end.host.startsWith('*') ? 'is any number of them' : 'has no domain'}: `
      + 'write one name in full, such as Peer.host(\'orders.db.example\')');
  }
  return end;
}

/** The image of a gateway is the mesh's. */
function imageless(path: string, props: EgressRouterProps): EgressRouterProps {
  if (props.image !== undefined) throw new Error(`[${path}] 'image' '${props.image}' is of no effect through a gateway of the mesh, which chooses its own: leave one of them out`);
  return props;
}

/** Only an address that the cluster can give to a Service is one that clients can keep. */
function checkClusterIp(clusterIp: string, facts: AddressFacts): void {
  const { path } = facts;
  if (!isAddress(clusterIp)) throw new Error(`[${path}] clusterIp '${clusterIp}' is not an IP address: write one free address of the service range`);
  const services = facts.clusterRange('services', `the clusterIp '${clusterIp}'`);
  if (!services.contains(IpSet.ofCidr(hostCidr(clusterIp)))) {
    throw new Error(`[${path}] clusterIp '${clusterIp}' lies outside the service range ${services.toCidrs().join(', ')}: choose a free address inside it`);
  }
}

/** Proxies whose destination is down are all unready: they must not keep nodes from being drained. Kubernetes knows the field from 1.27 on. */
function evictUnready(minor: number): object {
  return minor >= 27 ? { unhealthyPodEvictionPolicy: 'AlwaysAllow' } : {};
}

function tcpNumbers(path: string, ports: Port[]): number[] {
  if (ports.length === 0) throw new Error(`[${path}] a router without ports leads nowhere: name the destination's ports, for example ports: [Port.postgres()]`);
  const unfit = ports.find(port => port._transport !== 'TCP' || port._name || port._first !== port._last);
  if (unfit) throw new Error(`[${path}] the router's proxy cannot forward '${unfit}': name single TCP ports by number`);
  return [...new Set(ports.map(port => port._first))].sort((a, b) => a - b);
}

function proxyContainer(scope: Construct, configName: string, image: string, ports: number[]): kplus.ContainerProps {
  if (/:latest$/.test(image) || !/[:@][^/]+$/.test(image)) {
    throw new Error(`[${scope.node.path}] the image '${image}' has no fixed version: name one, or a digest, so that what runs is what was reviewed`);
  }
  const config = kplus.ConfigMap.fromConfigMapName(scope, 'config-by-name', configName);
  const probe = { port: HAPROXY_HEALTH_PORT };
  return {
    name: 'haproxy',
    image,
    ports: ports.map(number => ({ number, name: `tcp-${number}` })),
    args: ['haproxy', '-W', '-db', '-f', `/etc/haproxy/${HAPROXY_CONFIG_KEY}`],
    volumeMounts: [{ path: '/etc/haproxy', readOnly: true, volume: kplus.Volume.fromConfigMap(scope, 'config-volume', config) }],
    liveness: kplus.Probe.fromHttpGet(HAPROXY_LIVE_PATH, probe),
    readiness: kplus.Probe.fromHttpGet(HAPROXY_READY_PATH, probe),
    // Nodes go on sending connections for a moment after a pod has begun to end.
    lifecycle: { preStop: kplus.Handler.fromCommand(['sleep', '5']) },
    resources: {
      cpu: { request: kplus.Cpu.millis(50) },
      memory: { request: Size.mebibytes(64), limit: Size.mebibytes(256) },
    },
  };
}
