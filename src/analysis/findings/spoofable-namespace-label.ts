import { BY_NAME } from './_pages';
import { isByName, isPositive, peersIn } from './_rules';
import { Check } from './finding';

/** Labels by which OpenShift's own recipe lets its router and its monitoring in; only cluster administrators may set them there. */
const RESERVED = /^(policy-group\.)?network\.openshift\.io\//;

export const SPOOFABLE_NAMESPACE_LABEL: Check = {
  code: 'SN0205',
  name: 'spoofable-namespace-label',
  level: 'warning',
  description: 'A rule lets namespaces pass by a label that whoever makes a namespace can give it',
  why: 'Who may create or label a namespace joins the chosen ones. Only `kubernetes.io/metadata.name` is set by the API server itself.',
  source: BY_NAME,
  remedy: "select namespaces by 'kubernetes.io/metadata.name', or keep others from setting '{label}' with an admission policy",
  * find({ policies }) {
    for (const { match, peerField, rule, source } of peersIn(policies)) {
      const selector = match?.namespaces;
      if (!selector || rule.action === 'deny' || isByName(selector) || !isPositive(selector)) continue;
      const asked = selector.requirements.filter(({ operator }) => operator === 'In' || operator === 'Exists');
      if (asked.some(({ key }) => RESERVED.test(key))) continue;
      const label = asked[0].key;
      yield { object: source.ref, path: peerField, message: `any namespace that is given the labels ${selector} passes`, words: { label } };
    }
  },
};
