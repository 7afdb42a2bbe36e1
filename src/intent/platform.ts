import { AddressFacts, AddressTarget, ClusterRangeName } from './endpoint';
import { Port } from './port';
import { checkDnsLabel, checkLabels } from '../admission/names';
import { formatAddress } from '../algebra/cidr';
import { IpSet, parseCidr } from '../algebra/ip-set';

/** Where the cluster's DNS answers. */
export interface DnsFacts {
  /**
   * The namespace of the DNS pods.
   *
   * @default - `kube-system` on Kubernetes, `openshift-dns` on OpenShift
   */
  readonly namespace?: string;

  /**
   * The labels of the DNS pods.
   *
   * @default - `k8s-app: kube-dns` on Kubernetes, `dns.operator.openshift.io/daemonset-dns: default` on OpenShift
   */
  readonly labels?: Record<string, string>;

  /**
   * The port the DNS pods listen on, UDP and TCP. Policies see this port, not the Service's 53.
   *
   * @default - 53 on Kubernetes, 5353 on OpenShift
   */
  readonly port?: number;

  /**
   * The addresses NodeLocal DNSCache answers on (port 53), usually 169.254.20.10 and the cluster IP of `kube-dns`.
   * Its pods are on the host network, where no label can select them.
   * Find them with `kubectl -n kube-system get configmap node-local-dns -o yaml | grep bind`.
   *
   * @default - NodeLocal DNSCache is not in use
   */
  readonly nodeLocalAddresses?: string[];
}

/** What is true of a cluster. Only the version is needed to start; each other fact is asked for by the first statement that needs it. */
export interface PlatformFacts {
  /** The Kubernetes version as `major.minor`, for example `1.31`. OpenShift 4.18 is Kubernetes 1.31. */
  readonly version: string;

  /**
   * The ranges pods get their addresses from.
   *
   * @default - asked for by the first statement about addresses
   */
  readonly podCidrs?: string[];

  /**
   * The ranges Services get their virtual addresses from, in the order the API server has them: the `kubernetes` Service lives in the first.
   *
   * @default - asked for by the first statement about addresses
   */
  readonly serviceCidrs?: string[];

  /**
   * The ranges the nodes' own addresses lie in.
   *
   * @default - asked for by the first statement about addresses
   */
  readonly nodeCidrs?: string[];

  /**
   * Where the API servers listen, as `address:port`, for example `192.0.2.10:6443` or `[2001:db8::10]:6443`.
   *
   * @default - asked for by the first statement about the API server
   */
  readonly apiServerEndpoints?: string[];

  /**
   * Where the API servers' calls to webhooks and aggregated APIs come from as pods see it, if not from the addresses of
   * `apiServerEndpoints`. OVN-Kubernetes translates what nodes send to pods: for each control-plane node these are the second address of
   * its pod subnet and the address of its gateway router, which is number `k8s.ovn.org/node-id` of the join network (100.64.0.0/16).
   *
   * @default - the addresses of `apiServerEndpoints`; on OVN-Kubernetes asked for by the first statement about such calls
   */
  readonly apiServerSources?: string[];

  /**
   * Whether the DNSNameResolver of OVN-Kubernetes is on, without which an egress firewall with a wildcard name is not enforced at all.
   *
   * @default false
   */
  readonly dnsNameResolver?: boolean;

  /**
   * Where DNS answers, if not where the distribution puts it.
   *
   * @default - the distribution's own DNS
   */
  readonly dns?: DnsFacts;
}

/** DNS as every namespace needs it, complete. */
export interface ResolvedDns {
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly port: number;
  readonly nodeLocalAddresses: readonly string[];
}

interface Distribution {
  readonly name: string;
  readonly dns: ResolvedDns;
  readonly commands: Record<Fact, string>;
}

type Fact = 'podCidrs' | 'serviceCidrs' | 'nodeCidrs' | 'apiServerEndpoints' | 'apiServerSources';

const NODE_ADDRESSES = 'get nodes -o jsonpath=\'{.items[*].status.addresses[?(@.type=="InternalIP")].address}\'';
const ENDPOINTS = 'get endpointslices -n default -l kubernetes.io/service-name=kubernetes '
  + '-o jsonpath=\'{range .items[*]}{.endpoints[*].addresses[*]} port {.ports[*].port}{"\\n"}{end}\'';

const SOURCES = 'get nodes -l node-role.kubernetes.io/control-plane -o custom-columns=\'SUBNETS:.metadata.annotations.k8s\\.ovn\\.org/node-subnets,'
  + 'ID:.metadata.annotations.k8s\\.ovn\\.org/node-id\' (of each row the second address of SUBNETS, and 100.64.0.ID unless the join network is another)';

