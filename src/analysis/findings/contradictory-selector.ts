import { LABELS } from './_pages';
import { peersIn, subjectField } from './_rules';
import { Check } from './finding';
import { PodMatch } from '../rules';

export const CONTRADICTORY_SELECTOR: Check = {
  code: 'SN0203',
  name: 'contradictory-selector',
  level: 'error',
  description: 'A selector asks for what no labels can satisfy',
  why: 'All requirements of a selector have to hold together. One that contradicts another makes a policy hold nobody, or a rule open to nobody.',
  source: LABELS,
  remedy: 'remove one of the contradicting requirements, or write two policies or two peers where either is meant',
  * find({ policies }) {
    for (const source of policies) {
      const text = contradiction(source.policy.subject);
      if (text) yield { object: source.ref, path: subjectField(source), message: `nothing can satisfy ${text}: the policy holds no pod` };
    }
    for (const { match, peerField, source } of peersIn(policies)) {
      const text = match && contradiction(match);
      if (text) yield { object: source.ref, path: peerField, message: `nothing can satisfy ${text}: the peer lets nobody pass` };
    }
  },
};

function contradiction({ namespaces, pods }: PodMatch): string | undefined {
  if (pods.witness() === undefined) return `'${pods}'`;
  return namespaces && namespaces.witness() === undefined ? `'${namespaces}'` : undefined;
}
