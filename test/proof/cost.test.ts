import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ClusterApp, ClusterEdge, ClusterEdgeProps, MeshProvider, NetworkProvider, Peer, Platform, Port, SecureNamespace } from '../../src';
import { LabelSelector } from '../../src/algebra/label-selector';
import { Connectivity } from '../../src/analysis/connectivity';

const folder = mkdtempSync(join(tmpdir(), 'cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Providers = Pick<ClusterEdgeProps, 'network' | 'mesh'>;
const PROVIDERS: [string, Providers][] = [
  ['plain policies', { network: NetworkProvider.upstream() }],
  ['firewalls', { network: NetworkProvider.ovnKubernetes() }],
  ['a mesh', { network: NetworkProvider.upstream(), mesh: MeshProvider.istioSidecar({ trustDomain: 'prod.example' }) }],
];

/** Two workloads a tenant, a flow between them, and one that leaves. */
function tenants(count: number, providers: Providers): ClusterApp {
  const app = new ClusterApp({ outdir: join(folder, String(count)) });
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ version: '1.31', podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] }),
    ...providers,
  });
  for (let i = 0; i < count; i++) {
    const shop = new SecureNamespace(app, `shop-${i}`, { edge, tenant: `t-${i}` });
    const [web, api] = ['web', 'api'].map(name => shop.addDeployment(name, { containers: [{ image: `registry.example/${name}:1`, portNumber: 8080 }] }));
    web.connections.allowTo(api);
    api.connections.allowTo(Peer.cidr('203.0.113.0/24'), { ports: [Port.https()] });
  }
  return app;
}

/** How often a selector was asked about labels: a number that no machine changes. */
function selections(run: () => void): number {
  const spy = jest.spyOn(LabelSelector.prototype, 'matches');
  run();
  const count = spy.mock.calls.length;
  spy.mockRestore();
  return count;
}

describe.each(PROVIDERS)('7. what the closing of the loop costs follows the workloads, and not their square: %s', (_, providers) => {
  test('to hold what was stated against what is read back', () => {
    const [few, many] = [10, 40].map(count => {
      const app = tenants(count, providers);
      return selections(() => app.synth());
    });
    expect(few).toBeGreaterThan(100);
    expect(many / few).toBeLessThan(5);
  });

  test('to find out who reaches whom', () => {
    const [few, many] = [10, 40].map(count => {
      const app = tenants(count, providers);
      return selections(() => expect(Connectivity.ofApp(app).rows().length).toBeGreaterThan(3 * count));
    });
    expect(many / few).toBeLessThan(5);
  });
});
