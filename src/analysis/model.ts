import { conflictsOf } from './conflicts';
import { ClusterFacts, PeerSource } from './facts';
import { flatten } from './lists';
import { hasProxy, Identity, ROOT_NAMESPACE } from './mesh-identity';
import { MeshRegistry } from './mesh-routes';
import {
  AssumedPeer, ContainerPort, CONTROLLER, keyOfLabels, keyOfPorts, NAME_LABEL, PodShape, PROXY_LABEL, textOfWorkload, Variant, Workload,
} from './pods';
import { READER_OF } from './readers';
import { DeclaredNode, DeclaredPods, groupOf, KindReader, ModelSink, ProxyConfig } from './readers/_reader';
import { SourceAddresses } from './readers/egress-ip';
import { Redirects } from './readers/egress-router';
import { DeclaredService, Entrance } from './readers/entrances';
import { DeclaredGateway, ReferenceGrant } from './readers/gateway-api';
import { ObjectRef, Policy, textOfRef } from './rules';
import { keyOfPolicy, known } from './same';
import { unreadRemark } from './unread';
import { groupBy } from '../algebra/group';
import { IpSet } from '../algebra/ip-set';
import { Labels } from '../algebra/label-selector';
import { isClusterScoped } from '../api/scope';

export interface ModelOptions {
  /** @default - nothing is known beside the manifests */
  readonly facts?: ClusterFacts;
  /** Where an object was read, for messages. */
  readonly origin?: (object: any) => string | undefined;
  /** Peers that have no manifest; a source of them is asked with the pods that have one. */
  readonly assumed?: readonly AssumedPeer[] | PeerSource;
}

/** An object that the API server would refuse, or a thing worth knowing. */
export interface Remark {
  readonly ref: ObjectRef;
  readonly message: string;
  /** Whether the object counts nevertheless. @default false */
  readonly kept?: boolean;
}

/**
 * A cluster as its manifests declare it: namespaces, pods by shape, workloads, policies in their normal form.
 *
 * Objects are read, never changed. An object that the API server would refuse is left out and listed in `problems`.
 */
export class ClusterModel {
  static of(objects: readonly any[], options: ModelOptions = {}): ClusterModel {
    const model = new ClusterModel(options);
    model.read(objects);
    const { assumed = [] } = options;
    model.assume(typeof assumed === 'function' ? assumed(model.shapes) : assumed);
    if (model.entrances.length > 0) model.assume([CONTROLLER]);
    return model;
  }

  readonly namespaces: Map<string, Labels>;
  readonly shapes: PodShape[];
  readonly workloads: Workload[];
  readonly policies: readonly Policy[];
  /** What each of them says, its name included, as one text. */
  readonly policyKeys: readonly string[];
  /** By `namespace/name`. */
  readonly services: Map<string, DeclaredService>;
  readonly entrances: readonly Entrance[];
  /** Configurations of proxies, by `namespace/name` of their ConfigMap. */
  readonly proxyConfigs: Map<string, ProxyConfig>;
  /** Under which addresses pods appear outside. */
  readonly sourceAddresses: readonly SourceAddresses[];
  /** Pods with an interface outside, by their namespace. */
  readonly redirects: ReadonlyMap<string, Redirects>;
  readonly problems: readonly Remark[];
  readonly warnings: readonly Remark[];
  /** The addresses that are outside: everything but the pods' own. */
  readonly outside: IpSet;
  /** Whether an address rule can match a pod. */
  readonly podsHaveAddresses: boolean;

  /** What is known of the cluster beside its manifests. */
  readonly facts: ClusterFacts;

  /** How gateways of a mesh lead what they take. */
  readonly mesh: MeshRegistry;
  private source: readonly any[];
  private readonly podRange?: IpSet;
  private readonly nodeRange?: IpSet;
  private readonly shapeOf: Map<string, PodShape>;

