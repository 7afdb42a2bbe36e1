/** Cases that are broken on purpose, each in a way that part 1 has to notice: what is never seen to fail may have stopped looking. */
import { Case } from '../cases';
import { Manifest } from '../lib/manifests';

export interface Broken extends Case {
  /** What is wrong with it, in words. */
  readonly what: string;
  readonly noticed: RegExp;
}

const namespace = (labels: Record<string, string>): Manifest => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'broken', labels } });

const policy = (spec: object): Manifest =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'broken', namespace: 'broken' }, spec });

const deployment = (pod: object): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'broken', namespace: 'broken' },
  spec: {
    selector: { matchLabels: { app: 'broken' } },
    template: { metadata: { labels: { app: 'broken' } }, spec: { containers: [{ name: 'main', image: 'none.example/none:1' }], ...pod } },
  },
});

const level = (mode: string) => ({ [`pod-security.kubernetes.io/${mode}`]: 'baseline' });

const broken = (what: string, noticed: RegExp, manifests: Manifest[]): Broken => ({ name: what, what, noticed, manifests });

export const BROKEN: readonly Broken[] = [
  broken('an empty list of rules, which is not stored, so that every apply is a change', /a second apply changes it/, [
    namespace({}), policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [] }),
  ]),
  broken('a field that does not exist', /field not declared in schema/, [namespace({}), policy({ podSelector: {}, policyType: ['Ingress'] })]),
  broken('a part that the server does not take from us', /status.*(is gone|came back)/, [{ ...namespace({}), status: { phase: 'Terminating' } }]),
  broken('a template that Pod Security warns of', /the API server warns: would violate PodSecurity/, [namespace(level('warn')), deployment({ hostNetwork: true })]),
  broken('a pod that Pod Security refuses', /pod of .*forbidden: violates PodSecurity/, [namespace(level('enforce')), deployment({ hostNetwork: true })]),
  broken('a namespace on an object that has none', /is cluster-scoped, and has a namespace/, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'broken', namespace: 'broken' } },
  ]),
  broken('a kind without a schema', /no schema of example.com\/v1 Unheard/, [{ apiVersion: 'example.com/v1', kind: 'Unheard', metadata: { name: 'broken' } }]),
];
