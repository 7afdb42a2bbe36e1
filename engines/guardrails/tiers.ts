/**
 * What the tiers of the library do in a real enforcer, where the policies of a namespace are not what was rendered: one namespace whose
 * policies somebody opened, and one whose policies are gone.
 */
import { ClusterApp, ClusterEdge, ClusterRange, Guardrails, NetworkProvider, Peer, Platform, Port, SecureNamespace, Subject } from 'cdk8s-secure-network';
import { Case } from '../cases';
import { Manifest, parseManifests } from '../lib/manifests';
import { POD_CIDRS, SERVICE_CIDRS } from '../packets/scene';

export function tierCases(): Case[] {
  const app = new ClusterApp();
  const edge = new ClusterEdge(app, 'tiers', {
    platform: Platform.kubernetes({
      version: '1.34', podCidrs: POD_CIDRS, serviceCidrs: SERVICE_CIDRS, nodeCidrs: ['192.0.2.0/28', '2001:db8:2::/64'], apiServerEndpoints: ['192.0.2.10:6443'],
    }),
    network: NetworkProvider.ovnKubernetes(),
    guardrails: Guardrails.of({ platformSubjects: [Subject.group('platform')] }),
  });
  const [opened, gone] = ['tiers-opened', 'tiers-gone'].map(name => new SecureNamespace(app, name, { edge, tenant: 'one' }));
  const web = opened.addDeployment('web', { containers: [{ image: 'registry.example/web:1.0.0', portNumber: 8080 }] });
  const scraper = opened.addDeployment('scraper', { containers: [{ image: 'registry.example/scraper:1.0.0', portNumber: 9090 }] });
  const api = gone.addDeployment('api', { containers: [{ image: 'registry.example/api:1.0.0', portNumber: 8081 }] });
  web.connections.allowTo(api);
  web.connections.allowTo(Peer.cidr('198.51.100.0/24'), { ports: [Port.https()] });
  scraper.connections.allowTo(Peer.clusterRange(ClusterRange.NODES), { ports: [Port.tcp(9100)] });
  scraper.connections.allowTo(Peer.apiServer());
  const rendered = parseManifests(app.synthYaml(), 'the tiers');
  const isOf = (namespace: string) => ({ kind, metadata }: Manifest) => kind === 'NetworkPolicy' && metadata.namespace === namespace;
  const openedPolicies = [...rendered, {
    apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'open', namespace: 'tiers-opened' }, spec: { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ['Ingress', 'Egress'] },
  }];
  return [
    { name: 'tiers of the library, as rendered', manifests: rendered },
    { name: 'tiers of the library, one namespace opened and one without its policies', manifests: openedPolicies.filter(m => !isOf('tiers-gone')(m)) },
  ];
}