  private constructor(private readonly options: ModelOptions, base?: ClusterModel) {
    this.facts = options.facts ?? {};
    this.source = base?.source ?? [];
    this.mesh = base?.mesh ?? { gateways: [], routes: [], hosts: [], scopes: [], tokens: [] };
    const ofNodes = IpSet.unionOf((options.facts?.nodeAddresses ?? []).map(address => IpSet.ofAddress(address)));
    this.podRange = rangeOf(options.facts?.podCidrs)?.subtract(ofNodes);
    this.nodeRange = rangeOf(options.facts?.nodeCidrs)?.union(ofNodes);
    this.podsHaveAddresses = this.podRange !== undefined || this.nodeRange !== undefined;
    this.outside = this.podRange ? IpSet.all().subtract(this.podRange) : IpSet.all();
    this.namespaces = new Map(base?.namespaces);
    this.shapes = [...base?.shapes ?? []];
    this.shapeOf = new Map(base?.shapeOf);
    this.workloads = [...base?.workloads ?? []];
    this.policies = base?.policies ?? [];
    this.policyKeys = base?.policyKeys ?? [];
    this.services = base?.services ?? new Map();
    this.entrances = base?.entrances ?? [];
    this.proxyConfigs = base?.proxyConfigs ?? new Map();
    this.sourceAddresses = base?.sourceAddresses ?? [];
    this.redirects = base?.redirects ?? new Map();
    this.problems = base?.problems ?? [];
    this.warnings = base?.warnings ?? [];
  }

  /** The same cluster with more peers. */
  with(assumed: readonly AssumedPeer[]): ClusterModel {
    const model = new ClusterModel(this.options, this);
    model.assume(assumed);
    return model;
  }

  /** The workload of that name. @returns undefined when there is none, or more than one kind has it */
  find(namespace: string, name: string, kind?: string): Workload | undefined {
    const found = this.workloads.filter(w => w.namespace === namespace && w.name === name && (kind === undefined || w.kind === kind));
    return found.length === 1 ? found[0] : undefined;
  }

  /** The objects that it was read from, each as it came and by name, also those of kinds that say nothing about connectivity. */
  * sources(): Iterable<{ readonly ref: ObjectRef; readonly json: any }> {
    for (const json of flatten(this.source)) yield { ref: this.refOf(json), json };
  }

  private read(objects: readonly any[]): void {
    this.source = objects;
    const declared: DeclaredPods[] = [];
    const [policies, problems, warnings] = [this.policies as Policy[], this.problems as Remark[], this.warnings as Remark[]];
    const nodes: DeclaredNode[] = [];
    const [gateways, referenceGrants]: [DeclaredGateway[], ReferenceGrant[]] = [[], []];
    const entrances = this.entrances as Entrance[];
    const seen = new Map<string, ObjectRef>();
    let inNamespace: Map<string, DeclaredService[]> | undefined;
    const sink: ModelSink = {
      namespace: (name, labels) => this.addNamespace(name, labels),
      pods: pods => declared.push(pods),
      service: service => this.services.set(`${service.namespace}/${service.ref.name}`, service),
      entrance: entrance => entrances.push(entrance),
      proxyConfig: config => this.proxyConfigs.set(`${config.ref.namespace}/${config.ref.name}`, config),
      node: node => nodes.push(node),
      redirects: redirects => {
        const { namespace } = redirects.ref;
        if (this.redirects.has(namespace!)) throw new Error(`is the second of namespace '${namespace}', and the operator gives both the same names: move it to another`);
        (this.redirects as Map<string, Redirects>).set(namespace!, redirects);
      },
      sourceAddresses: addresses => (this.sourceAddresses as SourceAddresses[]).push(addresses),
      gateway: gateway => gateways.push(gateway),
      referenceGrant: grant => referenceGrants.push(grant),
      gateways: () => gateways,
      referenceGrants: () => referenceGrants,
      namespaces: () => this.namespaces,
      nodes: () => nodes,
      servicesIn: namespace => (inNamespace ??= groupBy(this.services.values(), service => service.namespace)).get(namespace) ?? [],
      meshRoot: () => this.meshRoot,
      trustDomain: () => this.facts.meshTrustDomain,
      meshGateway: gateway => this.mesh.gateways.push(gateway),
      meshRoutes: routes => this.mesh.routes.push(routes),
      registeredHosts: hosts => this.mesh.hosts.push(hosts),
      meshScope: scope => this.mesh.scopes.push(scope),
      tokenCheck: check => this.mesh.tokens.push(check),
      isMeshGateway: labels => this.isMeshGateway(labels),
      ranges: () => ({ pods: rangeOf(this.facts.podCidrs), nodes: this.nodeRange }),
      policy: policy => {
        const key = `${groupOf(policy.ref.apiVersion)} ${textOfRef(policy.ref)}`;
        const twin = seen.get(key);
        if (twin) throw new Error(`is declared twice${twin.origin ? ` (also in ${twin.origin})` : ''}: only the one applied last holds; remove the other`);
        seen.set(key, policy.ref);
        policies.push(policy);
        (this.policyKeys as string[]).push(keyOfPolicy(policy));
      },
      warn: (ref, message) => warnings.push({ ref, message }),
    };
    const read = (reader: KindReader, object: any, ref: ObjectRef) => {
      try {
        reader.read(object, ref, sink);
      } catch (error) {
        problems.push({ ref, message: (error as Error).message });
      }
    };
    const late: (() => void)[] = [];
    for (const object of flatten(objects)) {
      const ref = this.refOf(object);
      const reader = READER_OF.get(`${groupOf(ref.apiVersion)}/${ref.kind}`);
      if (reader?.late) late.push(() => read(reader, object, ref));
      else if (reader) read(reader, object, ref);
      const unread = reader ? undefined : unreadRemark(object, ref);
      if (unread) warnings.push({ ref, message: unread });
    }
    for (const readLate of late) readLate();
    for (const { namespace } of declared) if (!this.namespaces.has(namespace)) this.addNamespace(namespace, {});
    for (const { ref: { namespace } } of policies) {
      if (namespace !== undefined && !this.namespaces.has(namespace)) this.addNamespace(namespace, {});
    }
    for (const workload of this.group(declared)) this.workloads.push(workload);
    for (const conflict of conflictsOf(policies, this.shapes, this.namespaces)) problems.push({ ...conflict, kept: true });
  }

