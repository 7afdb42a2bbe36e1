import { Mutant } from './mutant';

const TEST = 'test/constructs/secure-workload.test.ts';
const IDENTITY = 'test/constructs/secure-workload-identity.test.ts';

export const SECURE_WORKLOAD: Mutant[] = [
  {
    title: 'the policy of a workload selects every pod of its namespace',
    file: 'src/providers/_network-policy.ts',
    find: "return subject.kind === 'workload' ? { matchLabels: subject.labels } : {};",
    replace: 'return {};',
    test: TEST,
    name: '3. SecureWorkload: every kind of workload addDeployment: pods under their own identity',
  },
  {
    title: 'a UDP port is taken for TCP',
    file: 'src/constructs/_pods.ts',
    find: 'port: Port._of((protocol ?? kplus.Protocol.TCP) as Transport, number), name })));',
    replace: "port: Port._of('TCP', number), name })));",
    test: TEST,
    name: '3. SecureWorkload: ports are read late a container added after the flow was stated counts',
  },
  {
    title: 'containers keep their capabilities',
    file: 'src/constructs/_pods.ts',
    find: '      capabilities: { drop: [kplus.Capability.ALL] },\n',
    replace: '',
    test: TEST,
    name: '3. SecureWorkload: every kind of workload addDeployment: containers as the restricted level wants them',
  },
  {
    title: 'an adopted CronJob is given its identity where nobody reads it',
    file: 'src/constructs/_pods.ts',
    find: "case 'CronJob': return '/spec/jobTemplate/spec/template/spec/serviceAccountName';",
    replace: "case 'CronJob': return '/spec/jobTemplate/spec/serviceAccountName';",
    test: IDENTITY,
    name: '3. SecureWorkload: adopt a CronJob keeps its labels',
  },
  {
    title: 'two workloads may share a ServiceAccount',
    file: 'src/constructs/_identity.ts',
    find: '...sharedAccounts(workloads.filter(isKnownByAccount)), ',
    replace: '',
    test: IDENTITY,
    name: '3. SecureWorkload: one ServiceAccount per workload two workloads under one identity',
  },
  {
    title: 'labels may select the pods of another workload',
    file: 'src/constructs/_identity.ts',
    find: ', ...nestedLabels(workloads)]',
    replace: ']',
    test: IDENTITY,
    name: '3. SecureWorkload: no pod belongs to two labels that are part',
  },
  {
    title: 'pods are judged once for all, whatever their containers may do',
    file: 'src/constructs/_pod-security.ts',
    find: 'return JSON.stringify([metadata?.annotations, rest, bare(containers), bare(initContainers)]);',
    replace: 'return JSON.stringify([metadata?.annotations, rest]);',
    test: 'test/constructs/secure-namespace.test.ts',
    name: '9. Errors of a namespace a pod that is like another',
  },
  {
    title: 'an empty set of labels is taken',
    file: 'src/constructs/secure-workload.ts',
    find: 'if (Object.keys(labels).length === 0) {',
    replace: 'if (Object.keys(labels).length < 0) {',
    test: TEST,
    name: '3. SecureWorkload: select what would select every pod',
  },
  {
    title: 'pods on the host network are taken',
    file: 'src/constructs/_identity.ts',
    find: 'if (spec?.hostNetwork === true) {',
    replace: "if (spec?.hostNetwork === 'true') {",
    test: IDENTITY,
    name: '3. SecureWorkload: the host network has no policy',
  },
];
