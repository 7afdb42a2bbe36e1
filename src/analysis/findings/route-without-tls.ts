import { ROUTES } from './_pages';
import { Check } from './finding';

export const ROUTE_WITHOUT_TLS: Check = {
  code: 'SN0608',
  name: 'route-without-tls',
  level: 'warning',
  description: 'A Route serves its host without TLS, or beside it',
  why: 'What is sent to such a host can be read and changed on its way; `insecureEdgeTerminationPolicy: Allow` keeps that way open beside TLS.',
  source: ROUTES,
  remedy: 'set spec.tls.termination, and spec.tls.insecureEdgeTerminationPolicy to Redirect or None',
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('route.openshift.io/Route')) {
      const tls = json.spec?.tls;
      if (!tls) {yield { object: ref, path: 'spec.tls', message: 'its host is served without TLS' };} else if (tls.insecureEdgeTerminationPolicy === 'Allow') {
        yield { object: ref, path: 'spec.tls.insecureEdgeTerminationPolicy', message: 'its host is served without TLS too' };
      }
    }
  },
};
