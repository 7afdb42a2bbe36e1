import { INGRESS } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

export const INGRESS_FOR_EVERY_HOST: Check = {
  code: 'SN0607',
  name: 'ingress-for-every-host',
  level: 'warning',
  description: 'An Ingress takes requests for every host name',
  why: 'It receives what is meant for hosts that nobody serves yet, and answers under names that others chose: it can take over the paths of another Ingress.',
  source: INGRESS,
  remedy: "write the host, such as 'shop.example'",
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('networking.k8s.io/Ingress', 'extensions/Ingress')) {
      for (const [i, rule] of listIn(json.spec?.rules).entries()) {
        if (rule?.host && rule.host !== '*') continue;
        yield { object: ref, path: `spec.rules[${i}].host`, message: 'the rule has no host: it takes requests for every name' };
      }
    }
  },
};
