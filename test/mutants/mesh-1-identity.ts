import { Mutant } from './mutant';

const TEST = 'test/mesh/istio-sidecar.test.ts';
const RENDER = 'src/mesh/_authorization.ts';

/** What a slip in the mesh would let in. */
export const MESH_IDENTITY: Mutant[] = [
  {
    title: 'a rule forgets the port: the caller may ask every port of the pods',
    file: RENDER,
    find: 'open.length ? [{ from: sources, to: [{ operation: { ports: textsOf(open) } }] }]',
    replace: 'open.length ? [{ from: sources }]',
    test: TEST,
    name: '1. the mesh: every stated flow is a rule at its destination the caller by its identity',
  },
  {
    title: 'who has no identity is let in by address, and everybody with an identity at that address too',
    file: RENDER,
    find: "const nobody = { notPrincipals: ['*'] };",
    replace: 'const nobody = {};',
    test: TEST,
    name: '1. the mesh: peers without identity are let in as such',
  },
  {
    title: 'the exceptions of a range are lost',
    file: RENDER,
    find: '...(except.length ? { notIpBlocks: [...except] } : {})',
    replace: '',
    test: TEST,
    name: '1. the mesh: peers without identity are let in as such',
  },
  {
    title: 'requests are limited, and the port stays open for everything beside them',
    file: RENDER,
    find: '.filter(number => !limitedNumbers.has(number))',
    replace: '',
    test: TEST,
    name: '1. the mesh: every stated flow is a rule at its destination requests, each a rule',
  },
];

export const MESH_MUTUAL_TLS: Mutant[] = [
  {
    title: 'plaintext is taken on every port of a workload that takes it on one',
    file: RENDER,
    find: "    mtls: { mode: 'STRICT' },",
    replace: "    mtls: { mode: 'PERMISSIVE' as any },",
    test: TEST,
    name: '1. the mesh: peers without identity are let in as such',
  },
  {
    title: 'plaintext is taken on the ports of callers that have an identity',
    file: RENDER,
    find: 'ingress.filter(({ from }) => !hasIdentity(from)).flatMap',
    replace: 'ingress.flatMap',
    test: 'test/mesh/istio-sidecar.test.ts',
    name: '1. the mesh: peers without identity 2. the mesh: plaintext',
  },
  {
    title: 'a namespace joins, and takes plaintext from everybody',
    file: 'src/mesh/istio-sidecar.ts',
    find: "render: () => ({ mtls: { mode: 'STRICT' } })",
    replace: "render: () => ({ mtls: { mode: 'PERMISSIVE' } })",
    test: TEST,
    name: '2. the mesh: a namespace in it joins by its label',
  },
];

export const MESH_PORTS: Mutant[] = [
  {
    title: 'proxies may reach every pod of the namespace of istiod',
    file: 'src/mesh/istio-sidecar.ts',
    find: "labels: { app: 'istiod', ...(revision === undefined ? {} : { 'istio.io/rev': revision }) },",
    replace: 'labels: {},',
    test: TEST,
    name: '3. the mesh: its ports every proxy reaches istiod',
  },
  {
    title: 'the port for plaintext discovery is opened too',
    file: 'src/mesh/istio-sidecar.ts',
    find: 'ports: [Port.tcp(15012)]',
    replace: 'ports: [Port.tcpRange(15010, 15012)]',
    test: TEST,
    name: '3. the mesh: its ports every proxy reaches istiod',
  },
];

export const MESH_DRY_RUN: Mutant[] = [
  {
    title: 'policies are never enforced, although nobody asked for a dry run',
    file: 'src/mesh/istio-sidecar.ts',
    find: 'annotations: dryRun ? DRY_RUN : undefined',
    replace: 'annotations: DRY_RUN',
    test: TEST,
    name: '8. the mesh: dry run',
  },
  {
    title: 'a dry run that enforces: what was to be looked at first is cut off',
    file: 'src/mesh/istio-sidecar.ts',
    find: 'annotations: dryRun ? DRY_RUN : undefined',
    replace: 'annotations: undefined',
    test: TEST,
    name: '8. the mesh: dry run',
  },
];
