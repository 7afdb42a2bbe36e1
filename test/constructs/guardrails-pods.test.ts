import { ApiObject } from 'cdk8s';
import { EgressRouter } from '../../src/constructs/egress-router';
import { PodSecurityLevel } from '../../src/constructs/secure-namespace';
import { Peer } from '../../src/intent/peer';
import { Platform } from '../../src/intent/platform';
import { Port } from '../../src/intent/port';
import { refusals } from '../support/admission';
import { FACTS, deployment, objects, refusal } from '../support/app';
import { TENANT, admitted, asked, controller, guarded, refused } from '../support/guarded';

describe('6. Guardrails: pods', () => {
  const fine = { name: 'main', securityContext: { capabilities: { drop: ['ALL'] } } };
  const pod = (spec: object, metadata: object = {}) => ({ metadata: { name: 'x', ...metadata }, spec: { containers: [fine], ...spec } });
  const made = (wanted: any, namespace = 'shop') => ({ operation: 'CREATE', resource: 'pods', namespace, object: wanted } as const);
  const debugged = (changed: any) => ({ operation: 'UPDATE', resource: 'pods/ephemeralcontainers', namespace: 'shop', name: 'x', object: changed, oldObject: pod({}) } as const);

  test('an ordinary pod is made, by people and by controllers', () => {
    admitted(made(pod({})));
    admitted(made(pod({ initContainers: [fine], ephemeralContainers: [fine] })), controller('replicaset-controller'));
  });

  test('no host network, no host port: a controller that makes the pod for somebody is no excuse', () => {
    refused(made(pod({ hostNetwork: true })), 'pods');
    admitted(made(pod({ hostNetwork: false })));
    expect(asked(controller('replicaset-controller'), made(pod({ hostNetwork: true })))).toHaveLength(1);
    for (const kind of ['containers', 'initContainers']) {
      refused(made(pod({ [kind]: [fine, { ...fine, ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }] }] })), 'pods');
      admitted(made(pod({ [kind]: [fine, { ...fine, ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }] }] })));
    }
    expect(asked(TENANT, made(pod({ hostNetwork: true }), 'legacy'))).toHaveLength(1);
  });

  const keeping: [string, object][] = [
    ['nothing said', { name: 'a' }],
    ['another capability dropped', { name: 'a', securityContext: { capabilities: { drop: ['CHOWN'] } } }],
    ['added again', { name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['NET_RAW'] } } }],
    ['added in lower case', { name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['net_raw'] } } }],
    ['all of them added', { name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: ['ALL'] } } }],
    ['privileged', { name: 'a', securityContext: { privileged: true, capabilities: { drop: ['ALL'] } } }],
  ];

  test.each(keeping)('NET_RAW goes in every container: %s', (_, container) => {
    for (const kind of ['containers', 'initContainers', 'ephemeralContainers']) refused(made(pod({ [kind]: [fine, container] })), 'capabilities');
    refused(debugged(pod({ ephemeralContainers: [container] })), 'capabilities');
    admitted(debugged(pod({ ephemeralContainers: [fine] })));
    admitted(made(pod({ containers: [container] }), 'legacy'));
  });

  test('harmless capabilities may be added, and Windows has none to drop', () => {
    admitted(made(pod({ containers: [{ name: 'a', securityContext: { capabilities: { drop: ['NET_RAW'], add: ['NET_BIND_SERVICE'] } } }] })));
    admitted(made(pod({ os: { name: 'windows' }, containers: [{ name: 'a' }] })));
    refused(made(pod({ os: { name: 'linux' }, containers: [{ name: 'a' }] })), 'capabilities');
  });

  const around: [string, string, string, string | null][] = [
    ['labels', 'sidecar.istio.io/inject', 'false', 'true'], ['labels', 'istio.io/dataplane-mode', 'none', 'ambient'],
    ['annotations', 'sidecar.istio.io/inject', 'false', 'true'], ['annotations', 'sidecar.istio.io/interceptionMode', 'NONE', 'REDIRECT'],
    ['annotations', 'traffic.sidecar.istio.io/excludeOutboundPorts', '5432', ''], ['annotations', 'traffic.sidecar.istio.io/excludeInboundPorts', '8080', '15020'],
    ['annotations', 'traffic.sidecar.istio.io/includeOutboundIPRanges', '', '*'], ['annotations', 'traffic.sidecar.istio.io/includeInboundPorts', '', '*'],
    ['annotations', 'proxy.istio.io/config', 'interceptionMode: NONE', null], ['annotations', 'k8s.v1.cni.cncf.io/networks', 'other', 'default/istio-cni'],
    ['annotations', 'k8s.ovn.org/routing-namespaces', 'victim', null], ['annotations', 'cni.projectcalico.org/ipAddrs', '["10.0.0.1"]', null],
  ];

  test.each(around)('around the mesh or the network by %s: %s=%s', (what, key, bad, good) => {
    refused(made(pod({}, { [what]: { [key]: bad } })), 'annotations');
    if (good !== null) admitted(made(pod({}, { [what]: { [key]: good } })));
    for (const resource of ['pods', 'pods/status']) {
      const change = (oldObject: any) => ({ operation: 'UPDATE', resource, namespace: 'shop', name: 'x', object: pod({}, { [what]: { [key]: bad, a: 'b' } }), oldObject } as const);
      refused(change(pod({})), 'annotations');
      // A pod that was there before may still be changed in other ways, by the controllers that own it too.
      admitted(change(pod({}, { [what]: { [key]: bad } })));
    }
  });

  test('the router of OpenShift has a second network, elsewhere nobody has', () => {
    const router = made(pod({}, { annotations: { 'k8s.v1.cni.cncf.io/networks': 'egress-router-cni-nad' } }));
    expect(asked(TENANT, router, Platform.openshift(FACTS))).toEqual([]);
    expect(asked(TENANT, router)).toHaveLength(1);
  });
});

