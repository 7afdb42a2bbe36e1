import { Mutant } from './mutant';

const TEST = 'test/control-plane/audit-encryption.test.ts';

export const EDGE_AUDIT_ENCRYPTION: Mutant[] = [
  {
    title: 'the audit policy forgets bindings',
    file: 'src/control-plane/audit.ts',
    find: '[\'rbac.authorization.k8s.io\', [\'clusterrolebindings\', \'clusterroles\', \'rolebindings\', \'roles\']]',
    replace: '[\'rbac.authorization.k8s.io\', [\'clusterroles\', \'roles\']]',
    test: TEST,
    name: '4. Audit: what is recorded changes of rolebindings in full',
  },
  {
    title: 'everything that is changed is recorded with its contents, Secrets too',
    file: 'src/control-plane/audit.ts',
    find: '      { level: \'Metadata\', resources: of(SECRET) },\n',
    replace: '      { level: \'RequestResponse\', verbs: CHANGES },\n',
    test: TEST,
    name: '4. Audit: what is recorded secrets without contents',
  },
  {
    title: 'no encryption may come first, if something follows',
    file: 'src/control-plane/encryption.ts',
    find: '  if (!wires[0]?.kms) {',
    replace: '  if (!wires.some(({ kms }) => kms)) {',
    test: TEST,
    name: '4. Encryption at rest no encryption first is refused',
  },
  {
    title: 'Secrets may be left out',
    file: 'src/control-plane/encryption.ts',
    find: '  if (!resources.includes(\'secrets\')) throw',
    replace: '  if (!resources.length) throw',
    test: TEST,
    name: '4. Encryption at rest Secrets cannot be left out',
  },
];
