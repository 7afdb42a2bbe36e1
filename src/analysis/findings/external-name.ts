import { SERVICES } from './_pages';
import { Check } from './finding';

export const EXTERNAL_NAME: Check = {
  code: 'SN0609',
  name: 'external-name',
  level: 'note',
  description: 'A Service is an alias for a name outside its namespace',
  why: 'An ExternalName is only an answer of DNS: no policy can select it, an Ingress may follow it into other namespaces, and TLS sees the other name.',
  source: `${SERVICES}#externalname`,
  remedy: 'call {name} by its name where it is meant, or lead to it by a proxy that policies hold',
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('/Service')) {
      const name = json.spec?.externalName;
      if (json.spec?.type === 'ExternalName' && name) yield { object: ref, path: 'spec.externalName', message: `it stands for ${name}, and no policy sees it`, words: { name } };
    }
  },
};
