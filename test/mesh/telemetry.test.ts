import { parse } from 'yaml';
import { forOthers } from '../../src/constructs/_for-others';
import { SecureNamespace } from '../../src/constructs/secure-namespace';
import { MeshProvider, Peer, TraceCollectorProps, Tracing } from '../../src/index';
import { Port } from '../../src/intent/port';
import { FACTS, deployment, namespacePeer, object, objects, refusal, tcp } from '../support/app';
import { newMesh, newShop } from '../support/mesh';

const COLLECTOR: TraceCollectorProps = { namespace: 'observability', service: 'collector', labels: { app: 'jaeger' } };
const values = ({ edge }: { edge: { files(): Record<string, string> } }) => parse(edge.files()['mesh/istiod-values.yaml']);
const COLLECTOR_PODS = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'observability' } }, podSelector: { matchLabels: { app: 'jaeger' } } };
const waysTo = (home: SecureNamespace, peer: object) => (object(home, 'NetworkPolicy', 'namespace-flows').spec.egress as any[])
  .filter(({ to }) => JSON.stringify(to) === JSON.stringify([peer])).map(({ ports }) => ports);

describe('7. the mesh: traces', () => {
  test('are taken of as many requests as is said, and handed to a collector that the installer is told of under the same name', () => {
    const shop = newShop({ tracing: Tracing.jaeger({ ...COLLECTOR, sampling: 5 }) });
    const { spec } = object(shop.home, 'Telemetry', 'default');
    expect(spec.tracing).toHaveLength(1);
    expect(spec.tracing[0].randomSamplingPercentage).toBe(5);
    const { extensionProviders } = values(shop).meshConfig;
    expect(extensionProviders).toEqual([{ name: spec.tracing[0].providers[0].name, opentelemetry: { service: 'collector.observability.svc.cluster.local', port: 4317 } }]);
  });

  test('in the format of Zipkin too, on the port that is said', () => {
    const { meshConfig } = values(newShop({ tracing: Tracing.zipkin({ ...COLLECTOR, port: 9412 }) }));
    expect(meshConfig.extensionProviders).toMatchObject([{ zipkin: { service: 'collector.observability.svc.cluster.local', port: 9412 } }]);
  });

  test('the way to the collector is open to every namespace in the mesh, on its port alone, and to none outside', () => {
    const { app, home, namespace, edge } = newShop({ tracing: Tracing.jaeger(COLLECTOR) });
    expect(waysTo(home, COLLECTOR_PODS)).toEqual([tcp(4317)]);
    deployment(namespace('legacy', { mesh: false }), 'old', 80);
    expect(objects(app).filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'legacy' && JSON.stringify(metadata).includes('namespace-flows'))).toEqual([]);
    expect([...forOthers(edge._ledger.flows()).values()].join()).toMatch(/observability\/collector.*`app=jaeger`.*TCP 4317.*traces of the mesh/);
    expect(refusal(app)).toBe('');
  });

  test('where nothing is said nothing is told, and no way is opened', () => {
    const shop = newShop();
    expect(objects(shop.app).filter(({ kind }) => kind === 'Telemetry')).toEqual([]);
    expect(waysTo(shop.home, COLLECTOR_PODS)).toEqual([]);
    expect(values(shop).meshConfig).not.toHaveProperty('extensionProviders');
  });

  test('a collector of this App is let in at its own end too', () => {
    const { app, namespace } = newMesh({ tracing: Tracing.jaeger({ ...COLLECTOR, service: 'jaeger' }) });
    const observability = namespace('observability', { tenant: 'operators' });
    deployment(observability, 'jaeger', 4317);
    deployment(observability, 'other', 4317);
    const home = namespace('shop');
    deployment(home, 'web', 8080);
    expect(object(observability, 'NetworkPolicy', 'jaeger-network-policy').spec.ingress).toEqual([
      { from: [namespacePeer('observability'), namespacePeer('shop')], ports: tcp(4317) },
    ]);
    expect(object(observability, 'NetworkPolicy', 'other-network-policy').spec.ingress ?? []).toEqual([]);
    expect(object(observability, 'AuthorizationPolicy', 'jaeger-authorization').spec.rules).toEqual([
      { from: [{ source: { namespaces: ['observability'] } }], to: [{ operation: { ports: ['4317'] } }] },
      { from: [{ source: { namespaces: ['shop'] } }], to: [{ operation: { ports: ['4317'] } }] },
    ]);
    expect(refusal(app)).toBe('');
  });

  test('a collector of this App that comes after those who need it is refused, with the remedy', () => {
    const { namespace } = newMesh({ tracing: Tracing.jaeger({ ...COLLECTOR, service: 'jaeger' }) });
    namespace('shop');
    expect(() => deployment(namespace('observability'), 'jaeger', 4317)).toThrow(/'observability\/jaeger' is of this App.*create it before the namespaces that join/);
    deployment(namespace('other'), 'jaeger', 4317);
  });

  test.each([-1, 101, NaN])('a sampling of %s percent is refused', sampling => {
    expect(() => Tracing.jaeger({ ...COLLECTOR, sampling })).toThrow(/not a share in percent/);
  });

  test.each([0, 0.1, 100])('a sampling of %s percent is taken', sampling => {
    expect(object(newShop({ tracing: Tracing.jaeger({ ...COLLECTOR, sampling }) }).home, 'Telemetry', 'default').spec.tracing[0].randomSamplingPercentage).toBe(sampling);
  });

  test('a collector that is any pod of a namespace, or on no port, is refused', () => {
    expect(() => Tracing.jaeger({ ...COLLECTOR, labels: {} })).toThrow(/empty set of labels/);
    expect(() => Tracing.zipkin({ ...COLLECTOR, port: 0 })).toThrow(/port '0'/);
    expect(() => Tracing.zipkin({ ...COLLECTOR, service: 'Jaeger' })).toThrow(/service/);
  });
});

