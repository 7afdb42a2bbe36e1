/**
 * What istiod tells the proxies, held against what the analysis reads in the same manifests: for every workload in the mesh and every
 * caller - each other workload, an identity that nobody stated, the same names of another trust domain, plaintext from outside - whether the
 * proxy lets it in; and which Services a proxy knows of. What depends on a request, and where a gateway leads, is tried in real proxies.
 */
import { Connectivity } from 'cdk8s-secure-network';
import { nameOf } from './certificates';
import { MeshPod, ProxyConfiguration, carries, templateOf } from './istiod';
import { Call, chainsFor, letsIn } from './rbac';
import { requestsFor, saysRow } from './requests';
import { Manifest } from '../lib/manifests';

export interface Agreement {
  readonly questions: number;
  readonly open: number;
  /** Requests that were asked about where a caller is let in for some only. */
  readonly requests: number;
  readonly differences: string[];
}

export const MESH_LAYERS = ['mutual-tls', 'authorization-deny', 'authorization'];
const OUTSIDE = '203.0.113.77';
/** A port that no workload has. */
const OTHER_PORT = 7777;

interface Asked {
  readonly who: string;
  readonly call: Omit<Call, 'port'>;
  /** As the analysis knows it. @default - it is let in by nobody */
  readonly src?: string;
}

export function agreement(manifests: readonly Manifest[], pods: readonly MeshPod[], proxies: readonly ProxyConfiguration[], trustDomain: string): Agreement {
  const facts = { podCidrs: ['10.244.0.0/16'] };
  const net = Connectivity.ofObjects([...manifests], { facts });
  const mesh = net.onlyLayers(...MESH_LAYERS);
  const ports = [...new Set([...pods.flatMap(pod => portsOf(manifests, pod)), OTHER_PORT])];
  const differences: string[] = [];
  const rows = mesh.rows();
  let [questions, open, requests] = [0, 0, 0];
  pods.forEach((pod, i) => {
    const dst = `${pod.namespace}/${pod.workload}`;
    for (const port of pod.gateway ? portsOf(manifests, pod) : ports) {
      const encrypted = !pod.gateway || chainsFor(proxies[i].listeners, { port }, true).some(({ transportSocket }) => transportSocket);
      for (const { who, call, src } of callersOf(pods.filter(other => other !== pod), trustDomain)) {
        // Where a gateway takes plaintext nobody has an identity, nor one that is not his.
        if (!encrypted && src === undefined) continue;
        const lets = letsIn(proxies[i].listeners, { ...call, port }, pod.gateway);
        // What depends on the request may pass.
        const said = lets !== false;
        const expected = src !== undefined && mesh.verdict({ src, dst, port }).allowed;
        questions += 1;
        if (said) open += 1;
        const row = src === undefined ? undefined : rows.find(each => each.src.startsWith(`${src}[`) && each.dst.startsWith(`${dst}[`));
        for (const request of lets === undefined && row && !pod.gateway ? requestsFor([row], nameOf(pod)) : []) {
          const [told, read] = [letsIn(proxies[i].listeners, { ...call, port, request }, false), saysRow(row!, port, request)];
          requests += 1;
          if (told !== read) differences.push(`${who} -> ${dst} TCP ${port}, ${request.method} ${request.path}: istiod says ${told}, the analysis ${read}`);
        }
        if (said !== expected) differences.push(`${who} -> ${dst} TCP ${port}: istiod ${said ? 'lets it in' : 'refuses it'}, the analysis ${expected ? 'lets it in' : 'refuses it'}`);
      }
    }
    const held = pod.gateway ? [unlikeRoutes] : [unlikeServices, unlikeOutside];
    differences.push(...held.flatMap(unlike => unlike(manifests, net, pod, proxies[i])));
  });
  return { questions, open, requests, differences };
}

