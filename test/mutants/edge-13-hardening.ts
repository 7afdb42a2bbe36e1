import { Mutant } from './mutant';

const TEST = 'test/constructs/hardening.test.ts';
const KUBEADM = '13. Hardening report: on kubeadm CIS Kubernetes Benchmark 1.12';

export const EDGE_HARDENING: Mutant[] = [
  {
    title: 'a file counts though no flag hands it to the API server',
    file: 'src/proof/hardening/cluster.ts',
    find: '    const path = this.flag(flag)?.json;',
    replace: "    const path = this.flag(flag)?.json ?? `/${flag.split('-')[0]}.yaml`;",
    test: TEST,
    name: `${KUBEADM} 1.2.1 is satisfied, and not where no flag names the file`,
  },
  {
    title: 'a policy of the right name counts, whatever it lets in',
    file: 'src/proof/hardening/network.ts',
    find: 'joined([denialOfAll(cluster), wideOpen(cluster)])',
    replace: 'denialOfAll(cluster)',
    test: TEST,
    name: '13. Hardening report: on kubeadm NSA/CISA Kubernetes Hardening Guidance 1.0 separation',
  },
  {
    title: 'any provider that is listed counts as the one that encrypts',
    file: 'src/proof/hardening/api-server.ts',
    find: '?.providers?.[0];',
    replace: '?.providers?.find((one: any) => !one.identity);',
    test: TEST,
    name: `${KUBEADM} 1.2.27 is satisfied, and not where plain text`,
  },
  {
    title: 'what is left of a control is forgotten where there is evidence',
    file: 'src/proof/hardening/report.ts',
    find: 'by.length ? (gaps.length ? PARTLY : SATISFIED)',
    replace: 'by.length ? SATISFIED',
    test: TEST,
    name: `${KUBEADM} 5.1.3 is satisfied, and not where`,
  },
];
