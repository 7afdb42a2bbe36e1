/**
 * A cluster made by kubeadm, guarded at its edge: who is believed, who is asked, what is written down and encrypted, who may do what, what
 * the API server calls, and from where it is reached.
 */
import { ApiResource } from 'cdk8s-plus-28';
import {
  Access, ClaimRule, ClusterApp, ClusterEdge, ControlPlane, EncryptionProvider, Guardrails, JwtIssuer, NetworkProvider, Peer, Platform, SecureNamespace,
  Subject, Verb,
} from 'cdk8s-secure-network';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', {
  platform: Platform.kubernetes({
    version: '1.34',
    podCidrs: ['10.244.0.0/16'],
    serviceCidrs: ['10.96.0.0/12'],
    nodeCidrs: ['192.0.2.0/24'],
    apiServerEndpoints: ['192.0.2.10:6443', '192.0.2.11:6443', '192.0.2.12:6443'],
    // What the API servers send to pods arrives from addresses that only OVN-Kubernetes has: two for each control-plane node.
    apiServerSources: ['10.244.0.2', '10.244.1.2', '10.244.2.2', '100.64.0.2', '100.64.0.3', '100.64.0.4'],
  }),
  network: NetworkProvider.ovnKubernetes(),
  controlPlane: ControlPlane.kubeadm({
    controlPlaneEndpoint: 'api.prod.example:6443',
    certSans: ['api.prod.example'],
    authentication: [
      // People: the company's login service.
      JwtIssuer.of({
        url: 'https://login.example/realms/prod',
        audiences: ['kubernetes'],
        usernameClaim: 'preferred_username',
        groupsClaim: 'groups',
        prefix: 'corp:',
        claimValidationRules: [ClaimRule.satisfies('claims.exp - claims.iat <= 43200', 'tokens of people live for half a day at most')],
      }),
      // Pipelines: the identity of a job, for main branches only.
      JwtIssuer.of({
        url: 'https://ci.example',
        audiences: ['kubernetes'],
        usernameExpression: "'ci:' + claims.project_path",
        prefix: 'ci:',
        claimValidationRules: [ClaimRule.requires('ref', 'main'), ClaimRule.requires('ref_protected', 'true')],
      }),
    ],
    // What was stored before is read, and encrypted when it is written again.
    encryption: [EncryptionProvider.kms('vault', { endpoint: 'unix:///var/run/kmsplugin/socket.sock' }), EncryptionProvider.plain()],
  }),
  // What is applied is changed by those who hold kubeadm's own credentials, and by the pipeline of this program.
  guardrails: Guardrails.of({ platformSubjects: [Subject.group('kubeadm:cluster-admins'), Subject.user('ci:platform/cluster')] }),
});

// The API server is reached from the office and the pipelines' runners; everybody else is stopped by the nodes' own firewall.
edge.apiServer.connections.allowFrom(Peer.cidr('198.51.100.0/24'), { reason: 'office' });
edge.apiServer.connections.allowFrom(Peer.cidr('203.0.113.64/28'), { reason: 'runners of the pipelines' });

// The platform team looks everywhere and changes things through the repository of this program.
edge.grant(Subject.group('corp:platform'), Access.VIEW);

// A team of developers, with its own way to production.
const shop = new SecureNamespace(app, 'shop', { edge, tenant: 'acme' });
shop.grant(Subject.group('corp:acme-developers'), Access.EDIT);
shop.grant(Subject.group('corp:acme-leads'), Access.ADMIN);
shop.grant(Subject.user('ci:acme/shop'), Access.of('roll-out', [
  { resources: [ApiResource.DEPLOYMENTS], verbs: [Verb.GET, Verb.LIST, Verb.WATCH, Verb.PATCH] },
]));
const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/shop/frontend:1.4.2', portNumber: 8080 }] });
const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/shop/api:2.0.1', portNumber: 9090 }] });
frontend.connections.allowTo(api, { reason: 'catalogue and checkout' });

// An operator that uses the API, and a webhook that the API calls: role, way through the network and token belong together.
const platform = new SecureNamespace(app, 'platform', { edge, tenant: 'platform' });
const operator = platform.addDeployment('image-operator', { containers: [{ image: 'registry.example/platform/image-operator:0.9.0' }] });
edge.apiServer.grant(operator, Access.of('image-operator', [
  { resources: [ApiResource.custom({ apiGroup: 'images.example', resourceType: 'imagepolicies' })], verbs: [Verb.GET, Verb.LIST, Verb.WATCH] },
  { resources: [ApiResource.custom({ apiGroup: 'images.example', resourceType: 'imagepolicies/status' })], verbs: [Verb.PATCH] },
]));
const webhook = platform.addDeployment('image-webhook', {
  containers: [{ image: 'registry.example/platform/image-webhook:0.9.0', portNumber: 8443 }],
  servicePorts: [{ port: 443, targetPort: 8443 }],
});
edge.apiServer.connections.allowTo(webhook, { reason: 'admission of images' });

app.synth();
console.log(app.summary());
