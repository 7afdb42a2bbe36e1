import { ApiObject, JsonPatch } from 'cdk8s';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { SecureWorkload } from '../../src/constructs/secure-workload';
import { Port } from '../../src/intent/port';
import { deployment, newCluster, refusal } from '../support/app';

/** The policy of a workload, changed behind the library's back. */
function closed(workload: SecureWorkload, direction: 'ingress' | 'egress'): void {
  const policy = workload.node.findChild(`${workload.workloadName}-network-policy`) as ApiObject;
  policy.addJsonPatch(JsonPatch.replace(`/spec/${direction}`, []));
}

describe('7. intent check: peers without a manifest', () => {
  test('a flow to pods that are known by labels only is missed when its source no longer allows it', () => {
    const synth = (tamper: boolean) => {
      const { app, namespace } = newCluster();
      const shop = namespace('shop');
      const api = deployment(shop, 'api', 9090);
      api.connections.allowTo(shop.select('cart', { labels: { app: 'cart' }, serviceAccountName: 'cart', ports: [Port.tcp(6379)] }));
      if (tamper) closed(api, 'egress');
      return refusal(app);
    };
    expect(synth(true)).toMatch(/shop\/api -> shop\/cart : TCP 6379 is not possible/);
    expect(synth(false)).toBe('');
  });

  test('so is one from a workload that others own', () => {
    const synth = (tamper: boolean) => {
      const { app, edge, namespace } = newCluster();
      const api = deployment(namespace('shop'), 'api', 9102);
      const monitoring = SecureNamespace.imported(edge, 'monitoring');
      api.connections.allowFrom(SecureWorkload.imported(monitoring, 'prometheus', { labels: { app: 'prometheus' }, serviceAccountName: 'prometheus' }));
      if (tamper) closed(api, 'ingress');
      return refusal(app);
    };
    expect(synth(true)).toMatch(/monitoring\/prometheus -> shop\/api : TCP 9102 is not possible/);
    expect(synth(false)).toBe('');
  });
});