describe('6. Guardrails: the program keeps them too', () => {
  const fine = { name: 'a', image: 'registry.example/a:1', securityContext: { capabilities: { drop: ['ALL'] } } };
  const withPod = (spec: object, metadata: object = {}, podSecurity = PodSecurityLevel.BASELINE): string => {
    const { app, namespace } = guarded();
    new ApiObject(namespace('shop', { podSecurity }), 'raw', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'raw', ...metadata }, spec: { containers: [fine], ...spec } });
    return refusal(app);
  };

  test('a pod that would never appear is found at synth', () => {
    const bare = { containers: [{ name: 'a', image: 'registry.example/a:1' }] };
    expect(withPod(bare)).toContain("'shop/raw' (Pod 'raw' of namespace 'shop') is refused by the guardrails of this program: spec.containers[0] keeps the capability NET_RAW");
    expect(withPod(bare, {}, PodSecurityLevel.PRIVILEGED)).toBe('');
    expect(withPod({ hostNetwork: true }, {}, PodSecurityLevel.PRIVILEGED)).toContain('spec.hostNetwork is true: remove it');
    expect(withPod({ containers: [{ ...fine, ports: [{ containerPort: 80, hostPort: 80 }] }] }, {}, PodSecurityLevel.PRIVILEGED)).toContain('spec.containers[0].ports[0].hostPort is 80');
    expect(withPod({}, { annotations: { 'sidecar.istio.io/inject': 'false' } })).toContain("metadata.annotations['sidecar.istio.io/inject'] is 'false'");
    expect(withPod({}, { annotations: { 'sidecar.istio.io/inject': 'true' } })).toBe('');
  });

  test('what the library makes is admitted by its own guardrails', () => {
    const { app, namespace } = guarded();
    const shop = namespace('shop');
    deployment(shop, 'web', 8080);
    new EgressRouter(shop, 'db', { destination: Peer.host('db.example'), ports: [Port.postgres()] });
    expect(refusal(app)).toBe('');
    const all = objects(app);
    const templates = all.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template);
    expect(templates).toHaveLength(2);
    for (const template of templates) {
      expect(refusals(all, { ...controller('replicaset-controller'), operation: 'CREATE', resource: 'pods', namespace: 'shop', object: template })).toEqual([]);
    }
  });
});
