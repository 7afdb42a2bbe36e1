import { App } from 'cdk8s';
import { Access } from '../../src/constructs/access';
import { PolicyGroup } from '../../src/constructs/policy-group';
import { ProjectTemplate, ProjectTemplateProps } from '../../src/constructs/project-template';
import { RouteAdmission } from '../../src/constructs/route-admission';
import { Isolation } from '../../src/constructs/secure-namespace';
import { Connectivity, NetworkProvider, Peer } from '../../src/index';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { Cluster, newCluster, object, objects } from '../support/app';

const OPENSHIFT = { version: '1.31', podCidrs: ['10.128.0.0/14'], serviceCidrs: ['172.30.0.0/16'], nodeCidrs: ['192.0.2.0/24'] };
const openshift = (network = NetworkProvider.ovnKubernetes()) => newCluster(OPENSHIFT, Platform.openshift, network);

/** What OpenShift makes of the template when a user asks for a project. */
function requested(app: App, name: string): any[] {
  const values: Record<string, string> = { PROJECT_NAME: name, PROJECT_ADMIN_USER: `${name}-owner`, PROJECT_REQUESTING_USER: `${name}-owner` };
  const template = object(app, 'Template', 'secure-project');
  const known = new Set(template.parameters.map((parameter: any) => parameter.name));
  const text = JSON.stringify(template.objects).replace(/\$\{([A-Z_]+)\}/g, (_, parameter) => {
    if (!known.has(parameter)) throw new Error(`the template uses ${parameter} and does not declare it`);
    return values[parameter] ?? '';
  });
  return JSON.parse(text).map((each: any) => (each.kind === 'Project' ? { ...each, apiVersion: 'v1', kind: 'Namespace' } : each));
}

function pod(namespace: string, name: string): any {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'x' }] } };
}

/** Two projects of two users, with two pods each. */
function twoProjects(props: ProjectTemplateProps, state: (cluster: Cluster, template: ProjectTemplate) => void = () => undefined): Connectivity {
  const cluster = openshift();
  state(cluster, new ProjectTemplate(cluster.edge, 'secure-project', props));
  const made = ['red', 'blue'].flatMap(name => [...requested(cluster.app, name), pod(name, 'a'), pod(name, 'b')]);
  const routers = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'openshift-ingress', labels: { 'policy-group.network.openshift.io/ingress': '' } } },
    pod('openshift-ingress', 'router'),
  ];
  return Connectivity.ofObjects([...made, ...routers], { facts: { podCidrs: OPENSHIFT.podCidrs } });
}

const allowed = (net: Connectivity, src: string, dst: string, port: number) => net.verdict({ src, dst, port }).allowed;