  private assume(assumed: readonly AssumedPeer[]): void {
    for (const { namespace, namespaceLabels = {} } of assumed) {
      if (!this.namespaces.has(namespace)) this.addNamespace(namespace, namespaceLabels);
    }
    for (const peer of assumed) this.workloads.push(this.workloadOf(peer));
  }

  private refOf(object: any): ObjectRef {
    const apiVersion = String(object?.apiVersion ?? '');
    const kind = String(object?.kind ?? '');
    return {
      apiVersion,
      kind,
      namespace: isClusterScoped(apiVersion, kind) ? undefined : object?.metadata?.namespace ?? 'default',
      name: object?.metadata?.name ?? object?.metadata?.generateName ?? '',
      origin: this.options.origin?.(object),
    };
  }

  /** The API server sets the name label itself, whatever a manifest says. */
  private addNamespace(name: string, labels: Labels): void {
    this.namespaces.set(name, { ...labels, [NAME_LABEL]: name });
  }

  /** Pods go to the controller at the end of their chain of owners; a controller that has pods of its own here lends them its name only. */
  private group(declared: readonly DeclaredPods[]): Workload[] {
    const byName = new Map<string, DeclaredPods>();
    // Pods are asked for as owners only where one is, and in most clusters they are the most of what is declared.
    const podsOwn = declared.some(({ owner }) => owner?.kind === 'Pod');
    for (const pods of declared) if (podsOwn || pods.kind !== 'Pod') byName.set(keyOf(pods.namespace, pods), pods);
    const groups = new Map<string, OwnerGroup>();
    for (const pods of declared) {
      const top = topOwner(pods, byName);
      const key = keyOf(pods.namespace, top);
      let group = groups.get(key);
      if (!group) {
        group = { namespace: pods.namespace, name: top.name, kind: top.kind, templates: [], pods: [], origin: pods.ref.origin };
        groups.set(key, group);
      }
      (pods.kind === 'Pod' ? group.pods : group.templates).push(pods);
    }
    return [...groups.values()].map(({ namespace, name, kind, templates, pods, origin }) =>
      ({ namespace, name, kind, origin, real: true, variants: this.variantsOf(pods.length > 0 ? pods : ownTemplate(templates, name, kind)) }));
  }

