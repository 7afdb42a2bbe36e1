import { listed } from './_evidence';
import { INGRESS } from './_pages';
import { listIn } from './_sources';
import { Check } from './finding';

/** Controllers that take the certificate from an annotation say so with one of these. */
const BY_ANNOTATION = /certificate-arn$|ssl-cert$|pre-shared-cert$|managed-certificates$/;

export const INGRESS_WITHOUT_TLS: Check = {
  code: 'SN0606',
  name: 'ingress-without-tls',
  level: 'warning',
  description: 'An Ingress serves hosts without TLS',
  why: 'What is sent to such a host can be read and changed on its way, credentials and cookies too.',
  source: `${INGRESS}#tls`,
  remedy: 'add {hosts} to spec.tls with a secretName',
  * find(evidence) {
    for (const { ref, json } of evidence.ofKind('networking.k8s.io/Ingress', 'extensions/Ingress')) {
      const annotations = Object.keys(json.metadata?.annotations ?? {});
      if (annotations.some(name => BY_ANNOTATION.test(name))) continue;
      const tls = listIn(json.spec?.tls);
      const covered = tls.flatMap(each => listIn(each?.hosts));
      if (tls.some(each => listIn(each?.hosts).length === 0)) continue;
      const bare = listIn(json.spec?.rules).map(rule => rule?.host ?? '*').filter(host => !covered.some(own => own === host || isUnder(host, own)));
      if (listIn(json.spec?.rules).length === 0 && tls.length === 0) bare.push('*');
      if (bare.length === 0) continue;
      const hosts = listed(bare.map(host => host === '*' ? 'the hosts' : `'${host}'`));
      yield { object: ref, path: 'spec.tls', message: `${bare.includes('*') ? 'every host' : hosts} is served without TLS`, words: { hosts } };
    }
  },
};

function isUnder(host: string, wildcard: string): boolean {
  return wildcard.startsWith('*.') && host.slice(host.indexOf('.')) === wildcard.slice(1);
}
