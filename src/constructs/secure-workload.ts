import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { emitPlans } from './_manifest';
import { emitPlaintext, emitWorkloadMesh } from './_mesh';
import { refuseTaken } from './_placement';
import { declaredPorts, selectingLabels, serviceAccountPath, servicedPorts } from './_pods';
import { ISecureNamespace } from './secure-namespace-like';
import { checkDnsLabel, checkDnsSubdomain, checkLabels, checkPortName } from '../admission/names';
import { Connections } from '../intent/connections';
import { DeclaredPort, StayingOut, WorkloadEnd } from '../intent/endpoint';
import { IPeer } from '../intent/peer';
import { Port } from '../intent/port';

/** Pods known by their labels only. */
export interface SelectedWorkloadProps {
  /** The labels that select its pods, and no others, in the namespace. An empty set is refused: it would select every pod. */
  readonly labels: Record<string, string>;

  /** The ServiceAccount its pods run under. `default` is refused: an identity that every pod has is none. */
  readonly serviceAccountName: string;

  /**
   * The ports its pods listen on.
   *
   * @default - none is known, so every flow to it must state its ports
   */
  readonly ports?: Port[];
}

/** Options of `SecureNamespace.adopt`. */
export interface AdoptOptions {
  /**
   * The Service in front of it.
   *
   * @default - none is known to this library; the workload's own Services are left as they are
   */
  readonly service?: kplus.Service;

  /**
   * The ServiceAccount to give a workload that has none.
   *
   * @default - one is created, named like the workload
   */
  readonly serviceAccount?: kplus.IServiceAccount;
}

/**
 * Pods with an identity, ports and connections: a cdk8s-plus-28 workload, or just labels. Made by the `add...`, `adopt` and
 * `select` methods of `SecureNamespace`.
 *
 * Nothing reaches it and it reaches nothing but DNS, until its `connections` say so.
 */
export class SecureWorkload extends Construct implements IPeer {
  /**
   * A workload that others own, in a namespace that others own: Prometheus, an ingress controller, an operator. Our half of a
   * flow is rendered; what the other side must allow is theirs to do.
   */
  public static imported(namespace: ISecureNamespace, name: string, props: SelectedWorkloadProps): IPeer {
    const end = namespace._home;
    if (!end.imported) {
      throw new Error(`[${end.path}] '${name}' cannot be imported into a namespace of this App: use ${end.path}.select('${name}', ...)`);
    }
    checkSelected(end.path, name, props);
    const imported = selectedEnd(end.path, name, namespace, props);
    namespace.edge._ledger.introduce(imported);
    return { _end: imported };
  }

  /** @internal */
  public static _select(namespace: ISecureNamespace & Construct, name: string, props: SelectedWorkloadProps): SecureWorkload {
    checkSelected(namespace.node.path, name, props);
    return new SecureWorkload(namespace, name, name, path => selectedEnd(path, name, namespace, props));
  }

  /** Pods that an operator makes, under whatever identity it gives them, and maybe outside of the mesh. @internal */
  public static _operated(namespace: ISecureNamespace & Construct, name: string, props: SelectedWorkloadProps, unmeshed?: StayingOut): SecureWorkload {
    return new SecureWorkload(namespace, name, name, path => ({ ...selectedEnd(path, name, namespace, props), unmeshed }));
  }

  /** @internal */
  public static _wrap(namespace: ISecureNamespace & Construct, id: string, name: string, pods: (scope: Construct) => WrappedPods): SecureWorkload {
    checkDnsLabel(`[${namespace.node.path}] workload name`, name);
    return new SecureWorkload(namespace, id, name, (path, self) => {
      self.wrapped = pods(self);
      const { workload, serviceAccountName, gateway, mutual, names } = self.wrapped;
      return {
        kind: 'workload',
        path,
        name,
        home: namespace._home,
        labels: selectingLabels(workload),
        serviceAccountName,
        gateway,
        mutual,
        names,
        imported: false,
        ports: () => declaredPorts(workload),
        servicePorts: () => servicedPorts(self.wrapped?.service),
        services: () => self.wrapped?.service && [self.wrapped.service.name],
      };
    });
  }

  /** Its name, and the first part of the names of its objects. */
  public readonly workloadName: string;
  /** The ServiceAccount its pods run under. */
  public readonly serviceAccountName: string;
  /** Who may reach it and whom it may reach: nobody, until stated. */
  public readonly connections: Connections;
  /** @internal */
  public readonly _end: WorkloadEnd;

  private wrapped?: WrappedPods;

  private constructor(namespace: ISecureNamespace & Construct, id: string, name: string, end: (path: string, self: SecureWorkload) => WorkloadEnd) {
    refuseTaken(namespace, id, name);
    super(namespace, id);
    const { edge } = namespace;
    const facts = edge.platform._addressFacts(this.node.path);
    let exposed = false;
    this._end = {
      ...end(this.node.path, this),
      expose: () => {
        if (!exposed) emitPlaintext(this, intent, edge);
        exposed = true;
      },
    };
    const intent = { end: this._end, facts };
    this.workloadName = this._end.name;
    this.serviceAccountName = this._end.serviceAccountName;
    edge._ledger.introduce(this._end);
    this.connections = Connections._of(this._end, { ledger: edge._ledger, network: edge.network._provider, mesh: edge.mesh?._mesh, facts });
    emitPlans(this, edge.network._provider.planWorkload(intent), () => edge._ledger.flowsOf(this._end));
    emitWorkloadMesh(this, intent, edge, this.connections, this.wrapped);
    this.node.addValidation({ validate: () => [...this.validatePods(), ...edge._ledger.portProblems(this._end)] });
  }