describe('7. the mesh: logs', () => {
  test('are written where that is said', () => {
    const shop = newShop({ accessLogs: true });
    const { accessLogging, tracing } = object(shop.home, 'Telemetry', 'default').spec;
    expect(values(shop).meshConfig.extensionProviders).toEqual([{ name: accessLogging[0].providers[0].name, envoyFileAccessLog: { path: '/dev/stdout' } }]);
    expect(tracing).toBeUndefined();
    expect(object(newShop({ tracing: Tracing.jaeger(COLLECTOR) }).home, 'Telemetry', 'default').spec).not.toHaveProperty('accessLogging');
  });
});

describe('7. the mesh: what its installer is told', () => {
  test('is what the policies count on: identities, normalized paths, closed proxies, TLS 1.3', () => {
    expect(values(newShop({ trustDomain: 'prod.example', revision: 'blue', rootNamespace: 'mesh' }))).toEqual({
      revision: 'blue',
      global: { istioNamespace: 'mesh', proxy: { clusterDomain: 'cluster.local' } },
      pilot: { cni: { enabled: true }, env: { ENABLE_NATIVE_SIDECARS: 'true' } },
      meshConfig: {
        trustDomain: 'prod.example',
        rootNamespace: 'mesh',
        meshMTLS: { minProtocolVersion: 'TLSV1_3' },
        pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
      },
    });
  });

  test('Jobs end with their proxies where the version can, and istio-cni is asked for where it is counted on', () => {
    expect(values(newMesh({}, { ...FACTS, version: '1.28' })).pilot).toEqual({ cni: { enabled: true } });
    expect(values(newMesh({ istioCni: false })).pilot).toEqual({ env: { ENABLE_NATIVE_SIDECARS: 'true' } });
  });

  test('istiod forgets what is not named only where that is said', () => {
    const shop = newShop({ watchOnlyOwn: true });
    shop.web.connections.allowTo(SecureNamespace.imported(shop.edge, 'vault'), { ports: [Port.tcp(8200)] });
    shop.web.connections.allowTo(Peer.address('203.0.113.10'), { ports: [Port.tcp(5432)] });
    expect(values(shop).meshConfig.discoverySelectors).toEqual([
      { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['default', 'istio-system', 'kube-system', 'shop', 'vault'] }] },
    ]);
    expect(values(newShop()).meshConfig).not.toHaveProperty('discoverySelectors');
  });

  test('without a mesh nobody is told anything', () => {
    expect(Object.keys(newShop().edge.files())).toContain('mesh/istiod-values.yaml');
    expect(MeshProvider.istioSidecar()._mesh.files).toBeDefined();
  });
});