/** An identity is only had over mutual TLS, and a gateway's listeners take the world's TLS: there nobody has one. */
function callersOf(others: readonly MeshPod[], trustDomain: string): Asked[] {
  const spiffe = (domain: string, { namespace, serviceAccount }: Pick<MeshPod, 'namespace' | 'serviceAccount'>) => `spiffe://${domain}/ns/${namespace}/sa/${serviceAccount}`;
  return [
    ...others.map((pod): Asked => ({
      who: `${pod.namespace}/${pod.workload}`, call: { identity: spiffe(trustDomain, pod), address: pod.address }, src: `${pod.namespace}/${pod.workload}`,
    })),
    ...others.map((pod): Asked => ({ who: `${pod.namespace}/${pod.workload} of another trust domain`, call: { identity: spiffe('foreign.example', pod), address: pod.address } })),
    { who: 'an identity that nobody stated', call: { identity: spiffe(trustDomain, { namespace: 'nowhere', serviceAccount: 'anybody' }), address: '10.244.9.9' } },
    { who: 'plaintext from outside', call: { address: OUTSIDE }, src: OUTSIDE },
  ];
}

/** The Services that a proxy knows of are those in front of what its workload may reach. */
function unlikeServices(manifests: readonly Manifest[], net: Connectivity, pod: MeshPod, { clusters }: ProxyConfiguration): string[] {
  const src = `${pod.namespace}/${pod.workload}`;
  const services = manifests.filter(({ kind, spec }) => kind === 'Service' && spec.selector);
  const known = new Set(clusters.map(({ name }) => /^outbound\|\d+\|[^|]*\|(.+)$/.exec(name)?.[1]).filter(host => host !== undefined));
  return services.flatMap(({ metadata: { name, namespace }, spec }) => {
    const host = `${name}.${namespace}.svc.cluster.local`;
    const behind = behindOf(manifests, namespace!, spec.selector);
    const reached = behind.some(each => `${namespace}/${each.metadata.name}` !== src && net.verdict({ src, dst: `${namespace}/${each.metadata.name}`, protocol: 'TCP' }).allowed);
    const own = behind.some(each => `${namespace}/${each.metadata.name}` === src);
    return own || known.has(host) === reached ? [] : [`${src} ${reached ? 'may reach' : 'may not reach'} ${host}, and its proxy ${reached ? 'does not know' : 'knows'} it`];
  });
}

/** What a proxy knows of outside is what its workload may reach there, or is led to a gateway that it may reach; and to nothing else it leads. */
function unlikeOutside(manifests: readonly Manifest[], net: Connectivity, pod: MeshPod, { clusters, listeners }: ProxyConfiguration): string[] {
  const src = `${pod.namespace}/${pod.workload}`;
  const entries = manifests.filter(({ kind }) => kind === 'ServiceEntry');
  const strange = externalHosts(clusters).filter(host => {
    const [entry] = entries.filter(({ spec }) => spec.hosts.includes(host));
    const addresses: string[] = entry?.spec.addresses ?? [];
    const led = manifests.filter(({ kind, spec }) => kind === 'VirtualService' && spec.hosts.includes(host) && spec.gateways?.includes('mesh'))
      .flatMap(({ spec }) => spec.tls.flatMap((route: any) => route.route.map((to: any) => to.destination.host.split('.').slice(0, 2).reverse().join('/'))));
    const reached = net.verdict({ src, dst: host, protocol: 'TCP' }).allowed || addresses.some(cidr => net.verdict({ src, dst: cidr, protocol: 'TCP' }).allowed);
    return !reached && !led.some(dst => net.verdict({ src, dst, port: insideOf(manifests, dst, 443) }).allowed);
  });
  // A proxy of a strict scope drops what it does not know.
  const open = JSON.stringify(listeners.filter(({ name }) => name === 'virtualOutbound')).includes('"PassthroughCluster"');
  return [...strange.map(host => `${src} may not reach ${host}, and its proxy knows it`), ...open ? [`the proxy of ${src} leads what it does not know to wherever it was dialled`] : []];
}

