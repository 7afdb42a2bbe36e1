import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { emit, emitPreexisting } from './_manifest';
import { Access } from './access';
import { ClusterEdge } from './cluster-edge';
import { Isolation } from './secure-namespace';
import { checkDnsSubdomain } from '../admission/names';
import { Connections } from '../intent/connections';
import { NamespaceEnd } from '../intent/endpoint';
import { ManifestPlan, NamespaceIntent } from '../intent/network-provider';

/** Properties of `ProjectTemplate`. */
export interface ProjectTemplateProps {
  /**
   * What may pass inside a new project without being stated. Nothing passes across in either case.
   *
   * @default Isolation.PROJECT
   */
  readonly isolation?: Isolation;

  /**
   * What the user who requested the project may do in it. OpenShift's own `admin` may change network policies, and with them everything
   * that the template closes.
   *
   * @default Access.ADMIN
   */
  readonly access?: Access;

  /**
   * Hard bounds on what a new project may use, as in a ResourceQuota: `{ 'requests.cpu': '4', pods: '20' }`.
   *
   * @default - no ResourceQuota
   */
  readonly quota?: Record<string, string>;

  /**
   * What a user reads who may not request projects.
   *
   * @default - OpenShift's own text
   */
  readonly requestMessage?: string;
}

/**
 * What a project on OpenShift holds from the moment a user requests it, before anybody of the platform has seen it: the policies that a
 * `SecureNamespace` has, closed but for DNS and for what this template's `connections` let in.
 *
 * It says nothing about namespaces made by `kubectl create namespace`, which take no template: grant nobody that, or guard it.
 *
 *   const projects = new ProjectTemplate(edge, 'secure-project');
 *   projects.connections.allowFrom(PolicyGroup.ingress(edge), { ports: [Port.tcp(8080)] });
 *
 * @see https://docs.openshift.com/container-platform/4.18/networking/network_security/network_policy/default-network-policy.html
 */
export class ProjectTemplate extends Construct {
  /** Flows of all pods of every new project. */
  public readonly connections: Connections;

  private readonly plans: ManifestPlan[];

  /** Throws where the platform is not OpenShift, and where the edge has a template already. */
  constructor(edge: ClusterEdge, id: string, props: ProjectTemplateProps = {}) {
    super(edge, id);
    checkDnsSubdomain(`[${this.node.path}] name of the template`, id);
    const { distribution } = edge.platform;
    if (distribution !== 'openshift') {
      throw new Error(`[${this.node.path}] users request projects on OpenShift only, and the platform is ${distribution}: give each team a SecureNamespace`);
    }
    const twin = edge.node.children.find(child => child !== this && child instanceof ProjectTemplate);
    if (twin) throw new Error(`[${this.node.path}] the cluster has the template '${twin.node.path}' already, and takes one: state both in one`);

    const end: NamespaceEnd = { kind: 'namespace', path: this.node.path, namespace: NAME, tenant: NAME, ledger: edge._ledger, imported: false, open: () => undefined };
    const joined = props.isolation === Isolation.WORKLOAD ? [] : [NAME];
    const facts = edge.platform._addressFacts(this.node.path);
    const intent: NamespaceIntent = { end, facts, dns: edge.platform._dns, leaving: () => edge._ledger.leavingFlows(NAME), joined: () => joined };
    const provider = edge.network._provider;
    edge._ledger.introduce(end);
    this.connections = Connections._of(end, { ledger: edge._ledger, network: provider, facts });
    this.plans = [...provider.planNamespace(intent), ...provider.planNamespaceFlows(intent)];
    this.node.addValidation({ validate: () => provider.namespaceFaults(intent) });

    emit(this, 'template', {
      apiVersion: 'template.openshift.io/v1',
      kind: 'Template',
      name: id,
      namespace: 'openshift-config',
      body: {
        objects: Lazy.any({ produce: () => [...projectOf(props), ...this.policies(edge, end)] }),
        parameters: PARAMETERS.map(name => ({ name })),
      },
    });
    emitPreexisting(this, 'project', {
      apiVersion: 'config.openshift.io/v1',
      kind: 'Project',
      name: 'cluster',
      body: { spec: { projectRequestTemplate: { name: id }, projectRequestMessage: props.requestMessage } },
    });
  }

  private policies(edge: ClusterEdge, end: NamespaceEnd): object[] {
    const flows = edge._ledger.flowsOf(end);
    const stated = flows.egress.length + flows.ingress.length > 0;
    return this.plans.filter(({ name }) => stated || name !== 'namespace-flows').map(({ apiVersion, kind, name, render }) =>
      ({ apiVersion, kind, metadata: { name, namespace: NAME }, spec: render(flows) }));
  }
}

/** OpenShift fills these in when a user asks for a project. */
const PARAMETERS = ['PROJECT_NAME', 'PROJECT_DISPLAYNAME', 'PROJECT_DESCRIPTION', 'PROJECT_ADMIN_USER', 'PROJECT_REQUESTING_USER'];
const NAME = '${PROJECT_NAME}';
const RBAC = 'rbac.authorization.k8s.io';

/** The project itself, and its user's access to it: OpenShift leaves both to the template. */
function projectOf({ access = Access.ADMIN, quota }: ProjectTemplateProps): object[] {
  const { accessName: name } = access;
  const annotations = {
    'openshift.io/description': '${PROJECT_DESCRIPTION}',
    'openshift.io/display-name': '${PROJECT_DISPLAYNAME}',
    'openshift.io/requester': '${PROJECT_REQUESTING_USER}',
  };
  const metadata = { name, namespace: NAME };
  const subjects = [{ apiGroup: RBAC, kind: 'User', name: '${PROJECT_ADMIN_USER}' }];
  return [
    { apiVersion: 'project.openshift.io/v1', kind: 'Project', metadata: { name: NAME, annotations } },
    { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules: access._rules },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: { apiGroup: RBAC, kind: 'Role', name }, subjects },
    ...(quota ? [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'quota', namespace: NAME }, spec: { hard: quota } }] : []),
  ];
}
