import { Mutant } from './mutant';

const TEST = 'test/constructs/secure-namespace.test.ts';
const PURE = 'test/providers/network-policy.test.ts';

export const SECURE_NAMESPACE: Mutant[] = [
  {
    title: 'default deny forgets egress',
    file: 'src/providers/_network-policy.ts',
    find: "    podSelector,\n    policyTypes: ['Ingress', 'Egress'],",
    replace: "    podSelector,\n    policyTypes: ['Ingress'],",
    test: PURE,
    name: '2. default deny as a pure function no flow',
  },
  {
    title: 'DNS is opened to every pod of kube-system',
    file: 'src/providers/_policy-plans.ts',
    find: 'const pods = { ...namespacePeer([dns.namespace]), podSelector: { matchLabels: dns.labels } };',
    replace: 'const pods = { ...namespacePeer([dns.namespace]) };',
    test: TEST,
    name: '2. SecureNamespace: default deny, always DNS goes out',
  },
  {
    title: 'DNS over TCP, and over UDP, is opened without a port',
    file: 'src/providers/_policy-plans.ts',
    find: 'ports: [Port.udp(dns.port), Port.tcp(dns.port)]',
    replace: 'ports: [Port.udpRange(1, 65535), Port.tcp(dns.port)]',
    test: TEST,
    name: '2. SecureNamespace: default deny, always DNS goes out',
  },
  {
    title: 'a project is all namespaces with this isolation, whoever owns them',
    file: 'src/constructs/cluster-edge.ts',
    find: 'return [...this.projects.get(projectOf(member))!].sort();',
    replace: 'return [...this.projects.values()].flatMap(names => [...names]).sort();',
    test: TEST,
    name: '2. SecureNamespace: Isolation PROJECT: namespaces of one tenant join',
  },
  {
    title: 'namespaces are matched by a label that anybody can give',
    file: 'src/providers/_network-policy.ts',
    find: "const label = 'kubernetes.io/metadata.name';",
    replace: "const label = 'name';",
    test: PURE,
    name: '4. peers as pure functions a namespace is its name',
  },
  {
    title: 'the default ServiceAccount keeps its token',
    file: 'src/constructs/secure-namespace.ts',
    find: "name: 'default', body: { automountServiceAccountToken: false }",
    replace: "name: 'default', body: {}",
    test: TEST,
    name: '2. SecureNamespace: the Namespace and what guards it pods that name no ServiceAccount',
  },
  {
    title: 'a user\'s label may overwrite that of Pod Security',
    file: 'src/constructs/secure-namespace.ts',
    find: 'const taken = Object.keys(more).find(key => key in own || ',
    replace: 'const taken = Object.keys(more).find(key => ',
    test: TEST,
    name: '2. SecureNamespace: the Namespace and what guards it the label pod-security.kubernetes.io/enforce cannot be overwritten',
  },
];
