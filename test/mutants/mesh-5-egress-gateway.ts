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
    find: "return ['.', ...[...new Set(homes)].sort(compareText)];",
    replace: "return [...new Set(homes)].length < 0 ? [] : ['*'].sort(compareText);",
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh without a caller',
  },
  {
    title: 'the name is told to every namespace',
    file: 'src/mesh/_egress-gateway.ts',
    find: "    gateways: ['mesh'],\n    exportTo: told(end, ingress),",
    replace: "    gateways: ['mesh'],\n    exportTo: ['*'],",
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh what opens TLS with the name',
  },
  {
    title: 'where an entry of the registry says that a name is, is not read',
    file: 'src/analysis/mesh-routes.ts',
    find: "const places = endpoints.length || resolution === 'STATIC' ? endpoints : [host];",
    replace: "const places = resolution === 'STATIC' ? endpoints : [host];",
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh its routes are read back: the synth stops where they lead elsewhere to an address',
  },
  {
    title: 'a container beside the proxy of a gateway is held by its routes too',
    file: 'src/analysis/readers/workloads.ts',
    find: ' && others.length === 0 && initContainers.length === 0',
    replace: ' && others.length < 9 && initContainers.length === 0',
    test: TEST,
    name: '5. EgressRouter through a gateway of the mesh its routes are read back: the synth stops where they lead elsewhere past a container',
  },
];