/** A gateway leads to what it may reach, and to nothing else: by the routes of requests, and by those of bytes. */
function unlikeRoutes(manifests: readonly Manifest[], net: Connectivity, pod: MeshPod, { listeners, routes }: ProxyConfiguration): string[] {
  const src = `${pod.namespace}/${pod.workload}`;
  const targets = new Set([...JSON.stringify([listeners, routes]).matchAll(/"outbound\|(\d+)\|[^|]*\|([^"|]+)"/g)].map(([, port, host]) => `${host} ${port}`));
  const leads = [...targets].map(target => target.split(' ')).map(([host, port]) => ({ host, port: Number(port) }));
  const strange = leads.filter(({ host, port }) => {
    const inside = /^([^.]+)\.([^.]+)\.svc\./.exec(host);
    if (inside) return !mayReachService(manifests, net, src, inside[2], inside[1], port);
    const known = manifests.filter(({ kind, spec }) => kind === 'ServiceEntry' && spec.hosts.includes(host));
    return !known.some(({ spec }) => (spec.endpoints ?? [{ address: host }]).some(({ address }: any) => net.verdict({ src, dst: address, port }).allowed));
  });
  const services = manifests.filter(({ kind, spec, metadata }) => kind === 'Service' && spec.selector && `${metadata.namespace}/${metadata.name}` !== src);
  const missing = services.flatMap(({ metadata: { name, namespace }, spec }) => spec.ports.filter((port: any) => (port.protocol ?? 'TCP') === 'TCP')
    .filter(({ port }: any) => mayReachService(manifests, net, src, namespace!, name, port) && !targets.has(`${name}.${namespace}.svc.cluster.local ${port}`))
    .map(({ port }: any) => `${src} may reach ${name}.${namespace} on ${port}, and leads nobody there`));
  return [...strange.map(({ host, port }) => `${src} leads to ${host} on ${port}, and may not reach it`), ...missing];
}

/** Names and addresses outside, as clusters call them. */
function externalHosts(clusters: readonly any[]): string[] {
  const hosts = clusters.flatMap(({ name }) => /^outbound\|\d+\|[^|]*\|(.+)$/.exec(name)?.[1] ?? []);
  return [...new Set(hosts)].filter(host => !/\.svc\./.test(host));
}

function mayReachService(manifests: readonly Manifest[], net: Connectivity, src: string, namespace: string, name: string, port: number): boolean {
  const service = manifests.find(({ kind, metadata }) => kind === 'Service' && metadata.namespace === namespace && metadata.name === name);
  if (!service?.spec.selector) return false;
  const inside = insideOf(manifests, `${namespace}/${name}`, port);
  return behindOf(manifests, namespace, service.spec.selector).some(each => net.verdict({ src, dst: `${namespace}/${each.metadata.name}`, port: inside }).allowed);
}

function behindOf(manifests: readonly Manifest[], namespace: string, selector: Record<string, string>): Manifest[] {
  return manifests.filter(each => each.metadata.namespace === namespace && carries(templateOf(each)?.metadata?.labels, selector));
}

/** The port of the pods behind a port of a Service. */
function insideOf(manifests: readonly Manifest[], service: string, port: number): number {
  const found = manifests.find(({ kind, metadata }) => kind === 'Service' && `${metadata.namespace}/${metadata.name}` === service);
  return found?.spec.ports.find((each: any) => each.port === port)?.targetPort ?? port;
}

function portsOf(manifests: readonly Manifest[], { namespace, workload }: MeshPod): number[] {
  const own = manifests.filter(({ metadata, spec }) => metadata.namespace === namespace && metadata.name === workload && spec?.template?.spec?.containers);
  return own.flatMap(({ spec }) => spec.template.spec.containers.flatMap((container: any) => (container.ports ?? []).map((port: any) => port.containerPort)));
}
