import { at, each, KindReader, ModelSink } from './_reader';
import { LabelSelector } from '../../algebra/label-selector';
import { ObjectRef } from '../rules';

/**
 * security.istio.io RequestAuthentication: whose tokens are believed. A token that is no good is refused, a request without one is not: what
 * demands one is an AuthorizationPolicy. So it decides nothing about who may connect, and is told as advice.
 */
export const REQUEST_AUTHENTICATION: KindReader = {
  kinds: ['security.istio.io/RequestAuthentication'],
  read(object: any, ref: ObjectRef, sink: ModelSink): void {
    const { selector, jwtRules, targetRefs, targetRef } = object.spec ?? {};
    if (targetRefs || targetRef) return sink.warn(ref, 'is about what it names in targetRefs, which is not read: what it says of tokens is not in the answer');
    const pods = at('spec.selector', () => LabelSelector.of(selector));
    const issuers = at('spec', () => each(jwtRules, 'jwtRules', (rule: any) => {
      if (typeof rule?.issuer !== 'string' || rule.issuer === '') throw new Error('issuer: is missing: name whose tokens are meant');
      if (rule.jwks && rule.jwksUri) throw new Error('jwks: stands beside jwksUri: leave one of them out');
      return rule.issuer;
    }));
    sink.tokenCheck({ ref, subject: ref.namespace === sink.meshRoot() ? { pods } : { namespace: ref.namespace!, pods }, issuers });
  },
};
