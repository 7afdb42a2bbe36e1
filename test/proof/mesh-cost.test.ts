import { mkdtempSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { ClusterApp, ClusterEdge, MeshProvider, NetworkProvider, Platform, SecureNamespace } from '../../src';
import { LabelSelector } from '../../src/algebra/label-selector';
import { Connectivity } from '../../src/analysis/connectivity';

const folder = mkdtempSync(join(tmpdir(), 'mesh-cost-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A tenant in the mesh: two workloads, and a flow between them. */
function tenants(count: number): ClusterApp {
  const app = new ClusterApp({ outdir: join(folder, String(count)) });
  const edge = new ClusterEdge(app, 'edge', {
    platform: Platform.kubernetes({ version: '1.31', podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] }),
    network: NetworkProvider.upstream(),
    mesh: MeshProvider.istioSidecar({ trustDomain: 'prod.example' }),
  });
  for (let i = 0; i < count; i++) {
    const shop = new SecureNamespace(app, `shop-${i}`, { edge, tenant: `t-${i}` });
    const [web, api] = ['web', 'api'].map(name => shop.addDeployment(name, { containers: [{ image: `registry.example/${name}:1`, portNumber: 8080 }] }));
    web.connections.allowTo(api);
  }
  return app;
}

function selections(run: () => void): number {
  const spy = jest.spyOn(LabelSelector.prototype, 'matches');
  run();
  const count = spy.mock.calls.length;
  spy.mockRestore();
  return count;
}

describe('9. what a mesh costs follows its workloads, and not their square', () => {
  test('to hold what was stated against what each proxy lets in', () => {
    const [few, many] = [10, 40].map(count => {
      const app = tenants(count);
      return selections(() => app.synth());
    });
    expect(few).toBeGreaterThan(100);
    expect(many / few).toBeLessThan(5);
  });

  test('to find the pods of an identity', () => {
    const [few, many] = [10, 40].map(count => {
      const app = tenants(count);
      return selections(() => expect(Connectivity.ofApp(app).rows()).toHaveLength(5 * count));
    });
    expect(many / few).toBeLessThan(5);
  });
});
