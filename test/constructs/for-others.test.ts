import { forOthers } from '../../src/constructs/_for-others';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Port } from '../../src/intent/port';
import { deployment, newCluster } from '../support/app';

describe('3. SecureWorkload: what others own', () => {
  test('is told what it has to allow, in both directions, and nothing is said where all ends are ours', () => {
    const { edge, namespace } = newCluster();
    const shop = namespace('shop');
    const [web, api] = [deployment(shop, 'web', 8080), deployment(shop, 'api', 9090)];
    web.connections.allowTo(api);
    expect(forOthers(edge._ledger.flows()).size).toBe(0);

    const monitoring = SecureNamespace.imported(edge, 'monitoring');
    const prometheus = SecureWorkload.imported(monitoring, 'prometheus', { labels: { app: 'prometheus' }, serviceAccountName: 'prometheus' });
    api.connections.allowFrom(prometheus, { reason: 'metrics' });
    api.connections.allowTo(monitoring, { ports: [Port.tcp(4317)] });
    const text = edge.files()['for-others.md'];
    expect(text).toContain('- `monitoring/prometheus`, pods with `app=prometheus`: egress to `shop/api` on TCP 9090 (metrics)');
    expect(text).toContain('- `monitoring/*`: ingress from `shop/api` on TCP 4317');
    expect(text).not.toContain('shop/web');
  });
});