describe('10. OpenShift tenancy: what a requested project holds from the start', () => {
  test('everything inside the project, nothing across, nothing out', () => {
    const net = twoProjects({});
    expect(allowed(net, 'red/a', 'red/b', 8080)).toBe(true);
    expect(allowed(net, 'red/a', 'blue/a', 8080)).toBe(false);
    expect(allowed(net, 'openshift-ingress/router', 'red/a', 8080)).toBe(false);
    expect(allowed(net, 'red/a', '203.0.113.7', 443)).toBe(false);
  });

  test('with workload isolation nothing inside either', () => {
    expect(allowed(twoProjects({ isolation: Isolation.WORKLOAD }), 'red/a', 'red/b', 8080)).toBe(false);
  });

  test('what the template lets in and out, and no more', () => {
    const net = twoProjects({}, ({ edge }, { connections }) => {
      connections.allowFrom(PolicyGroup.ingress(edge), { ports: [Port.tcp(8080)] });
      connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] });
    });
    expect(allowed(net, 'openshift-ingress/router', 'red/a', 8080)).toBe(true);
    expect(allowed(net, 'openshift-ingress/router', 'red/a', 8081)).toBe(false);
    expect(allowed(net, 'red/a', '203.0.113.7', 443)).toBe(true);
    expect(allowed(net, 'red/a', '203.0.114.7', 443)).toBe(false);
    expect(allowed(net, 'red/a', 'blue/a', 8080)).toBe(false);
  });

  test('its user may work in it, and not undo its policies', () => {
    const { app, edge } = openshift();
    new ProjectTemplate(edge, 'secure-project', { access: Access.EDIT, quota: { pods: '20' } });
    const made = requested(app, 'red');
    const [binding] = made.filter(({ kind }) => kind === 'RoleBinding');
    const [role] = made.filter(({ kind, metadata }) => kind === 'Role' && metadata.name === binding.roleRef.name);
    expect(binding).toMatchObject({ metadata: { namespace: 'red' }, roleRef: { kind: 'Role' }, subjects: [{ kind: 'User', name: 'red-owner' }] });
    const may = (resource: string, verb: string) => role.rules.some(({ resources, verbs }: any) => resources.includes(resource) && verbs.includes(verb));
    expect(may('deployments', 'create')).toBe(true);
    expect(may('networkpolicies', 'delete')).toBe(false);
    expect(JSON.stringify(role.rules)).not.toMatch(/"\*"|egressfirewalls|"routes"/);
    expect(made.find(({ kind }) => kind === 'ResourceQuota')).toMatchObject({ metadata: { namespace: 'red' }, spec: { hard: { pods: '20' } } });
  });

  test('OpenShift is told to use it, in an object that outlives us', () => {
    const { app, edge } = openshift();
    new ProjectTemplate(edge, 'secure-project', { requestMessage: 'ask the platform team' });
    const project = objects(app).find(({ apiVersion }) => apiVersion === 'config.openshift.io/v1');
    expect(project).toMatchObject({ kind: 'Project', metadata: { name: 'cluster' }, spec: { projectRequestTemplate: { name: 'secure-project' } } });
    expect(project.metadata.namespace).toBeUndefined();
    expect(project.metadata.annotations['argocd.argoproj.io/sync-options']).toBe('Prune=false');
    expect(object(app, 'Template', 'secure-project').metadata.namespace).toBe('openshift-config');
  });

  test('one for a cluster, and on OpenShift only', () => {
    const { edge } = openshift();
    new ProjectTemplate(edge, 'secure-project');
    expect(() => new ProjectTemplate(edge, 'another')).toThrow(/has the template 'edge\/secure-project' already/);
    expect(() => new ProjectTemplate(newCluster().edge, 'secure-project')).toThrow(/OpenShift only.*SecureNamespace/);
  });
});

describe('10. OpenShift tenancy: which Routes are served', () => {
  test('a host belongs to one namespace, and no Route takes a whole domain', () => {
    const { app, edge } = openshift();
    new RouteAdmission(edge, 'routes');
    expect(object(app, 'IngressController', 'default')).toMatchObject({
      metadata: { namespace: 'openshift-ingress-operator' },
      spec: { routeAdmission: { namespaceOwnership: 'Strict', wildcardPolicy: 'WildcardsDisallowed' } },
    });
    expect(objects(app).some(({ kind }) => kind === 'Ingress')).toBe(false);
  });

  test('Routes of a domain have to keep browsers with TLS', () => {
    const { app, edge } = openshift();
    new RouteAdmission(edge, 'routes', { hsts: [{ domains: ['*.apps.example.com'], includeSubDomains: true }] });
    expect(object(app, 'Ingress', 'cluster').spec.requiredHSTSPolicies).toEqual([
      { domainPatterns: ['*.apps.example.com'], maxAge: { smallestMaxAge: 31536000 }, preloadPolicy: 'NoOpinion', includeSubDomainsPolicy: 'RequireIncludeSubDomains' },
    ]);
  });

  test.each([
    [{ hsts: [{ domains: [] }] }, /names no domain/],
    [{ hsts: [{ domains: ['apps.example.com'], minAgeSeconds: 0 }] }, /'0' is outside/],
    [{ hsts: [{ domains: ['not a domain'] }] }, /domain of HSTS/],
  ])('%j is refused', (props, message) => {
    expect(() => new RouteAdmission(openshift().edge, 'routes', props)).toThrow(message);
  });
});
