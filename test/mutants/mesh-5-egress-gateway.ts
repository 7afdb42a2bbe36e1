import { Mutant } from './mutant';

const TEST = 'test/mesh/mesh-egress-gateway.test.ts';

/** What a slip at the way out of the mesh would let through. */
export const MESH_EGRESS_GATEWAY: Mutant[] = [
  {
    title: 'a caller without identity is taken where mutual TLS alone is',
    file: 'src/mesh/istio-sidecar.ts',
    find: "if (to.kind === 'workload' && to.mutual && !(ports?.length && ports.every(isMetrics))) {",
    replace: "if (to.kind === 'workload' && to.mutual && false) {",
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh refused outside the mesh',
  },
  {
    title: 'every namespace learns how to connect to the gateway',
    file: 'src/mesh/_egress-gateway.ts',
    find: "exportTo: ['.', ...[...new Set(homes)].sort(compareText)]",
    replace: "exportTo: [...new Set(homes)].length < 0 ? [] : ['*'].sort(compareText)",
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh without a caller',
  },
];
