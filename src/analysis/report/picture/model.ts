import { cutFlows } from './flows';
import { describeOutside, isWide } from './outside';
import { IpSet } from '../../../algebra/ip-set';
import { Endpoint, Reachability } from '../../reachability';

/**
 * What a picture of a cluster shows, before anything has a place: boxes for namespaces and for the world outside, what stands in them, and
 * the flows between.
 *
 * Laws:
 * - Every connection that is allowed is in the picture, as a flow or, for names looked up at the cluster's DNS, as a note of its namespace.
 * - Where all workloads of a namespace, or of the cluster, are treated alike, one flow stands for all of them.
 * - The same cluster gives the same picture, whatever the order of its manifests.
 * - A cluster too large to be read pod by pod is shown namespace by namespace.
 */
export interface Picture {
  readonly groups: readonly PictureGroup[];
  readonly nodes: readonly PictureNode[];
  readonly flows: readonly PictureFlow[];
  readonly workloads: number;
}

export type GroupKind = 'internet' | 'edge' | 'namespace' | 'cluster' | 'external';

export interface PictureGroup {
  readonly id: string;
  readonly kind: GroupKind;
  readonly title: string;
  readonly tenant?: string;
  /** Who of it may look up names, and where. */
  readonly dns?: string;
}

export interface PictureNode {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly subtitle: string;
  readonly role: 'workload' | 'router' | 'gateway' | 'many' | 'outside';
  /** All that it stands for. */
  readonly members: readonly string[];
}

/** Which ends have a policy that speaks about the flow. */
export type Guard = 'both ends' | 'source only' | 'destination only' | 'nothing';

export interface PictureFlow {
  readonly src: string;
  readonly dst: string;
  readonly conn: string;
  readonly guard: Guard;
  /** The layers that decide: out of the source, and into the destination. */
  readonly layers: readonly string[];
  /** How many rows it stands for. */
  readonly rows: number;
  readonly story: readonly FlowStep[];
}

export interface FlowStep {
  readonly text: string;
  readonly reasons: readonly { readonly text: string; readonly files: readonly string[] }[];
}

/** Beyond this many workloads a namespace is one box. */
const READABLE = 400;
/** Beyond this many namespaces there is nothing to be seen. */
const DRAWABLE = 400;

const TENANT_LABEL = 'secure-network/tenant';
const PROXY_LABEL = 'secure-network/proxy';
const GATEWAY_LABELS = ['gateway.networking.k8s.io/gateway-name', 'istio.io/gateway-name'];

export function pictureOf(reach: Reachability): Picture {
  const real = reach.endpoints.filter(endpoint => endpoint.real).sort((a, b) => (a.text < b.text ? -1 : 1));
  const plan = new Plan(reach, real);
  if (plan.byNamespace.size > DRAWABLE) {
    throw new Error(`${plan.byNamespace.size} namespaces are too many for one picture: draw the manifests of fewer (up to ${DRAWABLE}), or list them as text`);
  }
  const flows = cutFlows(reach, real, plan);
  const dns = new Map(flows.dns.map(({ namespace, text }) => [namespace, text]));
  const groups = plan.groups().map(group => ({ ...group, dns: group.kind === 'namespace' || group.kind === 'edge' ? dns.get(group.title) : undefined }));
  return { groups, nodes: plan.nodes(), flows: flows.flows, workloads: real.length };
}

/** The boxes and what is in them, made as flows ask for them. */
export class Plan {
  readonly collapsed: boolean;
  readonly byNamespace = new Map<string, Endpoint[]>();
  private readonly known = new Map<string, PictureNode>();
  private readonly ids = new Map<Endpoint, string>();

  constructor(private readonly reach: Reachability, private readonly real: readonly Endpoint[]) {
    for (const endpoint of real) {
      const list = this.byNamespace.get(endpoint.namespace);
      if (list) list.push(endpoint); else this.byNamespace.set(endpoint.namespace, [endpoint]);
    }
    this.collapsed = real.length > READABLE;
    for (const [namespace, list] of [...this.byNamespace].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (this.collapsed) this.whole(namespace);
      else for (const endpoint of list) this.one(endpoint);
    }
  }

