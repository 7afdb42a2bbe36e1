import { Mutant } from './mutant';

const READ = 'test/analysis/mesh.test.ts';
const PROVE = 'test/proof/mesh.test.ts';
const POLICY = 'src/analysis/readers/authorization-policy.ts';
const PEER = 'src/analysis/readers/peer-authentication.ts';
const NAME = '9. the mesh is read: AuthorizationPolicy';
const HOLDS = '9. the mesh holds by itself, also where policies of the network still do';

/** What a slip in reading the mesh would hide. */
export const MESH_READERS: Mutant[] = [
  {
    title: 'a denial is taken for an allowance',
    file: POLICY,
    find: "action === 'DENY' ? 'deny' : 'allow'",
    replace: "action === 'deny' ? 'deny' : 'allow'",
    test: READ,
    name: `${NAME} any DENY goes before every ALLOW`,
  },
  {
    title: 'a denial under a condition is taken for a sure one',
    file: POLICY,
    find: "if (conditions.length && action === 'deny') {",
    replace: "if (conditions.length > 99 && action === 'deny') {",
    test: READ,
    name: `${NAME} conditions are said where they allow`,
  },
  {
    title: 'a dry run is taken for a denial',
    file: POLICY,
    find: "=== 'true') return sink.warn",
    replace: "=== 'yes') return sink.warn",
    test: READ,
    name: `${NAME} a dry run, AUDIT and CUSTOM decide nothing`,
  },
  {
    title: 'what excludes identities is not held against whoever has none',
    file: POLICY,
    find: 'identity.matches(undefined) ?',
    replace: 'identity.matches(undefined) && addresses ?',
    test: READ,
    name: `${NAME} whoever has no identity meets nothing`,
  },
  {
    title: 'a limit on requests is taken to hold where there are none',
    file: POLICY,
    find: "http && action === 'allow' ? asked.subtract(opaque) : asked",
    replace: 'asked',
    test: READ,
    name: `${NAME} on a port that is no HTTP`,
  },
  {
    title: 'a namespace goes before its workloads',
    file: PEER,
    find: 'everywhere ? 2 : pods.isEverything ? 1 : 0',
    replace: 'everywhere ? 2 : pods.isEverything ? 0 : 1',
    test: READ,
    name: '9. the mesh is read: PeerAuthentication what is said of a workload goes before',
  },
  {
    title: 'identities that nobody stated are not imagined',
    file: 'src/proof/mesh.ts',
    find: '[...stated, ...admitted, ...nobody]',
    replace: '[...stated]',
    test: PROVE,
    name: `${HOLDS} a rule that was made to mean a whole namespace`,
  },
  {
    title: 'requests that lost their limits are not seen',
    file: 'src/proof/mesh.ts',
    find: 'rule.condition === undefined).intersect(limited)',
    replace: 'rule.condition !== undefined).intersect(limited).subtract(limited)',
    test: PROVE,
    name: `${HOLDS} requests that lost their limits`,
  },
  {
    title: 'plaintext that nobody needs is not seen',
    file: 'src/proof/mesh.ts',
    find: 'if (!plaintext.isEmpty && ',
    replace: 'if (plaintext.isAll && ',
    test: PROVE,
    name: `${HOLDS} plaintext where nobody needs it`,
  },
  {
    title: 'a change of what requests have to be is no change',
    file: 'src/analysis/diff.ts',
    find: 'return a.conn.equals(b.conn) && sameList(a.where, b.where, (one, other) => textOfCondition(one) === textOfCondition(other));',
    replace: 'return a.conn.equals(b.conn);',
    test: 'test/analysis/mesh-advice.test.ts',
    name: '9. requests are carried as conditions, into the rows and the difference a change of it alone',
  },
  {
    title: 'an annotation that keeps a pod out of the mesh is not read',
    file: 'src/analysis/readers/workloads.ts',
    find: "metadata?.annotations?.[INJECT] === 'false';",
    replace: "metadata?.annotations?.[INJECT] === 'no';",
    test: READ,
    name: `${NAME} a pod that says so stays out`,
  },
  {
    title: 'whoever is of another trust domain is taken for one of this mesh',
    file: 'src/analysis/mesh-identity.ts',
    find: 'const domain = written === ALIAS ? ALIAS : trustDomain ?? written ?? ALIAS;',
    replace: 'const domain = written ?? trustDomain ?? ALIAS;',
    test: 'test/analysis/mesh-identity.test.ts',
    name: '9. who a pod is to the mesh of another trust domain',
  },
  {
    title: 'a condition that nobody has any more is taken for one that opens',
    file: 'src/analysis/diff.ts',
    find: '|| !open(is).isSubsetOf(open(was))',
    replace: '|| (was.where.length > 0 && is.where.length === 0)',
    test: 'test/analysis/mesh-advice.test.ts',
    name: '9. requests are carried as conditions, into the rows and the difference a flow that is taken away',
  },
];