  /** The cdk8s-plus-28 workload underneath. Throws where the workload is known by labels only. */
  public get pods(): kplus.AbstractPod {
    if (!this.wrapped) throw new Error(`[${this.node.path}] is known by its labels only: there is no cdk8s-plus-28 workload behind it`);
    return this.wrapped.workload;
  }

  /** The Service in front of it. Throws where there is none. */
  public get service(): kplus.Service {
    const service = this.wrapped?.service;
    if (!service) throw new Error(`[${this.node.path}] has no Service: declare a container port, or pass 'service'`);
    return service;
  }

  /** The name clients dial, `api.shop.svc`. Throws where there is no Service. */
  public get host(): string {
    return `${this.service.name}.${this._end.home.namespace}.svc`;
  }

  /** The first port of its Service, the number clients dial. Throws where there is no Service. */
  public get port(): number {
    return this.service.port;
  }

  /** What would look secured and not be. */
  private validatePods(): string[] {
    const workload = this.wrapped?.workload;
    if (!workload) return [];
    const problems = this._end.ports().flatMap(({ name }) => (name ? messageOf(() => checkPortName('port name', name)) : []));
    const service = this.wrapped?.service;
    const headless = service?.clusterIP === 'None';
    for (const { port, targetPort, protocol } of service?.ports ?? []) {
      const target = targetPort ?? port;
      const transport = protocol ?? kplus.Protocol.TCP;
      if (!this._end.ports().some(({ port: own }) => own._first === target && own._transport === transport)) {
        problems.push(`Service '${service!.name}' sends ${transport} ${port} to target port ${target}, which '${this.workloadName}' does not declare: `
          + `it declares ${this._end.ports().map(({ port: own }) => own).join(', ') || 'none'}`);
      }
      if (headless && target !== port) {
        problems.push(`the headless Service '${service!.name}' cannot turn port ${port} into ${target}: its clients dial the pods themselves; use one number`);
      }
    }
    return problems;
  }
}

/** A cdk8s-plus-28 workload with its identity and its Service. */
export interface WrappedPods {
  readonly workload: kplus.AbstractPod;
  readonly serviceAccountName: string;
  readonly service?: kplus.Service;
  /** Set where they are a gateway of the mesh: the annotations that make them one. */
  readonly gateway?: Readonly<Record<string, string>>;
  /** Set where they take mutual TLS of the mesh alone. @default false */
  readonly mutual?: boolean;
  /** Names outside that proxies of callers lead to them. @default - none */
  readonly names?: readonly string[];
}

/** Gives an existing workload the identity it lacks, by a patch on its object. Returns the name it now runs under. */
export function identityOf(scope: Construct, name: string, workload: kplus.AbstractPod, given?: kplus.IServiceAccount): string {
  const own = workload.serviceAccount?.name;
  if (own && own !== 'default') {
    if (given && given.name !== own) {
      throw new Error(`[${scope.node.path}] already runs under the ServiceAccount '${own}': leave 'serviceAccount' out, or give '${own}'`);
    }
    return own;
  }
  const account = given ?? new kplus.ServiceAccount(scope, 'service-account', { metadata: { name } });
  refuseDefault(scope.node.path, account.name);
  const object = ApiObject.of(workload);
  object.addJsonPatch(JsonPatch.add(serviceAccountPath(object.kind), account.name));
  return account.name;
}

/** Throws for the identity that every pod has. */
export function refuseDefault(path: string, serviceAccountName: string): void {
  if (serviceAccountName === 'default') {
    throw new Error(`[${path}] runs under the ServiceAccount 'default', which every other pod of the namespace has too: give it one of its own`);
  }
}

function messageOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function checkSelected(home: string, name: string, { labels, serviceAccountName }: SelectedWorkloadProps): void {
  checkDnsLabel(`[${home}] workload name`, name);
  const path = `${home}/${name}`;
  if (Object.keys(labels).length === 0) {
    throw new Error(`[${path}] an empty set of labels would select every pod of the namespace: give the labels of these pods`);
  }
  checkLabels(`[${path}] labels`, labels);
  checkDnsSubdomain(`[${path}] serviceAccountName`, serviceAccountName);
  refuseDefault(path, serviceAccountName);
}

function selectedEnd(path: string, name: string, namespace: ISecureNamespace, props: SelectedWorkloadProps): WorkloadEnd {
  const ports: DeclaredPort[] = (props.ports ?? []).map(port => ({ port, name: port._name || undefined }));
  return {
    kind: 'workload',
    path,
    name,
    home: namespace._home,
    labels: { ...props.labels },
    serviceAccountName: props.serviceAccountName,
    imported: namespace._home.imported,
    ports: () => ports,
  };
}