  nodes(): PictureNode[] {
    return [...this.known.values()];
  }

  one(endpoint: Endpoint): string {
    if (this.collapsed) return this.whole(endpoint.namespace);
    let id = this.ids.get(endpoint);
    if (id === undefined) {
      const role = PROXY_LABEL in endpoint.labels ? 'router' : GATEWAY_LABELS.some(label => label in endpoint.labels) ? 'gateway' : 'workload';
      const subtitle = [endpoint.kind, ...role === 'router' ? ['egress router'] : [], ...endpoint.hostNetwork ? ['host network'] : [],
        ...endpoint.workload.foreign ? ['owned by others'] : []].join(' · ');
      id = this.node(`one ${endpoint.text}`, { group: groupId(endpoint.namespace), title: endpoint.name, subtitle, role, members: [endpoint.text] });
      this.ids.set(endpoint, id);
    }
    return id;
  }

  /** All workloads of a namespace. */
  whole(namespace: string): string {
    const members = this.byNamespace.get(namespace)!.map(({ text }) => text);
    const title = this.collapsed ? namespace : 'every workload';
    return this.node(`all ${namespace}`, { group: groupId(namespace), title, subtitle: `${members.length} workloads`, role: 'many', members });
  }

  /** All workloads of the cluster. */
  everything(): string {
    return this.node('everything', {
      group: 'cluster', title: 'every workload', subtitle: `${this.real.length} in ${this.byNamespace.size} namespaces`, role: 'many', members: [],
    });
  }

  /** Addresses outside, as where flows come from or where they go: each a box of its own, or lines would run back through the cluster. */
  outside(addresses: IpSet, direction: 'in' | 'out'): string {
    const { title, subtitle, members } = describeOutside(addresses);
    const group = `${isWide(addresses) ? 'internet' : 'external'} ${direction}`;
    return this.node(`${direction} ${addresses.key}`, { group, title, subtitle, role: 'outside', members });
  }

  /** A host outside, by its name. */
  host(host: string): string {
    return this.node(`host ${host}`, { group: 'external out', title: host, subtitle: 'known by name', role: 'outside', members: [host] });
  }

  /** The controller behind Ingresses and Routes, which nobody declares. */
  entrance(): string {
    return this.node('entrance', { group: 'entrance in', title: 'ingress controller', subtitle: 'for Ingresses and Routes', role: 'gateway', members: [] });
  }

  groups(): PictureGroup[] {
    const used = new Set([...this.known.values()].map(({ group }) => group));
    const outside = FIXED.filter(({ id }) => used.has(id));
    const own = [...this.byNamespace.keys()].sort().map((namespace): PictureGroup => {
      const roles = [...this.known.values()].filter(({ group }) => group === groupId(namespace)).map(({ role }) => role).filter(role => role !== 'many');
      const edge = roles.length > 0 && roles.every(role => role === 'router' || role === 'gateway');
      const tenant = this.reach.model.namespaces.get(namespace)?.[TENANT_LABEL];
      return { id: groupId(namespace), kind: edge ? 'edge' : 'namespace', title: namespace, tenant };
    });
    return [...outside, ...own];
  }

  private node(key: string, node: Omit<PictureNode, 'id'>): string {
    const found = this.known.get(key) ?? { ...node, id: `n${this.known.size}` };
    this.known.set(key, found);
    return found.id;
  }
}

const FIXED: readonly PictureGroup[] = [
  { id: 'internet in', kind: 'internet', title: 'Internet' },
  { id: 'external in', kind: 'external', title: 'External systems' },
  { id: 'entrance in', kind: 'edge', title: 'Entrance' },
  { id: 'cluster', kind: 'cluster', title: 'Whole cluster' },
  { id: 'internet out', kind: 'internet', title: 'Internet' },
  { id: 'external out', kind: 'external', title: 'External systems' },
];

function groupId(namespace: string): string {
  return `ns ${namespace}`;
}
