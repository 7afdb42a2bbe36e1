/**
 * What istiod tells the proxies, held against what the analysis reads in the same manifests: for every workload in the mesh and every
 * caller - each other workload, an identity that nobody stated, the same names of another trust domain, plaintext from outside - whether the
 * proxy lets it in; and which Services a proxy knows of. What depends on a request, and where a gateway leads, is tried in real proxies.
 */
import { Connectivity } from 'cdk8s-secure-network';
import { MeshPod, ProxyConfiguration } from './istiod';
import { Call, letsIn } from './rbac';
import { Manifest } from '../lib/manifests';

export interface Agreement {
  readonly questions: number;
  readonly open: number;
  readonly differences: string[];
}

const MESH_LAYERS = ['mutual-tls', 'authorization-deny', 'authorization'];
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
  let [questions, open] = [0, 0];
  pods.forEach((pod, i) => {
    const dst = `${pod.namespace}/${pod.workload}`;
    for (const port of pod.gateway ? portsOf(manifests, pod) : ports) {
      for (const { who, call, src } of callersOf(pods.filter(other => other !== pod), trustDomain)) {
        const lets = letsIn(proxies[i].listeners, { ...call, port }, pod.gateway);
        // What depends on the request may pass.
        const said = lets !== false;
        const expected = src !== undefined && mesh.verdict({ src, dst, port }).allowed;
        questions += 1;
        if (said) open += 1;
        if (said !== expected) differences.push(`${who} -> ${dst} TCP ${port}: istiod ${said ? 'lets it in' : 'refuses it'}, the analysis ${expected ? 'lets it in' : 'refuses it'}`);
      }
    }
    if (!pod.gateway) differences.push(...unlikeServices(manifests, net, pod, proxies[i]));
  });
  return { questions, open, differences };
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
    const behind = manifests.filter(each => each.metadata.namespace === namespace && carries(each.spec?.template?.metadata?.labels, spec.selector));
    const reached = behind.some(each => `${namespace}/${each.metadata.name}` !== src && net.verdict({ src, dst: `${namespace}/${each.metadata.name}`, protocol: 'TCP' }).allowed);
    const own = behind.some(each => `${namespace}/${each.metadata.name}` === src);
    return own || known.has(host) === reached ? [] : [`${src} ${reached ? 'may reach' : 'may not reach'} ${host}, and its proxy ${reached ? 'does not know' : 'knows'} it`];
  });
}

function portsOf(manifests: readonly Manifest[], { namespace, workload }: MeshPod): number[] {
  const own = manifests.filter(({ metadata, spec }) => metadata.namespace === namespace && metadata.name === workload && spec?.template?.spec?.containers);
  return own.flatMap(({ spec }) => spec.template.spec.containers.flatMap((container: any) => (container.ports ?? []).map((port: any) => port.containerPort)));
}

function carries(labels: Record<string, string> | undefined, selector: Record<string, string>): boolean {
  return labels !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
}
