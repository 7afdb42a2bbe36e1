import { Mutant } from './mutant';

const SCOPE = 'test/mesh/scope.test.ts';
const TELEMETRY = 'test/mesh/telemetry.test.ts';
const PLAINTEXT = 'test/mesh/plaintext.test.ts';

/** Who reads metrics, and what the report of plaintext says. */
export const MESH_METRICS: Mutant[] = [
  {
    title: 'metrics are read of the workloads there are, and of those that come later they are not',
    file: 'src/constructs/_mesh.ts',
    find: '  for (const reader of member.readers) readMetrics(connections, reader);\n',
    replace: '',
    test: PLAINTEXT,
    name: '3. the mesh: metrics of the proxies in one line',
  },
  {
    title: 'the tunnel of ambient mode is opened beside the metrics',
    file: 'src/constructs/_mesh.ts',
    find: 'const METRICS = [15020, 15090];',
    replace: 'const METRICS = [15008, 15020, 15090];',
    test: PLAINTEXT,
    name: '3. the mesh: metrics of the proxies the tunnel',
  },
  {
    title: 'the report says nothing of plaintext from outside the mesh',
    file: 'src/mesh/_plaintext.ts',
    find: '!to.gateway && !hasIdentity(from)',
    replace: "!to.gateway && !hasIdentity(from) && from.kind === 'addresses'",
    test: PLAINTEXT,
    name: '1. the mesh: the report of plaintext names workload',
  },
];

/** What a proxy would know of too much or too little. */
export const MESH_SCOPE: Mutant[] = [
  {
    title: 'what a proxy does not know of is passed on',
    file: 'src/mesh/_scope.ts',
    find: "    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },",
    replace: "    outboundTrafficPolicy: { mode: 'ALLOW_ANY' as any },",
    test: SCOPE,
    name: '4. the mesh: a proxy knows of what is stated, and of nothing else a workload about which nothing is said',
  },
  {
    title: 'a proxy knows of the whole namespace of its destination',
    file: 'src/mesh/_scope.ts',
    find: 'to.services?.()?.map(service => serviceHost(to.home.namespace, service, facts)) ?? [allOf(to.home)]',
    replace: '[allOf(to.home)]',
    test: SCOPE,
    name: '4. the mesh: a proxy knows of what is stated, and of nothing else the Service in front',
  },
  {
    title: 'what one namespace stated of the world outside, every namespace knows of',
    file: 'src/mesh/_scope.ts',
    find: "    exportTo: ['.'],",
    replace: "    exportTo: ['*' as any],",
    test: SCOPE,
    name: '4. the mesh: what is outside is known where it was stated addresses without',
  },
  {
    title: 'addresses are left out: every connection to that port is taken for the one that was stated',
    file: 'src/mesh/_scope.ts',
    find: '...(named ? {} : { addresses:',
    replace: '...(named || true ? {} : { addresses:',
    test: SCOPE,
    name: '4. the mesh: what is outside is known where it was stated addresses without',
  },
  {
    title: 'requests are stated on a port of which no request can be read',
    file: 'src/mesh/_protocols.ts',
    find: 'if (said === undefined && number in OPAQUE) {\n        return',
    replace: 'if (false as boolean) {\n        return',
    test: SCOPE,
    name: '4. the mesh: ports say what is spoken on them requests on a port',
  },
];

/** What proxies would tell to nobody, or to the wrong. */
export const MESH_TELEMETRY: Mutant[] = [
  {
    title: 'the way to the collector of traces stays closed',
    file: 'src/mesh/istio-sidecar.ts',
    find: '}, ...collectorOf(tracing)];',
    replace: '}];',
    test: TELEMETRY,
    name: '7. the mesh: traces the way to the collector',
  },
  {
    title: 'the policies count on paths that the mesh was not told to normalize',
    file: 'src/mesh/_telemetry.ts',
    find: "      pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },\n",
    replace: '',
    test: TELEMETRY,
    name: '7. the mesh: what its installer is told is what the policies count on',
  },
  {
    title: 'sampling of a share that there is not is taken',
    file: 'src/mesh/tracing.ts',
    find: '!(sampling >= 0 && sampling <= 100)',
    replace: 'sampling < 0',
    test: TELEMETRY,
    name: '7. the mesh: traces a sampling of',
  },
];
