import { EXTERNAL_IPS } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

export const EXTERNAL_IPS_OF_SERVICE: Check = {
  code: 'SN0603',
  name: 'external-ips',
  level: 'warning',
  description: 'A Service claims addresses by externalIPs',
  why: 'Nobody checks who owns them: such a Service takes over what pods and nodes send to those addresses (CVE-2020-8554). CIS 1.2.3.',
  source: EXTERNAL_IPS,
  remedy: 'use a Service of type LoadBalancer, and enable the admission plugin DenyServiceExternalIPs',
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('/Service')) {
      const addresses = listIn(json.spec?.externalIPs);
      if (addresses.length > 0) yield { object: ref, path: 'spec.externalIPs', message: `it takes what is sent to ${addresses.join(', ')}, inside the cluster too` };
    }
  },
};