  private variantsOf(members: readonly DeclaredPods[]): Variant[] {
    const variants = new Map<PodShape, string[]>();
    for (const member of members) {
      const shape = this.intern(member, member.addresses, member.labels[PROXY_LABEL] === undefined ? [] : member.configMaps);
      const names = variants.get(shape);
      if (names) names.push(member.name); else variants.set(shape, [member.name]);
    }
    return [...variants].map(([shape, pods]) => ({ shape, pods: pods.sort() }));
  }

  private workloadOf(peer: AssumedPeer): Workload {
    const { namespace, name, kind = 'Pod', labels, ports = [], hostNetwork = false, serviceAccount = 'default', proxy, real = true, foreign } = peer;
    const named = ports.filter(port => port.name !== undefined);
    const shape = this.intern({ namespace, labels, ports: named, hostNetwork, serviceAccount, proxy }, [], []);
    return { namespace, name, kind, real, foreign, variants: [{ shape, pods: [] }] };
  }

  private intern(pods: Seen, running: readonly string[], proxyConfigs: readonly string[]): PodShape {
    const { namespace, labels, ports, hostNetwork, serviceAccount, proxy, forwards } = pods;
    const portsKey = keyOfPorts(ports);
    const addresses = this.addressesOf(hostNetwork, running);
    const own = addresses && running.length > 0 ? addresses.key : '';
    const key = `${namespace}\n${keyOfLabels(labels)}\n${portsKey}\n${hostNetwork}\n${serviceAccount}\n${proxy === false}\n${forwards}\n${own}\n${proxyConfigs}`;
    let shape = this.shapeOf.get(key);
    if (!shape) {
      const identity = this.identityOf(pods);
      const seen = { namespace, labels, ports, portsKey, hostNetwork, serviceAccount, addresses };
      shape = { id: this.shapes.length, key: known(key), ...seen, forwards, proxyConfigs, identity };
      this.shapes.push(shape);
      this.shapeOf.set(key, shape);
    }
    return shape;
  }

  private identityOf({ namespace, labels, hostNetwork, serviceAccount, proxy }: Seen): Identity | undefined {
    if (!hasProxy({ namespaceLabels: this.namespaces.get(namespace) ?? {}, podLabels: labels, proxy, hostNetwork })) return undefined;
    return { namespace, serviceAccount, gateway: this.isMeshGateway(labels) };
  }

  /** The namespace of the mesh itself, whose policies hold everywhere. */
  get meshRoot(): string {
    return this.facts.meshRootNamespace ?? ROOT_NAMESPACE;
  }

  private isMeshGateway(labels: Labels): boolean {
    return this.mesh.gateways.some(({ pods }) => !pods.isEverything && pods.matches(labels));
  }

  private addressesOf(hostNetwork: boolean, running: readonly string[]): IpSet | undefined {
    const range = hostNetwork ? this.nodeRange : this.podRange;
    return range && running.length > 0 ? IpSet.unionOf(running.map(address => IpSet.ofAddress(address))) : range;
  }
}

/** What rules see of pods, as it is declared. */
interface Seen {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  readonly hostNetwork: boolean;
  readonly serviceAccount: string;
  readonly proxy?: boolean;
  readonly forwards?: boolean;
}

interface OwnerGroup {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly templates: DeclaredPods[];
  readonly pods: DeclaredPods[];
  readonly origin?: string;
}

function rangeOf(cidrs: readonly string[] | undefined): IpSet | undefined {
  return cidrs === undefined || cidrs.length === 0 ? undefined : IpSet.ofCidrs(cidrs, { hostBits: 'mask' });
}

function keyOf(namespace: string, { kind, name }: { readonly kind: string; readonly name: string }): string {
  return textOfWorkload({ namespace, name, kind });
}

function topOwner(pods: DeclaredPods, byName: ReadonlyMap<string, DeclaredPods>): { kind: string; name: string } {
  let current: { kind: string; name: string; owner?: { kind: string; name: string } } = pods;
  for (let steps = 0; current.owner && steps < 8; steps++) current = byName.get(keyOf(pods.namespace, current.owner)) ?? current.owner;
  return current;
}

/** A Deployment's template, and not also those of its ReplicaSets. */
function ownTemplate(templates: readonly DeclaredPods[], name: string, kind: string): readonly DeclaredPods[] {
  const own = templates.filter(template => template.name === name && template.kind === kind);
  return own.length > 0 ? own : templates;
}
