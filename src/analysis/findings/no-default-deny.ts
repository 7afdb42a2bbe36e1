import { coverageOf } from './_coverage';
import { DEFAULTS } from './_pages';
import { PolicySource } from './_sources';
import { Check } from './finding';
import { groupBy } from '../../algebra/group';
import { Labels } from '../../algebra/label-selector';
import { Direction, DIRECTIONS } from '../rules';

export const NO_DEFAULT_DENY: Check = {
  code: 'SN0304',
  name: 'no-default-deny',
  level: 'note',
  description: 'The pods of a namespace are all held, but one more would not be',
  why: 'Policies that select pods by label leave out the pod that comes next, and the one whose label has a mistake in it.',
  source: DEFAULTS,
  remedy: 'add a NetworkPolicy to {namespace} with an empty podSelector and policyTypes: [{types}]',
  * find(evidence) {
    const everyPod = groupBy(evidence.policies.filter(({ policy }) => policy.subject.pods.isEverything), ({ ref }) => ref.namespace ?? '');
    for (const { ref, namespace, open } of coverageOf(evidence)) {
      const policies = [...everyPod.get(namespace) ?? [], ...everyPod.get('') ?? []];
      const missing = DIRECTIONS.filter(direction => open[direction].length === 0 && !holdsAll(policies, evidence.labelsOf(namespace), direction));
      if (missing.length === 0) continue;
      const types = missing.map(direction => direction === 'egress' ? 'Egress' : 'Ingress').sort().join(', ');
      yield { object: ref, path: '', message: `a pod with other labels has its ${missing.join(' and ')} open`, words: { namespace, types } };
    }
  },
};

function holdsAll(policies: readonly PolicySource[], labels: Labels, direction: Direction): boolean {
  return policies.some(({ policy: { subject, directions, layer, rules } }) => directions.includes(direction)
    && (subject.namespaces?.matches(labels) ?? true)
    // A firewall denies what is outside, and says nothing of pods.
    && (layer === 'network-policy' || layer !== 'egress-firewall' && rules.some(rule => rule.direction === direction && rule.action === 'deny' && rule.ports.numbers.isAll)));
}
