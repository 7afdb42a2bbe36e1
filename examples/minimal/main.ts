import { ClusterApp, ClusterEdge, NetworkProvider, Platform, SecureNamespace } from 'cdk8s-secure-network';

const app = new ClusterApp({ outdir: `${__dirname}/dist` });
const edge = new ClusterEdge(app, 'edge', { platform: Platform.kubernetes({ version: '1.31' }), network: NetworkProvider.upstream() });
const shop = new SecureNamespace(app, 'shop', { edge });
const frontend = shop.addDeployment('frontend', { containers: [{ image: 'registry.example/frontend:1.4.2', portNumber: 8080 }] });
const api = shop.addDeployment('api', { containers: [{ image: 'registry.example/api:2.0.1', portNumber: 9090 }] });
frontend.connections.allowTo(api);

app.synth();
console.log(app.summary());
