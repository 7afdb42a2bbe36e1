import * as fc from 'fast-check';

/** Random policies of a mesh over the words of the random clusters, and who of these is in it. */
const NAMESPACES = ['red', 'blue', 'green'];
const ACCOUNTS = ['a', 'b'];
const home = fc.constantFrom(...NAMESPACES, 'istio-system');
const selector = fc.option(fc.constantFrom<any>({ app: 'a' }, { app: 'b' }, { tier: 'a', app: 'a' }).map(matchLabels => ({ matchLabels })), { nil: undefined });
const port = fc.constantFrom('53', '80', '90', '8080');
const some = (arbitrary: fc.Arbitrary<string>) => fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 2 });
const principal = fc.oneof(
  fc.tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...ACCOUNTS)).map(([namespace, account]) => `cluster.local/ns/${namespace}/sa/${account}`),
  fc.constantFrom('*', '*/sa/a', 'cluster.local/ns/re*', 'cluster.local/ns/blue/*'),
);
const name = fc.constantFrom(...NAMESPACES, 'bl*', '*n');
const block = fc.constantFrom('10.0.0.0/29', '10.0.0.2/32', '0.0.0.0/0', '192.0.2.0/24', '2001:db8::/125');
/** An identity together with an address is a condition to the engine, but where it is no identity at all. */
const source = fc.oneof(
  fc.record<any>({ principals: some(principal), notPrincipals: some(principal), namespaces: some(name), notNamespaces: some(name) }, { requiredKeys: [] })
    .filter(each => Object.keys(each).length > 0),
  fc.record<any>({ ipBlocks: some(block) }),
  fc.record<any>({ ipBlocks: fc.constant(['10.0.0.0/8']), notIpBlocks: fc.constant(['10.0.0.0/30']) }),
  fc.record<any>({ notPrincipals: fc.constant(['*']), ipBlocks: some(block) }),
).map(each => ({ source: each }));
const operation = fc.record<any>({ ports: some(port), notPorts: some(port) }, { requiredKeys: [] })
  .filter(each => Object.keys(each).length > 0).map(each => ({ operation: each }));
const when = fc.oneof(
  fc.record<any>({ key: fc.constant('destination.port'), values: some(port) }),
  fc.record<any>({ key: fc.constant('destination.port'), notValues: some(port) }),
  fc.record<any>({ key: fc.constant('source.namespace'), notValues: some(name) }),
);
const list = (arbitrary: fc.Arbitrary<any>) => fc.array(arbitrary, { minLength: 1, maxLength: 2 });
/** Conditions on who calls go with sources that are about identities, for the same reason. */
const rule = fc.record<any>({ from: list(source), to: list(operation), when: list(when) }, { requiredKeys: [] })
  .filter(({ from = [], when: terms = [] }) => !from.some((each: any) => each.source.ipBlocks) || terms.every(({ key }: any) => key === 'destination.port'));
const authorization = fc.record({
  metadata: fc.record({ namespace: home }),
  spec: fc.record({ selector, action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY', 'AUDIT'), rules: fc.array(rule, { maxLength: 2 }) }, { requiredKeys: ['selector'] }),
}).map(policy => ({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', ...policy }));
const mode = fc.constantFrom('STRICT', 'PERMISSIVE', 'UNSET').map(value => ({ mode: value }));
const authentication = fc.record({
  metadata: fc.record({ namespace: home }),
  spec: fc.record({ selector, mtls: mode, portLevelMtls: fc.dictionary(port, mode, { maxKeys: 2 }) }, { requiredKeys: ['selector'] }),
}).map(policy => ({ apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', ...policy }));

/** Ages differ, so that which is the older one is never open. */
export const meshPolicies = fc.tuple(fc.array(authorization, { maxLength: 4 }), fc.array(authentication, { maxLength: 3 })).map(lists => lists.flat()
  .map((object, i) => ({ ...object, metadata: { ...object.metadata, name: `mesh-${i}`, creationTimestamp: `2026-01-0${(i * 5) % 8 + 1}T00:00:00Z` } })));

/** Whether a namespace is in the mesh, by its label. */
export const joining = fc.constantFrom<any>({ 'istio-injection': 'enabled' }, { 'istio-injection': 'enabled' }, { 'istio-injection': 'disabled' }, {});
/** What a pod says of itself: its account, and sometimes whether it wants a proxy. */
export const meshed = fc.record({
  labels: fc.constantFrom<any>({}, {}, {}, { 'sidecar.istio.io/inject': 'true' }, { 'sidecar.istio.io/inject': 'false' }),
  serviceAccountName: fc.constantFrom(...ACCOUNTS),
});