const KUBERNETES: Distribution = {
  name: 'kubernetes',
  dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53, nodeLocalAddresses: [] },
  commands: {
    podCidrs: 'kubectl -n kube-system get configmap kubeadm-config -o yaml | grep podSubnet (or kubectl cluster-info dump | grep -m1 cluster-cidr)',
    serviceCidrs: 'kubectl get servicecidrs (or kubectl cluster-info dump | grep -m1 service-cluster-ip-range)',
    nodeCidrs: `kubectl ${NODE_ADDRESSES}`,
    apiServerEndpoints: `kubectl ${ENDPOINTS}`,
    apiServerSources: `kubectl ${SOURCES}`,
  },
};

const OPENSHIFT: Distribution = {
  name: 'openshift',
  dns: { namespace: 'openshift-dns', labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' }, port: 5353, nodeLocalAddresses: [] },
  commands: {
    podCidrs: 'oc get network.config/cluster -o jsonpath=\'{.status.clusterNetwork[*].cidr}\'',
    serviceCidrs: 'oc get network.config/cluster -o jsonpath=\'{.status.serviceNetwork}\'',
    nodeCidrs: `oc ${NODE_ADDRESSES}`,
    apiServerEndpoints: `oc ${ENDPOINTS}`,
    apiServerSources: `oc ${SOURCES}`,
  },
};

const EVERYWHERE: [4 | 6, string][] = [[4, '0.0.0.0/0'], [6, '::/0']];
/** The cloud's instance metadata service. */
export const METADATA = ['169.254.169.254/32', 'fd00:ec2::254/128'];

/**
 * The cluster as a set of facts, stated once. A platform is not a network provider: where DNS listens and which
 * commands find a value belong here, what a policy can enforce belongs to `NetworkProvider`.
 */
export class Platform {
  /** Kubernetes as kubeadm, most clouds and most distributions run it. */
  public static kubernetes(facts: PlatformFacts): Platform {
    return new Platform(KUBERNETES, facts);
  }

  /** OpenShift 4: DNS pods in `openshift-dns` listen on port 5353. */
  public static openshift(facts: PlatformFacts): Platform {
    return new Platform(OPENSHIFT, facts);
  }

  /** `kubernetes` or `openshift`. */
  public readonly distribution: string;
  /** The version as it was given. */
  public readonly version: string;

  /** The minor version, 31 for `1.31`. @internal */
  public readonly _minor: number;
  /** @internal */
  public readonly _dns: ResolvedDns;
  /** @internal */
  public readonly _facts: PlatformFacts;

  private readonly commands: Record<Fact, string>;
  private readonly ranges: Partial<Record<ClusterRangeName, IpSet>>;
  private readonly endpoints?: { address: string; port: Port }[];

  private constructor(distribution: Distribution, facts: PlatformFacts) {
    this.distribution = distribution.name;
    this.commands = distribution.commands;
    this.version = facts.version;
    this._facts = facts;
    const version = /^v?1\.(\d{1,2})(\.\d+)?$/.exec(facts.version);
    if (!version) {
      throw new Error(`platform version '${facts.version}' is not a Kubernetes version such as 1.31: `
        + `find it with ${distribution === OPENSHIFT ? 'oc' : 'kubectl'} version`);
    }
    this._minor = Number(version[1]);
    if (this._minor < 25) {
      throw new Error(`platform version '${facts.version}' is older than 1.25: Pod Security admission and EndPort, on which closed defaults rest, are stable from 1.25 on`);
    }
    this._dns = resolveDns(distribution.dns, facts.dns ?? {});
    this.ranges = {
      pods: rangesOf('podCidrs', facts.podCidrs),
      services: rangesOf('serviceCidrs', facts.serviceCidrs),
      nodes: rangesOf('nodeCidrs', facts.nodeCidrs),
      metadata: IpSet.ofCidrs(METADATA),
    };
    this.refuseOverlaps();
    this.endpoints = facts.apiServerEndpoints?.map(parseEndpoint);
    rangesOf('apiServerSources', facts.apiServerSources?.map(hostCidr));
  }

  /** What is known of the cluster beside its manifests, for those who read them. @internal */
  public get _clusterFacts(): { podCidrs?: string[]; serviceCidrs?: string[]; nodeCidrs?: string[]; nodeAddresses?: string[] } {
    const { podCidrs, serviceCidrs, nodeCidrs, apiServerSources } = this._facts;
    return { podCidrs, serviceCidrs, nodeCidrs, ...(apiServerSources ? { nodeAddresses: apiServerSources } : {}) };
  }

  /** The ports that the API servers listen on, as far as they are known. @internal */
  public get _apiServerPorts(): number[] {
    return [...new Set((this.endpoints ?? []).map(({ port }) => port._first))].sort((a, b) => a - b);
  }

  /** What address ends may ask, each question naming the construct it is asked for. @internal */
  public _addressFacts(path: string): AddressFacts {
    const demand = <T>(fact: Fact, value: T | undefined, neededBy: string): T => {
      if (value === undefined) {
        const why = fact === 'apiServerSources' ? 'the addresses from which pods are called' : 'so that what belongs to the cluster itself can be told apart';
        throw new Error(`[${path}] ${neededBy} needs the platform fact '${fact}', ${why}: `
          + `pass ${fact} to Platform.${this.distribution}({ ... }); find it with: ${this.commands[fact]}`);
      }
      return value;
    };
    const facts: Record<ClusterRangeName, Fact> = { pods: 'podCidrs', services: 'serviceCidrs', nodes: 'nodeCidrs', metadata: 'podCidrs' };
    return {
      path,
      clusterRange: (name, neededBy) => demand(facts[name], this.ranges[name], neededBy),
      everywhere: neededBy => {
        const pods = demand('podCidrs', this._facts.podCidrs, neededBy);
        return EVERYWHERE.filter(([family]) => pods.some(cidr => parseCidr(cidr).family === family)).map(([, cidr]) => cidr);
      },
      apiServer: neededBy => this.apiServer(
        demand('apiServerEndpoints', this.endpoints, neededBy),
        demand('serviceCidrs', this._facts.serviceCidrs, neededBy)),
      apiServerAddresses: neededBy => this._facts.apiServerSources?.map(hostCidr)
        ?? [...new Set(demand('apiServerEndpoints', this.endpoints, neededBy).map(({ address }) => hostCidr(address)))],
      apiServerSources: neededBy => demand('apiServerSources', this._facts.apiServerSources, neededBy).map(hostCidr),
      wildcardNames: this._facts.dnsNameResolver === true,
    };
  }

  /**
   * The API servers on their own port, and the `kubernetes` Service on 443: whether a policy sees the address before or after
   * translation depends on the network plugin. The Service holds the first address of the first range, and of that one only:
   * in another range the same address may be anybody's.
   */
  private apiServer(endpoints: { address: string; port: Port }[], [primary]: string[]): AddressTarget[] {
    const { first, family } = parseCidr(primary);
    return [
      ...endpoints.map(({ address, port }) => ({ blocks: [{ cidr: hostCidr(address), except: [] }], ports: [port] })),
      { blocks: [{ cidr: hostCidr(formatAddress(first + 1n, family)), except: [] }], ports: [Port.https()] },
    ];
  }

  private refuseOverlaps(): void {
    const named = (['podCidrs', 'serviceCidrs', 'nodeCidrs'] as const).flatMap(fact => (this._facts[fact] ?? []).map(cidr => ({ fact, cidr })));
    named.forEach((a, index) => {
      for (const b of named.slice(index + 1)) {
        if (IpSet.ofCidr(a.cidr).overlaps(IpSet.ofCidr(b.cidr))) {
          throw new Error(`platform facts overlap: ${a.fact} '${a.cidr}' and ${b.fact} '${b.cidr}': pods, services and nodes never share addresses, check with `
            + [...new Set([a, b].map(({ fact }) => this.commands[fact]))].join(' and with '));
        }
      }
    });
  }
}

function rangesOf(fact: string, cidrs: string[] | undefined): IpSet | undefined {
  if (cidrs === undefined) return undefined;
  if (cidrs.length === 0) throw new Error(`platform fact '${fact}' is an empty list: leave it out until a statement needs it`);
  return IpSet.ofCidrs(cidrs);
}

function resolveDns(preset: ResolvedDns, facts: DnsFacts): ResolvedDns {
  const dns = {
    namespace: facts.namespace ?? preset.namespace,
    labels: facts.labels ?? preset.labels,
    port: facts.port ?? preset.port,
    nodeLocalAddresses: facts.nodeLocalAddresses ?? preset.nodeLocalAddresses,
  };
  checkDnsLabel('dns namespace', dns.namespace);
  if (Object.keys(dns.labels).length === 0) {
    throw new Error('dns labels are empty, which would select every pod of the namespace: give the labels of the DNS pods');
  }
  checkLabels('dns labels', dns.labels);
  Port.udp(dns.port);
  for (const address of dns.nodeLocalAddresses) parseCidr(hostCidr(address));
  return dns;
}

function parseEndpoint(text: string): { address: string; port: Port } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
  if (!match) throw new Error(`API server endpoint '${text}' is not address:port: write 192.0.2.10:6443 or [2001:db8::10]:6443`);
  const address = match[1] ?? match[2];
  parseCidr(hostCidr(address));
  return { address, port: Port.tcp(Number(match[3])) };
}

/** An address as the CIDR that holds it alone. */
export function hostCidr(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
