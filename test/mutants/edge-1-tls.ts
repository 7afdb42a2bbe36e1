import { Mutant } from './mutant';

const TEST = 'test/control-plane/tls.test.ts';

export const EDGE_TLS: Mutant[] = [
  {
    title: 'a weak suite is taken beside a strong one',
    file: 'src/control-plane/tls.ts',
    find: '    if (weakness) throw',
    replace: '    if (weakness && cipherSuites.length === 1) throw',
    test: TEST,
    name: '1. TLS of the API server: kubeadm the suite TLS_RSA_WITH_AES_128_GCM_SHA256 is refused',
  },
  {
    title: 'any version of TLS is taken',
    file: 'src/control-plane/tls.ts',
    find: 'if (!Object.values(TlsVersion).includes(version)) {',
    replace: 'if (!version) {',
    test: TEST,
    name: '1. TLS of the API server: kubeadm a weak version is refused',
  },
  {
    title: 'flags of users may undo what a property states',
    file: 'src/control-plane/_extra-args.ts',
    find: '    if (stated) throw new Error(',
    replace: '    if (stated && !value) throw new Error(',
    test: TEST,
    name: '1. TLS of the API server: kubeadm flags of users are taken, those that undo the rest are refused',
  },
  {
    title: 'the objects of OpenShift are pruned with ours',
    file: 'src/constructs/_control-plane.ts',
    find: '(preexisting ? emitPreexisting : emit)(edge',
    replace: '(preexisting ? emit : emit)(edge',
    test: TEST,
    name: '1. TLS of the API server: OpenShift its profile Intermediate',
  },
];
